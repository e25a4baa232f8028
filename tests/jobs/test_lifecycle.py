"""Real children: what is launched ends as it should, whoever is killed on the way."""

import dataclasses
import os
import re
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from engine import jobs
from engine.config.generate import GenerateConfig
from engine.config.reading import EvaluateConfig
from engine.errors import JobError
from engine.jobs import KINDS, Device, Job, State, control, locks, paths, records
from engine.jobs.records import Identity, ProcessRecord
from engine.workspace import Workspace, new_id
from tests.helpers.labs import Lab

SMALL = GenerateConfig(images=20, processes=1)


def zombies() -> list[psutil.Process]:
    return [child for child in psutil.Process().children() if child.status() == psutil.STATUS_ZOMBIE]


def test_a_job_starts_runs_finishes_and_leaves_no_child_with_its_launcher(lab: Lab):
    before = len(psutil.Process().children())
    id = jobs.launch(lab.workspace, "generate", SMALL, name="  my\tfirst\u202e data ")
    assert lab.job(id).state.live
    assert len(psutil.Process().children()) == before
    job = lab.wait(id, State.finished, State.failed)
    assert job.state is State.finished, jobs.tail_log(job.folder)
    assert (job.name, job.kind, job.message) == ("my first data", "generate", "")
    assert job.config == SMALL.plain()
    assert job.seconds > 0
    assert zombies() == []


def log_lines(job: Job) -> list[str]:
    """Return the lines of a job's log without their times, each of which must be there."""
    lines = jobs.tail_log(job.folder).splitlines()
    timed = [re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ (.*)", line) for line in lines]
    assert all(timed), lines
    return [found[1] for found in timed if found]


def test_the_log_of_a_job_says_what_it_did_when_and_why_it_ended(lab: Lab):
    finished = jobs.launch(lab.workspace, "generate", SMALL)
    job = lab.wait(finished, State.finished)
    lines = log_lines(job)
    assert lines[:3] == ["INFO Started", "INFO Phase: preparing", "INFO Phase: drawing"]
    assert re.fullmatch(r"INFO Finished after .* s\. All of its work is done\.", lines[-1])
    id = jobs.launch(lab.workspace, "evaluate", EvaluateConfig(run=new_id(), dataset=finished))
    while (failed := jobs.load_job(lab.workspace, "evaluations", id)).state.live:
        time.sleep(0.05)
    assert failed.state is State.failed
    assert log_lines(failed)[-1].startswith("ERROR Failed after ")
    assert log_lines(failed)[-1].endswith(failed.message)


def test_a_stopped_job_ends_and_resumes(lab: Lab):
    id = lab.launch()
    running = lab.wait_for_images(id)
    assert running.state is State.running
    assert running.heartbeat_age is not None
    with pytest.raises(JobError, match="nothing to resume"):
        jobs.resume(lab.workspace, "datasets", id)
    jobs.stop(lab.workspace, "datasets", id)
    jobs.stop(lab.workspace, "datasets", id)
    assert lab.job(id).state in (State.stopping, State.stopped)
    stopped = lab.wait(id, State.stopped)
    assert log_lines(stopped)[-1].endswith("Stopped as asked.")
    jobs.resume(lab.workspace, "datasets", id)
    assert lab.job(id).state.live
    with pytest.raises(JobError):
        jobs.resume(lab.workspace, "datasets", id)
    assert lab.wait(id, State.running).seconds >= stopped.seconds
    jobs.stop(lab.workspace, "datasets", id)
    assert lab.wait(id, State.stopped).seconds >= stopped.seconds


def test_a_killed_worker_is_shown_as_killed_and_its_helpers_die_with_it(lab: Lab):
    id = lab.launch()
    lab.wait_for_images(id)
    _, worker = lab.processes(id)
    helpers = worker.children(recursive=True)
    worker.kill()
    job = lab.wait(id, State.killed)
    assert "SIGKILL" in job.message
    assert job.state.resumable
    assert psutil.wait_procs(helpers, timeout=60)[1] == []


def test_a_job_whose_processes_all_die_is_lost_and_can_be_resumed(lab: Lab):
    id = lab.launch()
    lab.wait(id, State.running)
    runner, worker = lab.processes(id)
    while not (helpers := worker.children(recursive=True)):  # that begin, and have drawn nothing
        time.sleep(0.01)
    runner.kill()
    worker.kill()
    job = lab.wait(id, State.lost)
    assert psutil.wait_procs(helpers, timeout=60)[1] == []
    assert job.seconds > 0
    jobs.resume(lab.workspace, "datasets", id)
    assert lab.wait(id, State.running).seconds >= job.seconds


def test_a_worker_outlives_its_runner_and_ends_well(lab: Lab):
    id = lab.launch()
    lab.wait(id, State.running)
    runner, worker = lab.processes(id)
    runner.kill()
    runner.wait(5)
    time.sleep(0.2)
    assert lab.job(id).state is State.running
    assert locks.is_held(lab.job(id).folder / paths.LOCK)
    with pytest.raises(JobError, match="Stop it first"):
        jobs.trash(lab.workspace, "datasets", id)
    jobs.stop(lab.workspace, "datasets", id)
    assert lab.wait(id, State.stopped).message == "Stopped as asked."
    worker.wait(10)


def start_server(lab: Lab) -> tuple[subprocess.Popen[str], str]:
    """Start a process that launches a job and then waits, as the dashboard's server does; return it and the job."""
    code = """
        import signal, sys, time
        from engine import jobs
        from engine.config.generate import GenerateConfig
        from engine.workspace import Workspace
        signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell has what it puts in the background ignore it
        config = GenerateConfig(images=1_000_000, processes=1)
        print(jobs.launch(Workspace.default(), "generate", config), flush=True)
        time.sleep(60)
    """
    server = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
        cwd=Path(__file__).parents[2],
    )
    assert server.stdout is not None
    return server, server.stdout.readline().strip()


def test_a_job_goes_on_when_its_launcher_and_all_its_group_are_killed(lab: Lab):
    deaths = (signal.SIGINT, signal.SIGTERM, signal.SIGKILL)
    started = [(death, *start_server(lab)) for death in deaths]
    for death, server, id in started:
        os.killpg(server.pid, death)
        server.communicate()
        lab.wait(id, State.running)
        runner, worker = lab.processes(id)
        assert runner.ppid() != server.pid
        before = lab.job(id).seconds
        time.sleep(0.3)
        assert lab.job(id).seconds > before
        assert worker.is_running()
        worker.kill()


def test_one_nonce_starts_one_job_and_another_starts_another(lab: Lab):
    first = lab.launch(nonce="form 1")
    assert lab.launch(nonce="form 1") == first
    assert lab.launch(nonce="form 2") != first
    assert len(jobs.list_jobs(lab.workspace, "datasets")) == 2


def test_twenty_launches_at_once_start_one_job_a_nonce_and_run_one_a_device(lab: Lab, monkeypatch):
    queued = dataclasses.replace(KINDS["generate"], device=lambda _: "cpu")
    monkeypatch.setitem(KINDS, "generate", queued)
    ids: list[str] = []

    def click(number: int) -> None:
        ids.append(lab.launch(nonce=f"form {number % 4}"))

    threads = [threading.Thread(target=click, args=[number]) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(ids) == 20
    assert len(set(ids)) == 4
    assert {job.id for job in jobs.list_jobs(lab.workspace, "datasets")} == set(ids)
    running = [lab.wait(id, State.running, State.waiting) for id in ids]
    assert sum(job.state is State.running for job in {job.id: job for job in running}.values()) <= 1
    assert zombies() == []


def test_the_device_queues_the_second_job_until_the_first_ends_and_says_behind_whom(lab: Lab, monkeypatch):
    queued = dataclasses.replace(KINDS["generate"], device=lambda _: "cpu")
    monkeypatch.setitem(KINDS, "generate", queued)
    first = lab.launch(name="first")
    lab.wait(first, State.running)
    second, third = lab.launch(name="second"), lab.launch(name="third")
    for id in (second, third):
        lab.wait(id, State.waiting)
    lab.wait_for_note(second, "for dataset 'first'")
    lab.wait_for_note(third, "for dataset 'first' and 1 more")
    assert [job.id for job in jobs.queued(lab.workspace)] == [second, third]
    jobs.move(lab.workspace, third, -1)
    assert [job.id for job in jobs.queued(lab.workspace)] == [third, second]
    lab.wait_for_note(second, "for dataset 'first' and 1 more")
    lab.wait_for_note(third, "for dataset 'first'")
    jobs.move(lab.workspace, third, 5)
    lab.wait_for_note(third, "for dataset 'first' and 1 more")
    with pytest.raises(JobError, match="waits no longer"):
        jobs.move(lab.workspace, first, 1)
    process = records.read_record(lab.job(third).folder / paths.PROCESS, ProcessRecord)
    psutil.Process(process.runner.pid).terminate()  # as a machine that shuts down does
    assert lab.wait(third, State.stopped).seconds == 0
    lab.processes(first)[1].kill()
    lab.wait(second, State.running)
    assert lab.job(first).state is State.killed


def test_the_device_stays_taken_when_only_the_runner_dies(lab: Lab, monkeypatch):
    queued = dataclasses.replace(KINDS["generate"], device=lambda _: "cpu")
    monkeypatch.setitem(KINDS, "generate", queued)
    first = lab.launch()
    lab.wait(first, State.running)
    lab.processes(first)[0].kill()
    second = lab.launch()
    lab.wait(second, State.waiting)
    time.sleep(0.6)
    assert lab.job(second).state is State.waiting


def test_a_stranger_with_a_job_s_process_number_is_never_signalled(lab: Lab):
    id = lab.launch()
    lab.wait(id, State.running)
    runner, worker = lab.processes(id)
    folder = lab.job(id).folder
    record = records.read_record(folder / paths.PROCESS, ProcessRecord)
    code = [sys.executable, "-c", "input()"]
    with subprocess.Popen(code, stdin=subprocess.PIPE, start_new_session=True) as other:
        fake = Identity(pid=other.pid, created=psutil.Process(other.pid).create_time())
        forged = record.model_copy(update={"runner": fake, "worker": fake})
        (folder / paths.PROCESS).write_text(forged.model_dump_json())
        jobs.stop(lab.workspace, "datasets", id)
        lab.wait(id, State.stopped)
        psutil.wait_procs([runner, worker], timeout=60)
        jobs.trash(lab.workspace, "datasets", id)
        assert other.poll() is None
        other.communicate(b"\n")


def test_deleting_is_refused_while_a_job_lives_and_leaves_the_job_alone_in_the_trash(lab: Lab):
    id = lab.launch()
    with pytest.raises(JobError, match="Stop it first"):
        jobs.trash(lab.workspace, "datasets", id)
    jobs.stop(lab.workspace, "datasets", id)
    lab.wait(id, State.stopped)
    (lab.workspace.trash / f"{new_id()}.{new_id()}").mkdir()
    jobs.trash(lab.workspace, "datasets", id)
    assert jobs.list_jobs(lab.workspace, "datasets") == []
    assert [path.name for path in lab.workspace.trash.rglob(f"{id}*")] == [id]
    assert [path.name for path in lab.workspace.trash.iterdir()] == ["datasets"]
    jobs_left = Workspace(lab.workspace.root).collection("datasets")
    assert list(jobs_left.iterdir()) == []


def test_a_job_waits_for_its_data_and_says_so_and_fails_when_they_do(lab: Lab):
    dataset = lab.launch(name="letters")
    id = jobs.launch(lab.workspace, "evaluate", EvaluateConfig(dataset=dataset))
    lab.wait(dataset, State.running)
    deadline = time.monotonic() + 60
    while (job := jobs.load_job(lab.workspace, "evaluations", id)).state is not State.waiting or not job.progress:
        assert time.monotonic() < deadline, job
        time.sleep(0.05)
    assert job.progress.note == "for dataset 'letters'"
    lab.processes(dataset)[1].kill()
    while (job := jobs.load_job(lab.workspace, "evaluations", id)).state.live:
        assert time.monotonic() < deadline, job
        time.sleep(0.05)
    assert job.state is State.failed
    assert job.message == "The dataset 'letters' is killed. Resume it, or pick a finished one."


def test_a_job_on_two_devices_waits_for_both_and_those_behind_it_for_either(lab: Lab, monkeypatch):
    monkeypatch.setattr(control, "available_devices", lambda: [Device(f"gpu:{n}", "", 0) for n in range(2)])

    def launch(device: str) -> str:
        queued = dataclasses.replace(KINDS["generate"], device=lambda _: device)
        monkeypatch.setitem(KINDS, "generate", queued)
        return lab.launch(name=device)

    first = launch("gpu:1")
    lab.wait(first, State.running)
    both = launch("gpu:0,1")
    lab.wait_for_note(both, "for dataset 'gpu:1'")
    last = launch("gpu:0")
    lab.wait_for_note(last, "for dataset 'gpu:0,1'")
    jobs.stop(lab.workspace, "datasets", first)
    lab.wait(both, State.running)
    assert lab.job(last).state is State.waiting
    jobs.stop(lab.workspace, "datasets", both)
    lab.wait(last, State.running)
    with pytest.raises(JobError, match="no device 'gpu:2'"):
        launch("gpu:1,2")


@pytest.fixture(scope="module")
def drawing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Lab, str]]:
    """A lab and its job, which has begun to draw; for the last tests of this file, as it takes a core until its end."""
    lab = Lab(Workspace(tmp_path_factory.mktemp("drawing") / "artifacts"))
    id = lab.launch()
    lab.wait_for_images(id)
    yield lab, id
    lab.end()


def test_a_folder_whose_lock_is_held_is_refused_by_a_second_runner_and_worker(drawing: tuple[Lab, str]):
    lab, id = drawing
    folder = lab.job(id).folder
    for role in ("runner", "worker"):
        with open(folder / paths.LOCK) as file:
            code = [sys.executable, "-m", f"engine.jobs.{role}", str(folder), str(file.fileno())]
            intruder = subprocess.run(code, pass_fds=[file.fileno()], capture_output=True, text=True, timeout=20)
        assert intruder.returncode == 3
        assert "held by another process" in intruder.stderr
    assert lab.job(id).state is State.running


def test_a_job_leaves_the_cores_to_the_pages_also_where_linux_shares_them_among_sessions(
    drawing: tuple[Lab, str],
):
    lab, id = drawing
    _, worker = lab.processes(id)
    helpers = worker.children(recursive=True)
    assert helpers
    assert {process.nice() for process in (worker, *helpers)} == {min(19, os.nice(0) + 10)}
    group = Path(f"/proc/{worker.pid}/autogroup")
    if group.exists() and (text := group.read_text()):
        assert text.endswith("nice 10\n")


def test_a_process_that_froze_is_stalled_and_runs_again_when_it_thaws(drawing: tuple[Lab, str], monkeypatch):
    monkeypatch.setattr("engine.jobs.states.STALL_SECONDS", 1.5)
    lab, id = drawing
    _, worker = lab.processes(id)
    worker.suspend()
    lab.wait(id, State.stalled)
    assert locks.is_held(lab.job(id).folder / paths.LOCK)
    worker.resume()
    lab.wait(id, State.running)
