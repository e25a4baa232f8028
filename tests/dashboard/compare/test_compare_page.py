"""Compare over real folders: the table, what is said of two runs, what tells them apart, and what people note."""

import json
import time

import pytest

from dashboard.common.state import COMPARED_RUNS, RUNS_TICKED_ELSEWHERE
from engine import jobs
from engine.config.launchers import FILE
from engine.config.reading import EvaluateConfig
from engine.jobs import paths
from engine.workspace import STARTER, Workspace, new_id
from tests.dashboard import folders
from tests.dashboard.conftest import Open, markup, said
from tests.dashboard.labs import ScoredLab, scored_lab
from tests.helpers.tiny_bundles import save_run_bundle


@pytest.fixture
def lab(workspace: Workspace) -> ScoredLab:
    return scored_lab(workspace)


def right(place: int, truth: str) -> str:
    return truth


def poor(place: int, truth: str) -> str:
    """Misread every second image: its first character as x."""
    return truth if place % 2 else f"x{truth[1:]}"


def nearly(place: int, truth: str) -> str:
    return truth if place else ""


def view(app, name: str):
    app.session_state["compare-tab"] = name
    return app.run()


def test_the_sentence_on_top_says_who_is_better_by_how_much_and_how_sure(lab: ScoredLab, open_page: Open):
    lab.run("worse", poor)
    lab.run("better", right)
    words = said(open_page("compare"))
    assert "better reads 50.0 points more of words than worse (95 % interval " in words
    assert "36 images" in words


def test_two_runs_of_one_name_are_told_apart_by_the_ends_of_their_ids(lab: ScoredLab, open_page: Open):
    worse, better = lab.run("twin", poor), lab.run("twin", right)
    app = open_page("compare")
    names = [f"twin ({run.id[-4:]})" for run in (better, worse)]
    assert f"{names[0]} reads 50.0 points more of words than {names[1]}" in said(app)
    assert list(app.dataframe[0].value["Run"]) == [*names, "starter reader"]
    assert list(view(app, "Better and worse").dataframe[-1].value.columns[2:4]) == [f"{one} (images)" for one in names]
    app.text_input(key="compare-search").set_value(worse.id[-4:]).run()
    assert "1 of 2 runs shown" in said(app)


def test_a_difference_that_chance_would_bring_is_not_called_one(lab: ScoredLab, open_page: Open):
    lab.run("one", right)
    lab.run("two", nearly)
    assert "No difference between one and two can be told from 36 images of words" in said(open_page("compare"))


def test_samples_that_tell_two_runs_apart_are_shown_with_their_images(lab: ScoredLab, open_page: Open):
    lab.run("worse", poor)
    lab.run("better", right)
    app = view(open_page("compare"), "Better and worse")
    assert not app.exception
    words = said(app)
    assert "18 images only better reads, 0 only worse, 18 both, 0 neither." in words
    assert "less than once in a thousand" in words
    assert "aaa the other reads xaa" in words
    assert len(app.get("image")) >= 6
    confusions = app.dataframe[-1].value
    assert set(confusions["it reads"]) == {"x"}
    assert set(confusions["Judged"]) == {"may be noise"}  # six images each, and three of them to judge
    opener = next(button for button in app.button if str(button.key).startswith("enlarge-"))
    opener.click().run()
    assert not app.exception
    assert "only one reads it" in said(app)
    assert "the other reads" in said(app)
    assert app.button(key="enlarged-Next")


def test_accuracy_is_told_by_length_and_character_with_what_stands_out(lab: ScoredLab, open_page: Open):
    lab.run("worse", poor)
    lab.run("better", right)
    app = view(open_page("compare"), "Where")
    assert "More than noise: better reads more at length 3." in said(app)
    app.segmented_control(key="compare-factor").set_value("character").run()
    assert not app.exception
    assert "In no group" in said(app)
    assert len(app.get("plotly_chart")) == 1


def test_only_settings_that_differ_are_listed(lab: ScoredLab, open_page: Open):
    lab.run("a", right, batch=32)
    lab.run("b", right, batch=64)
    app = view(open_page("compare"), "Settings")
    table = app.dataframe[-1].value
    assert json.loads(table.to_json(orient="values")) == [["batch", "64", "32"]]
    assert list(table.columns) == ["Setting", "b", "a"]


def test_the_address_chooses_runs_and_keeps_up_with_the_choice(lab: ScoredLab, open_page: Open):
    first, second, third = (lab.run(name, right) for name in ("first", "second", "third"))
    app = open_page("home")
    app.query_params["runs"] = f"{first.id},{third.id},nonsense"
    app.switch_page("app_pages/compare.py").run()
    assert app.session_state[COMPARED_RUNS] == {first.id, third.id}
    assert app.query_params["runs"] == f"{third.id},{first.id}"
    jobs.trash(lab.workspace, "runs", third.id)
    app.run()
    assert app.session_state[COMPARED_RUNS] == {first.id}
    assert second.id not in app.query_params["runs"]


def test_runs_are_found_by_words_state_star_and_tag_and_archived_ones_are_put_away(lab: ScoredLab, open_page: Open):
    kept, away = lab.run("plain", right, batch=48), lab.run("old", right)
    poor_one = folders.run(lab.workspace, "poor", "failed")
    jobs.annotate(lab.workspace, "runs", away.id, archived=True)
    jobs.annotate(lab.workspace, "runs", kept.id, text="Blur helps", starred=True)
    jobs.tag(lab.workspace, "runs", kept.id, add=["paper"])

    def shown(app) -> list[str]:
        return list(app.dataframe[0].value["Run"])

    app = open_page("compare")
    assert shown(app) == ["poor", "plain", "starter reader"]
    assert {"Star", "Tags", "batch"} <= set(app.dataframe[0].value.columns)
    app.toggle(key="compare-archived").set_value(True).run()
    assert shown(app) == ["poor", "old", "plain", "starter reader"]
    for words in ("blur PAPER", "batch 48", kept.id[-10:]):
        app.text_input(key="compare-search").set_value(words).run()
        assert shown(app) == ["plain"], words
    app.text_input(key="compare-search").set_value("").run()
    app.multiselect(key="compare-states").set_value(["failed"]).run()
    assert shown(app) == ["poor"]
    app.text_input(key="compare-search").set_value("no such run").run()
    assert "Widen them" in said(app)
    assert poor_one.folder.exists()


def test_the_starter_stands_beside_runs_by_its_name_and_its_scores(lab: ScoredLab, open_page: Open):
    run = lab.run("mine", right, reader={"scale": 0.5})
    app = open_page("compare")
    assert "mine reads 100.0 % of words" in said(app)  # what nobody tested is not put beside it unasked
    app.session_state[COMPARED_RUNS] = {run.id, STARTER}
    app.session_state[RUNS_TICKED_ELSEWHERE] = 1
    app.run()
    assert app.query_params["runs"] == f"{run.id},{STARTER}"
    words = said(app)
    assert "Not tested on it yet: starter reader" in words
    assert "Test the starter reader" in words
    card = "78.5 % (74.3 % by the image alone) of seedlike (2,000 images), 59.0 % (51.8 % by the image alone) of real"
    assert f"The starter reader by its card: {card} (500 images)." in words
    lab.tested(STARTER, poor)
    app.run()
    assert "mine reads 50.0 points more of words than starter reader" in said(app)
    assert app.dataframe[0].value["Test"].tolist() == [100.0, 50.0]
    differing = view(app, "Settings").dataframe[-1].value.set_index("Setting")["starter reader"]
    assert differing["reader.scale"] == "1.5"
    assert all(path.startswith("reader.") for path in differing.index)  # it is not known how it learned


def test_a_tag_is_taken_off_one_run_after_two_were_tagged(lab: ScoredLab, open_page: Open):
    one, two = lab.run("one", right), lab.run("two", right)
    app = open_page("compare")
    choices: list[tuple[set[str], list[str]]] = [({one.id}, []), ({one.id, two.id}, ["good"]), ({one.id}, [])]
    for times, (ids, tags) in enumerate(choices, 1):
        app.session_state[COMPARED_RUNS], app.session_state[RUNS_TICKED_ELSEWHERE] = ids, times
        app.run().multiselect[-1].set_value(tags).run()
    assert {run.name: run.notes.tags for run in jobs.list_jobs(lab.workspace, "runs")} == {"one": (), "two": ("good",)}


def test_a_run_is_starred_tagged_renamed_noted_and_put_away_on_the_page(lab: ScoredLab, open_page: Open):
    run = lab.run("plain", right)
    app = open_page("compare")
    app.button(key="compare-star").click().run()
    app.multiselect[-1].set_value(["good"]).run()
    jobs.tag(lab.workspace, "runs", run.id, add=["elsewhere"])  # in another tab
    app.multiselect[-1].set_value(["good", "blur"]).run()
    app.multiselect[-1].set_value(["good"]).run()
    app.text_input(key=f"compare-name-{run.id}-plain").set_value("fine").run()
    app.text_area(key=f"compare-note-{run.id}").set_value("**bold** <b>").run()
    app.button(key=f"compare-save-{run.id}").click().run()
    app.button(key="compare-archive").click().run()
    job = jobs.load_job(lab.workspace, "runs", run.id)
    assert job.name == "fine"
    assert job.notes == jobs.Notes(
        name="fine", tags=("good", "elsewhere"), text="**bold** <b>", starred=True, archived=True
    )
    assert "<b>" not in markup(app)


def test_a_deletion_can_be_undone(lab: ScoredLab, open_page: Open):
    run = lab.run("plain", right)
    app = open_page("compare")
    app.button(key="compare-delete").click().run()
    assert not run.folder.exists()
    assert "Deleted plain" in said(app)
    app.button(key=f"undo-runs-{run.id}").click().run()
    assert run.folder.exists()
    assert "Deleted" not in said(app)
    app.button(key="compare-delete").click().run()
    app.button(key="empty-runs").click().run()
    assert jobs.trashed(lab.workspace, "runs") == []


def test_an_evaluation_enters_the_table_of_scores(lab: ScoredLab, open_page: Open):
    first, second = lab.run("first", right), lab.run("second", poor)
    other = folders.dataset(lab.workspace, "photos")
    for run, share in ((first, 0.25), (second, 0.75)):
        made = folders.job(
            lab.workspace, "evaluations", "evaluate", "test", EvaluateConfig(run=run.id, dataset=other.id), "finished"
        )
        score = {
            "word_accuracy": share,
            "cer": 0.1,
            "images": 500,
            "step": 300,
            "interval": [share - 0.04, share + 0.04],
        }
        (made.folder / paths.SUMMARY).write_text(json.dumps({"run": run.id, "dataset": other.id, **score}))
    app = open_page("compare")
    words = said(app)
    assert "photos (500 images)" in words
    assert "75.0 % 71.0 to 79.0" in words
    assert "25.0 % 21.0 to 29.0" in words
    test_set = next(box for box in app.selectbox if box.label == "Test set to compare on")
    test_set.set_value(next(option for option in test_set.options if "photos" in option)).run()
    assert not app.exception
    assert app.session_state["compare-dataset"] == other.id  # what has no score there gets it at one press


def test_a_run_is_tested_from_here_and_its_score_enters_the_table(lab: ScoredLab, open_page: Open):
    run = folders.run(lab.workspace, "fresh", "stopped", lab.dataset)
    save_run_bundle(lab.workspace, run=run.id)
    (run.folder / paths.SUMMARY).write_text(json.dumps({"bundle_step": 7}))
    app = open_page("compare")
    assert "No chosen run has been tested yet" in said(app)
    next(button for button in app.button if button.label == "Test 1 run").click().run()
    assert not app.exception
    [job] = jobs.list_jobs(lab.workspace, "evaluations")
    assert job.config == EvaluateConfig(run=run.id, dataset=lab.dataset).plain()
    deadline = time.monotonic() + 60
    while (job := jobs.load_job(lab.workspace, "evaluations", job.id)).state.live and time.monotonic() < deadline:
        time.sleep(0.05)
    assert job.state is jobs.State.finished, job.message
    words = said(app.run())
    assert "words (36 images)" in words
    assert "fresh reads" in words


def test_a_test_runs_in_a_queue_where_one_is_set_up(lab: ScoredLab, open_page: Open):
    run = folders.run(lab.workspace, "fresh", "stopped", lab.dataset)
    save_run_bundle(lab.workspace, run=run.id)
    (run.folder / paths.SUMMARY).write_text(json.dumps({"bundle_step": 7}))
    (lab.workspace.root / FILE).write_text("slurm: {cluster: local}")
    app = open_page("compare")
    app.selectbox(key="compare-test.launcher").select("slurm").run()
    next(button for button in app.button if button.label == "Test 1 run").click().run()
    assert not app.exception
    [job] = jobs.list_jobs(lab.workspace, "evaluations")
    assert job.config == EvaluateConfig(run=run.id, dataset=lab.dataset, launcher="slurm").plain()
    jobs.stop(lab.workspace, "evaluations", job.id)


def test_readings_that_are_gone_or_damaged_are_said_and_break_nothing(lab: ScoredLab, open_page: Open):
    first, second = lab.run("first", right), lab.run("second", poor)
    (first.folder / paths.TESTS / f"{lab.dataset}.parquet").unlink()
    (second.folder / paths.TESTS / f"{lab.dataset}.parquet").write_bytes(b"PAR1 nonsense")
    app = open_page("compare")
    assert "first reads 100.0 % of words. The readings of this test are missing" in said(app)
    for name in ("Scores", "Curves", "Settings", "Better and worse", "Where"):
        assert not view(app, name).exception, name
    assert "Test the run on these images again" in app.error[0].value


def test_a_live_a_crashed_and_an_unreadable_run_stand_in_the_table(lab: ScoredLab, open_page: Open):
    live, torn = folders.run(lab.workspace, "now", None), folders.run(lab.workspace, "torn")
    folders.run(lab.workspace, "broke", "failed")
    (torn.folder / paths.CONFIG).write_text("[]")
    with folders.alive(live):
        app = open_page("compare")
        for name in ("Scores", "Curves", "Settings", "Better and worse", "Where"):
            assert not view(app, name).exception, name
    states = dict(zip(app.dataframe[0].value["Run"], app.dataframe[0].value["State"], strict=True))
    assert states["now"] == "running"
    assert states["broke"] == "failed"
    assert states[torn.id] == "unreadable"


def test_what_a_damaged_file_takes_from_a_chosen_run_is_told(workspace: Workspace, open_page: Open):
    made = folders.run(workspace, "one")
    (made.folder / paths.SUMMARY).write_bytes(b"{")
    configs = [EvaluateConfig(run=run, dataset=new_id()) for run in (made.id, made.id, made.id, new_id())]
    names = ("summary lost", "config lost", "whole", "of another run")
    tested = [
        folders.job(workspace, "evaluations", "evaluate", name, config, "finished")
        for name, config in zip(names, configs, strict=True)
    ]
    for number in (0, 3):
        (tested[number].folder / paths.SUMMARY).write_bytes(b"{")
    (tested[1].folder / paths.CONFIG).write_bytes(b"{")
    shown = said(open_page("compare"))
    assert "one: Its figures cannot be shown" in shown
    assert "The evaluation summary lost: Its figures cannot be shown" in shown
    assert shown.count("The evaluation") == 2
