"""Charts of datasets, by their traces."""

from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest

from dashboard.data.charts import characters, histogram, lengths


def drawn(figure: go.Figure) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """The traces and the layout of a figure."""
    plain = figure.to_dict()
    return list(plain["data"]), dict(plain["layout"])


def test_lengths_stack_the_splits():
    counts = pd.DataFrame({"train": [3, 4], "validation": [1, 0], "test": [0, 2]}, index=[2, 5])
    traces, layout = drawn(lengths(counts))
    assert [trace["name"] for trace in traces] == ["train", "validation", "test"]
    assert layout["barmode"] == "stack"


def test_rare_characters_have_a_colour_of_their_own():
    counts = pd.DataFrame({"character": ["<", "a", " "], "name": ["<LESS>", "A", "SPACE"], "train": [3, 500, 20]})
    (bar,), layout = drawn(characters(counts, 20))
    first, second, third = bar["marker"]["color"]
    assert first != second
    assert second == third
    assert list(layout["xaxis"]["ticktext"]) == ["&lt;", "a", "␣"]
    assert "<" not in bar["customdata"][0]
    assert layout["yaxis"]["tickformat"] == ","


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ([1.0, 2.0, 3.0, np.nan], "missing values do not count"),
        ([2.0, 2.0], "one value has no width"),
        ([np.nan], "nothing has the measure"),
    ],
)
def test_a_histogram_shows_each_set_whole(values: list[float], why: str):
    sets = {"one": np.array(values), "<b>": np.array([1.0, 5.0])}
    figure = histogram({name: pd.Series(column) for name, column in sets.items()}, "Blur (px)")
    assert drawn(figure)[0][1]["name"] == "&lt;b&gt;"
    traces: Any = figure.data
    shares = [sum(trace.y) / 2 for trace in traces]
    assert shares == pytest.approx([100 if np.isfinite(column).any() else 0 for column in sets.values()]), why
