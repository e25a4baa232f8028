"""The Train page: presets, and what a run learns from beside its dataset."""

import html
import json
import time

import pytest

from engine.config.presets import TRAIN_PRESETS, train_preset
from engine.config.sweeping import SweepConfig
from engine.jobs import control, list_jobs, load_job
from engine.workspace import Workspace
from tests.dashboard import folders
from tests.dashboard.conftest import FOREIGN, Open, said, visible_words
from tests.datasets.written import Drawn, write_dataset


@pytest.mark.parametrize("preset", TRAIN_PRESETS)
def test_every_preset_can_be_chosen_and_says_what_it_is(preset: str, workspace: Workspace, open_page: Open):
    folders.dataset(workspace)
    app = open_page("train")
    app.selectbox(key="train-preset").set_value(preset).run()
    assert not app.exception
    assert TRAIN_PRESETS[preset].about in said(app)
    assert f"0 changed from {preset}" in [panel.label for panel in app.expander]
    if preset != "five minutes":
        assert "--preset" in said(app)


def test_more_datasets_and_an_older_run_become_settings(workspace: Workspace, open_page: Open):
    real = folders.dataset(workspace, "real crops").id
    folders.dataset(workspace, "words")
    older = folders.run(workspace, "run 1").id
    app = open_page("train")
    key = "train.five minutes"
    app.multiselect(key=f"{key}.mix").set_value([real]).run()
    app.number_input(key=f"{key}.weight.{real}").set_value(0.5).run()
    app.multiselect(key=f"{key}.watch_on").set_value([real]).run()
    app.multiselect(key=f"{key}.test_on").set_value([real]).run()
    assert app.selectbox(key=f"{key}.start_from").options == [
        "none",
        "run 1 · 81.0 % (77.5 % by the image alone)",
        "the starter reader",
    ]
    app.selectbox(key=f"{key}.start_from").set_value(older).run()
    assert not app.exception
    words = said(app)
    assert f"--start_from {older}" in words
    assert f'"dataset":"{real}","weight":0.5' in words
    assert f"--watch_on '[\"{real}\"]'" in words
    assert f"--test_on '[\"{real}\"]'" in words


def test_changes_are_told_as_the_form_shows_them(workspace: Workspace, open_page: Open):
    folders.dataset(workspace, "street signs")
    mixed = folders.dataset(workspace, "real crops").id
    dataset = folders.dataset(workspace, "words").id
    app, key = open_page("train"), "train.five minutes"
    assert app.selectbox(key="train-dataset").value == dataset
    app.multiselect(key=f"{key}.mix").set_value([mixed]).run()
    app.number_input(key=f"{key}.epochs").set_value(4)
    app.toggle(key=f"{key}.halve_batch").set_value(True)
    app.number_input(key=f"{key}.patience").set_value(3)
    app.slider(key=f"{key}.warmup").set_value(0.1).run()
    told = said(app)
    assert "Mix: none → dataset real crops, weight 1" in told
    assert "Epochs: none → 4" in told
    assert "Warmup: 5 % → 10 %" in told
    assert "Patience (validations): never → 3" in told
    assert "Halve batch: off → on" in told


def test_the_name_of_a_dataset_that_is_mixed_in_is_no_markdown(workspace: Workspace, open_page: Open):
    mixed = folders.dataset(workspace, FOREIGN).id
    folders.dataset(workspace, "words")
    app = open_page("train")
    app.multiselect(key="train.five minutes.mix").set_value([mixed]).run()
    label = app.number_input(key=f"train.five minutes.weight.{mixed}").label
    assert visible_words(label) == f"Weight of {FOREIGN}"
    assert FOREIGN not in label


def test_what_was_tried_is_told_with_its_advice(workspace: Workspace, open_page: Open):
    config = train_preset("five minutes", folders.dataset(workspace).id)
    folders.trial(workspace, config)
    words = said(open_page("train"))
    assert "0.1 s per step, 320 images/s" in words
    assert "3,000 steps, 188 epochs" in words
    assert "3 samples do not fit" in words
    assert "A batch of 64 learns 640 images/s: try it" in words


def test_a_run_that_sees_each_image_too_often_is_told_and_draws_new_ones_by_one_press(
    workspace: Workspace, open_page: Open
):
    config = train_preset("five minutes", folders.dataset(workspace).id)
    folders.trial(workspace, config)
    app = open_page("train")
    assert "It sees each image about 188 times, and may learn them by heart" in said(app)
    app.button(key="draw-fresh").click().run()
    assert not app.exception
    assert "--fresh on" in said(app)
    assert "sees each image" not in said(app)
    folders.trial(workspace, config.changed(fresh="on"))
    assert "sees each image" not in said(app.run())


@pytest.mark.parametrize(
    ("fresh", "drawn", "words"),
    [
        ("on", 800.0, "Drawing makes 800 images/s, learning takes 320 images/s"),
        ("on", 200.0, "learning takes 320 images/s: learning waits"),
        ("auto", 200.0, "learning takes 320 images/s: a run takes stored images"),
    ],
)
def test_a_trial_tells_whether_drawing_keeps_up(
    workspace: Workspace, open_page: Open, fresh: str, drawn: float, words: str
):
    config = train_preset("five minutes", folders.dataset(workspace).id).changed(fresh=fresh)
    folders.trial(workspace, config, drawn=drawn)
    app = open_page("train")
    app.segmented_control(key="train.five minutes.fresh").set_value(fresh).run()
    assert words in said(app)
    assert ("sees each image" in said(app)) == (fresh == "auto")


def test_a_short_run_sees_no_image_too_often(workspace: Workspace, open_page: Open):
    config = train_preset("five minutes", folders.dataset(workspace).id).changed(minutes=0.2)
    folders.trial(workspace, config)
    app = open_page("train")
    app.number_input(key="train.five minutes.minutes").set_value(0.2).run()
    assert "120 steps, 8 epochs" in said(app)
    assert "sees each image" not in said(app)


def test_a_trial_that_failed_says_why_and_can_be_tried_again(workspace: Workspace, open_page: Open):
    config = train_preset("five minutes", folders.dataset(workspace).id)
    folders.trial(workspace, config, "failed")
    app = open_page("train")
    assert "the shapes differ" in said(app)
    assert app.button(key="try-steps").label == "Try again"


def test_the_first_steps_can_be_tried_from_the_page(workspace: Workspace, open_page: Open):
    dataset = folders.dataset(workspace)
    app = open_page("train")
    app.button(key="try-steps").click().run()
    assert not app.exception
    (job,) = list_jobs(workspace, "trials")
    assert job.config["dataset"] == dataset.id
    while job.state.live:  # its dataset has no shards, so it ends soon
        time.sleep(0.2)
        job = load_job(workspace, "trials", job.id)
    assert "has no manifest" in job.message


def test_texts_that_run_left_are_warned_of_before_a_ctc_reader_is_trained(workspace: Workspace, open_page: Open):
    made = folders.dataset(workspace, "imported")
    write_dataset(made.folder, [Drawn(label) for label in ("سلام", "کتاب", "word", "two")])
    app = open_page("train")
    assert "50 % of the texts are read from right to left, and a CTC reader writes from left to right" in said(app)


def test_lines_too_wide_for_the_reader_are_told_and_it_is_fitted_at_a_click(workspace: Workspace, open_page: Open):
    made = folders.dataset(workspace, "lines")
    text = "a line of many words, set in small letters"
    write_dataset(made.folder, [Drawn(text, width=400), Drawn("word"), Drawn(text, "validation", width=400)])
    app = open_page("train")
    words = said(app)
    assert (
        "1 of 2 images is wider than the 320 px that the reader sees, up to 2.5 times: squeezed to that width" in words
    )
    assert "--reader" not in words
    fits = app.button(key="fit-reader")
    assert fits.label == "Fit the reader: up to 42 characters, max width 800 px"
    fits.click().run()
    words = said(app)
    assert not app.exception
    assert "--reader.max_width 800 --reader.max_length 42" in words
    assert "wider than" not in words
    assert not [button for button in app.button if button.key == "fit-reader"]


def test_texts_that_no_reader_writes_are_refused_until_they_are_left_out(workspace: Workspace, open_page: Open):
    made = folders.dataset(workspace, "chapters")
    (made.folder / "summary.json").write_text(json.dumps({**folders.DATASET_SUMMARY, "max_length": 300}))
    app = open_page("train")
    assert "No reader writes more than 128 characters: set Unfit to skip" in said(app)
    app.segmented_control(key="train.five minutes.unfit").set_value("skip").run()
    assert "those of more than 32 characters are left out" in said(app)


def test_several_values_start_a_run_for_each_with_their_time_told(
    workspace: Workspace, open_page: Open, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(control, "_detach", lambda folder, lock: None)  # no child: what is written is looked at
    folders.dataset(workspace, "letters")
    app = open_page("train")
    key = "train.five minutes.vary"
    app.text_input(key=f"{key}.learning_rate").set_value("0.003 and 0.0005").run()
    app.text_input(key=f"{key}.seed").set_value("0 to 2").run()
    words = said(app)
    assert "6 runs, at most 30 min of work in all" in words
    assert "--vary learning_rate=0.003,0.0005 --vary seed=0,1,2" in words
    app.multiselect(key="train.five minutes.vary-others").set_value(["reader.decoder"]).run()
    app.text_input(key=f"{key}.reader.decoder").set_value("ctc; attenton").run()
    assert "attenton" in said(app)
    app.text_input(key=f"{key}.reader.decoder").set_value("").run()
    start = next(button for button in app.button if button.label == "Start 6 runs")
    start.click().run()
    (sweep,) = list_jobs(workspace, "sweeps")
    config = SweepConfig.parse(sweep.config)
    assert [one.words for one in config.space] == ["0.003,0.0005", "0,1,2"]


def test_a_search_tells_its_runs_and_takes_settings_of_the_recipe(
    workspace: Workspace, open_page: Open, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(control, "_detach", lambda folder, lock: None)
    folders.dataset(workspace, "letters")
    app = open_page("train")
    key = "train.five minutes"
    app.multiselect(key=f"{key}.vary-others").set_value(["recipe.looks.0.skew"]).run()
    app.text_input(key=f"{key}.vary.recipe.looks.0.skew").set_value("0 to 5 linear").run()
    app.segmented_control(key=f"{key}.sweep.strategy").set_value("tpe").run()
    app.segmented_control(key=f"{key}.sweep.search.pruning").set_value("halving").run()
    assert not app.exception
    words = said(app)
    assert "16 runs, at most 1 h 20 min of work in all" in words
    assert "early stops make it less" in words
    assert "--strategy tpe --runs 16 --pruning halving --vary 'recipe.looks.0.skew=0..5 linear'" in words
    next(button for button in app.button if button.label == "Start 16 runs").click().run()
    (sweep,) = list_jobs(workspace, "sweeps")
    assert sweep.config["strategy"] == "tpe"


def test_a_network_that_nobody_changed_takes_the_shape_of_what_the_run_starts_from(
    workspace: Workspace, open_page: Open
):
    folders.dataset(workspace, "any")
    app = open_page("train")
    app.selectbox(key="train.five minutes.start_from").set_value("starter").run()
    assert not app.exception
    words = said(app)
    assert "--reader.scale 1.5" in words
    assert "Starts from the starter reader, and has its shape" in words


def test_the_starter_is_suggested_where_it_knows_the_characters_and_brings_its_network(
    workspace: Workspace, open_page: Open
):
    foreign, known = (folders.dataset(workspace, name) for name in ("foreign", "known"))
    write_dataset(foreign.folder, [Drawn("строка"), Drawn("ход", "validation")])
    write_dataset(known.folder, [Drawn("Straße 7"), Drawn("fine", "validation")])
    app = open_page("train")
    key = "train.five minutes"
    words = said(app)
    assert "Start from the starter reader?" in words
    assert "It knows 10 of the 11 characters. Its 54,960 steps of learning are behind it" in words
    app.button(key="start-from-starter").click().run()
    words = said(app)
    assert "--start_from starter" in words
    assert "--reader.scale 1.5" in words
    assert "Starts from the starter reader, and has its shape: encoder light, decoder ctc, height 32" in words
    assert "Start from the starter reader?" not in words
    app.segmented_control(key=f"{key}.reader.decoder").set_value("attention").run()
    assert "What it starts from is of another shape: decoder ctc, not attention" in said(app)
    app.button(key="take-network").click().run()
    assert "is of another shape" not in said(app)
    app.selectbox(key="train-dataset").set_value(foreign.id).run()
    app.button(key="start-afresh").click().run()
    assert "--start_from" not in said(app)
    assert "Start from the starter reader?" not in said(app)


def test_a_long_name_is_shortened_on_the_button_and_whole_in_the_checks(workspace: Workspace, open_page: Open):
    name = "grid over the learning rate and the batch: learning rate 0.01, batch 32"
    with folders.alive(folders.run(workspace, name, None, folders.dataset(workspace).id)):
        app = open_page("train")
    labels = {html.unescape(button.label) for button in app.button}
    assert "Queue behind grid over the l…0.01, batch 32" in labels
    assert f"Waits for run {name} on CPU" in said(app)
