"""The Watch page over real job folders: what it says of a run, and what may be done from there."""

import json
import shutil
from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image

from dashboard.common import state
from dashboard.common.jobs import standing_of_live
from dashboard.common.runs import run_views
from dashboard.runs.curves import as_csv
from dashboard.watch.run_picker import asked_runs
from engine.config.exporting import ModelConversionConfig
from engine.files import write_json
from engine.jobs import list_jobs, paths, trash
from engine.workspace import Workspace, new_id
from tests.dashboard import folders
from tests.dashboard.conftest import Open, markup, said

ID = "0" * 26


def add_events(run: folders.Made, *events: dict[str, Any]) -> None:
    with (run.folder / paths.EVENTS).open("a") as file:
        file.writelines(json.dumps(event) + "\n" for event in events)


def pin(run: folders.Made, step: int, *texts: str) -> None:
    """Write one evaluation's readings of images that all say "cat", with their pictures."""
    (run.folder / paths.PINNED).mkdir(exist_ok=True)
    readings = []
    for number, text in enumerate(texts):
        Image.new("L", (64, 32), 200).save(run.folder / paths.PINNED / f"{number}.png")
        readings.append({"image": number, "truth": "cat", "text": text, "confidences": [0.9] * len(text)})
    add_events(run, {"kind": "pinned", "step": step, "epoch": 1, "readings": readings})


def test_pinned_images_are_shown_as_they_were_read_at_the_chosen_step(workspace: Workspace, open_page: Open):
    run = folders.run(workspace)
    pin(run, 100, "cut", "")
    pin(run, 200, "cat", "ct")
    app = open_page("watch")
    assert "Step 200: 1 of 2 pinned images right" in said(app)
    assert ":green[c]:green[a]:green[t]" in markup(app)
    assert ":green[c]:red[‸]:green[t]" in markup(app)
    app.select_slider(key=f"pins-{run.id}-step").set_value(100).run()
    assert "Step 100: 0 of 2 pinned images right" in said(app)
    assert ":green[c]:red[~~u~~]:green[t]" in markup(app)
    app.toggle(key="pins-aligned").set_value(True).run()
    assert not app.exception


def test_the_slider_goes_on_with_a_run_unless_it_was_moved(workspace: Workspace, open_page: Open):
    run = folders.run(workspace)
    pin(run, 100, "c")
    pin(run, 200, "c")
    app = open_page("watch")
    pin(run, 300, "c")
    assert "Step 300" in said(app.run())
    app.select_slider(key=f"pins-{run.id}-step").set_value(100).run()
    pin(run, 400, "c")
    assert "Step 100" in said(app.run())


def test_hostile_pinned_events_and_pictures_break_nothing(workspace: Workspace, open_page: Open):
    run = folders.run(workspace)
    pin(run, 100, "<b>*x*")
    (run.folder / paths.PINNED / "0.png").write_bytes(b"no picture")
    add_events(
        run, {"kind": "pinned", "step": 200, "readings": [{"image": "../0"}, 7]}, {"kind": "pinned", "step": 300}
    )
    app = open_page("watch")
    assert not app.exception
    app.select_slider(key=f"pins-{run.id}-step").set_value(100).run()
    assert "Its picture is missing" in said(app)
    assert "<b>" not in markup(app)


def imported(workspace: Workspace, name: str) -> folders.Made:
    """Write a dataset's folder as an import leaves it."""
    made = folders.dataset(workspace, name)
    record = json.loads((made.folder / paths.JOB).read_text())
    (made.folder / paths.JOB).write_text(json.dumps({**record, "kind": "import"}))
    return made


def test_the_gap_between_drawn_and_real_images_is_said(workspace: Workspace, open_page: Open):
    drawn, real = folders.dataset(workspace, "drawn"), imported(workspace, "crops")
    run = folders.run(workspace, dataset_id=drawn.id, test_on=[real.id])
    tests = [
        {"dataset": drawn.id, "dataset_name": "drawn", "word_accuracy": 0.97, "cer": 0.01, "images": 600},
        {"dataset": real.id, "dataset_name": "crops", "word_accuracy": 0.612, "cer": 0.2, "images": 195},
    ]
    (run.folder / paths.SUMMARY).write_text(json.dumps({**folders.RUN_SUMMARY, "tests": tests}))
    words = said(open_page("watch"))
    assert "Likely texts" not in words
    assert "synthetic 97.0 % (drawn, 600 images), real 61.2 % (crops, 195 images): 35.8 points apart" in words


def test_the_gap_to_watched_images_is_said_and_drawn_while_a_run_learns(workspace: Workspace, open_page: Open):
    drawn, real = folders.dataset(workspace, "drawn"), imported(workspace, "=crops")
    run = folders.run(workspace, "live", None, drawn.id, watch_on=[real.id])
    best = {"step": 200, "word_accuracy": 0.97, "cer": 0.01, "images": 500}
    (run.folder / paths.SUMMARY).write_text(json.dumps({**folders.RUN_SUMMARY, "test": None, "best": best}))
    for step, accuracy in ((100, 0.3), (200, 0.612), (300, 0.5)):
        figures = {"loss": 1.0, "word_accuracy": accuracy, "cer": 0.2, "images": 195}
        add_events(
            run,
            {"kind": "watched", "step": step, "dataset": real.id, "dataset_name": "=crops", **figures},
            {"kind": "watched", "step": step, "dataset": ["no id"], "word_accuracy": "much"},
        )
    with folders.alive(run):
        app = open_page("watch")
    assert not app.exception
    words = said(app)
    assert "synthetic 97.0 % (validation of drawn, 500 images), real 61.2 % " in words
    assert "crops, 195 images): 35.8 points apart" in words
    assert "dashed: " in words
    charts = [json.loads(chart.proto.spec) for chart in app.get("plotly_chart")]
    lines = {trace["name"]: trace["line"].get("dash") for trace in charts[1]["data"]}
    assert lines["live, =crops"] == "dash"
    table = as_csv(list(run_views(list_jobs(workspace, "runs")).values())).decode()
    assert f"{real.id},'=crops" in table


def test_scores_are_told_with_and_without_likely_texts(workspace: Workspace, open_page: Open):
    drawn = folders.dataset(workspace, "drawn")
    run = folders.run(workspace, dataset_id=drawn.id)
    score = {"word_accuracy": 0.97, "cer": 0.01, "images": 600, "word_accuracy_alone": 0.952}
    tests = [{"dataset": drawn.id, "dataset_name": "drawn", **score}]
    best = {"step": 200, "word_accuracy": 0.97, "cer": 0.01, "likely_weight": 0.4}
    (run.folder / paths.SUMMARY).write_text(json.dumps({**folders.RUN_SUMMARY, "tests": tests, "best": best}))
    words = said(open_page("watch"))
    assert "synthetic 97.0 % (drawn, 600 images; 95.2 % by the image alone)" in words
    assert "Likely texts count 0.4 beside the image, chosen on its validation images." in words


def test_a_watched_dataset_is_told_of_once_the_run_is_scored_elsewhere(workspace: Workspace, open_page: Open):
    drawn, real = folders.dataset(workspace, "drawn"), imported(workspace, "crops")
    run = folders.run(workspace, dataset_id=drawn.id, watch_on=[real.id])
    tests = [{"dataset": drawn.id, "dataset_name": "drawn", "word_accuracy": 0.97, "cer": 0.01, "images": 600}]
    (run.folder / paths.SUMMARY).write_text(json.dumps({**folders.RUN_SUMMARY, "tests": tests}))
    add_events(run, {"kind": "watched", "step": 300, "dataset": real.id, "word_accuracy": 0.97, "cer": 0.1})
    assert f"real 97.0 % ({real.id}): no gap" in said(open_page("watch"))


def test_the_address_names_the_runs_that_are_shown(workspace: Workspace, open_page: Open):
    made = [folders.run(workspace, name) for name in ("a", "b", "c")]
    app = open_page("home")
    app.query_params["run"] = f"{made[0].id},{made[1].id}"
    app.switch_page("app_pages/watch.py").run()
    assert app.query_params["run"] == [made[1].id, made[0].id]
    app.pills(key="chosen-runs").set_value([made[2].id]).run()
    assert app.query_params["run"] in (made[2].id, [made[2].id])


def test_an_address_may_repeat_or_join_ids_and_holds_nothing_else():
    first, second = new_id(), new_id()
    assert asked_runs([f"{first},{second}", first, "../x", ""]) == [first, second]


def test_a_run_goes_on_for_longer_as_a_new_run_that_begins_with_its_weights(workspace: Workspace, open_page: Open):
    dataset = folders.dataset(workspace)
    run = folders.run(workspace, "short", dataset_id=dataset.id)
    (run.folder / paths.SUMMARY).write_text(json.dumps({**folders.RUN_SUMMARY, "bundle_step": 300}))
    app = open_page("watch")
    app.session_state[f"watch-{run.id}-more"] = True
    app.run()
    app.number_input(key=f"watch-{run.id}-minutes").set_value(30.0).run()
    next(button for button in app.button if button.label == "Go on").click().run()
    further = list_jobs(workspace, "runs")[0]
    assert further.name == "short, further"
    assert (further.config["start_from"], further.config["minutes"]) == (run.id, 30.0)
    (further.folder / paths.STOP).touch()


@pytest.mark.parametrize("step", [None, 300])
def test_a_model_is_saved_as_one_file_once_there_is_one(workspace: Workspace, open_page: Open, step: int | None):
    runs = [folders.run(workspace, "plates"), folders.locator_run(workspace, "finder")]
    for run in runs:
        (run.folder / paths.SUMMARY).write_text(json.dumps({**folders.RUN_SUMMARY, "bundle_step": step}))
    app = open_page("watch")
    app.query_params["run"] = ",".join(run.id for run in runs)
    for run in runs:
        app.session_state[f"take-{run.id}"] = True
    app.run()
    labels = [button.proto.label for button in app.get("download_button")]
    assert labels.count("Save the model") == (0 if step is None else len(runs))


def test_a_clone_starts_train_with_the_settings_of_its_run(workspace: Workspace, open_page: Open):
    folders.dataset(workspace, "newer")
    dataset = folders.dataset(workspace, "older")
    run = folders.run(workspace, "model", dataset_id=dataset.id, batch=48, learning_rate=0.004)
    app = open_page("home")
    app.query_params["like"] = run.id
    app.switch_page("app_pages/train.py").run()
    assert not app.exception
    assert app.selectbox(key="train-preset").value == "as model"
    assert app.selectbox(key="train-dataset").value == dataset.id
    assert app.number_input(key=f"train.{run.id}.batch").value == 48
    assert "0 changed from model" in [panel.label for panel in app.expander]


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (lambda run: shutil.rmtree(run.folder), "it may have been deleted"),
        (lambda run: write_json(run.folder / paths.CONFIG, {"wings": 2}), "Wings"),
    ],
)
def test_a_clone_that_cannot_be_made_says_why_until_a_preset_is_chosen(
    spoil: Callable[[folders.Made], object], why: str, workspace: Workspace, open_page: Open
):
    folders.dataset(workspace)
    run = folders.run(workspace, "model")
    spoil(run)
    app = open_page("home")
    app.query_params["like"] = run.id
    app.switch_page("app_pages/train.py").run()
    app.run()  # as a part of the page does that follows a job
    assert why in said(app)
    assert "Choose a preset instead" in said(app)
    preset = app.selectbox(key="train-preset")
    preset.set_value(preset.options[-1]).run()
    assert "Choose a preset instead" not in said(app)


def test_the_log_is_searched(workspace: Workspace, open_page: Open):
    run = folders.run(workspace)
    (run.folder / paths.LOG).write_text("".join(f"step {number}\n" for number in range(50)) + "An Error <b>\n")
    app = open_page("watch")
    app.session_state[f"log-{run.id}"] = True
    app.run()
    app.text_input(key=f"log-{run.id}-search").set_value("error").run()
    assert app.code[0].value == "An Error <b>"
    assert "1 line of the last 51" in said(app)


def test_runs_that_work_come_first_and_the_queue_last_from_its_head_each_with_its_score(
    workspace: Workspace, open_page: Open
):
    dataset = folders.dataset(workspace).id
    folders.run(workspace, "done", "finished", dataset)
    busy = folders.run(workspace, "busy", None, dataset)
    following, last = (folders.run(workspace, name, None, dataset) for name in ("next", "last"))
    with folders.alive(busy), folders.waiting(following, "device"), folders.waiting(last, "device"):
        chips = open_page("watch").pills(key="chosen-runs")
    assert [option.split()[1] for option in chips.options] == ["busy", "done", "next", "last"]
    assert "%" in chips.options[1]
    assert chips.value == [busy.id]


def test_a_page_is_drawn_again_when_a_live_run_has_a_reader_a_better_score_or_an_end(workspace: Workspace):
    run = folders.run(workspace, "now", None)
    told = []
    with folders.alive(run):
        for figures in ({}, {"bundle_step": 100}, {"bundle_step": 100, "best": {"step": 100, "word_accuracy": 0.5}}):
            write_json(run.folder / paths.SUMMARY, figures, durable=False)
            told.append(standing_of_live(workspace))
    assert len(set(told)) == 3
    assert all(told)
    assert not standing_of_live(workspace)


def test_two_runs_of_one_name_are_told_apart(workspace: Workspace, open_page: Open):
    made = [folders.run(workspace, "twin") for _ in range(2)]
    app = open_page("home")
    app.query_params["run"] = [run.id for run in made]
    words = said(app.switch_page("app_pages/watch.py").run())
    assert all(f"twin ({run.id[-4:]})" in words for run in made)


def test_a_reader_is_taken_away_and_a_refused_format_shows_what_it_read(workspace: Workspace, open_page: Open):
    run = folders.run(workspace)
    write_json(run.folder / paths.SUMMARY, folders.RUN_SUMMARY | {"bundle_step": 300}, durable=False)
    config = ModelConversionConfig(run=run.id, format="onnx-int8")
    made = folders.job(workspace, "exports", "convert-model", "first, onnx-int8", config, "failed")
    gate = {"images": 20, "same": 19, "truths": 20, "lab_right": 18, "right": 17}
    gate |= {"lab_milliseconds": 3.2, "milliseconds": 5.1}
    write_json(made.folder / paths.SUMMARY, {"gate": gate, "refused": "slower"}, durable=False)
    (made.folder / paths.DIFFERENCES).mkdir()
    Image.new("RGB", (64, 32), "white").save(made.folder / paths.DIFFERENCES / "00003.png")
    (made.folder / paths.DIFFERENCES / paths.DIFFERENCES_CSV).write_text(
        "image,truth,lab,format\n00003.png,cat,cat,cut\n"
    )
    app = open_page("watch")
    app.session_state[f"take-{run.id}"] = True
    app.session_state[f"take-{run.id}-{made.id}-apart"] = True
    app.run()
    assert "19 of 20 images read as in the lab · 85.0 % right, in the lab 90.0 %" in said(app)
    assert "5.1 ms per image, in the lab 3.2 ms" in said(app)
    assert "cut · in the lab cat · says cat" in said(app)
    assert not app.exception
    trash(workspace, "exports", made.id)
    app.session_state[state.DELETED] = {"exports": [made.id]}
    app.run()
    assert "Deleted first, onnx-int8." in said(app)
