"""Charts that set runs beside each other, by their traces."""

from typing import Any

import pandas as pd
import pytest

from dashboard.common.runs import RunView, run_views
from dashboard.compare.charts import accuracy_groups
from dashboard.runs.parallel import parallel_coordinates, parallel_words, run_lines
from engine.jobs import list_jobs
from engine.workspace import Workspace
from tests.dashboard import folders


@pytest.fixture
def runs(workspace: Workspace) -> list[RunView]:
    """Two runs, the older one first."""
    for name in ("one", "<b>two</b>"):
        folders.run(workspace, name)
    return list(run_views(list_jobs(workspace, "runs")[::-1]).values())


def test_parallel_axes_put_numbers_by_size_words_evenly_and_what_is_missing_at_the_lower_end(runs: list[RunView]):
    axes = {
        "rate": [0.002, 0.004],
        "decoder": ["ctc", "attention"],
        "same": [3, 3],
        "test %": [41.1, None],
        "<i>": ["True", "False"],
    }
    trace: Any = parallel_coordinates(axes, run_lines(runs)).data[0]
    rate, decoder, same, test, last = trace.dimensions
    assert (list(rate.values), list(rate.ticktext)) == ([0.002, 0.004], ["0.002", "0.004"])
    assert (list(decoder.values), list(decoder.ticktext)) == ([1, 0], ["attention", "ctc"])
    assert (list(same.values), list(same.range)) == ([3, 3], [2, 4])
    assert test.values[1] == test.range[0] < test.values[0] == 41.1
    assert list(test.ticktext) == ["–", "41.1"]
    assert last.label == "&lt;i&gt;"
    assert [colour for _, colour in trace.line.colorscale] == [run.colour for run in runs]


def test_ticks_of_numbers_that_lie_close_do_not_cover_each_other(runs: list[RunView]):
    trace: Any = parallel_coordinates({"test %": [41.1, 41.2, 90.0]}, run_lines([*runs, runs[0]])).data[0]
    assert list(trace.dimensions[0].ticktext) == ["41.1", "90"]
    trace = parallel_coordinates({"test %": [41.1, 89.9, 90.0]}, run_lines([*runs, runs[0]])).data[0]
    assert list(trace.dimensions[0].ticktext) == ["41.1", "90"]  # the best of all has its tick


def test_parallel_axes_are_told_in_words(runs: list[RunView]):
    words = parallel_words({"rate": [0.002, 0.004], "test %": [41.1, None]}, [run.title for run in runs])
    assert "one: rate 0.002, test % 41.1" in words
    assert "<b>two</b>: rate 0.004, test % –" in words


def test_groups_stand_in_their_order_and_one_that_a_run_lacks_is_left_out(runs: list[RunView]):
    first = pd.DataFrame({"group": ["2", "3"], "images": [10, 20], "accuracy": [0.5, 0.25]})
    first = first.assign(low=first["accuracy"] - 0.1, high=first["accuracy"] + 0.2)
    figure: Any = accuracy_groups(
        list(zip(runs, (first, first.tail(1)), strict=True)), ["3", "2"], "Length (characters)"
    )
    one, two = figure.data
    assert [round(x) for x in one.x] == [0, 1]
    assert list(one.y) == [25, 50]
    assert one.x[0] < two.x[0]
    assert len(two.x) == 1
    assert figure.layout.xaxis.title.text == "Length (characters)"
    assert list(figure.layout.xaxis.ticktext) == ["3", "2"]
