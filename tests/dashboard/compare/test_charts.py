"""Charts that set runs beside each other, by their traces."""

from typing import Any

import pandas as pd
import pytest

from dashboard.common.runs import RunView, run_views
from dashboard.compare.charts import accuracy_groups, parallel
from engine.jobs import list_jobs
from engine.workspace import Workspace
from tests.dashboard import folders


@pytest.fixture
def runs(workspace: Workspace) -> list[RunView]:
    """Two runs, the older one first."""
    for name in ("one", "<b>two</b>"):
        folders.run(workspace, name)
    return list(run_views(list_jobs(workspace, "runs")[::-1]).values())


def test_parallel_axes_put_numbers_by_size_and_words_evenly(runs: list[RunView]):
    a, b = (run.id for run in runs)
    columns = {
        "rate": {a: 0.002, b: 0.004}, "decoder": {a: "ctc", b: "attention"}, "same": {a: 3, b: 3},
        "test %": {a: 41.1}, "<i>": {a: True, b: False},
    }  # fmt: skip
    figure: Any = parallel(columns, runs)
    assert list(figure.data[0].x) == [0, 1, 2, 3, 4]
    assert list(figure.data[0].y) == [0, 1, 0.5, 0.5, 1]
    assert list(figure.data[1].x) == [0, 1, 2, 4]  # it has no score
    assert list(figure.data[1].y) == [1, 0, 0.5, 0]
    assert {"0.002", "0.004", "ctc", "attention", "3", "41.1"} <= {note.text for note in figure.layout.annotations}
    assert figure.layout.xaxis.ticktext[-1] == "&lt;i&gt;"


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
