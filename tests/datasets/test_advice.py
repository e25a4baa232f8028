"""Advice is proved by drawing: the setting named moves its measure in the direction named."""

import re
from dataclasses import replace
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

import pytest
from pydantic import BaseModel

from engine.config.postprocess import Contrast, Postprocess, ScanNoise, Shadow
from engine.config.recipe import Recipe
from engine.config.style import BackgroundWeights, Colours, Style
from engine.config.text_sources import Characters
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
    return Recipe(texts=(Characters(**{**TEXTS, **texts}),), looks=(Style(**{**PLAIN, **look}),))


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
        ("contrast", {"after": Postprocess(contrast=Contrast(share=1, factor=0.5, brightness=0))}, {}),
        ("blur", {}, {"blur": 3}),
        ("noise", {}, {"background": BackgroundWeights(noise=1, white=0)}),
        ("noise", {}, {"after": Postprocess(scan_noise=ScanNoise(share=1))}),
        ("unevenness", {}, {"after": Postprocess(shadow=Shadow(share=1))}),
        ("unevenness", {}, {"background": BackgroundWeights(noise=0, white=1, picture=3)}),
        ("brightness", {"background": BackgroundWeights(noise=0, white=1, picture=9)}, {}),
        ("brightness", {"after": Postprocess(contrast=Contrast(share=1, factor=1, brightness=(-60, -40)))}, {}),
        ("brightness", {"after": Postprocess(shadow=Shadow(share=1))}, {}),
        ("stroke", {}, {"stroke_width": 1, "stroke_colour": "#404040"}),
        ("stroke", {"fonts": ("latin/Lato-Light",)}, {"fonts": ("latin/Lato-Black",)}),
        ("slant", {}, {"fonts": ITALIC}),
        ("tilt", {}, {"skew": 10}),
        ("fill", {"margin": 8}, {}),
        ("fill", {}, {"fit": 1}),
        ("height", {}, {"height": 48}),
        ("aspect", {}, {"max_length": 14}),
        ("aspect", {}, {"character_spacing": 6}),
    ],
)
def test_the_setting_named_moves_its_measure_as_named(measure: str, less: dict[str, Any], more: dict[str, Any]):
    low, high = (
        recipe({k: v for k, v in each.items() if k in TEXTS}, {k: v for k, v in each.items() if k not in TEXTS})
        for each in (less, more)
    )
    moved = gaps(low, high)
    assert moved[measure].significant
    advice = advise(moved[measure])
    assert advice is not None
    assert advice.direction in ("more", "wider")
    (setting,) = {*less, *more} - {"stroke_colour"}
    assert setting in {named.split(".")[1] for named in (advice.setting, *advice.also)}
    back = advise(gaps(high, low)[measure])
    assert back is not None
    assert back.direction in ("less", "narrower")


def fields(kind: Any, path: str) -> bool:
    """Say whether a config of this kind, or any of a union's or tuple's kinds, has a setting at a dotted path."""
    if get_origin(kind) in (Annotated, Union, UnionType, tuple):
        return any(fields(each, path) for each in get_args(kind))
    if not isinstance(kind, type) or not issubclass(kind, BaseModel):
        return False
    first, _, rest = path.partition(".")
    field = kind.model_fields.get(first)
    return field is not None and (not rest or fields(field.annotation, rest))


def test_every_measure_has_settings_that_a_recipe_has():
    assert set(SETTINGS) == {*MEASURES, "length"}
    for settings in SETTINGS.values():
        assert settings
        assert all(fields(Recipe, setting) for setting in settings), settings
    assert not fields(Recipe, "looks.after.sharpness")


@pytest.mark.parametrize("measure", SETTINGS)
def test_advice_names_settings_as_recipes_do(measure: str):
    near, far, wide = Spread(99, 30, 40, 50), Spread(99, 70, 80, 90), Spread(99, 0, 40, 99)
    base = Gap(measure, 0.5, 0.1, True, near, far)
    directions = [
        base,
        replace(base, first=far, second=near),
        replace(base, second=wide),
        replace(base, first=wide, second=near),
    ]
    found = [advise(gap) for gap in directions]
    assert [advice and advice.direction for advice in found] == ["more", "less", "wider", "narrower"]
    for advice in found:
        assert advice is not None
        part = advice.setting.partition(".")[0]
        named = re.findall(r"`([^`]*)`", advice.text)
        assert named, advice.text
        assert all(fields(Recipe, f"{part}.{name}") for name in named), advice.text
        told = {setting.split(".")[-1 if "after" not in setting else 2] for setting in (advice.setting, *advice.also)}
        assert any(word in advice.text for word in told), advice.text


def test_one_recipe_gives_no_advice():
    plain = recipe({}, {})
    assert [advise(gap) for gap in gaps(plain, plain).values() if gap.significant] == []


@pytest.mark.parametrize(
    ("second", "direction", "says"),
    [
        (Spread(99, 30, 41, 90), "wider", "Give `height` two ends, farther apart."),
        (Spread(99, 70, 80, 90), "more", "Raise `height`, both ends if it has two."),
        (Spread(99, 39, 40, 41), "narrower", "Give `height` two ends, closer together."),
    ],
)
def test_middle_and_width_ask_for_different_things(second: Spread, direction: str, says: str):
    advice = advise(Gap("height", 0.5, 0.1, True, Spread(99, 30, 40, 50), second))
    assert advice is not None
    assert (advice.direction, advice.text) == (direction, says)
