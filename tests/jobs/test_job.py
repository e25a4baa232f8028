"""A folder is read for what it is: broken ones are named as such, none breaks the list, and long lists are cheap."""

import os
import time
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine import jobs
from engine.errors import JobError
from engine.files import write_json
from engine.jobs import State, locks, paths, records
from engine.jobs import job as job_module
from engine.jobs.records import Heartbeat, Progress
from engine.workspace import Workspace, new_id
from tests.helpers.damage import flipped
from tests.helpers.labs import MakeFolder


def only(workspace: Workspace) -> jobs.Job:
    [job] = jobs.list_jobs(workspace, "datasets")
    return job


def test_a_job_is_read_with_all_it_holds(workspace: Workspace, make_folder: MakeFolder):
    folder = make_folder("stopped", name="my data", device="cpu")
    write_json(folder / paths.SUMMARY, {"images": 7})
    write_json(folder / paths.PROGRESS, Progress(phase="drawing", done=3, total=9, unit="images").plain())
    job = only(workspace)
    assert job == jobs.load_job(workspace, "datasets", folder.name)
    assert (job.id, job.kind, job.name, job.device) == (folder.name, "generate", "my data", "cpu")
    assert (job.collection, job.folder) == ("datasets", folder)
    assert (job.state, job.seconds, job.summary) == (State.stopped, 3.0, {"images": 7})
    assert job.progress is not None
    assert (job.progress.phase, job.progress.done, job.progress.unit) == ("drawing", 3, "images")
    assert job.config["images"] == 10_000
    assert abs((datetime.now(UTC) - job.created).total_seconds()) < 60


def test_the_newest_comes_first(workspace: Workspace, make_folder: MakeFolder):
    made = []
    for _ in range(3):
        made.append(make_folder("finished").name)
        time.sleep(0.002)
    assert [job.id for job in jobs.list_jobs(workspace, "datasets")] == made[::-1]


def test_a_job_that_is_not_there_is_an_error_that_says_so(workspace: Workspace):
    with pytest.raises(JobError, match="There is no run"):
        jobs.load_job(workspace, "runs", new_id())


@pytest.mark.parametrize("id", ["", "..", "../../etc", "a" * 26 + "/", "A" * 26, "é" * 26, "-" * 26, "a\0b", "a" * 27])
def test_what_is_no_id_never_reaches_a_path(workspace: Workspace, id: str):
    for ask in (jobs.load_job, jobs.stop, jobs.resume, jobs.trash):
        with pytest.raises(JobError, match="is no id"):
            ask(workspace, "runs", id)


@pytest.mark.parametrize("name", [paths.JOB, paths.CONFIG, paths.EXIT])
def test_a_file_cut_at_any_byte_makes_the_job_unreadable_and_nothing_worse(
    workspace: Workspace, make_folder: MakeFolder, name: str
):
    folder = make_folder("finished")
    whole = (folder / name).read_bytes()
    for length in range(0, len(whole), max(1, len(whole) // 60)):
        (folder / name).write_bytes(whole[:length])
        job = only(workspace)
        assert job.state is State.unreadable
        assert name in job.message
    (folder / name).write_bytes(whole)
    os.utime(folder)  # an editor would have replaced the file, which the folder's time tells
    assert only(workspace).state is State.finished


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=60) | st.sampled_from([b"{}", b"[]", b"null", b"[" * 9999, b'{"format": 2}']))
@pytest.mark.parametrize(
    "name",
    [paths.JOB, paths.CONFIG, paths.EXIT, paths.SUMMARY, paths.PROGRESS, paths.HEARTBEAT, paths.PROCESS],
)
def test_garbage_in_any_file_never_breaks_the_list(
    workspace: Workspace, make_folder: MakeFolder, name: str, content: bytes
):
    folder = make_folder("finished")
    (folder / name).write_bytes(content)
    assert any(job.id == folder.name for job in jobs.list_jobs(workspace, "datasets"))


@pytest.mark.parametrize("name", [paths.JOB, paths.CONFIG])
@pytest.mark.parametrize("break_it", ["missing", "link", "folder", "fifo", "huge", "closed"])
def test_a_file_of_the_wrong_sort_makes_the_job_unreadable(
    workspace: Workspace, make_folder: MakeFolder, name: str, break_it: str
):
    path = make_folder("finished") / name
    if break_it == "huge":
        os.truncate(path, 9 * 2**20)
    else:
        path.unlink()
    if break_it == "link":
        path.symlink_to("/etc/passwd")
    elif break_it == "folder":
        path.mkdir()
    elif break_it == "fifo":
        os.mkfifo(path)
    elif break_it == "closed":
        path.symlink_to(path.name)
    job = only(workspace)
    assert job.state is State.unreadable
    assert job.message.startswith("This folder cannot be read: ")
    assert "root:" not in job.message


def test_strangers_links_and_temporary_folders_are_passed_over(workspace: Workspace, make_folder: MakeFolder):
    folder = make_folder("finished")
    parent = folder.parent
    (parent / new_id()).symlink_to("/etc")
    (parent / new_id()).symlink_to(folder)
    (parent / new_id()).touch()
    (parent / f".{new_id()}.tmp").mkdir()
    (parent / "notes").mkdir()
    assert only(workspace).id == folder.name


def test_a_job_under_another_id_is_unreadable(workspace: Workspace, make_folder: MakeFolder):
    folder = make_folder("finished")
    os.rename(folder, folder.with_name(new_id()))
    assert "not the folder's name" in only(workspace).message


def test_an_empty_folder_is_unreadable_and_keeps_its_place_by_its_id(workspace: Workspace):
    (workspace.collection("runs") / new_id()).mkdir()
    (workspace.collection("runs") / ("z" * 26)).mkdir()
    far, near = jobs.list_jobs(workspace, "runs")
    assert abs((datetime.now(UTC) - near.created).total_seconds()) < 60
    assert far.state is near.state is State.unreadable


def test_the_lock_alone_tells_a_live_job_from_a_lost_one(workspace: Workspace, make_folder: MakeFolder):
    folder = make_folder()
    beat = Heartbeat(boot_id=records.boot_id(), monotonic=time.monotonic() - 1, seconds=41.0)
    write_json(folder / paths.HEARTBEAT, beat.plain())
    assert only(workspace).state is State.lost
    assert only(workspace).seconds == 41.0
    lock = locks.take(folder / paths.LOCK)
    assert lock is not None
    assert only(workspace).state is State.starting
    os.close(lock)
    assert only(workspace).state is State.lost


def test_ages_come_from_the_monotonic_clock_of_this_boot(workspace: Workspace, make_folder: MakeFolder):
    folder = make_folder()
    lock = locks.take(folder / paths.LOCK)
    assert lock is not None
    beat = Heartbeat(boot_id=records.boot_id(), monotonic=time.monotonic() - 2, seconds=41.0)
    write_json(folder / paths.HEARTBEAT, beat.plain())
    assert only(workspace).heartbeat_age == pytest.approx(2, abs=1)
    write_json(folder / paths.HEARTBEAT, beat.model_copy(update={"boot_id": "another"}).plain())
    assert only(workspace).heartbeat_age is None
    os.close(lock)


def test_a_changed_summary_or_a_resumed_job_is_seen_although_ended_jobs_are_remembered(
    workspace: Workspace, make_folder: MakeFolder
):
    folder = make_folder("stopped")
    assert only(workspace) is only(workspace), "remembered"
    write_json(folder / paths.SUMMARY, {"images": 1})
    assert only(workspace).summary == {"images": 1}
    (folder / paths.EXIT).unlink()
    assert only(workspace).state is State.lost


def test_jobs_that_ended_are_read_once_however_often_they_are_listed(
    workspace: Workspace, make_folder: MakeFolder, monkeypatch: pytest.MonkeyPatch
):
    for _ in range(200):
        make_folder("finished")
    assert len(jobs.list_jobs(workspace, "datasets")) == 200
    monkeypatch.setattr(job_module, "_read_open", lambda folder, _: pytest.fail(f"{folder} was read again"))
    assert len(jobs.list_jobs(workspace, "datasets")) == 200


@pytest.mark.parametrize("name", [paths.JOB, paths.CONFIG, paths.EXIT, paths.SUMMARY, paths.NOTES])
def test_no_flipped_bit_is_shown_as_if_it_were_whole(workspace: Workspace, make_folder: MakeFolder, name: str):
    folder = make_folder("finished", name="mine")
    write_json(folder / paths.SUMMARY, {"images": 7, "bytes": 9})
    jobs.annotate(workspace, "datasets", folder.name, name="ours", text="good")
    before, whole = job_module.read_job(folder), (folder / name).read_bytes()
    for place in range(0, len(whole), 1 + len(whole) // 60):
        (folder / name).write_bytes(flipped(whole, place))
        after = job_module.read_job(folder)
        assert after == before or name in after.message, f"byte {place} of {name}"
        assert jobs.list_jobs(workspace, "datasets")


def test_damaged_figures_leave_the_rest_and_are_told(workspace: Workspace, make_folder: MakeFolder):
    folder = make_folder("finished", name="mine")
    write_json(folder / paths.SUMMARY, {"images": 7})
    (folder / paths.SUMMARY).write_bytes(flipped((folder / paths.SUMMARY).read_bytes(), 14))
    job = only(workspace)
    assert (job.state, job.name, job.summary) == (State.finished, "mine", {})
    assert "Its figures cannot be shown: summary.json" in job.message


def test_notes_edited_by_hand_are_read(workspace: Workspace, make_folder: MakeFolder):
    folder = make_folder("finished", name="mine")
    jobs.annotate(workspace, "datasets", folder.name, text="short")
    notes = folder / paths.NOTES
    notes.write_text(notes.read_text().replace("short", "a longer note"))
    assert only(workspace).notes.text == "a longer note"
    jobs.annotate(workspace, "datasets", folder.name, starred=True)
    assert (only(workspace).notes.text, only(workspace).notes.starred) == ("a longer note", True)
