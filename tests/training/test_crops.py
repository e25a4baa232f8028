"""Crops of scenes, and targets that say where the text in them is."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.config.train import TrainLocatorConfig
from engine.regions.matching import counts, match
from engine.regions.region import Level, Region
from engine.training.crops import cut_crop, draw_targets
from glyphlab_read.regions.boxes import boxes_from_map
from glyphlab_read.regions.thresholds import Thresholds

CONFIG = TrainLocatorConfig(dataset="0" * 26, crop=128, augment=0.0, zoom=(1.0, 1.0))
MAPS = ("kernel", "region", "line")


def bar(
    x: float, y: float, width: float = 60, height: float = 20, ignore: bool = False, level: Level = "word"
) -> Region:
    return Region.of([(x, y), (x + width, y), (x + width, y + height), (x, y + height)], "bar", ignore, level)


def targets(*regions: Region, size: tuple[int, int] = (128, 160)) -> tuple[np.ndarray, np.ndarray]:
    drawn = draw_targets(regions, size, MAPS, 2)
    assert drawn.shape == (size[0] // 2, size[1] // 2, 6)
    return drawn[..., :3], drawn[..., 3:]


@given(st.integers(4, 60), st.integers(4, 80), st.integers(16, 80), st.integers(12, 40))
def test_the_map_of_kernels_gives_the_words_back(x: int, y: int, width: int, height: int):
    word = bar(x, y, width, height)
    masks, valid = targets(word, size=(160, 160))
    boxes = boxes_from_map(masks[..., 0].astype(np.float32), (2, 2), Thresholds(box=0.1, smallest=1))
    assert counts(match([box.quad for box in boxes], [word])).h_mean == 1.0
    assert valid[..., 0].all()


def test_neighbours_stay_apart():
    left, right = bar(10, 20, 50), bar(64, 20, 50)
    masks, _ = targets(left, right)
    boxes = boxes_from_map(masks[..., 0].astype(np.float32), (2, 2), Thresholds(box=0.1, smallest=1))
    assert len(boxes) == 2


def test_regions_are_filled_whole_and_kernels_lie_within():
    masks, _ = targets(bar(20, 20))
    assert masks[..., 1].sum() == pytest.approx(60 * 20 / 4, rel=0.05)
    assert 0 < masks[..., 0].sum() < masks[..., 1].sum()
    assert not (masks[..., 0] & ~masks[..., 1] & 1).any()


@pytest.mark.parametrize(
    "region", [bar(20, 20, ignore=True), bar(20, 20, 60, 5), bar(-50, 20)], ids=["ignored", "small", "cut"]
)
def test_text_that_does_not_count_is_neither_text_nor_ground(region: Region):
    masks, valid = targets(region)
    assert not masks[..., :2].any()
    inside = valid[10:12, 3:5, :2] if region.polygon.min() < 0 else valid[10:12, 12:38, :2]
    assert not inside.all()
    assert valid[40:, 60:].all()


def test_without_lines_their_place_is_unknown_and_without_words_theirs():
    words, valid = targets(bar(20, 20))
    assert not words[..., 2].any()
    assert not valid[12:18, 14:36, 2].any()
    lines, valid = targets(bar(20, 20, 100, level="line"))
    assert lines[..., 2].any()
    assert lines[..., 1].any()
    assert not valid[12:18, 14:56, 0].any()
    both, valid = targets(bar(20, 20), bar(20, 20, 100, level="line"))
    assert both[..., 2].any()
    assert valid[..., 2].all()


@given(st.integers(0, 500), st.sampled_from([0.5, 1.0, 2.0]))
def test_targets_lie_over_the_text_of_the_crop(seed: int, zoom: float):
    """The scene is black but for white words, so that pixels tell where the text is."""
    image = np.zeros((300, 400, 3), np.uint8)
    regions = [bar(40, 60, 120, 40), bar(200, 180, 160, 60)]
    for region in regions:
        (left, top), (right, bottom) = region.polygon[0].astype(int), region.polygon[2].astype(int)
        image[top:bottom, left:right] = 255
    config = CONFIG.changed(zoom=(zoom, zoom))
    crop = cut_crop(image, regions, config, np.random.default_rng(seed))
    assert crop.image.shape == (128, 128, 3)
    white = crop.image[..., 0].reshape(64, 2, 64, 2).mean(axis=(1, 3)) > 128
    counted = crop.targets[..., 4] > 0
    apart = (white != (crop.targets[..., 1] > 0)) & counted
    assert apart.sum() <= 0.08 * max(int(white.sum()), 100)


@given(st.integers(0, 200))
def test_the_same_numbers_cut_the_same_crop(seed: int):
    image = np.random.default_rng(0).integers(0, 255, (200, 260, 3), np.uint8)
    config = CONFIG.changed(augment=1.0, zoom=(0.5, 2.0))
    first, again = (cut_crop(image, [bar(50, 50)], config, np.random.default_rng(seed)) for _ in range(2))
    assert np.array_equal(first.image, again.image)
    assert np.array_equal(first.targets, again.targets)


def test_the_second_systems_networks_see_the_whole_scene():
    config = CONFIG.changed(locator={"network": "fc_mask"})
    image = np.zeros((300, 400, 3), np.uint8)
    crop = cut_crop(image, [bar(0, 0, 200, 150)], config, np.random.default_rng(0))
    assert crop.image.shape == (128, 128, 3)
    assert crop.targets[..., 0].tolist() == [[1] * 4 + [0] * 4] * 4 + [[0] * 8] * 4
