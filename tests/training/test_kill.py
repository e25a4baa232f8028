"""kill -9 in the middle of a run, then resume: the same weights, bit for bit, and the same curve as the straight run.

All three trainings are children, as jobs are: this process has seen a thousand tests, and its sums are nobody's.
"""

import signal
import time
from pathlib import Path

import pytest

from engine.evaluation.pinned_samples import KIND
from engine.training import checkpoint as checkpoints
from engine.workspace import Workspace
from tests.helpers.training import differences, events, new_run, tiny_config, train_in_child, weights

pytestmark = pytest.mark.heavy
PATIENCE = 120  # seconds until the child's first steps
STEP, DELAY = 6, 0.05  # between two validations and two checkpoints; where exactly, the machine decides


def kill_after(run: Path, step: int, delay: float) -> None:
    """Train in a child and kill it `delay` seconds after the event of a step."""
    child = train_in_child(run, wait=False)
    deadline = time.monotonic() + PATIENCE
    while child.poll() is None and time.monotonic() < deadline and len(events(run, "train")) < step:
        time.sleep(0.002)
    time.sleep(delay)
    child.kill()
    assert child.wait() in (-signal.SIGKILL, 0)


def test_a_killed_run_resumes_to_the_same_weights_and_curve(shared: Workspace, dataset: str):
    config = tiny_config(dataset, checkpoint_minutes=0, watch_on=[dataset])
    straight, run = new_run(shared, config), new_run(shared, config)
    undisturbed = train_in_child(straight, wait=False)
    kill_after(run, STEP, DELAY)
    assert undisturbed.wait() == 0
    saved = checkpoints.load_newest(run)
    assert saved is None or saved.step >= STEP - 2, "a kill costs a checkpoint's distance at most"
    where = f"killed {DELAY} s after step {STEP}, resumed from {saved.step if saved else 'the beginning'}"
    train_in_child(run)
    assert differences(weights(run, 12), weights(straight, 12)) == {}, where
    assert events(run, "train") == events(straight, "train"), where
    assert events(run, "validation") == events(straight, "validation"), where
    assert events(run, "watched") == events(straight, "watched"), where
    assert events(run, KIND) == events(straight, KIND), f"what people watch is written once, {where}"
