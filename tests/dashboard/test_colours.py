"""Colours mean the same everywhere."""

import tomllib
from pathlib import Path

from dashboard.colours import OKABE_ITO, run_colours, tint

THEME = Path(__file__).parents[2] / ".streamlit" / "config.toml"


def test_a_run_keeps_its_colour_whatever_the_order_of_a_list():
    ids = [f"{number:026d}" for number in range(10)]
    assert run_colours(ids) == run_colours(reversed(ids))
    assert len({*run_colours(ids[:8]).values()}) == 8


def test_the_theme_holds_the_same_eight():
    assert tuple(tomllib.loads(THEME.read_text())["theme"]["chartCategoricalColors"]) == OKABE_ITO


def test_doubt_is_tinted_and_certainty_is_not():
    assert tint(0.99) is None
    assert tint(0.7) == "orange-background"
    assert tint(0.2) == "red-background"
