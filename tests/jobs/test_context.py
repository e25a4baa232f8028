"""Reports of a job reach its readers; those for display never fail and write little. Rates cover half a minute."""

import logging
import math
import time
from pathlib import Path

import pytest

from engine.errors import SpaceError
from engine.files import read_json
from engine.jobs import context as context_module
from engine.jobs import paths
from engine.jobs.context import JobContext, RateMeter, Stopped
from engine.jobs.events import read_events
from engine.jobs.records import Heartbeat, Progress, read_record
from tests.helpers.labs import MakeFolder


class Clock:
    """A monotonic clock that stands still until a test moves it on."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now

    def pass_time(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_progress_has_rate_and_eta_and_reaches_the_disk_at_its_end(make_folder: MakeFolder, clock: Clock):
    folder = make_folder()
    with JobContext(folder, clock) as job:
        job.phase("drawing")
        for done in range(1, 41):
            job.progress(done, 40, "images", note="fine")
            clock.pass_time(0.25)
    seen = read_record(folder / paths.PROGRESS, Progress)
    assert (seen.phase, seen.done, seen.total, seen.unit, seen.note) == ("drawing", 40, 40, "images", "fine")
    assert seen.rate == pytest.approx(4)
    assert seen.eta_seconds == 0


@pytest.mark.parametrize(("awaited", "age"), [(False, 90), (True, 0)])
def test_a_count_that_rests_because_other_jobs_do_the_work_looks_alive(
    make_folder: MakeFolder, clock: Clock, awaited: bool, age: int
):
    folder = make_folder()
    with JobContext(folder, clock) as job:
        for _ in range(10):
            job.progress(0, 16, "runs", awaited=awaited)
            clock.pass_time(10)
    assert clock.now - 10 - read_record(folder / paths.PROGRESS, Progress).monotonic == age


def test_frequent_progress_is_written_twice_a_second_and_at_the_end(make_folder: MakeFolder, clock: Clock, monkeypatch):
    folder, writes = make_folder(), []
    write = context_module.write_json
    monkeypatch.setattr(
        context_module, "write_json", lambda path, *a, **k: (writes.append(path.name), write(path, *a, **k))
    )
    monkeypatch.setattr(context_module, "_HEARTBEAT_INTERVAL", 60.0)  # the heartbeat writes what is pending, too
    with JobContext(folder, clock) as job:
        for done in range(1, 1_001):
            job.progress(done, 10_000, "steps")
            clock.pass_time(1 / 256)
    assert writes.count(paths.PROGRESS) == 1 + 1_000 // 128 + 1
    assert read_record(folder / paths.PROGRESS, Progress).done == 1_000


def test_seconds_go_on_over_a_resume_and_leave_out_the_pause(make_folder: MakeFolder, clock: Clock):
    folder = make_folder()
    with JobContext(folder, clock) as job:
        assert not job.resuming
        clock.pass_time(1)
        job.event("train", 1)
        clock.pass_time(5)
    assert read_record(folder / paths.HEARTBEAT, Heartbeat).seconds == 6
    clock.pass_time(3600)
    with JobContext(folder, clock) as job:
        assert job.resuming
        assert job.seconds == 6
        clock.pass_time(2)
        job.event("train", 2)
    assert [event["seconds"] for event in read_events(folder / paths.EVENTS)[0]] == [1, 8]


def test_seconds_never_fall_behind_the_last_event_though_the_heartbeat_is_older(make_folder: MakeFolder):
    folder = make_folder()
    with JobContext(folder):
        pass
    (folder / paths.EVENTS).write_text('{"kind": "train", "step": 1, "seconds": 77.5}\n')
    with JobContext(folder) as job:
        assert job.seconds >= 77.5


def test_a_step_of_the_wall_clock_changes_no_duration(make_folder: MakeFolder, clock: Clock, monkeypatch):
    now = time.time()
    with JobContext(make_folder(), clock) as job:
        monkeypatch.setattr(time, "time", lambda: now - 86_400)
        clock.pass_time(4)
        assert job.seconds == 4


def test_a_heart_beats_and_flushes_progress_that_came_too_fast(make_folder: MakeFolder, clock: Clock, monkeypatch):
    monkeypatch.setattr(context_module, "_HEARTBEAT_INTERVAL", 0.01)
    folder = make_folder()
    with JobContext(folder, clock) as job:
        job.progress(1, 9, "steps")
        job.progress(2, 9, "steps")
        clock.pass_time(1)
        while read_record(folder / paths.HEARTBEAT, Heartbeat).monotonic < clock.now:
            time.sleep(0.01)
        while read_record(folder / paths.PROGRESS, Progress).done != 2:
            time.sleep(0.01)


def test_a_request_to_stop_is_looked_for_twenty_times_a_second(make_folder: MakeFolder, clock: Clock):
    folder = make_folder()
    with JobContext(folder, clock) as job:
        assert not job.stop_requested()
        (folder / paths.STOP).touch()
        assert not job.stop_requested()
        clock.pass_time(1 / 16)
        assert job.stop_requested()


def test_an_advance_is_reported_before_a_stop_ends_the_work(make_folder: MakeFolder):
    folder = make_folder()
    with JobContext(folder) as job:
        job.advance(1, 3, "images")
        job.request_stop()
        with pytest.raises(Stopped):
            job.advance(2, 3, "images")
    assert read_record(folder / paths.PROGRESS, Progress).done == 2


def test_the_log_has_phases_and_the_events_that_people_read(make_folder: MakeFolder, caplog: pytest.LogCaptureFixture):
    score = {"word_accuracy": 0.768, "cer": 0.08}
    with caplog.at_level(logging.INFO, "engine.jobs"), JobContext(make_folder()) as job:
        job.phase("training")
        job.event("train", 100, loss=1.0)
        job.event("note", 100, text="38 ms per step: 1,200 steps fit.")
        job.event("validation", 200, **score, loss=0.25, images=10)
        job.event("checkpoint", 1_200, bytes=2_500_000, write_seconds=0.0504)
        job.event("bundle", 1_200, images=64, same_strings=64, counts=True, write_seconds=3.25)
        job.event("test", 1_200, dataset="0" * 26, dataset_name="letters", **score)
    assert caplog.messages == [
        "Started",
        "Phase: training",
        "Step 100: 38 ms per step: 1,200 steps fit.",
        "Step 200: Validation: word accuracy 76.8 %, CER 8.0 %, loss 0.25",
        "Step 1,200: Checkpoint written: 2.5 MB in 0.05 s",
        "Step 1,200: Bundle exported in 3.2 s: reads 64 of 64 samples as the network does",
        "Step 1,200: Test images of 'letters': word accuracy 76.8 %, CER 8.0 %",
    ]


def test_the_summary_is_merged_also_over_a_resume(make_folder: MakeFolder):
    folder = make_folder()
    with JobContext(folder) as job:
        job.summary(images=1, loss=math.nan)
    with JobContext(folder) as job:
        job.summary(loss=0.5, preview=("a", "b"))
    assert read_json(folder / paths.SUMMARY) == {"images": 1, "loss": 0.5, "preview": ["a", "b"]}


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


def test_a_steady_count_has_its_rate_and_eta():
    meter = RateMeter()
    for second in range(100):
        meter.update(float(second), second * 5, "images")
    assert meter.rate(99.0) == pytest.approx(5.0)
    assert meter.eta(99.0, 1000) == pytest.approx((1000 - 495) / 5)


def test_a_slow_start_leaves_the_rate_after_half_a_minute():
    meter = RateMeter()
    meter.update(0.0, 1, "steps")
    for second in range(60, 120):
        meter.update(float(second), 10 * (second - 59), "steps")
    assert meter.rate(119.0) == pytest.approx(10.0, rel=0.05)


def test_the_rate_falls_while_nothing_is_done():
    meter = RateMeter()
    for second in range(10):
        meter.update(float(second), second, "steps")
    assert meter.rate(100.0) == pytest.approx(9 / 100)


def test_one_count_has_no_rate_and_no_eta():
    meter = RateMeter()
    assert meter.rate(0.0) is None
    meter.update(1.0, 3, "steps")
    assert meter.rate(1.0) is None
    assert meter.eta(2.0, 10) is None


def test_a_fall_or_another_unit_starts_a_new_measurement():
    meter = RateMeter()
    for second in range(10):
        meter.update(float(second), second, "steps")
    meter.update(10.0, 0, "steps")
    assert meter.rate(10.0) is None
    meter.update(11.0, 500, "images")
    assert meter.rate(12.0) is None


def test_the_slowest_gap_is_between_advances_not_between_reports():
    meter = RateMeter()
    for second, done in [(0, 1), (1, 2), (2, 2), (5, 2), (9, 3), (10, 4)]:
        meter.update(float(second), done, "steps")
    assert meter.slowest == 8.0
    assert meter.advanced == 10.0
