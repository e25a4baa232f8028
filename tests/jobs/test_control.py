"""Text of users stays data: it becomes no argument, no path and no variable. A job that cannot run is refused."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from engine import jobs
from engine.config.generate import GenerateConfig
from engine.config.reading import EvaluateConfig
from engine.config.recipe import Recipe
from engine.config.train import TrainConfig
from engine.errors import JobError
from engine.files import write_json
from engine.jobs import State, control, locks, paths, records
from engine.jobs.control import child_environment
from engine.jobs.records import JobRecord
from engine.labels import label
from engine.workspace import Workspace, is_id, new_id
from tests.helpers.labs import MakeFolder

NASTY = ["; touch canary", "$(touch canary)", "--help", "-c", "a\0b", "a\nb", "../../x", "`x`", "\ud800", "\u202e", "'"]


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The arguments of every child that would have been started; none is."""
    children: list[list[str]] = []

    def run(arguments: list[str], **_: object) -> subprocess.CompletedProcess[bytes]:
        children.append(arguments)
        return subprocess.CompletedProcess(arguments, 0)

    monkeypatch.setattr(control.subprocess, "run", run)
    return children


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.text(max_size=200), nonce=st.text(max_size=50), inside=st.text(max_size=80))
@example(name=NASTY[0], nonce=NASTY[1], inside=NASTY[2])
@example(name=NASTY[4], nonce=NASTY[6], inside=NASTY[8])
@example(name=NASTY[9], nonce=NASTY[8], inside=NASTY[5])
def test_no_text_of_a_user_becomes_an_argument_or_a_path(workspace, started, name: str, nonce: str, inside: str):
    recipe = Recipe(name=inside.encode("utf-8", "replace").decode())
    config = GenerateConfig(recipe=recipe)
    id = jobs.launch(workspace, "generate", config, name=name, nonce=new_id() + nonce)
    folder = workspace.folder("datasets", id)
    [*fixed, place, lock] = started[-1]
    assert is_id(id)
    detach = Path(control.__file__).with_name("detach.py")
    assert fixed == [sys.executable, "-I", "-S", str(detach), sys.executable, "-m", "engine.jobs.runner"]
    assert (place, lock.isdigit()) == (str(folder), True)
    job = jobs.load_job(workspace, "datasets", id)
    assert job.name == (label(name) or job.name)
    assert GenerateConfig.parse(job.config) == config
    assert {path.name for path in workspace.root.iterdir()} <= {"datasets", "nonces"}


@given(text=st.text(max_size=300))
def test_a_label_is_one_short_visible_line_and_a_label_already(text: str):
    name = label(text)
    assert len(name) <= 80
    assert name == label(name)
    assert name.isprintable() or not name.isascii()
    assert not set(name) & set("\n\r\t\0\x1b\u202e\u2028")
    name.encode()


def test_jobs_are_numbered_and_those_without_a_name_called_so(workspace: Workspace, started: list):
    ids: list[str] = []
    for number in (1, 2, 3):
        ids.append(jobs.launch(workspace, "generate", GenerateConfig(), name=" \u200b "))
        job = jobs.load_job(workspace, "datasets", ids[-1])
        assert (job.number, job.name) == (number, f"dataset {number}")
        if number == 2:
            shutil.rmtree(workspace.folder("datasets", ids[0]))  # the next one is the third all the same


def test_children_inherit_an_allow_list_of_variables():
    given = {
        "PATH": "p",
        "HOME": "h",
        "LC_ALL": "C",
        "CUDA_HOME": "c",
        "KERAS_BACKEND": "jax",
        "GLYPHLAB_WORKSPACE": "w",
        "ORT_DISABLE_TELEMETRY": "1",
        "DO_NOT_TRACK": "1",
        "HF_HUB_OFFLINE": "1",
    }
    secret = {
        "AWS_SECRET_ACCESS_KEY": "s",
        "PYTHONPATH": "x",
        "MY_PATH": "y",
        "TOKEN": "t",
        "LD_PRELOAD": "z",
        "HF_TOKEN": "t",
        "GLYPHLAB_TOKEN": "t",
    }
    assert child_environment({**given, **secret}) == {**given, "PYTHONUNBUFFERED": "1", "PYTHONUTF8": "1"}


def test_the_folder_is_private_and_whole_before_the_child_starts(workspace: Workspace, monkeypatch):
    seen = []

    def run(arguments: list[str], *, pass_fds: list[int], **_: object) -> None:
        folder = Path(arguments[-2])
        seen.append({path.name for path in folder.iterdir()})
        assert locks.is_held(folder / paths.LOCK)
        assert locks.same_file(pass_fds[0], folder / paths.LOCK)
        raise OSError("no processes left")

    monkeypatch.setattr(control.subprocess, "run", run)
    with pytest.raises(JobError, match="no processes left"):
        jobs.launch(workspace, "generate", GenerateConfig())
    assert seen == [{paths.JOB, paths.CONFIG, paths.LOCK, paths.LOG, paths.RESERVE}]
    [job] = jobs.list_jobs(workspace, "datasets")
    assert job.state is State.lost
    assert workspace.collection("datasets").stat().st_mode & 0o077 == 0


def test_a_nonce_whose_launch_broke_off_before_the_folder_launches_anew(
    workspace: Workspace, started: list, monkeypatch
):
    monkeypatch.setattr(control, "new_folder", lambda _: pytest.fail("stop here"))
    with pytest.raises(pytest.fail.Exception):
        jobs.launch(workspace, "generate", GenerateConfig(), nonce="once")
    monkeypatch.undo()
    monkeypatch.setattr(control.subprocess, "run", lambda *_, **__: None)
    id = jobs.launch(workspace, "generate", GenerateConfig(), nonce="once")
    assert jobs.launch(workspace, "generate", GenerateConfig(), nonce="once") == id


@pytest.mark.parametrize("kind", ["", "dance", "GENERATE", "train"])
def test_an_unknown_kind_or_another_kind_s_config_is_refused(workspace: Workspace, kind: str):
    with pytest.raises(JobError, match="is no job"):
        jobs.launch(workspace, kind, GenerateConfig())


def test_a_device_that_is_not_there_is_refused(workspace: Workspace, make_folder: MakeFolder):
    config = TrainConfig(dataset=make_folder("finished").name, device="gpu:97")
    with pytest.raises(JobError, match=r"no device 'gpu:97'.*cpu"):
        jobs.launch(workspace, "train", config)
    assert jobs.list_jobs(workspace, "runs") == []


@pytest.mark.parametrize("reason", ["failed", "killed", "stopped", None])
def test_data_that_failed_or_is_missing_is_refused_at_once(workspace: Workspace, make_folder: MakeFolder, reason):
    with pytest.raises(JobError, match="Resume it, or pick"):
        jobs.launch(workspace, "train", TrainConfig(dataset=make_folder(reason).name, device="cpu"))
    with pytest.raises(JobError, match="There is no dataset"):
        jobs.launch(workspace, "train", TrainConfig(dataset=new_id(), device="cpu"))


def test_data_that_a_live_job_needs_is_not_deleted(workspace: Workspace, make_folder: MakeFolder, started: list):
    dataset = make_folder("finished", name="letters").name
    id = jobs.launch(workspace, "evaluate", EvaluateConfig(dataset=dataset), name="check")
    lock = locks.take(workspace.folder("evaluations", id) / paths.LOCK)
    with pytest.raises(JobError, match="'check' needs 'letters'"):
        jobs.trash(workspace, "datasets", dataset)
    assert lock is not None
    os.close(lock)
    jobs.trash(workspace, "datasets", dataset)


def test_a_finished_or_unreadable_job_is_not_resumed_but_can_be_deleted(workspace: Workspace, make_folder: MakeFolder):
    finished, broken = make_folder("finished"), make_folder("stopped")
    (broken / paths.JOB).write_bytes(b"{")
    for folder in (finished, broken):
        with pytest.raises(JobError, match="nothing to resume"):
            jobs.resume(workspace, "datasets", folder.name)
        jobs.trash(workspace, "datasets", folder.name)
        assert not folder.exists()


def test_deleting_follows_no_link(workspace: Workspace, make_folder: MakeFolder, tmp_path: Path):
    treasure = tmp_path / "treasure"
    treasure.mkdir()
    (treasure / "gold").touch()
    folder = make_folder("finished")
    (folder / paths.SHARDS).symlink_to(treasure)
    jobs.trash(workspace, "datasets", folder.name)
    assert (treasure / "gold").exists()


def test_stopping_what_has_ended_changes_nothing(workspace: Workspace, make_folder: MakeFolder):
    folder = make_folder("finished")
    jobs.stop(workspace, "datasets", folder.name)
    assert not (folder / paths.STOP).exists()


def test_a_job_of_a_later_format_is_unreadable_not_misread(workspace: Workspace, make_folder: MakeFolder):
    folder = make_folder("finished")
    record = records.read_record(folder / paths.JOB, JobRecord)
    write_json(folder / paths.JOB, {**record.plain(), "format": 2})
    assert jobs.load_job(workspace, "datasets", folder.name).state is State.unreadable
