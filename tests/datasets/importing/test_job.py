"""The import job: a complete dataset of what the report says, resumed without loss, and nothing half done."""

import io
import json
import os
from pathlib import Path

import pytest

from engine.config.importing import ImportConfig, Rules
from engine.datasets import open_dataset
from engine.datasets.importing import make_report, scan_source
from engine.datasets.importing.job import work
from engine.datasets.splits import split_of
from engine.errors import SourceError, SpaceError
from engine.jobs import paths, read_events
from engine.jobs.context import JobContext, Stopped
from engine.sources.locate import DATA_ROOT, save_upload
from engine.workspace import Workspace, new_id
from tests.helpers.sources import deep_folder, encoded, picture, png, save_files, zipped

WORDS = [f"word{i}" for i in range(40)]


@pytest.fixture(autouse=True)
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data root with 40 good images, one duplicate, one that is no image, and one without a label."""
    monkeypatch.setenv(DATA_ROOT, str(tmp_path))
    monkeypatch.setattr("engine.datasets.importing.plan._SHARD_IMAGES", 8)
    files: dict[str, bytes | str] = {f"{word}.png": png(i) for i, word in enumerate(WORDS)}
    lines = [f"{word}.png\t{word}" for word in WORDS] + ["twin.png\tword3", "bad.png\tbad"]
    files |= {"twin.png": png(3), "bad.png": b"no", "nameless.png": png(99), "labels.tsv": "\n".join(lines)}
    return save_files(tmp_path / "mine", files).parent


@pytest.fixture
def folder(workspace: Workspace) -> Path:
    folder = workspace.folder("datasets", new_id())
    folder.mkdir()
    return folder


CONFIG = ImportConfig(path="mine")


def run(folder: Path, config: ImportConfig = CONFIG) -> dict:
    with JobContext(folder) as job:
        work(config, job)
    return json.loads((folder / paths.SUMMARY).read_text())


def contents(folder: Path) -> dict[str, bytes]:
    dataset = open_dataset(folder, "hashes")
    return {dataset.label(i): dataset.image(i).tobytes() for i in range(len(dataset))}


def test_the_dataset_holds_what_the_report_promised(workspace: Workspace, folder: Path):
    promised = make_report(scan_source(workspace, CONFIG), CONFIG)
    summary = run(folder)
    dataset = open_dataset(folder, "hashes")
    assert dataset.manifest.kind == "imported"
    assert dataset.manifest.counts == promised.counts
    assert dataset.manifest.dropped == promised.dropped == {"repeated": 1, "undecodable": 1, "unlabelled": 1}
    assert "".join(sorted(dataset.manifest.charset)) == promised.charset
    assert contents(folder) == {word: picture(i).tobytes() for i, word in enumerate(WORDS)}
    assert summary["images"] == 40
    assert summary["source"] == "mine"
    kept = json.loads((folder / paths.IMPORT_REPORT).read_text())
    assert kept["accepted"] == 40
    assert dataset.frame().set_index("label").loc["word7", "source"] == "word7.png"


def test_large_images_make_small_shards(folder: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("engine.datasets.importing.plan._SHARD_BYTES", 3 * 24 * 12 * 3)
    run(folder)
    assert {shard.count for shard in open_dataset(folder).manifest.shards} <= {1, 2, 3}
    assert contents(folder) == {word: picture(i).tobytes() for i, word in enumerate(WORDS)}


def test_a_text_is_on_the_side_its_hash_says(folder: Path):
    run(folder)
    frame = open_dataset(folder).frame()
    assert all(split_of(label, 0.05, 0.1) == split for label, split in zip(frame["label"], frame["split"], strict=True))


def test_splits_of_the_source_are_kept_if_asked(folder: Path, root: Path):
    for split in ("train", "test"):
        files = {f"{split}/images/{i}.png": png(i + 10 * (split == "test")) for i in range(3)}
        save_files(
            root / "parted", files | {f"{split}/labels.json": json.dumps({f"{i}.png": f"w{i}" for i in range(3)})}
        )
    run(folder, ImportConfig(path="parted", splits="source"))
    assert open_dataset(folder).manifest.counts == {"train": 3, "validation": 0, "test": 3}


def test_the_same_source_gives_the_same_dataset_whatever_it_is_called(workspace: Workspace, folder: Path, root: Path):
    os.rename(root / "mine", root / "yours")
    first = run(folder, ImportConfig(path="yours"))["hash"]
    other = workspace.folder("datasets", new_id())
    other.mkdir()
    os.rename(root / "yours", root / "mine")
    assert run(other)["hash"] == first
    third = workspace.folder("datasets", new_id())
    third.mkdir()
    assert run(third, ImportConfig(path="mine", rules=Rules(case="upper")))["hash"] != first


class StopAfter(JobContext):
    """A context whose user asks to stop after so many images."""

    images = 0

    def stop_requested(self) -> bool:
        self.images -= 1
        return self.images < 0


@pytest.mark.parametrize("images", [0, 20, 42, 60, 80])
def test_a_stopped_import_goes_on_and_ends_alike(workspace: Workspace, folder: Path, images: int):
    straight = workspace.folder("datasets", new_id())
    straight.mkdir()
    expected = run(straight)["hash"]
    with StopAfter(folder) as job, pytest.raises(Stopped):
        job.images = images
        work(CONFIG, job)
    before = {path: path.stat().st_mtime_ns for path in (folder / paths.SHARDS).glob("*")}
    assert run(folder)["hash"] == expected
    assert {path: path.stat().st_mtime_ns for path in before} == before
    assert run(folder)["hash"] == expected


def test_a_source_that_changed_before_the_resume_is_imported_from_the_start(folder: Path, root: Path):
    with StopAfter(folder) as job, pytest.raises(Stopped):
        job.images = 75
        work(CONFIG, job)
    assert list((folder / paths.SHARDS).glob("*"))
    (root / "mine" / "word0.png").write_bytes(encoded(picture(1000)))
    run(folder)
    assert contents(folder)["word0"] == picture(1000).tobytes()
    assert any("The source changed" in str(event.get("text")) for event in read_events(folder / paths.EVENTS)[0])
    assert len(contents(folder)) == 40


def test_a_source_that_changes_meanwhile_ends_the_import(folder: Path, root: Path, monkeypatch: pytest.MonkeyPatch):
    def change(*_: object) -> None:
        (root / "mine" / "word5.png").write_bytes(png(500))

    monkeypatch.setattr("engine.datasets.importing.plan.keep_finished_shards", change)
    with pytest.raises(SourceError, match=r"word5.png' changed"):
        run(folder)


def test_an_upload_is_deleted_once_it_is_imported(workspace: Workspace, folder: Path):
    upload = save_upload(workspace, io.BytesIO(zipped({"a_1.png": png(1), "b_1.png": png(2)})), "two.zip")
    config = ImportConfig(upload=upload.id)
    assert run(folder, config)["source"] == "two.zip"
    assert set(contents(folder)) == {"a", "b"}
    assert os.listdir(workspace.uploads) == []
    assert run(folder, config)["images"] == 2  # resumed after its last write: nothing is missed


def test_a_folder_that_cannot_be_read_is_told_beside_what_comes_in(folder: Path, root: Path):
    deep = deep_folder(root / "mine")
    run(folder)
    report = json.loads((folder / paths.IMPORT_REPORT).read_text())
    [closed] = [problem for problem in report["problems"] if problem["reason"] == "closed"]
    assert (closed["count"], closed["examples"][0]["name"]) == (1, deep)
    assert closed["title"] == "lies in a folder that cannot be read"
    assert set(contents(folder)) == set(WORDS)


def test_an_import_without_accepted_images_gives_the_reasons(folder: Path):
    with pytest.raises(SourceError, match=r"Nothing of 'mine' can be imported: 41 have characters outside"):
        run(folder, ImportConfig(path="mine", rules=Rules(charset="xyz")))
    assert not (folder / paths.MANIFEST).exists()


def test_a_full_disk_is_reported_before_anything_is_copied(folder: Path, monkeypatch: pytest.MonkeyPatch):
    usage = os.statvfs(folder)
    monkeypatch.setattr("shutil.disk_usage", lambda _: type("Usage", (), {"total": usage.f_blocks, "free": 1000}))
    with pytest.raises(SpaceError, match="40 images need"):
        run(folder)
    assert not (folder / paths.SHARDS).exists()
