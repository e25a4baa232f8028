"""Import jobs of scenes: what the report promised is in the dataset, and interrupted ones go on."""

from pathlib import Path

import pytest

from engine.config.scene_importing import SceneImportConfig
from engine.datasets.scenes.dataset import SceneDataset, open_scenes
from engine.datasets.scenes.importing.job import work
from engine.datasets.scenes.importing.scan import load_photo, scan_scenes
from engine.errors import ImageError, SourceError
from engine.files import read_json
from engine.jobs import paths
from engine.jobs.context import JobContext, Stopped
from engine.sources.locate import DATA_ROOT, save_upload
from engine.workspace import Workspace
from tests.datasets.scenes.importing.sources import SOURCES, WORD, Files, flat, line, photo, saved
from tests.helpers.sources import zipped

PHOTOS = {f"{number:02}.jpg": photo(number) for number in range(6)}
LABELS: Files = {f"gt_{number:02}.txt": line(*flat(WORD), f"word {number}") for number in range(6)}
CONFIG = SceneImportConfig(path="mine", validation=0.2, test=0.2)


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(DATA_ROOT, str(tmp_path))
    monkeypatch.setattr("engine.datasets.importing.plan._SHARD_IMAGES", 2)
    return saved(tmp_path / "mine", LABELS, PHOTOS)


@pytest.fixture
def folder(workspace: Workspace) -> Path:
    folder = workspace.folder("datasets", "0" * 26)
    folder.mkdir()
    return folder


def run(folder: Path, config: SceneImportConfig = CONFIG) -> SceneDataset:
    with JobContext(folder) as job:
        work(config, job)
    return open_scenes(folder, "hashes")


def test_the_dataset_holds_what_the_report_promised(root: Path, folder: Path):
    dataset = run(folder)
    assert len(dataset) == 6
    assert sorted(str(dataset.regions(i)[0].text) for i in range(6)) == [f"word {i}" for i in range(6)]
    assert dataset.regions(0)[0].polygon.tolist() == WORD
    report, summary = read_json(folder / paths.IMPORT_REPORT), read_json(folder / paths.SUMMARY)
    assert (report["accepted"], report["regions"]) == (6, 6)
    assert (summary["holds"], summary["images"], summary["regions"]) == ("scenes", 6, 6)
    assert dataset.source(0) == dataset.frame().loc[0, "source"]
    assert dataset.image(0).tobytes() is not None


def test_the_same_source_gives_the_same_dataset(root: Path, folder: Path, workspace: Workspace):
    other = workspace.folder("datasets", "1" * 26)
    other.mkdir()
    assert run(folder).manifest.hash == run(other).manifest.hash


def test_a_stopped_import_keeps_its_shards(root: Path, folder: Path, monkeypatch: pytest.MonkeyPatch):
    with JobContext(folder) as job, pytest.raises(Stopped):
        asked = iter([False] * 9)
        monkeypatch.setattr(job, "stop_requested", lambda: next(asked, True))
        work(CONFIG, job)
    shards = {path.name: path.stat().st_mtime_ns for path in (folder / paths.SHARDS).glob("*.tfrecord")}
    assert shards
    assert len(run(folder)) == 6
    assert {name: (folder / paths.SHARDS / name).stat().st_mtime_ns for name in shards} == shards


def test_corrected_labels_start_a_stopped_import_over(root: Path, folder: Path, monkeypatch: pytest.MonkeyPatch):
    with JobContext(folder) as job, pytest.raises(Stopped):
        asked = iter([False] * 9)
        monkeypatch.setattr(job, "stop_requested", lambda: next(asked, True))
        work(CONFIG, job)
    for number in range(6):
        (root / f"gt_{number:02}.txt").write_text(line(*flat(WORD), "new"))
    dataset = run(folder)
    assert {dataset.regions(i)[0].text for i in range(6)} == {"new"}


def test_a_set_of_which_no_region_counts_is_refused(root: Path, folder: Path):
    for number in range(6):
        (root / f"gt_{number:02}.txt").write_text(line(*flat(WORD), "###"))
    with pytest.raises(SourceError, match=r"None of the 6 regions .* counts"):
        run(folder)
    assert not (folder / paths.MANIFEST).exists()
    assert read_json(folder / paths.IMPORT_REPORT)["ignored"] == 6


def test_an_uploaded_archive_is_imported_and_deleted(folder: Path, workspace: Workspace, tmp_path: Path):
    archive = tmp_path / "a.zip"
    archive.write_bytes(zipped({**SOURCES["page"], "a.jpg": photo(1), "b.jpg": photo(2)}))
    with open(archive, "rb") as stream:
        upload = save_upload(workspace, stream, "pages.zip")
    dataset = run(folder, SceneImportConfig(upload=upload.id))
    assert {region.level for region in dataset.regions(0) + dataset.regions(1)} == {"word", "line"}
    assert not any(workspace.uploads.iterdir())


def test_the_photo_of_a_listed_scene_can_be_opened(root: Path, workspace: Workspace):
    scanned = scan_scenes(workspace, CONFIG)
    assert load_photo(workspace, CONFIG, scanned.scenes[0].scene).size == (100, 80)
    (root / "photos" / "00.jpg").unlink()
    with pytest.raises(ImageError, match="cannot be read"):
        load_photo(workspace, CONFIG, scanned.scenes[0].scene)


def test_splits_follow_the_source_where_they_are_to(tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv(DATA_ROOT, str(tmp_path))
    files = {f"{split}_images/{i}.jpg": photo(i + 3 * n) for n, split in enumerate(("train", "test")) for i in range(3)}
    labels = {f"{split}_gt/gt_{i}.txt": line(*flat(WORD), split) for split in ("train", "test") for i in range(3)}
    saved(tmp_path / "mine", {**files, **labels}, {})
    dataset = run(folder, CONFIG.changed(splits="source"))
    assert dataset.manifest.counts == {"train": 3, "validation": 0, "test": 3}
    assert {dataset.regions(int(i))[0].text for i in dataset.numbers("test")} == {"test"}
