"""Charts follow a run's events: whole lines only, read on from the last look, also when a resume cut them back."""

import json
from pathlib import Path

import pytest

from engine.jobs import paths
from engine.jobs.event_frames import EventLog
from engine.jobs.events import truncate_events


def lines(*steps: int, loss: float = 1.0) -> str:
    return "".join(json.dumps({"kind": "train", "step": step, "loss": loss}) + "\n" for step in steps)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / paths.EVENTS


def test_a_missing_file_has_no_frames(path: Path):
    assert EventLog(path).frames() == {}


def test_what_is_appended_is_seen_and_a_torn_line_waits(path: Path):
    log = EventLog(path)
    path.write_text(lines(1, 2))
    assert list(log.frames()["train"]["step"]) == [1, 2]
    with path.open("a") as file:
        file.write(lines(3) + '{"kind": "tr')
    assert list(log.frames()["train"]["step"]) == [1, 2, 3]
    with path.open("a") as file:
        file.write('ain", "step": 4, "loss": null}\n')
    assert list(log.frames()["train"]["step"]) == [1, 2, 3, 4]
    assert log.frames()["train"]["loss"].isna().iloc[-1]


def test_steps_that_a_resume_dropped_are_forgotten(path: Path):
    log = EventLog(path)
    path.write_text(lines(*range(1, 11)))
    assert len(log.frames()["train"]) == 10
    truncate_events(path, step=4)
    with path.open("a") as file:
        file.write(lines(*range(5, 20), loss=0.5))  # longer than before: only the file's identity tells
    frame = log.frames()["train"]
    assert list(frame["step"]) == list(range(1, 20))
    assert set(frame["loss"].iloc[4:]) == {0.5}


def test_events_that_name_a_dataset_have_a_row_for_each(path: Path):
    log = EventLog(path)
    events = [{"kind": "watched", "step": step, "dataset": name} for step in (4, 8) for name in ("a", "b")]
    path.write_text("".join(json.dumps(event) + "\n" for event in events))
    log.frames()
    with path.open("a") as file:
        file.write(json.dumps({"kind": "watched", "step": 8, "dataset": "a", "loss": 0.5}) + "\n")
        file.write(json.dumps({"kind": "watched", "step": 12, "dataset": ["a"]}) + "\n")
    frame = log.frames()["watched"]
    assert list(zip(frame["step"], frame["dataset"], strict=True))[:4] == [(4, "a"), (4, "b"), (8, "b"), (8, "a")]
    assert frame["loss"].tolist()[3] == 0.5


def test_of_a_step_written_twice_the_later_line_holds(path: Path):
    path.write_text(lines(1, 2, 2) + lines(2, loss=0.25))
    frame = EventLog(path).frames()["train"]
    assert list(frame["step"]) == [1, 2]
    assert list(frame["loss"]) == [1.0, 0.25]
