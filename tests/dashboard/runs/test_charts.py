"""Charts say what they show: units, one colour per run, a label where a curve ends, and no foreign HTML."""

from typing import Any

import pandas as pd
import pytest

from dashboard.common.svg import spread
from dashboard.runs import charts
from dashboard.runs.charts import Mark, RunCurves, WatchedCurve
from dashboard.runs.metrics import CER, LOSS, PERPLEXITY, WORD_ACCURACY, Metric, View, Zoom

TRAIN = pd.DataFrame({"step": [1, 2, 3], "loss": [3.0, 2.0, None], "perplexity": [20.1, 7.4, None]})
VALIDATION = pd.DataFrame({"step": [3], "loss": [1.5], "perplexity": [4.5], "word_accuracy": [0.5], "cer": [0.2]})

ENDS = [("one", 0.001), ("two", 0.002)]  # 19 px apart where the axis begins at 10


def one(train: pd.DataFrame | None = None, validation: pd.DataFrame | None = None, **more: Any) -> RunCurves:
    return RunCurves("a", "run 1", "#0072B2", train, validation, **more)


def drawn(run: RunCurves, metric: Metric) -> dict[str, Any]:
    return charts.curves([run], metric).to_dict()


@pytest.mark.parametrize(("metric", "unit"), [(LOSS, "nats"), (PERPLEXITY, "log"), (WORD_ACCURACY, "%"), (CER, "%")])
def test_axes_carry_their_unit(metric: Metric, unit: str):
    layout = drawn(one(TRAIN, VALIDATION), metric)["layout"]
    assert unit in layout["yaxis"]["title"]["text"]
    assert layout["xaxis"]["title"]["text"] == "Step"


def test_a_run_has_one_colour_in_all_its_curves_and_its_label():
    figure = drawn(one(TRAIN, VALIDATION), LOSS)
    assert {trace["line"]["color"] for trace in figure["data"]} == {"#0072B2"}
    assert ["#0072B2" in note["text"] for note in figure["layout"]["annotations"]] == [True]


def test_shares_are_drawn_in_percent_from_zero():
    figure = drawn(one(None, VALIDATION), WORD_ACCURACY)
    assert list(charts.curves([one(None, VALIDATION)], WORD_ACCURACY).data[0]["y"]) == [50.0]
    assert figure["layout"]["yaxis"]["range"][0] == 0


def test_names_are_no_html():
    figure = drawn(RunCurves("b", "<b>x</b>", "#E69F00", TRAIN), LOSS)
    assert "<b>x" not in figure["data"][0]["name"]
    assert "&lt;b&gt;" in figure["layout"]["annotations"][0]["text"]


@pytest.mark.parametrize("frame", [pd.DataFrame(), pd.DataFrame({"step": [1], "loss": [None]})])
def test_a_run_without_values_draws_nothing_and_breaks_nothing(frame: pd.DataFrame):
    assert not drawn(one(frame, frame), LOSS)["layout"].get("annotations")


def test_a_view_decides_the_axis_its_scale_and_what_is_smoothed():
    view = View("Time (min)", "seconds", {"a": 1 / 60}, smoothing=0.5, log=False)
    frame = TRAIN.assign(seconds=[60.0, 120.0, 180.0])
    figure: Any = charts.curves([one(frame)], LOSS, view)
    raw, smooth = figure.data
    assert list(raw["x"]) == [1.0, 2.0, 3.0]
    assert list(raw["y"][:2]) == [3.0, 2.0]
    assert smooth["y"][1] == pytest.approx(2 / 3 * 2 + 1 / 3 * 3)
    assert figure.layout.yaxis.type == "linear"
    assert figure.layout.xaxis.title.text == "Time (min)"


def test_a_zoom_is_kept_and_shows_points_that_were_thinned_away():
    frame = pd.DataFrame({"step": range(100_000), "loss": [1.0, 2.0] * 50_000})
    whole: Any = charts.curves([one(frame)], LOSS).data[0]
    view = View(zooms={View().meaning(LOSS): Zoom((500.0, 600.0), (-1.0, 1.0))})
    figure: Any = charts.curves([one(frame)], LOSS, view)
    assert len(whole["x"]) <= 1500
    assert list(figure.data[0]["x"]) == list(range(499, 602))
    assert list(figure.layout.xaxis.range) == [500, 600]
    assert list(figure.layout.yaxis.range) == [-1, 1]


def test_ten_runs_share_the_points_of_a_chart():
    frame = pd.DataFrame({"step": range(50_000), "loss": [1.0, 2.0] * 25_000})
    runs = [RunCurves(str(number), f"run {number}", "#0072B2", frame) for number in range(10)]
    figure: Any = charts.curves(runs, LOSS)
    assert sum(len(trace["x"]) for trace in figure.data) <= 6000


def test_scores_on_test_sets_are_marked_and_real_ones_open():
    marks = [Mark(3, 60, 0.97, "words"), Mark(3, 60, 0.61, "<i>crops</i>", real=True)]
    figure: Any = charts.curves([one(None, VALIDATION, marks=marks)], WORD_ACCURACY)
    drawn, real = figure.data[1:]
    assert (list(drawn["y"]), drawn["marker"]["symbol"]) == ([97.0], "diamond")
    assert (list(real["y"]), real["marker"]["symbol"]) == ([61.0], "diamond-open")
    assert "<i>" not in real["name"]


def test_watched_datasets_are_dashed_in_the_colour_of_their_run_and_named_where_they_end():
    real = VALIDATION.assign(word_accuracy=0.2)
    watched = [WatchedCurve("crops", "dash", real), WatchedCurve("<i>signs</i>", "dot", real)]
    figure: Any = charts.curves([one(None, VALIDATION, watched=watched)], WORD_ACCURACY)
    own, crops, signs = figure.data
    assert [trace.line.dash for trace in (own, crops, signs)] == ["solid", "dash", "dot"]
    assert {trace.line.color for trace in figure.data} == {"#0072B2"}
    assert (list(crops.y), crops.name) == ([20.0], "run 1, crops")
    assert "<i>" not in signs.name
    ends = [note.text for note in figure.layout.annotations]
    assert ["run 1" in ends[0], "crops" in ends[1], "20.0 %" in ends[1]] == [True, True, True]


def test_labels_that_would_overlap_are_moved_apart_in_order():
    assert spread([10, 11, 200], 16) == [10, 42, 200]
    assert spread([11, 10], 16) == [42, 10]
    assert spread([250, 250, 20], 16, top=240) == [208, 240, 20]


def test_labels_are_moved_apart_as_far_as_the_axis_of_all_that_is_drawn_asks():
    runs = [RunCurves(name, name, "#0072B2", pd.DataFrame({"step": [1, 2], "loss": [10.0, end]})) for name, end in ENDS]
    notes = charts.curves(runs, LOSS).layout["annotations"]
    lower, upper = ((note["y"] * 248 / 4 + note["yshift"]) for note in notes)  # 248 px for 0.001 to 10
    assert upper - lower >= 30


def test_a_run_without_events_takes_no_label_from_its_neighbour():
    notes = drawn(one(TRAIN), LOSS)["layout"]["annotations"]
    assert len(notes) == 1
    assert "run 1" in notes[0]["text"]


def test_a_log_axis_over_many_powers_of_ten_shows_those_alone():
    narrow = drawn(one(TRAIN), LOSS)["layout"]["yaxis"]["ticktext"]
    wide = drawn(one(pd.DataFrame({"step": [1, 2], "loss": [1e-4, 12.0]})), LOSS)["layout"]["yaxis"]["ticktext"]
    assert "2" in narrow
    assert "2" not in wide
    assert "10" in wide
