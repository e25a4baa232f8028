"""The package as its users call it: images in every form, files and folders, whole photos, and errors that tell."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import glyphlab_read
from engine.workspace import Workspace
from glyphlab_read import ImageError, PageReader, Reader, SourceError
from tests.helpers.tiny_bundles import draw_apart, save_run_bundle

EXAMPLES = Path(__file__).parents[2] / "dashboard" / "home" / "example_images"


@pytest.fixture(scope="module")
def starter() -> Reader:
    return Reader.open()


def test_a_word_is_read_alike_in_every_form(starter: Reader):
    path = EXAMPLES / "Silver.png"
    with Image.open(path) as image:
        opened = image.convert("RGB")
    forms = [path, str(path), path.read_bytes(), opened, np.asarray(opened)]
    readings = [starter.read(form, beam=3) for form in forms]
    assert {reading.text for reading in readings} == {"Silver"}
    assert {reading.confidence for reading in readings} == {readings[0].confidence}
    assert readings[0].candidates[0].text == "Silver"
    assert starter.read_many(forms)[1].text == "Silver"


@pytest.mark.parametrize(
    "pixels", [np.zeros((8, 8)), np.zeros((8, 8, 4), np.uint8), np.zeros(8, np.uint8), np.zeros((0, 8), np.uint8)]
)
def test_an_array_that_is_no_image_is_refused(starter: Reader, pixels: np.ndarray):
    with pytest.raises(ImageError, match=r"Give uint8 in \(height, width\)"):
        starter.read(pixels)


def test_folders_are_read_in_order_and_damaged_files_told_in_their_place(starter: Reader, tmp_path: Path):
    for name in ("b/Silver.png", "a.png", "a.txt"):
        target = tmp_path / name
        target.parent.mkdir(exist_ok=True)
        target.write_bytes((EXAMPLES / "Silver.png").read_bytes() if name != "a.png" else b"no image")
    found = list(starter.read_files([tmp_path, EXAMPLES / "coffee.png"]))
    assert [one.path for one in found] == [tmp_path / "a.png", tmp_path / "b" / "Silver.png", EXAMPLES / "coffee.png"]
    assert [one.reading.text if one.reading else one.problem[:17] for one in found] == [
        "These bytes are n",
        "Silver",
        "coffee",
    ]
    (tmp_path / "empty").mkdir()
    with pytest.raises(SourceError, match="'empty' holds no png"):
        list(starter.read_files([tmp_path / "empty"]))


def test_files_are_opened_when_memory_has_room_for_them(starter: Reader, tmp_path: Path):
    large = [tmp_path / f"{number}.png" for number in range(3)]
    for path in large:
        Image.new("1", (5000, 5000), 1).save(path)
    found = starter.read_files(large)
    assert not next(found).problem
    large[2].unlink()  # the first two are 50 million pixels
    assert [one.problem[:19] for one in found] == ["", "'2.png' cannot be r"]


def test_a_bundle_of_a_run_is_opened_by_its_path(workspace: Workspace):
    bundle = save_run_bundle(workspace, "ctc")
    assert Reader.open(str(bundle.folder)).read(draw_apart("abc")).text == "abc"


def test_a_whole_photo_is_read_by_its_path(starter: Reader):
    page = PageReader.open(starter).read(EXAMPLES / "signs.jpg")
    with Image.open(EXAMPLES / "signs.jpg") as image:
        assert (page.name, page.width, page.height) == ("signs.jpg", *image.size)
    assert "HEDONISM" in page.text.splitlines()


def test_all_names_of_the_package_are_there_and_no_other():
    assert all(getattr(glyphlab_read, name) for name in glyphlab_read.__all__)
    assert {*glyphlab_read.__all__} <= {*dir(glyphlab_read)}
    with pytest.raises(AttributeError, match="no attribute 'reader_of_minds'"):
        glyphlab_read.reader_of_minds  # noqa: B018
