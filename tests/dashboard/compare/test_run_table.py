"""Which score of a run on a test set counts, and the rows of the table of runs."""

import json

import pytest

from dashboard.common.runs import run_titles, run_views
from dashboard.compare.run_table import table_of
from dashboard.compare.settings import telling_settings
from engine.config.diff import differences
from engine.config.reading import EvaluateConfig
from engine.evaluation.results import TestSet, names_of, results_of, shared_tests
from engine.files import write_json
from engine.jobs import annotate, list_jobs, paths
from engine.jobs.records import Reason
from engine.workspace import STARTER, Workspace
from tests.dashboard import folders
from tests.dashboard.conftest import Open, said
from tests.dashboard.labs import ScoredLab, scored_lab


@pytest.fixture
def lab(workspace: Workspace) -> ScoredLab:
    return scored_lab(workspace)


def evaluate(
    lab: ScoredLab, run: str, accuracy: float, step: int, reason: Reason = "finished", **config: object
) -> None:
    values = {"dataset": lab.dataset} | config
    made = folders.job(
        lab.workspace, "evaluations", "evaluate", "test", EvaluateConfig.parse({"run": run, **values}), reason
    )
    score = {"word_accuracy": accuracy, "images": 36, "step": step}
    (made.folder / paths.SUMMARY).write_text(json.dumps(score))


def accuracies(lab: ScoredLab, run: str) -> dict[TestSet, float]:
    found = results_of(lab.workspace, list_jobs(lab.workspace, "runs"))[run]
    return {test: result.score.word_accuracy for test, result in found.items()}


def test_the_newest_reading_by_the_newest_state_of_a_run_counts(lab: ScoredLab):
    run = lab.run("plain", lambda place, truth: truth).id  # at step 300
    own = TestSet(lab.dataset)
    assert accuracies(lab, run) == {own: 1.0}
    evaluate(lab, run, 0.25, step=100)
    assert accuracies(lab, run)[own] == 1.0
    evaluate(lab, run, 0.5, step=300)
    evaluate(lab, run, 0.75, step=400)
    assert accuracies(lab, run)[own] == 0.75
    evaluate(lab, run, 0.9, step=500, reason="stopped")
    evaluate(lab, run, 0.1, step=500, split="train")
    evaluate(lab, run, 0.2, step=500, split="test")
    evaluate(lab, run, 0.3, step=500, dataset=None, folder="/photos")
    evaluate(lab, STARTER, 0.4, step=500)
    assert accuracies(lab, run) == {own: 0.2, TestSet(lab.dataset, "train"): 0.1, TestSet("/photos"): 0.3}


def test_test_sets_are_named_and_those_of_most_runs_come_first(lab: ScoredLab):
    first, second = (lab.run(name, lambda place, truth: truth).id for name in ("one", "two"))
    evaluate(lab, first, 0.1, step=300, dataset=None, folder="/data/photos")
    evaluate(lab, second, 0.1, step=300, split="train")
    runs = list_jobs(lab.workspace, "runs")
    tests = shared_tests(results_of(lab.workspace, runs))
    assert tests[0] == TestSet(lab.dataset)
    named = names_of(tests, list_jobs(lab.workspace, "datasets"), runs)
    assert set(named.values()) == {"words", "words, train", "photos"}


def test_settings_that_tell_most_runs_apart_come_first():
    configs = [
        {"a": {"b": n}, "c": n > 2, "same": [1], "dataset": n, "mix": [n > 0], "d": {"e": n} if n else None}
        for n in range(4)
    ]
    settings = differences(*configs)
    assert settings["a.b"] == (0, 1, 2, 3)
    assert settings["d.e"] == (None, 1, 2, 3)
    assert telling_settings(settings) == ["a.b", "d.e", "c", "mix"]
    assert telling_settings({}) == []


def test_runs_of_one_name_are_told_apart(workspace: Workspace):
    folders.run(workspace, "twin")
    folders.run(workspace, "twin")
    folders.run(workspace, "single")
    runs = list_jobs(workspace, "runs")
    assert len(set(run_titles(runs).values())) == 3
    assert run_titles(runs)[runs[0].id] == "single"


def test_the_table_is_made_once_for_runs_that_stay_as_they_are_and_again_when_one_changes(workspace: Workspace):
    made = [folders.run(workspace, name) for name in ("one", "two")]

    def look() -> tuple:
        return table_of(list(run_views(list_jobs(workspace, "runs")).values()))

    first = look()
    assert look() is first
    annotate(workspace, "runs", made[0].id, starred=True)
    assert look()[0]["Star"].tolist() == ["", "★"]
    (made[1].folder / paths.EXIT).unlink()
    with folders.alive(made[1]):
        assert look()[0]["State"].iloc[0] == "running"


def test_scores_that_no_run_has_take_no_column_and_ticked_runs_are_counted(workspace: Workspace, open_page: Open):
    for number in range(9):
        run = folders.run(workspace, f"run {number}")
        write_json(run.folder / paths.SUMMARY, {"best": {"word_accuracy": 0.5, "cer": 0.1}})
    app = open_page("compare")
    shown = app.dataframe[0].proto.column_order
    assert "Validation" in shown
    assert not {"Test", "Test interval", "CER"} & set(shown)
    assert "2 runs ticked." in said(app)
