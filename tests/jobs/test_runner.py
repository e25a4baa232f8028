"""The runner ends what does not stop in time, with all its helpers, and clears what crashes left."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

from engine.files import write_json
from engine.jobs import Stopped, paths, runner
from engine.jobs.exit_reasons import write_exit
from engine.jobs.launchers import Ending
from engine.jobs.launchers.local import LocalWorker
from engine.jobs.records import ProcessRecord, Progress, boot_id, identity, read_record
from engine.jobs.runner import Retries, await_exit, sweep, watch
from tests.helpers.labs import MakeFolder

DEAF = "import signal, subprocess, sys; signal.signal(15, signal.SIG_IGN); subprocess.Popen([sys.executable, '-c', "
DEAF += "'import time; time.sleep(60)']); print(flush=True); import time; time.sleep(60)"


def start(code: str) -> subprocess.Popen[bytes]:
    child = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, process_group=0)
    assert child.stdout is not None
    child.stdout.readline()
    return child


@pytest.mark.parametrize("name", [paths.STOP, paths.EXIT])
def test_a_worker_that_does_not_leave_in_time_is_ended_with_its_group(tmp_path: Path, monkeypatch, name: str):
    (tmp_path / paths.LOG).touch()
    (tmp_path / name).touch()
    monkeypatch.setattr(runner, "EXIT_GRACE", 0.3)
    with start(DEAF) as child:
        [helper] = psutil.Process(child.pid).children()
        worker = LocalWorker(child)
        assert watch(worker, tmp_path, stop_grace=0.3) == (name == paths.STOP)
        assert psutil.wait_procs([helper], timeout=30)[1] == []
        assert worker.ending() == Ending(-signal.SIGKILL)


def test_a_worker_that_waits_for_its_place_is_ended_at_once_by_a_stop_and_was_stopped_as_asked(tmp_path: Path):
    class Queued(LocalWorker):
        def waits_for(self) -> str:
            return "for Slurm to start job 7 (Resources)"

    (tmp_path / paths.LOG).touch()
    write_json(tmp_path / paths.PROCESS, ProcessRecord(boot_id=boot_id(), runner=identity(), queue="cluster").plain())
    write_json(tmp_path / paths.STOP, {"asked": "now"})
    with start(DEAF) as child, pytest.raises(Stopped):
        watch(Queued(child), tmp_path, stop_grace=60.0)
    assert child.returncode == -signal.SIGKILL


def test_a_worker_that_is_queued_again_waits_again_and_a_word_older_than_its_sign_in_is_none(tmp_path: Path):
    queued = ProcessRecord(boot_id=boot_id(), runner=identity(), queue="cluster")
    signed = queued.model_copy(update={"worker": identity(), "queue": None})

    def words() -> Iterator[str]:
        yield "for Slurm to start job 7"
        write_json(tmp_path / paths.PROCESS, signed.plain())
        for word in ("for Slurm to start job 7", "for Slurm to start job 7", "", ""):
            yield word
            assert read_record(tmp_path / paths.PROCESS, ProcessRecord) == signed
        yield "for Slurm to start job 7 (BeginTime)"
        assert read_record(tmp_path / paths.PROCESS, ProcessRecord) == queued
        assert read_record(tmp_path / paths.PROGRESS, Progress).note == "for Slurm to start job 7 (BeginTime)"
        (tmp_path / paths.STOP).touch()
        while True:
            yield "for Slurm to start job 7 (BeginTime)"

    class Queued(LocalWorker):
        said = words()

        def waits_for(self) -> str:
            return next(self.said)

    (tmp_path / paths.LOG).touch()
    write_json(tmp_path / paths.PROCESS, queued.plain())
    with start(DEAF) as child, pytest.raises(Stopped):
        watch(Queued(child), tmp_path, stop_grace=60.0)
    assert child.returncode == -signal.SIGKILL


def test_a_dead_worker_is_seen_at_once_and_left_for_its_parent_to_reap(tmp_path: Path):
    with start("print(flush=True); raise SystemExit(7)") as child:
        worker = LocalWorker(child)
        assert not watch(worker, tmp_path, stop_grace=60.0)
        os.kill(child.pid, 0)  # still ours: no other process can have its number
        assert worker.ending() == Ending(7)


def test_the_exit_file_of_a_worker_elsewhere_is_waited_for_as_long_as_it_may_not_be_seen(tmp_path: Path):
    late = threading.Timer(0.5, write_exit, (tmp_path, "finished", "", 0, 5.0))
    late.start()
    await_exit(tmp_path, 60.0)
    assert (tmp_path / paths.EXIT).exists()
    late.join()
    await_exit(tmp_path / "another", 0.2)


def test_a_worker_that_always_loses_its_place_at_one_step_starts_a_few_times_only_and_later_each_time():
    def lost(phase: str, done: float | None) -> float | None:
        return retries.pause(Progress(phase=phase, done=done, unit="steps"))

    retries = Retries()
    assert [lost("learning", 90), lost("learning", 90), lost("learning", 70)] == [5, 10, 20]
    assert [lost("learning", 120), lost("testing", 3), lost("learning", 120)] == [5, 5, 10]  # it got further
    assert [lost("waiting", None), retries.pause(None), lost("learning", 120), lost("testing", 3)] == [20, 40, 80, None]


def test_a_stop_between_two_tries_is_heeded_at_once(tmp_path: Path):
    write_json(tmp_path / paths.STOP, {"asked": "now"})
    with pytest.raises(Stopped):
        runner._pause(tmp_path, 60.0)
    process = read_record(tmp_path / paths.PROCESS, ProcessRecord)
    assert (process.worker, process.queue) == (None, "cluster")
    assert read_record(tmp_path / paths.PROGRESS, Progress).note == "1 min before the next try"


def test_a_worker_that_loses_its_place_while_it_is_stopped_was_stopped(make_folder: MakeFolder, monkeypatch):
    class Lost(LocalWorker):
        def ending(self) -> Ending:
            return replace(super().ending(), lost=True)

    folder = make_folder()
    write_json(folder / paths.STOP, {"asked": "now"})
    with start("print(flush=True)") as child:
        launcher = SimpleNamespace(start=lambda *_: Lost(child))
        monkeypatch.setattr(runner, "open_launcher", lambda *_: launcher)
        with pytest.raises(Stopped):
            runner._run_worker(folder, [])


def test_what_torn_writes_left_is_swept_and_nothing_else(tmp_path: Path):
    (tmp_path / paths.CHECKPOINTS / ".12.abc.tmp").mkdir(parents=True)
    (tmp_path / paths.CHECKPOINTS / ".12.abc.tmp" / "weights").touch()
    (tmp_path / ".exit.json.abc.tmp").touch()
    (tmp_path / ".link.tmp").symlink_to("/etc")
    (tmp_path / paths.CHECKPOINTS / "12").mkdir()
    sweep(tmp_path)
    assert sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*")) == [
        paths.CHECKPOINTS,
        f"{paths.CHECKPOINTS}/12",
    ]
    assert Path("/etc").is_dir()
