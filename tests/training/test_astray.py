"""A run whose loss rose says so, with both losses and what to do; one that learned says nothing."""

from pathlib import Path

import pytest

from engine.jobs import paths
from engine.jobs.events import EventWriter
from engine.training.astray import went_astray


@pytest.mark.parametrize(
    ("train", "validation", "told"),
    [
        ([34.2, 60.0, 119.0], [], "rose from 34.2 to 119"),
        ([57.1, 11.9, 7.1], [60.0, 100.0, 145.2], "rose from 57.1 to 145"),  # it falls in training alone
        ([3.0, 9.0, 4.0, None], [], "rose from 3 to 4"),
        ([3.0, 0.2], [4.0, 0.3], ""),
        ([], [], ""),
        ([3.0], [3.0], ""),
        ([3.0, 3.0], [], ""),
    ],
)
def test_a_loss_that_rose_is_named_with_the_remedy(
    tmp_path: Path, train: list[float | None], validation: list[float], told: str
):
    writer = EventWriter(tmp_path / paths.EVENTS)
    for kind, losses in {"train": train, "validation": validation}.items():
        for step, loss in enumerate(losses, 1):
            writer.append({"kind": kind, "step": step, "loss": loss})
    writer.close()
    words = went_astray(tmp_path, 10.0) or ""
    assert told in words
    assert bool(told) == ("smaller learning rate (a tenth: 1)" in words)
