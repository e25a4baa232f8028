"""Any history of starts, deaths, stops, reboots and lost files: the displayed state is the one a model expects.

The processes are played by what they leave: descriptors that hold the lock, and the files they write. So thousands of
histories run in seconds, with the real reader.
"""

import contextlib
import os
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from engine.config.generate import GenerateConfig
from engine.files import write_json
from engine.jobs import State, locks, paths, records
from engine.jobs.exit_reasons import write_exit
from engine.jobs.job import read_job
from engine.jobs.records import Heartbeat, JobRecord, ProcessRecord
from engine.workspace import new_id


class Life(RuleBasedStateMachine):
    """One job's life. `runner` and `worker` are the descriptors by which they hold the lock, None when dead."""

    runner: int | None = None
    worker: int | None = None
    end: str | None = None
    stopping = signed = False

    @initialize()
    def launch(self) -> None:
        self.home = tempfile.TemporaryDirectory()
        self.folder = Path(self.home.name) / "datasets" / new_id()
        self.folder.mkdir(parents=True)
        record = JobRecord(id=self.folder.name, kind="generate", name="", created=datetime.now(UTC), device=None)
        write_json(self.folder / paths.JOB, record.plain(), durable=False)
        write_json(self.folder / paths.CONFIG, GenerateConfig().plain(), durable=False)
        self.runner = locks.take(self.folder / paths.LOCK)

    @precondition(lambda self: self.runner and not self.signed and self.end is None)
    @rule()
    def worker_starts(self) -> None:
        assert self.runner is not None
        self.worker, self.signed = os.dup(self.runner), True
        me = records.identity().model_copy(update={"created": 0.0})  # played: no process
        signed = ProcessRecord(boot_id=records.boot_id(), runner=me, worker=me)
        write_json(self.folder / paths.PROCESS, signed.plain(), durable=False)

    @precondition(lambda self: self.worker)
    @rule(age=st.floats(-600, -60), boot=st.sampled_from(["", "another"]))
    def heart_beats(self, age: float, boot: str) -> None:
        # ahead, so that it stays fresh however slow the machine is: a beat that is old and no process are a stall
        beat = Heartbeat(boot_id=boot or records.boot_id(), monotonic=time.monotonic() - age, seconds=1.0)
        write_json(self.folder / paths.HEARTBEAT, beat.plain(), durable=False)

    @precondition(lambda self: self.worker)
    @rule(reason=st.sampled_from(["finished", "stopped", "failed"]))
    def worker_ends_well(self, reason: str) -> None:
        if self.end is None:
            self.end = reason
        write_exit(self.folder, reason, "", 0)  # type: ignore[arg-type]
        self._die("worker")

    @precondition(lambda self: self.worker)
    @rule()
    def worker_is_killed(self) -> None:
        self._die("worker")
        if self.runner is not None:
            self.end = self.end or "killed"
            write_exit(self.folder, "killed", "", -9)
            self._die("runner")

    @precondition(lambda self: self.runner)
    @rule()
    def runner_is_killed(self) -> None:
        self._die("runner")

    @rule()
    def stop_is_asked(self) -> None:
        (self.folder / paths.STOP).touch()
        self.stopping = True

    @rule(name=st.sampled_from([paths.HEARTBEAT, paths.PROGRESS, paths.SUMMARY]))
    def a_file_is_lost(self, name: str) -> None:
        (self.folder / name).unlink(missing_ok=True)

    @precondition(lambda self: self.runner is None and self.worker is None and self.end != "finished")
    @rule()
    def resume(self) -> None:
        self.runner = locks.take(self.folder / paths.LOCK)
        assert self.runner is not None, "the lock of a dead job is free"
        for name in (paths.STOP, paths.PROCESS, paths.EXIT):
            (self.folder / name).unlink(missing_ok=True)
        self.end, self.stopping, self.signed = None, False, False

    @invariant()
    def the_state_shown_is_true(self) -> None:
        if hasattr(self, "folder"):
            assert read_job(self.folder).state is self._truth()

    def teardown(self) -> None:
        self._die("runner")
        self._die("worker")
        with contextlib.suppress(AttributeError):
            self.home.cleanup()

    def _die(self, who: str) -> None:
        descriptor = getattr(self, who)
        if descriptor is not None:
            os.close(descriptor)
        setattr(self, who, None)

    def _truth(self) -> State:
        if self.end is not None:
            return State(self.end)
        if self.runner is None and self.worker is None:
            return State.lost
        if self.stopping:
            return State.stopping
        return State.running if self.signed else State.starting


TestLife = Life.TestCase
TestLife.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
