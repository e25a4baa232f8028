"""The check of labels passes on the generator as it is, and fails where a label and its drawing part."""

import pytest
from PIL import ImageFont

from bench import labels
from engine.synth import samples
from engine.synth.trdg.text_patches import CachingFont


def test_five_hundred_samples_of_all_recipes_show_their_labels():
    found = labels.check(0, 500, seed=1, again=4)
    assert found["samples"] == 500
    assert found["drawn again by trdg"] >= 120
    assert min(found["laid on white by Pillow"], found["drawn letter by letter by Pillow"]) > 20


def test_a_label_that_is_not_what_was_drawn_is_found(monkeypatch: pytest.MonkeyPatch):
    settle = samples.draw_style

    def swapped(look, text, *rest):
        return settle(look, text[::-1], *rest)

    monkeypatch.setattr(samples, "draw_style", swapped)
    with pytest.raises(labels.WrongLabel, match="the pieces drawn are"):
        labels.check(0, 16, seed=1, again=4)


def test_a_letter_that_is_not_its_fonts_is_found(monkeypatch: pytest.MonkeyPatch):
    glyph = ImageFont.FreeTypeFont.getmask2

    def confused(self, text, *rest, **named):
        confuses = isinstance(self, CachingFont) and text == "e"
        return glyph(self, "c" if confuses else text, *rest, **named)

    monkeypatch.setattr(ImageFont.FreeTypeFont, "getmask2", confused)
    labels.text_patches.font.cache_clear()
    try:
        with pytest.raises(labels.WrongLabel, match="its letters are not those of its font"):
            labels.check(0, 100, seed=1, again=1)
    finally:
        labels.text_patches.font.cache_clear()
