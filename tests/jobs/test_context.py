"""What work reports is what readers see; what is for display never fails and is thrifty."""

import json
import math
import time
from pathlib import Path

import pytest

from engine.errors import SpaceError
from engine.jobs import context as context_module
from engine.jobs import paths
from engine.jobs.context import JobContext
from engine.jobs.events import read_events
from engine.jobs.records import Heartbeat, Progress, read_record
from tests.helpers.labs import MakeFolder


def test_progress_has_rate_and_eta_and_reaches_the_disk_at_its_end(make_folder: MakeFolder):
    folder = make_folder()
    with JobContext(folder) as job:
        job.phase("drawing")
        for done in range(1, 41):
            job.progress(done, 40, "images", note="fine")
            time.sleep(0.01)
    seen = read_record(folder / paths.PROGRESS, Progress)
    assert (seen.phase, seen.done, seen.total, seen.unit, seen.note) == ("drawing", 40, 40, "images", "fine")
    assert seen.rate == pytest.approx(100, rel=0.5)
    assert seen.eta_seconds == 0


def test_frequent_progress_is_written_rarely_but_the_last_word_gets_through(make_folder: MakeFolder, monkeypatch):
    folder, writes = make_folder(), []
    write = context_module.write_json
    monkeypatch.setattr(
        context_module, "write_json", lambda path, *a, **k: (writes.append(path.name), write(path, *a, **k))
    )
    with JobContext(folder) as job:
        for done in range(5_000):
            job.progress(done, 10_000, "steps")
    assert writes.count(paths.PROGRESS) <= 4
    assert read_record(folder / paths.PROGRESS, Progress).done == 4_999


def test_seconds_go_on_over_a_resume_and_leave_out_the_pause(make_folder: MakeFolder):
    folder = make_folder()
    with JobContext(folder) as job:
        assert not job.resuming
        job.event("train", 1)
        time.sleep(0.2)
    paused = read_record(folder / paths.HEARTBEAT, Heartbeat).seconds
    time.sleep(0.3)
    with JobContext(folder) as job:
        assert job.resuming
        assert paused <= job.seconds < paused + 0.2
        job.event("train", 2)
    first, second = read_events(folder / paths.EVENTS)[0]
    assert first["seconds"] < second["seconds"]


def test_seconds_never_fall_behind_the_last_event_though_the_heartbeat_is_older(make_folder: MakeFolder):
    folder = make_folder()
    with JobContext(folder):
        pass
    (folder / paths.EVENTS).write_text('{"kind": "train", "step": 1, "seconds": 77.5}\n')
    with JobContext(folder) as job:
        assert job.seconds >= 77.5


def test_a_step_of_the_wall_clock_changes_no_duration(make_folder: MakeFolder, monkeypatch):
    now = time.time()
    with JobContext(make_folder()) as job:
        monkeypatch.setattr(time, "time", lambda: now - 86_400)
        assert 0 <= job.seconds < 5


def test_a_heart_beats_each_second_and_flushes_progress_that_came_too_fast(make_folder: MakeFolder):
    folder = make_folder()
    with JobContext(folder) as job:
        job.progress(1, 9, "steps")
        job.progress(2, 9, "steps")
        first = read_record(folder / paths.HEARTBEAT, Heartbeat)
        time.sleep(1.3)
        assert read_record(folder / paths.HEARTBEAT, Heartbeat).monotonic > first.monotonic
        assert read_record(folder / paths.PROGRESS, Progress).done == 2


def test_a_request_to_stop_is_seen_within_a_moment(make_folder: MakeFolder):
    folder = make_folder()
    with JobContext(folder) as job:
        assert not job.stop_requested()
        (folder / paths.STOP).touch()
        time.sleep(0.06)
        assert job.stop_requested()


def test_the_summary_is_merged_also_over_a_resume(make_folder: MakeFolder):
    folder = make_folder()
    with JobContext(folder) as job:
        job.summary(images=1, loss=math.nan)
    with JobContext(folder) as job:
        job.summary(loss=0.5, preview=("a", "b"))
    assert json.loads((folder / paths.SUMMARY).read_bytes()) == {"images": 1, "loss": 0.5, "preview": ["a", "b"]}


def test_truncated_events_leave_room_for_the_steps_done_again(make_folder: MakeFolder):
    folder = make_folder()
    with JobContext(folder) as job:
        for step in range(5):
            job.event("train", step)
        job.truncate_events(2)
        job.event("train", 3)
    assert [event["step"] for event in read_events(folder / paths.EVENTS)[0]] == [0, 1, 2, 3]


def test_a_full_disk_spares_display_but_not_the_summary(make_folder: MakeFolder, monkeypatch):
    def full(path: Path, *_: object, **__: object) -> None:
        raise SpaceError("full")

    with JobContext(make_folder()) as job:
        monkeypatch.setattr(context_module, "write_json", full)
        job.progress(1, 1, "steps")
        job.phase("saving")
        with pytest.raises(SpaceError):
            job.summary(images=1)
