"""Every label is what was drawn: told from the pieces that reach the image, from their boxes, and from the glyphs."""

import numpy as np
import pytest

from engine.config.recipe import Recipe
from engine.config.recipe_presets import PRESETS
from engine.config.style import OrientationWeights, Style
from engine.config.text_sources import Words
from engine.synth import annotate_sample, preview
from engine.synth.trdg import text_patches


@pytest.mark.parametrize("name", PRESETS)
def test_the_pieces_drawn_spell_the_label(name: str, monkeypatch: pytest.MonkeyPatch):
    drawn: list[str] = []
    pen = text_patches.Pen.text

    def recorded(self: text_patches.Pen, xy: tuple[int, int], text: str, *rest, **named) -> None:
        if self.fontmode != "1":  # the image, not its mask
            if xy == (0, 0):
                drawn.clear()
            drawn.append(text)
        pen(self, xy, text, *rest, **named)

    monkeypatch.setattr(text_patches.Pen, "text", recorded)
    alone = PRESETS[name].changed(looks=[{**look.plain(), "neighbours": {}} for look in PRESETS[name].looks])
    for index in range(60):
        (sample,) = preview(alone, index + 1, 8)[index:] if index == 0 else [annotate_sample(alone, 8, index)]
        assert "".join(drawn).strip() == sample.label


@pytest.mark.parametrize("name", PRESETS)
def test_every_character_has_its_box_in_the_order_of_reading(name: str):
    for index in range(25):
        told = annotate_sample(PRESETS[name], 4, index)
        assert told.mask.size == told.image.size
        words = told.label.split() if told.factors["word_split"] else [c for c in told.label if c != " "]
        assert [box.text for box in told.boxes] == words
        lefts = [box.left for box in told.boxes]
        assert lefts == sorted(lefts)
        width, height = told.image.size
        for box in told.boxes:
            assert 0 <= box.left < box.right <= width
            assert 0 <= box.top < box.bottom <= height


def test_boxes_hold_the_ink():
    look = Style(height=64, margin=6, background={"noise": 0, "white": 1}, fonts=("latin/Lato-Regular",))  # pyright: ignore[reportArgumentType]
    for index in range(10):
        told = annotate_sample(Recipe(texts=(Words(),), looks=(look,)), 2, index)
        dark = np.asarray(told.image.convert("L")) < 90
        for box in told.boxes:
            dark[box.top : box.bottom, box.left : box.right] = False
        assert dark.sum() <= 3  # px that the mask, drawn without levels, rounds away


def test_a_vertical_text_runs_down():
    recipe = Recipe(looks=(Style(orientation=OrientationWeights(horizontal=0, vertical=1)),))
    told = annotate_sample(recipe, 1, 0)
    tops = [box.top for box in told.boxes]
    assert told.image.height > told.image.width
    assert tops == sorted(tops)
    assert told.factors["orientation"] == "vertical"


def test_a_sample_that_is_explained_is_the_one_of_the_preview():
    recipe = PRESETS["scene text"]
    for index, sample in enumerate(preview(recipe, 6, 3)):
        told = annotate_sample(recipe, 3, index)
        assert (told.label, told.factors) == (sample.label, sample.factors)
        assert np.array_equal(np.asarray(told.image), np.asarray(sample.image))
