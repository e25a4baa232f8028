"""Colours mean the same everywhere."""

import re
import tomllib
from datetime import UTC, datetime
from pathlib import Path

from dashboard.common.colours import OKABE_ITO, run_colours, tint
from engine.jobs import Job, State

THEME = Path(__file__).parents[3] / ".streamlit" / "config.toml"
STYLE = Path(__file__).parents[3] / "dashboard" / "style.css"


def runs(*numbers: int | None) -> list[Job]:
    """Return runs in the order of their birth, with such numbers."""
    start = datetime(2026, 1, 1, tzinfo=UTC)
    return [
        Job(f"{place:026d}", "train", "", start, None, {}, State.finished, "", None, {}, Path(), "runs", number=number)
        for place, number in enumerate(numbers)
    ]


def test_a_run_keeps_its_colour_whatever_the_order_of_a_list_and_whichever_others_are_deleted():
    all_runs = runs(*range(1, 11))
    colours = run_colours(all_runs)
    assert run_colours(reversed(all_runs)) == colours
    assert len({*run_colours(all_runs[:8]).values()}) == 8
    kept = all_runs[3:]
    assert run_colours(kept) == {run.id: colours[run.id] for run in kept}


def test_runs_of_older_versions_are_coloured_by_birth_and_new_ones_go_on_from_there():
    assert [*run_colours(runs(None, None, 3)).values()] == list(OKABE_ITO[:3])


def test_the_theme_holds_the_same_eight():
    assert tuple(tomllib.loads(THEME.read_text())["theme"]["chartCategoricalColors"]) == OKABE_ITO


def test_doubt_is_tinted_and_certainty_is_not():
    assert tint(0.99) is None
    assert tint(0.7) == "orange-background"
    assert tint(0.2) == "red-background"


def test_words_in_charts_are_read_in_both_colours():
    css = STYLE.read_text(encoding="utf-8")
    inks = re.search(r"\.js-plotly-plot text[^{]*\{ fill: light-dark\((#\w{6}), (#\w{6})\)", css)
    assert inks
    for ink, grounds in zip(inks.groups(), (("#FAFAF7", "#FFFFFF"), ("#0F1416", "#171E21")), strict=True):
        assert min(contrast(ink, ground) for ground in grounds) >= 4.5


def test_words_of_each_state_are_read_on_every_ground_that_they_have():
    for scheme in ("light", "dark"):
        theme = tomllib.loads(THEME.read_text())["theme"][scheme]
        for state in ("green", "red", "orange", "gray"):
            own = [theme[key] for key in (f"{state}BackgroundColor",) if key in theme]
            for ground in (theme["backgroundColor"], theme["secondaryBackgroundColor"], *own):
                assert contrast(theme[f"{state}TextColor"], ground) >= 4.5, (scheme, state, ground)


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours as WCAG 2.2 counts it, 1 to 21."""
    brighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    levels = (int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5))
    red, green, blue = (v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in levels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
