"""Regions over a photo: where outlines, mask and numbers lie, and what the legend says."""

import numpy as np
from PIL import Image, ImageColor

from dashboard.common.regions import IGNORED, LEVEL_COLOURS, legend, numbered, with_regions
from engine.regions.region import Region

PHOTO = Image.new("RGB", (120, 80), (200, 200, 200))
WORD = Region.of([(20, 20), (80, 20), (80, 40), (20, 40)], "word")
FAINT = Region.of([(20, 50), (100, 50), (100, 70), (20, 70)], None, ignore=True)


def pixels(view, regions=(WORD, FAINT), scale=1.0):
    return np.asarray(with_regions(PHOTO, list(regions), view, scale)).astype(int)


def near(colour: str, found: np.ndarray, slack: int = 40) -> np.ndarray:
    return np.abs(found - np.array(ImageColor.getrgb(colour))).max(axis=-1) <= slack


def test_outlines_have_the_colour_of_their_level_and_leave_the_text_as_it_is():
    found = pixels("outlines")
    assert near(LEVEL_COLOURS["word"], found[19:22, 50]).any()
    assert (found[30, 50] == 200).all()
    assert near(IGNORED, found[48:53, 20:100]).any(), "what does not count is grey"
    assert not near(IGNORED, found[48:53, 20:100]).any(axis=0).all(), "and dashed"


def test_a_mask_covers_text_and_dims_all_else():
    found = pixels("mask")
    assert near(LEVEL_COLOURS["word"], found[30, 50], 80)
    assert near(IGNORED, found[60, 50], 60)
    assert (found[5, 5] < 150).all()
    assert found[21, 50].tolist() == found[39, 50].tolist() != found[19, 50].tolist()


def test_regions_follow_the_photo_to_another_size():
    half = np.asarray(with_regions(PHOTO.resize((60, 40)), [WORD], "mask", 0.5)).astype(int)
    assert near(LEVEL_COLOURS["word"], half[15, 25], 80)
    assert (half[25, 25] < 150).all()


def test_a_photo_alone_is_not_touched():
    assert with_regions(PHOTO, [WORD], "photo") is PHOTO
    assert with_regions(PHOTO, [], "mask") is PHOTO


def test_numbers_stand_at_the_regions_and_inside_the_photo():
    corner = Region.of([(-5, -5), (30, -5), (30, 10), (-5, 10)])
    found = np.asarray(numbered(PHOTO, {0: corner, 7: WORD})).astype(int)
    assert (found != 200).any(axis=-1).sum() > 20
    assert (found[60:, :] == 200).all()


def test_the_legend_names_what_is_there():
    line = Region.of([(0, 0), (9, 0), (9, 9)], level="line")
    assert legend([WORD], "photo") == legend([], "mask") == ""
    assert "words" in legend([WORD, line], "outlines")
    assert "lines" in legend([WORD, line], "outlines")
    assert "characters" not in legend([WORD, line], "outlines")
    assert "does not count, dashed" in legend([WORD, FAINT], "outlines")
    assert "words" not in legend([WORD, FAINT], "mask")
