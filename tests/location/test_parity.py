import numpy as np
import pytest

from engine.location.parity import parity_of
from glyphlab_read.location.locator import Locator
from glyphlab_read.location.text_map import TextMap
from glyphlab_read.location.tiles import map_photo
from tests.helpers.rectangles import rectangle
from tests.helpers.tiny_locators import locator_graphs, locator_manifest, paint

WORDS = [rectangle(60, 40, 60, 20), rectangle(180, 60, 50, 24, 12)]


@pytest.fixture
def text_map():
    return Locator(locator_manifest(), locator_graphs()).text_map(paint((256, 128), WORDS))


def changed(text_map: TextMap, maps) -> TextMap:
    return TextMap(maps.astype(np.float16), text_map.names, text_map.shrink, text_map.scale, text_map.size)


def test_a_network_and_its_bundle_agree_when_they_give_the_same_maps(text_map):
    manifest = locator_manifest()

    def network(pixels):
        """What the tiny locator's graph computes, by hand; the map of lines is taken from the graph."""
        cells = pixels.reshape(pixels.shape[0] // 2, 2, pixels.shape[1] // 2, 2, 3).mean(axis=(1, 3, 4)) / 255
        return np.stack([cells, text_map.channel("line")], axis=-1)

    photo = paint((256, 128), WORDS)
    own = map_photo(network, photo, manifest.preprocessing, manifest.maps, manifest.shrink)
    parity = parity_of([(own, text_map), (own, text_map)], locator_manifest().thresholds)
    assert (parity.images, parity.same_boxes, parity.counts) == (2, 2, True)
    assert parity.largest_difference < 1e-3


def test_maps_that_differ_do_not_count_even_where_their_boxes_are_the_same(text_map):
    parity = parity_of([(text_map, changed(text_map, text_map.maps * np.float16(0.98)))], locator_manifest().thresholds)
    assert (parity.same_boxes, parity.counts) == (1, False)
    assert parity.largest_difference == pytest.approx(0.02, abs=1e-3)


def test_a_box_more_does_not_count(text_map):
    maps = text_map.maps.copy()
    maps[50:56, 10:30] = 1
    parity = parity_of([(text_map, text_map), (text_map, changed(text_map, maps))], locator_manifest().thresholds)
    assert (parity.images, parity.same_boxes, parity.counts) == (2, 1, False)


def test_maps_of_other_sizes_do_not_count(text_map):
    parity = parity_of([(text_map, changed(text_map, text_map.maps[:-1]))], locator_manifest().thresholds)
    assert not parity.counts
    assert parity.largest_difference == 1
