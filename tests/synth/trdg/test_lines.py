"""Letters are drawn whole: above the ascender, left of the origin, right of the advance, with their outlines."""

from dataclasses import replace

import numpy as np
import pytest

from bench.fonts import losses
from engine.synth.fonts import fonts_by_id
from engine.synth.trdg.adapter import Drawing, draw

PLAIN = Drawing(
    text="",
    font="",
    height=64,
    margins=(4, 4, 4, 4),
    skew=0,
    blur=0.0,
    background="white",
    distortion="none",
    direction="both",
    colour="#000000",
    character_spacing=0,
    space_width=1.0,
    stroke_width=0,
    stroke_colour="#000000",
    seed=0,
)


def drawn(font: str, text: str, **settings: object) -> np.ndarray:
    """Ink of a text, uint8 (h, w)."""
    (found,) = fonts_by_id([font])
    image = draw(replace(PLAIN, font=str(found.path), text=text, **settings)).image
    return 255 - np.asarray(image.convert("L"))


LEANING = ["latin/Walkway_Oblique", "latin/OpenSans-ExtraBoldItalic", "latin/Raleway-LightItalic", "latin/Capture_it_2"]


@pytest.mark.parametrize("font", [*LEANING, "latin/DroidSans-Bold", "cn/SourceHanSans-Normal"])
def test_no_character_loses_ink_alone_or_in_a_word(font: str):
    found = losses(fonts_by_id([font]), 40)
    assert found.pairs > 60
    assert found.cut == []


@pytest.mark.parametrize(("whole", "bare"), [("Ễ", "Ê"), ("Ẫ", "Â"), ("Ů", "U")])
def test_marks_above_the_ascender_are_seen(whole: str, bare: str):
    with_mark, without = (drawn("latin/DroidSans-Bold", text) for text in (whole, bare))
    assert with_mark.shape != without.shape or np.abs(with_mark.astype(int) - without).mean() > 5


@pytest.mark.parametrize("font", LEANING)
@pytest.mark.parametrize("spacing", [0, 20])
def test_the_first_and_the_last_stroke_are_as_whole_as_one_in_the_middle(font: str, spacing: int):
    ink = drawn(font, "III", character_spacing=spacing, height=48)
    assert ink[:, [0, -1]].max() < 40, "ink reaches the edge of the margin"


@pytest.mark.parametrize("orientation", ["horizontal", "vertical"])
@pytest.mark.parametrize("stroke", [1, 5])
def test_outlines_lie_within_the_image(orientation: str, stroke: int):
    ink = drawn("latin/Lato-Black", "Mjg", stroke_width=stroke, orientation=orientation, margins=(8, 8, 8, 8))
    edge = np.concatenate([ink[:6].ravel(), ink[-6:].ravel(), ink[:, :6].ravel(), ink[:, -6:].ravel()])
    assert edge.max() < 40
