"""The moments of a run: each figure at its step and at the time at which the step was done."""

import json
import os
import time

import pytest

from engine.jobs import list_jobs, paths
from engine.jobs.records import Exit
from engine.tracking.curves import moments
from engine.training.telemetry import TensorBoard
from engine.workspace import Workspace
from tests.dashboard import folders


def test_moments_have_the_figures_of_all_curves_and_the_later_of_two(workspace: Workspace):
    made = folders.run(workspace)
    score = {"dataset": "a" * 26, "dataset_name": "words", "word_accuracy": 0.8, "images": 10}
    events = [
        {"kind": "train", "step": 1, "seconds": 10, "loss": 3.0, "note": "x"},
        {"kind": "train", "step": 2, "seconds": 20, "loss": 2.0},
        {"kind": "train", "step": 2, "seconds": 30, "loss": 1.9},
        {"kind": "train", "step": 3, "seconds": 40, "loss": None},
        {"kind": "note", "step": 3, "text": "hello"},
        {"kind": "test", "step": 3, "seconds": 200, **score},
    ]
    (made.folder / paths.EVENTS).write_text("".join(json.dumps(event) + "\n" for event in events))
    [run] = list_jobs(workspace, "runs")
    ended = round(1000 * Exit.model_validate_json((made.folder / paths.EXIT).read_text()).finished.timestamp())
    told = [(one.curve, one.step, one.figures, one.milliseconds - ended) for one in moments(run)]
    assert told == [
        ("train", 1, {"loss": 3.0}, pytest.approx(-190_000, abs=1)),
        ("train", 2, {"loss": 1.9}, pytest.approx(-170_000, abs=1)),
        ("test words aaaaaa", 3, {"word_accuracy": 0.8, "images": 10}, pytest.approx(0, abs=1)),
    ]


def test_a_step_is_dated_by_tensorboard_s_file_where_that_has_it_and_else_by_the_last_sign_of_life(
    workspace: Workspace,
):
    made = folders.run(workspace, reason=None)
    before = time.time()
    TensorBoard(made.folder).scalars(100, "train", {"loss": 1.0})
    with folders.alive(made):  # 42 s of work so far
        os.utime(made.folder / paths.HEARTBEAT, (1_000_042, 1_000_042))
        [run] = list_jobs(workspace, "runs")
        found = {(one.curve, one.step): one.milliseconds / 1000 for one in moments(run)}
    assert before - 0.001 <= found["train", 100] <= time.time()
    assert found["train", 99] == pytest.approx(1_000_000 + 33, abs=0.01)
