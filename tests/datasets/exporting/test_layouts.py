"""Every layout is read back by its own import: the same labels, the same pixels, the same splits."""

import csv
import json
import os
from pathlib import Path

import pandas as pd
import pytest

from engine.config.exporting import ExportConfig
from engine.config.importing import ImportConfig
from engine.datasets import open_dataset
from engine.datasets.exporting import LAYOUTS, Entry
from engine.datasets.exporting.job import work
from engine.datasets.importing.job import work as import_work
from engine.errors import DatasetError, SpaceError
from engine.files import write_json
from engine.jobs import paths
from engine.jobs.context import JobContext, Stopped
from engine.sources.archive import ZipTree
from engine.sources.locate import DATA_ROOT
from engine.workspace import Workspace, new_id
from tests.helpers.sources import encoded, picture, save_files

NASTY = [
    "plain",
    "two words",
    "=1+1",
    "'tis",
    "''=",
    "+49",
    "-5",
    "@home",
    '"quoted"',
    '"half',
    'in "side"',
    "a,b",
    ",",
    ";",
    "a;b",
    "back\\slash",
    '\\"',
    "Grüße",
    "漢字",
    "שלום",
    "filename,words",
    "image",
    "#",
    "a  b",
    "0.png",
    "null",
    "NA",
    "1e5",
    "{}",
    "x.png y",
    "…",
]


@pytest.fixture
def dataset(workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A dataset of PNGs and JPEGs under labels that lists stumble over, in all splits."""
    monkeypatch.setenv(DATA_ROOT, str(tmp_path / "root"))
    folders = ("train", "val", "test")
    files: dict[str, bytes | str] = {}
    for split, folder in enumerate(folders):
        labels = {}
        for number, label in enumerate(NASTY[split::3]):
            kind = "JPEG" if number % 2 else "PNG"
            files[f"{folder}/{number}.img.{kind.lower()}"] = encoded(picture(split * 100 + number), kind)
            labels[f"{number}.img.{kind.lower()}"] = label
        files[f"{folder}/labels.json"] = json.dumps(labels)
    save_files(tmp_path / "root" / "source", files)
    return imported(workspace, "source")


def imported(workspace: Workspace, path: str, **settings: object) -> str:
    folder = job_folder(workspace, "datasets")
    with JobContext(folder) as job:
        import_work(ImportConfig.parse({"path": path, "splits": "source", **settings}), job)
    write_json(folder / paths.CONFIG, {})
    return folder.name


def exported(workspace: Workspace, dataset: str, **settings: object) -> Path:
    folder = job_folder(workspace, "exports")
    with JobContext(folder) as job:
        work(ExportConfig.parse({"dataset": dataset, **settings}), job)
    return folder


def job_folder(workspace: Workspace, collection) -> Path:
    folder = workspace.folder(collection, new_id())
    folder.mkdir()
    return folder


def contents(workspace: Workspace, id: str) -> list[tuple[str, str, bytes]]:
    dataset = open_dataset(workspace.folder("datasets", id))
    splits = dataset.frame()["split"]
    return sorted((dataset.label(i), splits[i], dataset.image(i).tobytes()) for i in range(len(dataset)))


def test_the_nasty_labels_are_all_there(workspace: Workspace, dataset: str):
    assert sorted(label for label, _, _ in contents(workspace, dataset)) == sorted(NASTY)


@pytest.mark.parametrize("zipped", [False, True])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_out_and_in_again_gives_the_same_labels_pixels_and_splits(
    workspace: Workspace, dataset: str, tmp_path: Path, layout: str, zipped: bool
):
    folder = exported(workspace, dataset, layout=layout)
    source = folder / (paths.EXPORT_ARCHIVE if zipped else paths.EXPORT_FILES)
    os.rename(source, tmp_path / "root" / f"back{source.suffix}")
    again = imported(workspace, f"back{source.suffix}")
    assert contents(workspace, again) == contents(workspace, dataset)
    assert open_dataset(workspace.folder("datasets", again)).manifest.dropped == {}


def test_png_holds_png_alone_and_no_cell_that_a_spreadsheet_computes(workspace: Workspace, dataset: str):
    folder = exported(workspace, dataset, layout="png") / paths.EXPORT_FILES
    assert {path.suffix for path in (folder / "images").iterdir()} == {".png"}
    with open(folder / "labels.csv", newline="", encoding="utf-8") as table:
        rows = list(csv.reader(table))
    assert rows[0] == ["image", "label", "split"]
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@"))]
    assert "apostrophe" in (folder / "README.txt").read_text()


def test_easyocr_s_own_way_of_reading_finds_every_label(workspace: Workspace, dataset: str):
    folder = exported(workspace, dataset, layout="easyocr") / paths.EXPORT_FILES
    found = []
    for split in ("train", "validation", "test"):
        frame = pd.read_csv(
            folder / split / "labels.csv",
            sep="^([^,]+),",
            engine="python",
            usecols=["filename", "words"],
            keep_default_na=False,
        )
        assert all((folder / split / name).is_file() for name in frame["filename"])
        found += frame["words"].tolist()
    assert sorted(map(str, found)) == sorted(NASTY)


def test_chosen_splits_alone_are_written_and_an_empty_choice_is_told(workspace: Workspace, dataset: str):
    folder = exported(workspace, dataset, layout="doctr", splits=["test"], archive=False)
    assert sorted(os.listdir(folder / paths.EXPORT_FILES)) == ["README.txt", "test"]
    assert not (folder / paths.EXPORT_ARCHIVE).exists()
    summary = json.loads((folder / paths.SUMMARY).read_text())
    assert summary["images"] == len(NASTY[2::3])
    assert summary["archive_bytes"] is None


def test_equal_exports_give_equal_archives_that_hold_the_folder(workspace: Workspace, dataset: str):
    first, second = (exported(workspace, dataset, layout="aocr") for _ in range(2))
    assert (first / paths.EXPORT_ARCHIVE).read_bytes() == (second / paths.EXPORT_ARCHIVE).read_bytes()
    with ZipTree(first / paths.EXPORT_ARCHIVE) as tree:
        for name, size in tree.members:
            assert (first / paths.EXPORT_FILES / name).read_bytes() == tree.read(name, size)
        files = [path for path in (first / paths.EXPORT_FILES).rglob("*") if path.is_file()]
        assert len(tree.members) == len(files)


def test_a_stopped_export_leaves_nothing_half_done_and_starts_anew(workspace: Workspace, dataset: str):
    class StopAt(JobContext):
        images = 0

        def stop_requested(self) -> bool:
            self.images += 1
            return self.images > 20

    folder = job_folder(workspace, "exports")
    with StopAt(folder) as job, pytest.raises(Stopped):
        work(ExportConfig(dataset=dataset), job)
    assert not (folder / paths.EXPORT_FILES).exists()
    assert not (folder / paths.EXPORT_ARCHIVE).exists()
    with JobContext(folder) as job:
        work(ExportConfig(dataset=dataset), job)
    assert (folder / paths.EXPORT_ARCHIVE).exists()
    assert not list(folder.glob(".files*"))


def test_a_full_disk_is_told_first(workspace: Workspace, dataset: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("shutil.disk_usage", lambda _: type("Usage", (), {"total": 1, "free": 1}))
    with pytest.raises(SpaceError, match="The export needs"):
        exported(workspace, dataset)


def test_a_damaged_sample_ends_the_export(workspace: Workspace, dataset: str, monkeypatch: pytest.MonkeyPatch):
    shard = next((workspace.folder("datasets", dataset) / paths.SHARDS).iterdir())
    content = bytearray(shard.read_bytes())
    content[50] ^= 1
    shard.write_bytes(bytes(content))
    with pytest.raises(DatasetError, match="damaged"):
        exported(workspace, dataset)


@pytest.mark.parametrize("layout", ["easyocr", "paddleocr", "aocr"])
@pytest.mark.parametrize("label", ["a\tb", "a\nb", "a\rb"])
def test_a_label_that_a_line_cannot_hold_is_named(layout, label: str):
    with pytest.raises(DatasetError, match="Choose the docTR layout"):
        LAYOUTS[layout].lists([Entry("a.png", label, "train")])


def test_no_label_becomes_part_of_a_path():
    for layout in LAYOUTS.values():
        assert layout.file("train", 7, ".png").endswith("00000007.png")
        assert not any(".." in file for file in layout.lists([Entry("../x.png", "../y", "test")]))
