"""A sweep on Watch: what it says of its best, its cost and its runs, and what may be done from there."""

from typing import Any

import pytest

from dashboard.common.state import COMPARED_RUNS
from dashboard.compare.run_table import MOST
from dashboard.watch.sweep_charts import best_so_far, importance_bars, parallel_axes, slices
from engine.config.sweeping import LocatorSweepConfig, SweepConfig
from engine.files import write_json
from engine.jobs import control, list_jobs, paths
from engine.sweeps.runs import SweepRun, write_runs
from engine.workspace import Workspace
from tests.dashboard import folders
from tests.dashboard.conftest import Open, said

SPACE = [
    {"path": "learning_rate", "low": 0.001, "high": 0.1, "scale": "log"},
    {"path": "reader.decoder", "values": ["ctc", "attention"]},
]


def config(dataset: str = "0" * 26, **settings: Any) -> SweepConfig:
    values = {"run": {"dataset": dataset}, "space": SPACE, "strategy": "random", "runs": 4, **settings}
    return SweepConfig.parse(values)


def runs(ids: list[str]) -> list[SweepRun]:
    """Return four runs: two finished, one stopped early, one at work without a validation."""
    told: list[Any] = [("finished", 0.61, 120), ("finished", 0.83, 120), ("pruned", 0.2, 30), ("live", None, 4)]
    return [
        SweepRun(
            number=number,
            combination=(("learning_rate", rate), ("reader.decoder", decoder)),
            seed=0,
            run=id,
            state=state,
            value=value,
            step=step,
            steps=120,
            seconds=60,
            message="Stopped early by its sweep: others did better" if state == "pruned" else "",
        )
        for number, ((state, value, step), id, rate, decoder) in enumerate(
            zip(told, ids, ("0.001", "0.01", "0.1", "0.05"), ("ctc", "ctc", "attention", "ctc"), strict=True)
        )
    ]


@pytest.fixture
def sweep(workspace: Workspace) -> folders.Made:
    dataset = folders.dataset(workspace, "letters").id
    made = folders.job(workspace, "sweeps", "sweep", "rates", config(dataset), "finished")
    ids = [folders.run(workspace, f"rates {number}", dataset_id=dataset).id for number in range(4)]
    write_runs(made.folder, runs(ids))
    best = {"run": ids[1], "value": 0.83, "combination": {"learning_rate": "0.01", "reader.decoder": "ctc"}}
    figures = {"metric": "word_accuracy", "runs": 3, "pruned": 1, "steps": 274, "steps_saved": 90, "best": best}
    write_json(made.folder / paths.SUMMARY, {**figures, "importance": {"learning_rate": 0.9, "reader.decoder": 0.1}})
    return made


def test_a_sweep_says_its_best_its_cost_and_trains_it_for_longer(
    workspace: Workspace, sweep: folders.Made, open_page: Open, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(control, "_detach", lambda folder, lock: None)
    app = open_page("watch")
    app.segmented_control(key="watch-shows").set_value("Sweeps").run()
    assert not app.exception
    words = said(app)
    assert "Best so far: Word accuracy 83.0 % with learning rate 0.01, decoder ctc" in words
    assert "4 runs · 1 stopped early · 4 min of work · 274 steps · 90 saved (24.7 %)" in words
    assert len(app.get("plotly_chart")) == 4
    app.session_state[f"longer-{sweep.id}"] = True
    app.run()
    next(button for button in app.button if button.label == "Start").click().run()
    newest = list_jobs(workspace, "runs")[0]
    assert newest.group is None
    assert newest.name.endswith("3 times as long")
    assert newest.config["minutes"] == 15.0
    assert app.pills(key="chosen-runs").value == [newest.id]


def test_a_link_to_a_run_shows_it_after_sweeps_were_looked_at(
    workspace: Workspace, sweep: folders.Made, open_page: Open
):
    run = list_jobs(workspace, "runs")[-1]
    app = open_page("home")
    for _ in range(2):
        app.query_params.clear()
        app.query_params["run"] = run.id
        app.switch_page("app_pages/watch.py").run()
        assert app.pills(key="chosen-runs").value == [run.id]
        app.segmented_control(key="watch-shows").set_value("Sweeps").run()
        assert app.selectbox(key="watched-sweep").value == sweep.id
        app.switch_page("app_pages/home.py").run()


def test_a_sweep_whose_runs_wait_says_which_of_them_leads(sweep: folders.Made, open_page: Open):
    told = [("waiting", 0.9, (0.5,)), ("waiting", 0.8, (0.6, 0.8)), ("live", 0.7, (0.7, 0.7)), ("waiting", 0.95, ())]
    write_runs(
        sweep.folder,
        [
            run.model_copy(update={"state": state, "value": value, "judged": judged})
            for run, (state, value, judged) in zip(runs([""] * 4), told, strict=True)
        ],
    )
    app = open_page("watch")
    app.segmented_control(key="watch-shows").set_value("Sweeps").run()
    assert not app.exception
    assert "Leads so far, and none has finished: Word accuracy 80.0 % with learning rate 0.01, decoder ctc" in said(app)
    assert "4 runs · 3 waiting · 4 min of work" in said(app)
    table = app.dataframe[0].value
    assert table["State"].tolist() == ["waits", "waits", "waits", "at work"]
    assert table["Last words"].tolist() == [""] * 4  # not why the one at work once waited
    assert {"Learning rate", "Decoder"} <= set(table)


def test_a_sweep_is_extended_and_goes_on(
    workspace: Workspace, sweep: folders.Made, open_page: Open, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(control, "_detach", lambda folder, lock: None)
    app = open_page("watch")
    app.segmented_control(key="watch-shows").set_value("Sweeps").run()
    app.session_state[f"extend-{sweep.id}"] = True
    app.run()
    start = next(button for button in app.button if button.label == "Start them")
    start.click().run()
    assert not app.exception
    assert '"more": 8' in (sweep.folder / paths.EXTENDED).read_text()
    assert not (sweep.folder / paths.EXIT).exists()
    assert start.proto.id not in {button.proto.id for button in app.button}  # a second click reaches nothing


def test_charts_of_a_sweep_hold_each_run_in_its_place():
    known = [run for run in runs(["a", "b", "c", "d"]) if run.value is not None]
    drawn: Any = best_so_far(config(), known)
    traces = {trace.name: trace for trace in drawn.data}
    assert list(traces["best so far"].y) == [61.0, 83.0]
    assert list(traces["stopped early"].x) == [3]
    figure: Any = slices(config(), known, {})
    assert figure.layout.xaxis.type == "log"
    assert list(figure.layout.xaxis2.categoryarray) == ["ctc", "attention"]
    assert list(figure.layout.xaxis2.range) == [-0.5, 1.5]  # room beside the values of the next setting
    assert importance_bars({"learning_rate": 0.9, "reader.decoder": 0.1}).data[0]["textangle"] == 0
    assert parallel_axes(config(), known, {}) == {
        "Learning rate": [0.001, 0.01, 0.1],
        "Decoder": ["ctc", "ctc", "attention"],
        "Word accuracy (%)": [61.0, 83.0, 20.0],
    }


def test_settings_of_one_name_keep_apart_on_the_page(workspace: Workspace, sweep: folders.Made, open_page: Open):
    paths_of = ("recipe.looks.0.skew", "recipe.looks.1.skew", "learning_rate")
    given = SweepConfig.parse(
        {**config().plain(), "space": [{"path": path, "values": ["1", "2"]} for path in paths_of]}
    )
    known = [run.model_copy(update={"combination": tuple(zip(paths_of, "121", strict=True))}) for run in runs([""] * 4)]
    axes = parallel_axes(given, known, {})
    assert list(axes) == ["Looks 0 skew", "Looks 1 skew", "Learning rate", "Word accuracy (%)"]
    write_json(sweep.folder / paths.CONFIG, given.plain())
    write_runs(sweep.folder, known)
    app = open_page("watch")
    app.segmented_control(key="watch-shows").set_value("Sweeps").run()
    assert not app.exception
    assert list(app.dataframe[0].value.columns)[2:5] == list(axes)[:3]


def test_a_seed_and_a_loss_that_vary_have_their_columns(workspace: Workspace, sweep: folders.Made, open_page: Open):
    space = [{"path": "seed", "values": ["3", "4"]}, {"path": "loss", "values": ["bce", "dice"]}]
    given = LocatorSweepConfig.parse({"run": {"dataset": "0" * 26}, "space": space, "metric": "loss"})
    pairs = (("seed", "3"), ("loss", "dice"))
    known = [run.model_copy(update={"combination": pairs, "seed": None}) for run in runs([""] * 4)]
    assert list(parallel_axes(given, known, {})) == ["Seed", "Loss", "Validation loss"]
    made = folders.job(workspace, "sweeps", "sweep-locator", "seeds", given, "finished")
    write_runs(made.folder, known)
    app = open_page("watch")
    app.segmented_control(key="watch-shows").set_value("Sweeps").run()
    assert not app.exception
    table = app.dataframe[0].value
    assert table["Seed"].tolist() == ["3"] * 4
    assert table["Loss"].tolist() == ["dice"] * 4


def test_all_runs_of_a_large_sweep_are_compared(workspace: Workspace, sweep: folders.Made, open_page: Open):
    ids = [folders.run(workspace, f"rate {number}").id for number in range(MOST + 2)]
    write_runs(sweep.folder, [run.model_copy(update={"run": id}) for run in runs([""] * 4)[:1] for id in ids])
    app = open_page("watch")
    app.segmented_control(key="watch-shows").set_value("Sweeps").run()
    app.button(key="sweep-compare").click().run()
    assert not app.exception
    assert app.session_state[COMPARED_RUNS] == set(ids)
    assert f"The address names the newest {MOST} of them" in said(app)


def test_a_sweep_has_tags_by_which_it_is_chosen(workspace: Workspace, sweep: folders.Made, open_page: Open):
    app = open_page("watch")
    app.segmented_control(key="watch-shows").set_value("Sweeps").run()
    app.multiselect(key=f"sweep-tags-{sweep.id}").set_value(["rates"]).run()
    assert not app.exception
    assert list_jobs(workspace, "sweeps")[0].notes.tags == ("rates",)
    app.run()
    assert app.selectbox(key="watched-sweep").options == ["rates · rates"]
