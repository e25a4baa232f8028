"""The state follows from evidence: a table of what lies there, and laws over every combination."""

import time
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.jobs.records import Exit, Heartbeat, Identity, ProcessRecord, Progress, boot_id
from engine.jobs.states import Evidence, State, derive_state

ME = Identity(pid=1, created=0.0)
WAITS = ProcessRecord(boot_id="b", runner=ME, queue="device")
STARTS = ProcessRecord(boot_id="b", runner=ME)
WORKS = ProcessRecord(boot_id="b", runner=ME, worker=ME)


def beat(age: float, boot: str | None = None) -> Heartbeat:
    return Heartbeat(boot_id=boot or boot_id(), monotonic=time.monotonic() - age, seconds=5.0)


def step(age: float, slowest: float = 0.1, done: int | None = 3) -> Progress:
    return Progress(done=done, boot_id=boot_id(), monotonic=time.monotonic() - age, slowest_seconds=slowest)


def ended(reason: str) -> Exit:
    return Exit.model_validate({"reason": reason, "finished": "2026-01-01T00:00:00Z"})


@pytest.mark.parametrize(
    ("evidence", "state"),
    [
        (lambda: Evidence(locked=True), State.starting),
        (lambda: Evidence(locked=True, process=STARTS), State.starting),
        (lambda: Evidence(locked=True, process=WAITS), State.waiting),
        (lambda: Evidence(locked=True, process=WORKS, heartbeat=beat(0)), State.running),
        (lambda: Evidence(locked=True, process=WORKS), State.running),  # its first beat is to come
        (lambda: Evidence(locked=True, process=WORKS, heartbeat=beat(61)), State.stalled),
        (lambda: Evidence(locked=True, process=WORKS, heartbeat=beat(10_000, "another boot")), State.running),
        (lambda: Evidence(locked=True, process=WORKS, heartbeat=beat(0), progress=step(61)), State.stalled),
        (lambda: Evidence(locked=True, process=WORKS, heartbeat=beat(0), progress=step(61, slowest=20)), State.running),
        (lambda: Evidence(locked=True, process=WORKS, heartbeat=beat(0), progress=step(900, done=None)), State.running),
        (lambda: Evidence(locked=True, process=WORKS, stop_requested=True), State.stopping),
        (lambda: Evidence(locked=True, process=WAITS, stop_requested=True), State.stopping),
        (lambda: Evidence(locked=False, process=WORKS, heartbeat=beat(0)), State.lost),
        (lambda: Evidence(locked=True, process=WORKS, heartbeat=beat(6), runner_alive=True), State.stalled),  # frozen
        (lambda: Evidence(locked=True, process=WORKS, heartbeat=beat(6), worker_alive=True), State.running),
        (lambda: Evidence(locked=False, process=WORKS, heartbeat=beat(0), worker_alive=True), State.running),
        (lambda: Evidence(locked=False, process=WAITS, runner_alive=True), State.waiting),  # its lock was removed
        (lambda: Evidence(locked=False), State.lost),  # the launcher died before it started a runner
        (lambda: Evidence(locked=False, stop_requested=True), State.lost),
        (lambda: Evidence(locked=True, exit=ended("finished")), State.finished),  # its processes are about to leave
        (lambda: Evidence(locked=False, exit=ended("killed"), heartbeat=beat(0)), State.killed),
    ],
)
def test_the_state_of_each_evidence(evidence: Callable[[], Evidence], state: State):
    assert derive_state(evidence()) is state  # made now: ages count from the moment of asking


@given(
    locked=st.booleans(),
    stop=st.booleans(),
    process=st.sampled_from([None, STARTS, WAITS, WORKS]),
    ages=st.tuples(st.floats(-1e9, 1e9), st.floats(-1e9, 1e9)),
)
def test_without_an_exit_file_the_lock_alone_decides_over_life_whatever_the_clocks_say(locked, stop, process, ages):
    evidence = Evidence(locked, None, stop, process, beat(ages[0]), step(ages[1]))
    assert derive_state(evidence).live == locked


@pytest.mark.parametrize("state", State)
def test_every_state_has_words_and_is_at_most_one_of_live_and_resumable(state: State):
    assert state.words
    assert not (state.live and state.resumable)
