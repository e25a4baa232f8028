"""The state of a job, derived from evidence at the time of asking; no stored state is ever trusted.

The evidence is the kernel lock (held while any process of the job lives), the exit file, the request to stop, the
processes that signed in, and the age of their heartbeats. This module reads and writes nothing.
"""

from dataclasses import dataclass
from enum import StrEnum

from engine.jobs.records import Exit, Heartbeat, ProcessRecord, Progress, age, boot_id

STALL_SECONDS = 60.0
DEAD_SECONDS = 5.0  # without a heartbeat, of a worker that is no process any more
STALL_FACTOR = 10.0  # a step may take this many times the slowest so far before it looks stuck


class State(StrEnum):
    """The state of a job. `live` ones hold their lock; `resumable` ones can be taken up again."""

    starting = "starting"
    waiting = "waiting"
    running = "running"
    stopping = "stopping"
    stalled = "stalled"
    finished = "finished"
    stopped = "stopped"
    failed = "failed"
    diverged = "diverged"
    no_space = "no_space"
    out_of_memory = "out_of_memory"
    killed = "killed"
    lost = "lost"
    unreadable = "unreadable"

    @property
    def live(self) -> bool:
        """True if a process works on the job or waits to."""
        return self in _LIVE

    @property
    def resumable(self) -> bool:
        """True if the job ended before its work was done, so that it can be resumed."""
        return not self.live and self not in (State.finished, State.unreadable)

    @property
    def words(self) -> str:
        """The state in words, as shown on pages."""
        return _WORDS.get(self, str(self.value))


_LIVE = {State.starting, State.waiting, State.running, State.stopping, State.stalled}
_WORDS = {
    State.stalled: "running, but no sign of life for a while",
    State.diverged: "diverged (the loss rose, or is no longer a number)",
    State.no_space: "stopped, with no room to write",
    State.out_of_memory: "out of memory",
    State.lost: "lost (its processes died without an exit file)",
}


@dataclass(frozen=True)
class Evidence:
    """All that a state is derived from. The lock must have been probed before the exit file was read.

    `runner_alive` and `worker_alive` say whether the processes that signed in are there: the lock's file can be removed
    while they work, and a runner that is frozen keeps the lock of a worker that is dead. `beats_elsewhere` says that a
    worker of another machine gave a sign of life a moment ago, on storage whose locks may not reach this machine.
    """

    locked: bool
    exit: Exit | None = None
    stop_requested: bool = False
    process: ProcessRecord | None = None
    heartbeat: Heartbeat | None = None
    progress: Progress | None = None
    runner_alive: bool = False
    worker_alive: bool = False
    beats_elsewhere: bool = False


def derive_state(evidence: Evidence) -> State:
    """Derive the state of a job whose job and config files are readable."""
    if evidence.exit is not None:
        return State(evidence.exit.reason)
    if not (evidence.locked or evidence.runner_alive or evidence.worker_alive or evidence.beats_elsewhere):
        return State.lost
    if evidence.stop_requested:
        return State.stopping
    if evidence.process is None or evidence.process.worker is None:
        queues = evidence.process is not None and evidence.process.queue is not None
        return State.waiting if queues else State.starting
    stalled = _stalled(evidence.heartbeat, evidence.progress) or _dead(evidence)
    return State.stalled if stalled else State.running


def _stalled(heartbeat: Heartbeat | None, progress: Progress | None) -> bool:
    beat = age(heartbeat) if heartbeat else None
    if beat is not None and beat > STALL_SECONDS:
        return True
    step = last_step_age(progress)
    slowest = progress.slowest_seconds if progress else 0.0
    return step is not None and step > max(STALL_SECONDS, STALL_FACTOR * slowest)


def _dead(evidence: Evidence) -> bool:
    if evidence.heartbeat is None or evidence.heartbeat.boot_id != boot_id():  # of another machine: clocks differ
        return False
    beat = age(evidence.heartbeat)
    return not evidence.worker_alive and beat is not None and beat > DEAD_SECONDS


def last_step_age(progress: Progress | None) -> float | None:
    """Return the seconds since a counted step was done; None in a phase that counts none."""
    if progress is None or progress.done is None:
        return None
    return age(progress)
