"""The score that ends a followed evaluation or run: with its interval, its test set and its thresholds."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from engine.cli.scores import score_lines
from engine.commands import engine_command
from engine.config.train import TrainConfig
from engine.jobs import Job, State
from engine.workspace import Collection, Workspace, new_id
from tests.helpers.labs import MakeFolder

READ = {"word_accuracy": 0.842, "cer": 0.041, "images": 500, "interval": [0.81, 0.871], "step": 120}
FOUND = {
    "h_mean": 0.5,
    "precision": 0.4,
    "recall": 2 / 3,
    "scenes": 7,
    "protocol": "7 photos, streets; words, IoU > 0.5 one-to-one; thresholds from signs",
    "level": "word",
    "intervals": {"h_mean": [0.4, 0.6]},
    "thresholds": {"binary": 0.3, "box": 0.62, "unclip": 1.0, "smallest": 6.0},
}


def ended(collection: Collection, summary: dict[str, Any], state: State = State.finished, **config: Any) -> Job:
    noted = datetime.now(UTC)
    return Job("x", "evaluate", "a", noted, None, config, state, "", None, summary, Path(), collection)


def test_a_reader_s_score_names_its_interval_and_its_test_set(workspace: Workspace, make_folder: MakeFolder):
    dataset = make_folder("finished", name="letters").name
    figures, over = score_lines(workspace, ended("evaluations", READ, dataset=dataset, split="train"))
    assert figures == "word accuracy 84.2 % (95 % interval 81.0 to 87.1) · CER 4.1 %"
    assert over == "  over 500 images, letters, train; the bundle of step 120"
    alone = {"word_accuracy_alone": 0.8, "cer_alone": 0.05, "interval_alone": [0.76, 0.83]}
    _, without, _ = score_lines(workspace, ended("evaluations", {**READ, **alone}, dataset=dataset))
    assert without == ("  by the image alone, without likely texts: 80.0 % (95 % interval 76.0 to 83.0) · CER 5.0 %")
    _, over = score_lines(workspace, ended("evaluations", READ, folder="/photos/shops"))
    assert "folder /photos/shops" in over
    lost = new_id()
    assert lost in score_lines(workspace, ended("evaluations", READ, dataset=lost))[1]


def test_a_locator_s_score_names_its_protocol_and_thresholds(workspace: Workspace):
    lines = score_lines(workspace, ended("evaluations", FOUND))
    assert lines[0] == "H-mean 50.0 % (95 % interval 40.0 to 60.0) · precision 40.0 % · recall 66.7 %"
    assert lines[1] == f"  over {FOUND['protocol']}"
    assert lines[2] == "  thresholds: binary 0.3, box 0.62, unclip 1, smallest 6"
    older = {key: value for key, value in FOUND.items() if key not in ("thresholds", "intervals")}
    assert score_lines(workspace, ended("evaluations", older))[0].startswith("H-mean 50.0 % · precision")


def test_a_locator_and_a_reader_together_end_with_the_figures_of_both_halves(workspace: Workspace):
    read = {**FOUND, "f": 0.366, "found": 0.605, "accuracy": 0.542, "texts": 443, "step": 9, "locator_step": 13_000}
    lines = score_lines(workspace, ended("evaluations", {name: read[name] for name in read if name != "precision"}))
    assert lines[0] == (
        "F of boxes and texts 36.6 % · H-mean of boxes 50.0 % (95 % interval 40.0 to 60.0) · "
        "read right in true outlines 54.2 %"
    )
    assert lines[1:] == [
        f"  over {FOUND['protocol']}; 443 texts",
        "  the locator's bundle of step 13,000, the reader's of step 9",
    ]


def test_a_run_ends_with_the_scores_of_all_its_test_sets(workspace: Workspace):
    tests = [{**READ, "dataset": new_id(), "dataset_name": name} for name in ("letters", "shops")]
    lines = score_lines(workspace, ended("runs", {"tests": tests}))
    assert [line.partition("images, ")[2].partition(";")[0] for line in lines[1::2]] == ["letters", "shops"]
    assert len(score_lines(workspace, ended("runs", {"tests": [{**FOUND, "dataset": new_id()}]}))) == 3


def test_a_trial_says_time_memory_and_the_batch_that_suits(workspace: Workspace):
    tried = [
        {"batch": batch, "seconds_per_step": 0.125, "images_per_second": 8.0 * batch, "peak_bytes": 2 * 10**9}
        for batch in (32, 64)
    ]
    found = {"trials": tried, "suggested_batch": 64, "steps_per_epoch": 16, "steps": 480, "seconds": 60.0}
    config = TrainConfig(dataset=new_id(), batch=32, epochs=30)
    job = replace(ended("trials", {**found, "skipped": {"too long": 3}}, **config.plain()), kind="trial")
    assert score_lines(workspace, job) == [
        "0.125 s per step, 256 images/s, 2.0 GB of memory",
        "480 steps take about 1 min",
        "3 samples do not fit and are skipped",
        "A batch of 64 learns 512 images/s: try it",
    ]


@pytest.mark.parametrize("summary", [{}, {"word_accuracy": "much"}, {"tests": 3}])
def test_what_has_no_score_prints_none(workspace: Workspace, summary: dict[str, Any]):
    for collection in ("evaluations", "runs", "datasets"):
        assert score_lines(workspace, ended(collection, summary)) == []
    assert score_lines(workspace, ended("evaluations", READ, State.stopped)) == []


def test_a_fit_says_what_it_changed_and_how_to_use_it(workspace: Workspace):
    fit = {"before": 0.03, "after": 0.0104, "gain": 0.0196, "interval": [0.01, 0.03], "held_out": 20, "recipe": "x7"}
    lines = score_lines(workspace, ended("fits", fit | {"gained": True, "changes": ["Blur from 0 to 1 px"]}))
    assert "20 crops that the search did not see: distance 0.030 before, 0.010 after, gain 0.020" in lines[0]
    assert lines[1:] == ["  Blur from 0 to 1 px", f"the recipe is saved: {engine_command('generate --recipe x7')}"]
    silent = score_lines(workspace, ended("fits", fit | {"interval": [-0.01, 0.03], "recipe": None}))
    assert "No gain can be told from chance" in silent[0]
    assert "nothing was saved" in silent[-1]


@pytest.mark.parametrize("significant", [True, False])
def test_an_adaptation_says_what_was_gained_with_its_interval(workspace: Workspace, significant: bool):
    told = {"images": 20, "before": 8, "after": 13, "difference": 0.25, "low": 0.033, "high": 0.427, "run": "x7"}
    steps = {"sure": 4, "sure_least": 10, "recipe_drawn": "fitted"}
    lines = score_lines(workspace, ended("adaptations", told | steps | {"significant": significant}))
    gained = "8 of 20 images read before, 13 now (95 % interval 3 to 43 points more)"
    assert lines == [
        gained if significant else f"{gained}: so few images tell no difference from chance",
        "  images drawn: by the fitted recipe",
        "  readings it was sure of: skipped: 4 of 10 that it takes",
        f"read with it: {engine_command('read --run x7 FILE')}",
    ]
    assert score_lines(workspace, ended("adaptations", {"sure": 4})) == []
