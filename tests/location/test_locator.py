import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from engine.errors import ConfigError
from engine.location.bundle import open_locator
from engine.regions.polygons import ious
from glyphlab_read.location import tiles
from glyphlab_read.location.locator import Locator
from glyphlab_read.location.maps import levels_of
from glyphlab_read.location.preprocess import LARGEST_SIDE, PhotoPreprocessing
from glyphlab_read.location.text_map import TextMap
from glyphlab_read.regions.thresholds import Thresholds
from tests.helpers.rectangles import rectangle
from tests.helpers.tiny_locators import locator_graphs, locator_manifest, paint, save_locator

WORDS = [rectangle(120, 60, 100, 24, 8), rectangle(300, 200, 60, 20), rectangle(90, 210, 40, 30, -40)]


@pytest.fixture
def locator():
    return Locator(locator_manifest(), locator_graphs())


def found(locator, image, **options):
    return [box.quad for box in locator.locate(image, **options)]


@pytest.mark.parametrize("factor", [1, 2, 5])
def test_white_bars_are_found_where_they_are_whatever_the_size_of_the_photo(workspace, factor):
    locator = open_locator(save_locator(workspace).folder, workspace)
    words = [word * factor for word in WORDS]
    boxes = found(locator, paint((400 * factor, 280 * factor), words))
    assert len(boxes) == 3
    assert (ious(words, boxes).max(axis=1) > 0.75).all()


@pytest.mark.parametrize("mode", ["L", "RGBA", "P"])
def test_photos_of_any_mode_give_the_same_boxes(locator, mode):
    photo = paint((400, 280), WORDS)
    for box, same in zip(found(locator, photo), found(locator, photo.convert(mode)), strict=True):
        np.testing.assert_allclose(box, same, atol=0.5)


def test_lines_come_from_their_own_map(locator):
    words = [rectangle(x, 100, 30, 40) for x in (80, 114, 148)]
    photo = paint((256, 256), words)
    assert len(found(locator, photo)) == 3
    (line,) = found(locator, photo, level="line")
    assert np.ptp(line[:, 0]) > 90


def test_thresholds_and_side_can_be_chosen(locator):
    photo = paint((400, 280), WORDS, grey=150)
    assert len(found(locator, photo)) == 3
    assert not found(locator, photo, thresholds=Thresholds(binary=0.7, box=0.5))
    small = paint((1200, 840), [rectangle(600, 400, 12, 5)])
    assert not found(locator, small, side=256)
    assert len(found(locator, small, side=1200)) == 1


@pytest.mark.parametrize("side", [1, LARGEST_SIDE + 1])
def test_a_side_out_of_range_is_refused(locator, side):
    with pytest.raises(ConfigError, match=f"side: {side} was given"):
        locator.text_map(paint((64, 64), []), side)


def test_a_network_of_a_fixed_size_finds_words_by_their_regions():
    locator = Locator(locator_manifest("mask"), locator_graphs("mask"))
    text_map = locator.text_map(paint((1280, 640), [rectangle(640, 320, 640, 160)]))
    assert text_map.maps.shape == (8, 8, 1)
    assert text_map.scale == (160, 80)
    (box,) = text_map.boxes("word", Thresholds(binary=0.5, box=0.5))
    assert ious([box.quad], [rectangle(640, 320, 640, 160)])[0, 0] > 0.9
    with pytest.raises(ConfigError, match="This locator finds words"):
        locator.locate(paint((64, 64), []), level="line")


@given(st.integers(1, 500), st.integers(1, 500), st.sampled_from([64, 250, 256]))
def test_a_map_covers_its_photo_and_no_more(width, height, side):
    locator = Locator(locator_manifest(preprocessing={"side": side}), locator_graphs())
    text_map = locator.text_map(Image.new("RGB", (width, height), "white"))
    assert text_map.size == (width, height)
    assert text_map.maps.dtype == np.float16
    assert (text_map.channel("kernel") == 1).all()
    for cells, step, length in zip(text_map.maps.shape[1::-1], text_map.scale, (width, height), strict=True):
        assert (cells - 1) * step < length <= cells * step + 1e-6


@pytest.mark.parametrize("size", [(900, 700), (1100, 300), (601, 1203)])
def test_tiles_give_the_map_that_the_whole_photo_would(locator, monkeypatch, size):
    rng = np.random.default_rng(5)
    photo = Image.fromarray(rng.integers(0, 256, (size[1], size[0], 3), dtype=np.uint8))
    whole = locator.text_map(photo, side=max(size))
    monkeypatch.setattr(tiles, "TILE", 320)
    monkeypatch.setattr(tiles, "OVERLAP", 64)
    tiled = locator.text_map(photo, side=max(size))
    np.testing.assert_array_equal(tiled.maps, whole.maps)
    assert tiled.scale == whole.scale


@pytest.mark.parametrize("size", [(1601, 640), (3000, 2000)])
def test_no_tile_is_larger_than_it_may_be(locator, monkeypatch, size):
    seen = []
    run = locator._run
    monkeypatch.setattr(locator, "_run", lambda pixels: seen.append(pixels.shape) or run(pixels))
    locator.text_map(Image.new("RGB", size), side=max(size))
    assert len(seen) > 1
    assert max(max(shape) for shape in seen) <= tiles.TILE
    assert all(length % 32 == 0 for shape in seen for length in shape[:2])
    area = sum(shape[0] * shape[1] for shape in seen)
    assert area < 1.6 * size[0] * size[1], "tiles overlap no more than they must"


def test_a_huge_photo_is_prepared_at_the_side_that_is_asked_for():
    photo = Image.new("L", (12000, 6000), 200)
    prepared = PhotoPreprocessing(side=1280).prepare(photo)
    assert prepared.pixels.shape == (640, 1280, 3)
    assert (prepared.pixels == 200).all()
    assert prepared.scale == (9.375, 9.375)


@pytest.mark.parametrize("side", [640, 1600, 3333])
def test_a_large_photo_is_shrunk_in_strips_that_fit_together(side):
    rng = np.random.default_rng(6)
    coarse = Image.fromarray(rng.integers(0, 256, (300, 450, 3), dtype=np.uint8))
    photo = coarse.resize((5100, 3400), Image.Resampling.BILINEAR)
    prepared = PhotoPreprocessing(side=side).prepare(photo)
    size = prepared.pixels.shape[1], prepared.pixels.shape[0]
    whole = np.asarray(photo.resize(size, Image.Resampling.BILINEAR))
    assert np.abs(prepared.pixels.astype(int) - whole).max() <= 1


def test_padding_repeats_the_edge():
    pixels = np.arange(30 * 40 * 3, dtype=np.uint8).reshape(30, 40, 3)
    padded = PhotoPreprocessing().padded(pixels)
    assert padded.shape == (32, 64, 3)
    assert (padded[:30, :40] == pixels).all()
    assert (padded[:30, 40:] == pixels[:, -1:]).all()
    assert (padded[30:] == padded[29]).all()


def test_what_a_map_can_find_follows_from_its_channels():
    assert levels_of(["kernel", "region", "line"]) == ("word", "line")
    assert levels_of(["region"]) == ("word",)
    assert levels_of(["line"]) == ("line",)
    maps = np.zeros((4, 4, 2), np.float16)
    maps[..., 1] = 1
    text_map = TextMap(maps, ("kernel", "region"), 0.4, (2, 2), (8, 8))
    assert text_map.of_level("word")[1] == 0.4
    assert not text_map.of_level("word")[0].any()


def test_numbers_that_are_none_are_no_text(locator, monkeypatch):
    class Broken:
        def run(self, names, inputs, options):
            height, width = inputs["image"].shape[1:3]
            return [np.full((1, height // 2, width // 2, 2), np.nan, np.float32)]

    monkeypatch.setattr(locator, "_session", Broken())
    assert not found(locator, paint((400, 280), WORDS))
