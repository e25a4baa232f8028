"""Spans: one number or two, kept as they were written, with faults in words."""

import pytest

from engine.config.style import Style
from engine.errors import ConfigError


@pytest.mark.parametrize(
    ("values", "kept"),
    [
        ({"height": 40}, 40),
        ({"height": [32, 48]}, [32, 48]),
        ({"skew": [-3, 5]}, [-3, 5]),
        ({"blur": [0.5, 1]}, [0.5, 1.0]),
        ({"width": None}, None),
        ({"width": [100, 200]}, [100, 200]),
    ],
)
def test_a_span_stays_as_it_was_written(values: dict, kept: object):
    (name,) = values
    look = Style.parse(values)
    assert look.plain()[name] == kept
    assert Style.parse(look.plain()) == look


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"height": "tall"}, ["height", "'tall'", "one integer, or two"]),
        ({"height": [48, 32]}, ["height", "48, is above the most, 32"]),
        ({"height": [10, 32]}, ["height", "greater than or equal to 16"]),
        ({"height": 400}, ["height", "less than or equal to 128"]),
        ({"height": [1, 2, 3]}, ["height", "two as"]),
        ({"height": 32.5}, ["height", "integer"]),
        ({"skew": -3}, ["skew", "greater than or equal to 0"]),
        ({"skew": [-50, 0]}, ["skew", "greater than or equal to -45"]),
        ({"blur": float("nan")}, ["blur", "one number"]),
        ({"height": [20, 40], "margin": [2, 7]}, ["20 px", "14 px"]),
        ({"height": 24, "margins": {"top": 12, "bottom": [0, 5]}}, ["24 px", "17 px"]),
    ],
)
def test_a_fault_says_the_value_and_the_rule(values: dict, words: list[str]):
    with pytest.raises(ConfigError) as caught:
        Style.parse(values)
    assert all(word in str(caught.value) for word in words), str(caught.value)
