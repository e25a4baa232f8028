"""Recipes: round trips, faults by name, and the law of TRDG words stated row by row."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.config.generate import GenerateConfig
from engine.config.recipe import Recipe
from engine.config.recipe_presets import PRESETS
from engine.config.style import BackgroundWeights, DirectionWeights, DistortionWeights
from engine.config.text_sources import CaseWeights, Characters, Digits, Words
from engine.errors import ConfigError
from engine.synth import preview


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_survives_yaml_and_json_and_is_named(name: str):
    recipe = PRESETS[name]
    assert Recipe.from_yaml(recipe.to_yaml()) == recipe
    assert Recipe.parse(recipe.plain()) == recipe
    assert recipe.name == name


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"texts": []}, ["texts", "weight above 0"]),
        ({"texts": [{"kind": "digits", "weight": 0}]}, ["texts", "weight above 0"]),
        ({"texts": [{"kind": "poems"}]}, ["texts.0", "'words', 'frequent', 'names', 'digits', 'characters'"]),
        (
            {"texts": [{"kind": "digits", "min_length": 9, "max_length": 3}]},
            ["min_length is 9", "max_length, which is 3"],
        ),
        ({"texts": [{"kind": "words", "language": "../../etc"}]}, ["language", "../../etc"]),
        ({"texts": [{"kind": "characters", "lower": 0, "upper": 0, "digits": 0}]}, ["No characters"]),
        ({"texts": [{"kind": "characters", "symbols": "a b"}]}, ["symbols", "' '"]),
        ({"texts": [{"kind": "characters", "symbols": "a\u0301"}]}, ["symbols", "shows nothing"]),
        ({"texts": [{"kind": "characters", "symbols": "\u212b"}]}, ["symbols", "composed"]),
        ({"looks": [{"height": 16, "margin": 8}]}, ["16 px", "8 px"]),
        ({"looks": [{"background": {"noise": 0, "white": 0}}]}, ["background", "noise"]),
        ({"looks": [{"colours": [{"low": "red"}]}]}, ["low", "'red'"]),
        ({"looks": [{"heigth": 32}]}, ["heigth", "unknown"]),
    ],
)
def test_a_fault_names_its_field_and_value(values: dict, words: list[str]):
    with pytest.raises(ConfigError) as caught:
        Recipe.parse(values)
    assert all(word in str(caught.value) for word in words), str(caught.value)


def test_the_seed_project_states_the_law_of_the_test_images():
    recipe = PRESETS["TRDG words"]
    word, digits, characters, pair = recipe.texts
    (look,) = recipe.looks
    assert [source.weight for source in recipe.texts] == [0.55, 0.2, 0.15, 0.1]
    assert word == Words(
        weight=0.55,
        language="en",
        alphabet="ascii",
        max_length=15,
        case=CaseWeights(listed=0.6, upper=0.2, capitalised=0.2),
    )
    assert digits == Digits(weight=0.2, min_length=1, max_length=8)
    assert characters == Characters(weight=0.15, symbols=".,-/$%&#", min_length=2, max_length=10)
    assert pair == Words(weight=0.1, alphabet="ascii", min_words=2, max_words=2, max_length=15, cut=True)
    assert (look.fonts, look.height, look.margin, look.skew, look.blur) == ((), 40, 3, 3, 1.0)
    assert look.fit == 1  # the ink begins 4 px from every side, as a fitted text's does after its blur
    assert look.background == BackgroundWeights(noise=1, white=1, picture=1)
    assert look.distortion == DistortionWeights(none=0.6, sine=0.2, cosine=0.2)
    assert look.direction == DirectionWeights(vertical=1, horizontal=1, both=1)
    assert [(c.weight, c.low, c.high) for c in look.colours] == [
        (0.7, "#000000", "#888888"),
        (0.3, "#000000", "#ffffff"),
    ]
    assert (look.character_spacing, look.space_width, look.stroke_width) == (0, 1.0, 0)
    assert GenerateConfig().quality == 92


def test_samples_follow_the_weights_of_the_law():
    samples = preview(PRESETS["TRDG words"], 160, seed=11)
    shares = [sum(sample.factors["source"] == source for sample in samples) / 160 for source in range(4)]
    for share, weight in zip(shares, (0.55, 0.2, 0.15, 0.1), strict=True):
        assert abs(share - weight) < 0.15  # nearly four standard deviations of 160 throws
    assert len({sample.factors["font"] for sample in samples}) > 60  # 80 are expected of 100
    assert all(len(sample.label) <= 15 and sample.label.isascii() for sample in samples)


@given(st.integers(10, 10**6), st.floats(0, 0.5), st.floats(0, 0.4))
def test_counts_add_up_and_a_share_is_never_empty(images: int, validation: float, test: float):
    counts = GenerateConfig(images=images, validation=validation, test=test).counts
    assert sum(counts.values()) == images
    assert abs(counts["test"] - images * test) <= 1
    assert (counts["test"] > 0) == (test > 0)
    assert (counts["validation"] > 0) == (validation > 0)
    assert counts["train"] > 0


def test_shares_must_leave_something_to_train_on():
    with pytest.raises(ConfigError, match=r"validation 0\.5 and test 0\.45"):
        GenerateConfig.parse({"validation": 0.5, "test": 0.45})
