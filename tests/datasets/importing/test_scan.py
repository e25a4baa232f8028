"""A look opens each image once, tells what cannot be opened, and takes a large source evenly."""

import struct
import zlib
from pathlib import Path

import pytest
from PIL import Image

from engine.config.importing import ImportConfig
from engine.datasets.importing import Item, picture, report, survey
from engine.datasets.importing.scan import ScanResult, pixel_digest
from engine.datasets.tf_example import ImageRecord, encode
from engine.datasets.tfrecord import frame
from engine.errors import ImageError, SourceError
from engine.sources.locate import DATA_ROOT
from engine.workspace import Workspace
from tests.helpers import sources
from tests.helpers.sources import encoded, png, save_files, zipped


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(DATA_ROOT, str(tmp_path))
    return tmp_path


def look_at(workspace: Workspace, limit: int | None = None) -> ScanResult:
    return survey(workspace, ImportConfig(path="mine"), limit=limit)


def huge_png() -> bytes:
    """A PNG whose header claims 100,000 pixels a side."""
    header = struct.pack(">LLBBBBB", 100_000, 100_000, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + header
    return png(0)[:8] + struct.pack(">L", 13) + chunk + struct.pack(">L", zlib.crc32(chunk)) + png(0)[33:]


def test_what_cannot_be_opened_is_told_apart(workspace: Workspace, root: Path):
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
    found = look_at(workspace)
    assert {look.item.member: look.fault for look in found.looks} == {
        "cut_1.png": "undecodable", "gif_1.png": "undecodable", "good_1.png": "", "huge_1.png": "too_large",
        "text_1.png": "undecodable",
    }  # fmt: skip
    assert report(found, ImportConfig(path="mine")).dropped == {"undecodable": 3, "too_large": 1, "link": 1}


def test_a_file_over_10_mb_is_too_large(workspace: Workspace, root: Path):
    save_files(root / "mine", {"a_1.png": bytes(10_000_001), "b_1.png": png(1)})
    assert [look.fault for look in look_at(workspace).looks] == ["too_large", ""]


def test_pixels_decide_what_is_the_same_and_not_bytes(workspace: Workspace, root: Path):
    image = sources.picture(1)
    save_files(root / "mine", {"a_1.png": encoded(image), "a_2.bmp": encoded(image, "BMP"), "a_3.png": png(2)})
    first, second, third = (look.digest for look in look_at(workspace).looks)
    assert first == second == pixel_digest(image)
    assert third != first


def test_part_of_a_source_is_taken_evenly_and_said(workspace: Workspace, root: Path):
    save_files(root / "mine", {f"a_{i:03}.png": png(i) for i in range(100)})
    seen: list[tuple[int, int]] = []
    found = survey(workspace, ImportConfig(path="mine"), lambda done, total: seen.append((done, total)), limit=10)
    assert found.listed == 100
    assert [look.item.member for look in found.looks] == [f"a_{i:03}.png" for i in range(0, 100, 10)]
    assert seen == [(done, 10) for done in range(1, 11)]
    told = report(found, ImportConfig(path="mine"))
    assert (told.looked, told.listed) == (10, 100)


def test_examples_can_be_seen_wherever_they_lie(workspace: Workspace, root: Path):
    record = frame(encode(ImageRecord(png(3), "a", "")))
    kinds = {
        "folder": {"mine/a_1.png": png(3)},
        "mine.zip": {"mine.zip": zipped({"x/a_1.png": png(3)})},
        "records": {"records/train.tfrecords": frame(encode(ImageRecord(png(2), "b", ""))) + record},
        "records.zip": {"records.zip": zipped({"train.tfrecords": record})},
    }
    for path, files in kinds.items():
        save_files(root, files)
        config = ImportConfig(path="mine" if path == "folder" else path)
        item = report(survey(workspace, config), config).examples[-1].item
        assert item is not None
        assert picture(workspace, config, item).tobytes() == sources.picture(3).tobytes()
    with pytest.raises(ImageError, match="cannot be read"):
        picture(workspace, ImportConfig(path="mine"), Item("x", "../records/train.tfrecords", ""))


def test_a_stop_is_heard_after_any_image(workspace: Workspace, root: Path):
    save_files(root / "mine", {f"a_{i}.png": png(i) for i in range(5)})

    def watch(done: int, total: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        survey(workspace, ImportConfig(path="mine"), watch)


def test_a_source_that_is_not_there_is_told(workspace: Workspace, root: Path):
    with pytest.raises(SourceError, match="is not there"):
        look_at(workspace)


def test_the_picture_of_an_image_that_went_away_is_an_error_in_words(workspace: Workspace, root: Path):
    save_files(root / "mine", {"a_1.png": encoded(Image.new("RGB", (5, 5)))})
    item = look_at(workspace).looks[0].item
    (root / "mine" / "a_1.png").unlink()
    with pytest.raises(ImageError, match="Look at the source again"):
        picture(workspace, ImportConfig(path="mine"), item)
