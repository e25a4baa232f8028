"""Deleting, restoring and listing at once, and what may not be deleted."""

import contextlib
import os
import threading
from pathlib import Path

import pytest

from engine import jobs
from engine.config.base import Config
from engine.config.documents import EvaluatePagesConfig, ReadPagesConfig
from engine.config.generate import GenerateConfig
from engine.config.reading import EvaluateConfig, TranscribeConfig
from engine.config.sweeping import LocatorSweepConfig, SweepConfig
from engine.config.train import TrainConfig, TrainLocatorConfig
from engine.errors import JobError
from engine.files import write_json
from engine.jobs import State, locks, paths, records
from engine.jobs.records import Heartbeat, JobRecord, ProcessRecord
from engine.workspace import Workspace, new_id
from tests.helpers.labs import MakeFolder


def test_many_hands_at_once_meet_no_error_but_a_sentence(workspace: Workspace, make_folder: MakeFolder):
    ids = [make_folder("finished").name for _ in range(3)]
    faults: list[BaseException] = []

    def work(number: int) -> None:
        try:
            for turn in range(30):
                id = ids[(number + turn) % len(ids)]
                with contextlib.suppress(JobError):
                    [jobs.trash, jobs.restore][(number + turn) % 2](workspace, "datasets", id)
                assert all(job.state is State.finished for job in jobs.list_jobs(workspace, "datasets"))
                jobs.trashed(workspace, "datasets")
        except BaseException as error:
            faults.append(error)

    threads = [threading.Thread(target=work, args=[number]) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not faults
    there = jobs.list_jobs(workspace, "datasets") + jobs.trashed(workspace, "datasets")
    assert {job.id for job in there} == set(ids)


def test_a_job_that_is_deleted_and_restored_while_it_is_read_is_read_whole(
    workspace: Workspace, make_folder: MakeFolder, monkeypatch: pytest.MonkeyPatch
):
    folder, away = make_folder("finished"), workspace.root / "away"
    probe = locks.is_held

    def moved_while_probed(path: Path) -> bool:
        if not away.exists():
            folder.rename(away)
        return probe(path)

    monkeypatch.setattr(locks, "is_held", moved_while_probed)
    (job,) = jobs.list_jobs(workspace, "datasets")
    assert job.state is State.finished
    away.rename(folder)
    assert jobs.list_jobs(workspace, "datasets") == [job]


def test_an_old_job_is_not_erased_by_another_deletion_at_the_same_moment(
    workspace: Workspace, make_folder: MakeFolder, monkeypatch: pytest.MonkeyPatch
):
    old, other = make_folder("finished"), make_folder("finished")
    os.utime(old, (0, 0))
    rename = os.rename

    def rename_beside_another(source: Path, target: Path) -> None:
        rename(source, target)
        if Path(source) == old:
            jobs.trash(workspace, "datasets", other.name)

    monkeypatch.setattr(os, "rename", rename_beside_another)
    jobs.trash(workspace, "datasets", old.name)
    assert {job.id for job in jobs.trashed(workspace, "datasets")} == {old.name, other.name}


RUN = new_id()
STARTED = {"dataset": "0" * 26, "start_from": RUN}
RATES = ({"path": "learning_rate", "values": ["0.001", "0.002"]},)


@pytest.mark.parametrize(
    ("collection", "kind", "config"),
    [
        ("runs", "train", TrainConfig.parse(STARTED)),
        ("runs", "train-locator", TrainLocatorConfig.parse(STARTED)),
        ("sweeps", "sweep", SweepConfig.parse({"run": STARTED, "space": RATES})),
        ("sweeps", "sweep-locator", LocatorSweepConfig.parse({"run": STARTED, "space": RATES})),
        ("evaluations", "evaluate", EvaluateConfig(run=RUN, dataset="0" * 26)),
        ("evaluations", "evaluate-pages", EvaluatePagesConfig(locator=RUN, dataset="0" * 26)),
        ("documents", "read-pages", ReadPagesConfig(locator=RUN, upload="0" * 26)),
        ("transcripts", "transcribe", TranscribeConfig(run=RUN, upload="0" * 26)),
    ],
)
def test_a_run_that_a_live_job_reads_is_not_deleted(
    workspace: Workspace, make_folder: MakeFolder, collection: str, kind: str, config: Config
):
    run, user = workspace.collection("runs") / RUN, workspace.collection(collection) / new_id()  # pyright: ignore[reportArgumentType]
    for folder, about, plain in ((run, "train", TrainConfig(dataset="0" * 26)), (user, kind, config)):
        make_folder("finished", kind=about).rename(folder)
        record = records.read_record(folder / paths.JOB, JobRecord)
        write_json(folder / paths.JOB, record.model_copy(update={"id": folder.name}).plain())
        write_json(folder / paths.CONFIG, plain.plain())
    (user / paths.EXIT).unlink()
    with locks.held(user / paths.LOCK), pytest.raises(JobError, match=r"needs .* Stop it first"):
        jobs.trash(workspace, "runs", RUN)
    jobs.trash(workspace, "runs", RUN)


def test_a_lock_that_was_removed_lets_no_second_worker_in(workspace: Workspace, make_folder: MakeFolder):
    folder, me = make_folder(), records.identity()
    record = ProcessRecord(boot_id=records.boot_id(), runner=me, worker=me)
    write_json(folder / paths.PROCESS, record.plain())
    write_json(folder / paths.HEARTBEAT, Heartbeat(boot_id=record.boot_id, monotonic=1e12, seconds=1).plain())
    (folder / paths.LOCK).unlink()
    assert jobs.load_job(workspace, "datasets", folder.name).state is State.running
    for act in (jobs.resume, jobs.trash):
        with pytest.raises(JobError, match=r"running|still at work"):
            act(workspace, "datasets", folder.name)
    later = me.model_copy(update={"created": me.created - 100})  # another process that had this number
    write_json(folder / paths.PROCESS, record.model_copy(update={"runner": later, "worker": later}).plain())
    assert jobs.load_job(workspace, "datasets", folder.name).state is State.lost


def test_what_a_killed_launch_left_is_swept(workspace: Workspace, make_folder: MakeFolder, monkeypatch):

    parent = workspace.collection("datasets")
    old, new = parent / f".{new_id()}.0.tmp", parent / f".{new_id()}.1.tmp"
    for left in (old, new):
        left.mkdir()
    os.utime(old, (0, 0))
    monkeypatch.setattr("engine.jobs.control._detach", lambda folder, lock: None)
    jobs.launch(workspace, "generate", GenerateConfig())
    assert not old.exists()
    assert new.exists()
