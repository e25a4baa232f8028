"""Words cut out of photos on import: from every format of scenes, straightened, with what is left out told."""

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from engine.config.importing import ImportConfig
from engine.datasets import open_dataset
from engine.datasets.importing import ImportReport, make_report
from engine.datasets.importing.job import work
from engine.datasets.importing.scan import scan
from engine.errors import SourceError
from engine.jobs.context import JobContext
from engine.sources.folder import FolderTree
from engine.sources.locate import DATA_ROOT
from engine.workspace import Workspace, new_id
from tests.datasets.scenes.importing.sources import HEIGHT, SLANTED, SOURCES, WIDTH, WORD, Files, flat, line, saved
from tests.datasets.scenes.importing.test_formats import UNTOLD, WORDLESS
from tests.helpers.sources import encoded, picture

CUT = ImportConfig(path="mine", scenes="cut")
PICTURES: Files = {name: encoded(picture(seed, (WIDTH, HEIGHT))) for seed, name in enumerate(("a.jpg", "b.jpg"))}
TALL = [[70, 5], [80, 5], [80, 45], [70, 45]]


def looked(root: Path, config: ImportConfig = CUT) -> ImportReport:
    return make_report(scan(FolderTree(root), config), config)


def counted(report: ImportReport) -> dict[str, int]:
    return {problem.reason: problem.count for problem in report.problems}


@pytest.mark.parametrize("name", SOURCES)
def test_words_are_cut_out_of_every_format_that_says_them(tmp_path: Path, name: str):
    report = looked(saved(tmp_path, SOURCES[name], PICTURES))
    if name in WORDLESS:
        assert "outlined without a text" in report.refusal
        return
    words = {"ctw": "二手", "alto": "SALE,", "synthtext": "SALE,5"}
    assert [example.label for example in report.examples] == [words.get(name, "SALE, 5")]
    assert (report.accepted, report.refusal) == (1, "")
    left_out = Counter(counted(report))
    assert left_out["illegible"] + left_out["textless"] >= (name not in UNTOLD)


def test_what_is_left_out_is_told_region_by_region(tmp_path: Path):
    far = [[300, 20], [350, 20], [350, 40], [300, 40]]
    rows = [
        line(*flat(WORD), "one"),
        line(*flat(SLANTED), "###"),
        line(*flat(far), "far"),
        line(*(value / 20 for value in flat(WORD)), "low"),
        line(*flat(TALL), "HOTEL"),
        line(*flat([[60, 60], [105, 60], [105, 75], [60, 75]]), "two"),
        line(*flat([[60, 60], [140, 60], [140, 75], [60, 75]]), "cut"),
    ]
    report = looked(saved(tmp_path, {"gt_a.txt": "".join(rows)}, {"a.jpg": PICTURES["a.jpg"]}))
    assert sorted(example.label for example in report.examples) == ["one"]
    assert counted(report) == {"illegible": 1, "off": 3, "tiny": 1, "upright": 1}
    kept = CUT.model_copy(update={"rules": CUT.rules.model_copy(update={"upright": "keep"})})
    assert looked(tmp_path, kept).accepted == 2


def test_the_dataset_holds_the_pixels_of_the_words_and_where_they_come_from(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv(DATA_ROOT, str(tmp_path))
    rows = {f"gt_{name[0]}.txt": line(*flat(WORD), f"word {name}") + line(*flat(SLANTED), "so") for name in PICTURES}
    saved(tmp_path / "mine", rows, PICTURES)
    folder = workspace.folder("datasets", new_id())
    folder.mkdir()
    with JobContext(folder) as job:
        work(CUT, job)
    dataset = open_dataset(folder, "hashes")
    facts = dataset.frame()
    assert sorted(facts["label"]) == ["so", "so", "word a.jpg", "word b.jpg"]
    row = facts.loc[facts["label"] == "word a.jpg"].iloc[0]
    assert (row["photo"], row["outline"]) == ("photos/a.jpg", "10,20 50,20 50,40 10,40")
    assert row["source"] == "photos/a.jpg, word 1"
    pixels = np.asarray(picture(0, (WIDTH, HEIGHT)))[20:40, 10:50]
    assert np.array_equal(np.asarray(dataset.image(int(row["index"]))), pixels)
    assert dataset.manifest.recipe["scenes"] == "cut"


def test_photos_without_outlines_have_no_words_to_be_cut_out(tmp_path: Path):
    with pytest.raises(SourceError, match="holds no photos with labels of text"):
        looked(saved(tmp_path, {"labels.csv": "image,text\na.jpg,one\n"}, PICTURES))


def test_what_only_an_import_of_photos_can_be_told_is_asked_there(tmp_path: Path):
    root = saved(tmp_path, {"a.txt": "10 20 50 40 SALE\n20 30 60 70 x\n"}, PICTURES)
    with pytest.raises(SourceError, match=r"first 10, 20, 50, 40, is not sure\. .*the command import-scenes"):
        looked(root)
