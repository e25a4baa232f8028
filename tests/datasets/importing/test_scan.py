"""A scan opens each image once, reports what cannot be opened, and takes a large source evenly."""

import struct
import zlib
from pathlib import Path

import pytest
from PIL import Image

from engine.config.importing import ImportConfig
from engine.datasets.importing import Item, load_image, make_report, scan_source
from engine.datasets.importing.scan import ScanResult
from engine.datasets.tfrecord import ImageRecord, encode_example, frame
from engine.errors import ImageError, SourceError
from engine.images.encode import pixel_digest
from engine.sources.locate import DATA_ROOT
from engine.workspace import Workspace
from tests.helpers import sources
from tests.helpers.sources import encoded, png, save_files, zipped


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(DATA_ROOT, str(tmp_path))
    return tmp_path


def scanned(workspace: Workspace, limit: int | None = None) -> ScanResult:
    return scan_source(workspace, ImportConfig(path="mine"), limit=limit)


def huge_png() -> bytes:
    """A PNG whose header claims 100,000 pixels a side."""
    header = struct.pack(">LLBBBBB", 100_000, 100_000, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + header
    return png(0)[:8] + struct.pack(">L", 13) + chunk + struct.pack(">L", zlib.crc32(chunk)) + png(0)[33:]


def test_images_that_cannot_be_opened_are_told_apart(workspace: Workspace, root: Path):
    gif = encoded(sources.picture(1), "GIF")
    files = {
        "good_1.png": png(1),
        "text_1.png": b"hello",
        "gif_1.png": gif,
        "huge_1.png": huge_png(),
        "cut_1.png": png(2)[:80],
    }
    save_files(root / "mine", files)
    (root / "mine" / "link_1.png").symlink_to("/etc/passwd")
    found = scanned(workspace)
    assert {image.item.member: image.look.fault for image in found.items} == {
        "cut_1.png": "undecodable",
        "gif_1.png": "undecodable",
        "good_1.png": "",
        "huge_1.png": "too_large",
        "text_1.png": "undecodable",
    }
    assert make_report(found, ImportConfig(path="mine")).dropped == {"undecodable": 3, "too_large": 1, "link": 1}


def test_a_file_over_10_mb_is_too_large(workspace: Workspace, root: Path):
    save_files(root / "mine", {"a_1.png": bytes(10_000_001), "b_1.png": png(1)})
    assert [image.look.fault for image in scanned(workspace).items] == ["too_large", ""]


def test_images_are_equal_by_pixels_not_by_bytes(workspace: Workspace, root: Path):
    image = sources.picture(1)
    save_files(root / "mine", {"a_1.png": encoded(image), "a_2.bmp": encoded(image, "BMP"), "a_3.png": png(2)})
    first, second, third = (image.look.digest for image in scanned(workspace).items)
    assert first == second == pixel_digest(image)
    assert third != first


def test_a_limited_scan_takes_images_evenly_and_says_so(workspace: Workspace, root: Path):
    save_files(root / "mine", {f"a_{i:03}.png": png(i) for i in range(100)})
    seen: list[tuple[int, int]] = []
    found = scan_source(workspace, ImportConfig(path="mine"), lambda done, total: seen.append((done, total)), limit=10)
    assert found.listed == 100
    assert [image.item.member for image in found.items] == [f"a_{i:03}.png" for i in range(0, 100, 10)]
    assert seen == [(done, 10) for done in range(1, 11)]
    report = make_report(found, ImportConfig(path="mine"))
    assert (report.scanned, report.listed) == (10, 100)


def test_examples_can_be_opened_in_every_kind_of_source(workspace: Workspace, root: Path):
    record = frame(encode_example(ImageRecord(png(3), "a", "")))
    kinds = {
        "folder": {"mine/a_1.png": png(3)},
        "mine.zip": {"mine.zip": zipped({"x/a_1.png": png(3)})},
        "records": {"records/train.tfrecords": frame(encode_example(ImageRecord(png(2), "b", ""))) + record},
        "records.zip": {"records.zip": zipped({"train.tfrecords": record})},
    }
    for path, files in kinds.items():
        save_files(root, files)
        config = ImportConfig(path="mine" if path == "folder" else path)
        item = make_report(scan_source(workspace, config), config).examples[-1].item
        assert item is not None
        assert load_image(workspace, config, item).tobytes() == sources.picture(3).tobytes()
    with pytest.raises(ImageError, match="cannot be read"):
        load_image(workspace, ImportConfig(path="mine"), Item("x", "../records/train.tfrecords", ""))


def test_a_scan_can_be_stopped_after_any_image(workspace: Workspace, root: Path):
    save_files(root / "mine", {f"a_{i}.png": png(i) for i in range(5)})

    def on_progress(done: int, total: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        scan_source(workspace, ImportConfig(path="mine"), on_progress)


def test_a_missing_source_is_reported(workspace: Workspace, root: Path):
    with pytest.raises(SourceError, match="is not there"):
        scanned(workspace)


def test_an_image_deleted_after_the_scan_is_an_error_in_words(workspace: Workspace, root: Path):
    save_files(root / "mine", {"a_1.png": encoded(Image.new("RGB", (5, 5)))})
    item = scanned(workspace).items[0].item
    (root / "mine" / "a_1.png").unlink()
    with pytest.raises(ImageError, match="Look at the source again"):
        load_image(workspace, ImportConfig(path="mine"), item)
