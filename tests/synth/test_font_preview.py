"""Pictures of fonts show what a font can draw, and what it lacks is named."""

import numpy as np
import pytest

from engine.synth.fonts import bundled_fonts, fonts_by_id, missing_characters, specimen, specimen_text

LATO, HAN = fonts_by_id(["latin/Lato-Regular", "cn/SourceHanSans-Normal"])


@pytest.mark.parametrize("font", bundled_fonts(), ids=lambda font: font.id)
def test_every_bundled_font_shows_something(font):
    image = specimen(font, specimen_text(font, ["Glyphlab", "0123", "永字"]))
    assert image.mode == "L"
    assert image.height == specimen(LATO, "a").height
    assert np.asarray(image).min() < 128


def test_a_long_text_is_cut_at_the_width_asked_for():
    assert specimen(LATO, "m" * 200, width=100).width == 100
    assert specimen(LATO, "").width <= 100


def test_the_first_text_that_a_font_can_draw_is_taken_and_what_it_lacks_is_named():
    assert specimen_text(LATO, ["永字", "cat"]) == "cat"
    assert specimen_text(LATO, ["永字"]) == ""
    assert missing_characters(LATO, ["a字永", "b"]) == "字永"
    assert missing_characters(HAN, ["永字"]) == ""
