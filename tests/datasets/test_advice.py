"""Advice is proved by drawing: the setting named moves its measure in the direction named."""

from typing import Any

import pytest

from engine.config.looks import BackgroundWeights, Colours, Look
from engine.config.recipe import Recipe
from engine.config.texts import Characters, Words
from engine.datasets.advice import SETTINGS, advise
from engine.datasets.comparison import Gap, Spread, compare
from engine.measures import MEASURES, measure_images
from engine.synth.preview import preview

UPRIGHT = ("latin/Lato-Regular", "latin/OpenSans-Regular", "latin/Roboto-Regular")
ITALIC = ("latin/Lato-Italic", "latin/OpenSans-Italic", "latin/Roboto-Italic")
TEXTS = {"min_length": 5, "max_length": 6}
PLAIN: dict[str, Any] = {
    "fonts": UPRIGHT,
    "background": BackgroundWeights(noise=0, white=1),
    "colours": (Colours(low="#404040", high="#606060"),),
}


def recipe(texts: dict[str, Any], look: dict[str, Any]) -> Recipe:
    return Recipe(texts=(Characters(**{**TEXTS, **texts}),), looks=(Look(**{**PLAIN, **look}),))


def gaps(synthetic: Recipe, real: Recipe) -> dict[str, Gap]:
    first, second = (
        measure_images(sample.image for sample in preview(each, 60, seed))
        for seed, each in enumerate((synthetic, real))
    )
    return {gap.measure: gap for gap in compare(first, second)}


@pytest.mark.parametrize(
    ("measure", "less", "more"),
    [
        ("contrast", {"colours": (Colours(low="#606060", high="#909090"),)}, {}),
        ("blur", {}, {"blur": 3}),
        ("noise", {}, {"background": BackgroundWeights(noise=1, white=0)}),
        ("unevenness", {}, {"background": BackgroundWeights(noise=0, white=1, picture=3)}),
        ("brightness", {"background": BackgroundWeights(noise=0, white=1, picture=9)}, {}),
        ("stroke", {}, {"stroke_width": 1, "stroke_colour": "#404040"}),
        ("slant", {}, {"fonts": ITALIC}),
        ("tilt", {}, {"skew": 10}),
        ("fill", {"margin": 8}, {}),
        ("height", {}, {"height": 48}),
        ("aspect", {}, {"max_length": 14}),
    ],
)
def test_the_setting_named_moves_its_measure_as_named(measure: str, less: dict[str, Any], more: dict[str, Any]):
    low, high = (
        recipe({k: v for k, v in each.items() if k in TEXTS}, {k: v for k, v in each.items() if k not in TEXTS})
        for each in (less, more)
    )
    moved = gaps(low, high)
    assert moved[measure].told
    advice = advise(moved[measure])
    assert advice is not None
    assert advice.direction in ("more", "wider")
    (setting,) = {*less, *more} - {"stroke_colour"}
    assert advice.setting.split(".")[1] == setting
    back = advise(gaps(high, low)[measure])
    assert back is not None
    assert back.direction in ("less", "narrower")


def test_every_measure_has_a_setting_that_a_recipe_has():
    assert set(SETTINGS) == {*MEASURES, "length"}
    for setting in SETTINGS.values():
        part, field = setting.split(".")
        assert field in {"looks": Look, "texts": Words}[part].model_fields, setting


def test_one_recipe_gives_no_advice():
    plain = recipe({}, {})
    assert [advise(gap) for gap in gaps(plain, plain).values() if gap.told] == []


@pytest.mark.parametrize(
    ("second", "direction", "says"),
    [
        (Spread(99, 30, 41, 90), "wider", "Add a look with another height."),
        (Spread(99, 70, 80, 90), "more", "Raise the height."),
        (Spread(99, 39, 40, 41), "narrower", "Let all looks have one height."),
    ],
)
def test_middle_and_width_ask_for_different_things(second: Spread, direction: str, says: str):
    advice = advise(Gap("height", 0.5, 0.1, True, Spread(99, 30, 40, 50), second))
    assert advice is not None
    assert (advice.direction, advice.text) == (direction, says)
