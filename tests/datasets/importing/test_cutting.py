"""Words cut out of photos on import: from every format of scenes, straightened, with what is left out told."""

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.config.importing import ImportConfig, SourceConfig
from engine.datasets import open_dataset
from engine.datasets.importing import ImportReport, make_report
from engine.datasets.importing.cutting import PhotoCuts
from engine.datasets.importing.job import work
from engine.datasets.importing.scan import scan
from engine.datasets.importing.standing import stands
from engine.datasets.scenes.importing.kind import holding_of
from engine.errors import SourceError
from engine.images.look import Look
from engine.jobs.context import JobContext
from engine.sources.folder import FolderTree
from engine.sources.locate import DATA_ROOT
from engine.sources.questions import ImportQuestion
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
    assert left_out["marked"] + left_out["textless"] >= (name not in UNTOLD)


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
    assert sorted(example.label for example in report.examples) == ["HOTEL", "one"]
    assert counted(report) == {"marked": 1, "beyond": 1, "partly": 2, "tiny": 1, "upright": 1}
    assert report.dropped == {"marked": 1, "beyond": 1, "partly": 2, "tiny": 1}


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


def ruled(**rules: Any) -> ImportConfig:
    return CUT.changed(rules=rules)


TALL_ROW = line(*flat(TALL), "HOTEL")


@pytest.mark.parametrize(("way", "quarter"), [("down", 1), ("up", -1), ("keep", 0)])
def test_tall_text_is_asked_about_and_turned_as_it_is_said(tmp_path: Path, way: str, quarter: int):
    root = saved(tmp_path, {"gt_a.txt": TALL_ROW, "gt_b.txt": ""}, PICTURES)
    refused = looked(root).refused
    assert isinstance(refused, ImportQuestion)
    assert {remedy.flag for remedy in refused.remedies} == {
        f"--rules.upright {name}" for name in ("down", "up", "keep", "skip")
    }
    report = looked(root, ruled(upright=way))
    assert (report.accepted, report.refusal) == (1, "")
    (example,) = report.examples
    assert example.item is not None
    upright = np.asarray(picture(0, (WIDTH, HEIGHT)))[5:45, 70:80]
    found = PhotoCuts(FolderTree(root)).pixels(example.item)
    assert np.abs(found.astype(int) - np.rot90(upright, quarter)).max() <= 1
    assert looked(root, ruled(upright="skip")).accepted == 0


SIDES = {
    "HOTEL": (10, 40, True),
    "12": (10, 40, True),
    "il": (20, 36, False),  # two narrow letters are as high as that
    "ill": (24, 40, False),
    "I": (4, 40, False),
    "ab": (30, 40, False),
    "é": (10, 40, False),  # one letter, its accent apart
    "漢字": (20, 40, True),
    "字": (10, 40, False),
    "a b": (10, 60, True),
}


@pytest.mark.parametrize("label", SIDES)
def test_text_stands_where_it_is_clearly_higher_than_its_letters_make_it(label: str):
    width, height, expected = SIDES[label]
    assert stands(label, Look(b"x", width, height)) is expected


@pytest.mark.parametrize("label", ["漢字", "ホテル", "한국어", "ᠮᠣᠩ", "酒 2F"])
def test_columns_are_turned_to_the_left_without_a_question(tmp_path: Path, label: str):
    root = saved(tmp_path, {"gt_a.txt": line(*flat(TALL), label), "gt_b.txt": ""}, PICTURES)
    report = looked(root)
    assert (report.refusal, counted(report), report.dropped) == ("", {"columns": 1}, {})
    (example,) = report.examples
    assert example.item is not None
    assert example.item.outline[0] == (80, 5)
    assert counted(looked(root, ruled(columns="keep"))) == {"columns": 1}


BOW_TIE = [WORD[0], WORD[2], WORD[1], WORD[3]]
LARGE = encoded(picture(9, (640, 480)))
ODD_OUTLINES: dict[str, tuple[Files, Files, dict[str, Any], int]] = {
    "crossing": ({"gt_a.txt": line(*flat(BOW_TIE), "one")}, PICTURES, {"crossing": "skip"}, 0),
    "partly": ({"gt_a.txt": line(-1, 20, 50, 20, 50, 40, -1, 40, "one")}, PICTURES, {"outside": "skip"}, 0),
    "beyond": (
        {"gt_a.txt": line(*flat(WORD), "one") + line(*[300, 20, 350, 20, 350, 40, 300, 40], "two")},
        PICTURES,
        {"beyond": "photo"},
        0,
    ),
    "marked": (
        {"a.txt": f'{",".join(map(str, flat(WORD)))},0,"one"\n{",".join(map(str, flat(SLANTED)))},1,"two"\n'},
        PICTURES,
        {"marked": "count"},
        2,
    ),
    "corners": (
        {
            "a.json": json.dumps(
                {
                    "shapes": [{"label": "one", "points": [[60, 50], [90, 70]]}, {"label": "two", "points": WORD}],
                    "imagePath": "a.jpg",
                }
            )
        },
        PICTURES,
        {"corners": "box"},
        2,
    ),
    "resized": (
        {
            "a.json": json.dumps(
                {
                    "shapes": [{"label": "one", "points": WORD}],
                    "imagePath": "a.jpg",
                    "imageWidth": 2 * WIDTH,
                    "imageHeight": 2 * HEIGHT,
                }
            )
        },
        PICTURES,
        {"resized": "skip"},
        0,
    ),
    "shares": ({"gt_a.txt": line(0.1, 0.25, 0.5, 0.25, 0.5, 0.5, 0.1, 0.5, "one")}, PICTURES, {"shares": "keep"}, 0),
}


@pytest.mark.parametrize("reason", ODD_OUTLINES)
def test_the_rules_of_scenes_apply_to_words_that_are_cut_out(tmp_path: Path, reason: str):
    files, photos, rules, accepted = ODD_OUTLINES[reason]
    report = looked(saved(tmp_path, files, {"a.jpg": photos["a.jpg"]}))
    problem = next(problem for problem in report.problems if problem.reason == reason)
    assert (report.accepted, report.refusal, problem.rule) == (1, "", f"outlines.{next(iter(rules))}")
    assert problem.choices[problem.choice]
    assert looked(tmp_path, ruled(outlines=rules)).accepted == accepted


ASKED: dict[str, tuple[Files, dict[str, Any]]] = {
    "percent": (
        {"gt_a.txt": line(10.5, 20, 90, 20, 90, 99, 10.5, 99, "one")},
        {"percent": "scale"},
    ),
    "swapped": ({"gt_a.txt": line(20, 500, 20, 600, 60, 600, 60, 500, "one")}, {"swapped": "swap"}),
}


@pytest.mark.parametrize("reason", ASKED)
def test_what_the_corners_are_is_asked_while_words_are_cut_out(tmp_path: Path, reason: str):
    files, rules = ASKED[reason]
    root = saved(tmp_path, files, {"a.jpg": LARGE})
    refused = looked(root).refused
    assert isinstance(refused, ImportQuestion)
    assert f"--rules.outlines.{reason} {rules[reason]}" in str(refused)
    report = looked(root, ruled(outlines=rules, upright="keep"))
    assert (report.refusal, report.accepted > 0) == ("", True)


def test_words_of_which_none_counts_are_asked_about(tmp_path: Path):
    rows = f'{",".join(map(str, flat(WORD)))},1,"one"\n'
    root = saved(tmp_path, {"a.txt": rows}, {"a.jpg": PICTURES["a.jpg"]})
    refused = looked(root).refused
    assert isinstance(refused, ImportQuestion)
    assert [remedy.flag for remedy in refused.remedies] == ["--rules.outlines.marked count"]
    assert looked(root, ruled(outlines={"marked": "count"})).accepted == 1


def test_a_file_in_another_format_stops_the_cutting_until_it_is_left_aside(tmp_path: Path):
    files = {
        "gt_a.txt": line(*flat(WORD), "one"),
        "other.json": json.dumps({"b.jpg": [{"points": WORD, "transcription": "two"}]}),
    }
    root = saved(tmp_path, files, PICTURES)
    assert "'gt_a.txt': it is in another format" in looked(root).refusal
    assert looked(root, ruled(unused="leave")).accepted == 1


def test_what_four_numbers_are_is_asked_and_answered_while_words_are_cut_out(tmp_path: Path):
    root = saved(tmp_path, {"a.txt": "10 20 50 40 SALE\n20 30 60 70 x\n"}, PICTURES)
    with pytest.raises(ImportQuestion, match=r"first 10, 20, 50, 40, is not sure\..*--boxes corners"):
        looked(root)
    assert looked(root, CUT.changed(boxes="corners")).accepted == 2


ONE_WORD = [("a.jpg", 20, 10, 60, 22, "one"), ("b.jpg", 30, 14, 70, 30, "two")]  # photo, corners, text
LISTS: dict[str, tuple[str, Callable[[list[Any]], str]]] = {
    "corners in columns": (
        "labels.csv",
        lambda rows: "filename,xmin,ymin,xmax,ymax,text\n" + "".join(f"{','.join(map(str, row))}\n" for row in rows),
    ),
    "a size in columns": (
        "labels.tsv",
        lambda rows: (
            "image\ttext\tx\ty\twidth\theight\n"
            + "".join(f"{name}\t{text}\t{x}\t{y}\t{x1 - x}\t{y1 - y}\n" for name, x, y, x1, y1, text in rows)
        ),
    ),
    "shares in columns": (
        "labels.csv",
        lambda rows: (
            "file,text,x1,y1,x2,y2\n"
            + "".join(
                f"{name},{text},{x / WIDTH},{y / HEIGHT},{x1 / WIDTH},{y1 / HEIGHT}\n"
                for name, x, y, x1, y1, text in rows
            )
        ),
    ),
    "a JSON list": (
        "labels.json",
        lambda rows: json.dumps([{"image": name, "bbox": box, "text": text} for name, *box, text in rows]),
    ),
    "JSON by name": (
        "labels.json",
        lambda rows: json.dumps({name: [{"text": text, "box": box}] for name, *box, text in rows}),
    ),
    "JSON lines with an object inside": (
        "labels.jsonl",
        lambda rows: "\n".join(
            json.dumps(
                {"file_name": name, "annotation": {"text": text, "points": [[x, y], [x1, y], [x1, y1], [x, y1]]}}
            )
            for name, x, y, x1, y1, text in rows
        ),
    ),
}
"""Lists that outline texts in images: their names, and what writes their rows."""


@pytest.mark.parametrize("layout", LISTS)
def test_a_photo_with_one_outlined_word_does_not_come_in_whole_under_it(workspace: Workspace, layout: str):
    name, written = LISTS[layout]
    root = saved(workspace.imports / "mine", {name: written(ONE_WORD)}, PICTURES)
    assert holding_of(workspace, SourceConfig(path=str(root))) == "scenes"
    with pytest.raises(ImportQuestion, match="small part of it") as asked:
        looked(root, ImportConfig(path="mine"))
    answers = {remedy.setting: remedy.value for remedy in reversed(asked.value.remedies)}
    whole = looked(root, ImportConfig.parse({"path": "mine", "lists": answers["lists"]}))
    cut = ImportConfig.parse({"path": "mine", "scenes": answers["scenes"], "boxes": "corners"})
    found = scan(FolderTree(root), cut)
    assert [each.item.label for each in found.items] == ["one", "two"]
    assert [each.look.width < WIDTH / 2 for each in found.items] == [True, True]
    assert (whole.accepted, [example.label for example in whole.examples]) == (2, ["one", "two"])


@pytest.mark.parametrize("layout", [name for name in LISTS if "shares" not in name])
def test_words_that_keep_the_box_of_their_photo_come_in_as_they_are(workspace: Workspace, layout: str):
    name, written = LISTS[layout]
    rows = [(photo, 400 + x, 300 + y, 400 + x1, 300 + y1, text) for photo, x, y, x1, y1, text in ONE_WORD]
    around = [(photo, 1, 1, WIDTH - 1, HEIGHT - 1, text) for photo, *_, text in ONE_WORD]
    for kept in (rows, around):
        root = saved(workspace.imports / "mine", {name: written(kept)}, PICTURES)
        assert looked(root, ImportConfig(path="mine")).accepted == 2
        assert holding_of(workspace, SourceConfig(path=str(root))) == "words"
