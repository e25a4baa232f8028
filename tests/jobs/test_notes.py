import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from engine import jobs
from engine.errors import JobError
from engine.jobs import paths
from engine.jobs.runner import sweep
from engine.workspace import Workspace
from tests.helpers.labs import MakeFolder


def test_what_people_say_stands_beside_what_the_engine_wrote(workspace: Workspace, make_folder: MakeFolder):
    folder = make_folder("finished", name="first")
    written = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert jobs.list_jobs(workspace, "datasets")[0].notes == jobs.Notes()
    jobs.annotate(workspace, "datasets", folder.name, name="  the\nbest ", starred=True)
    jobs.annotate(workspace, "datasets", folder.name, text="Blur helps.", archived=True)
    jobs.tag(workspace, "datasets", folder.name, add=["paper", "a\tb", "paper", " "])
    [job] = jobs.list_jobs(workspace, "datasets")
    assert (job.name, job.notes.starred, job.notes.archived, job.notes.text) == ("the best", True, True, "Blur helps.")
    assert job.notes.tags == ("paper", "a b")
    assert written.items() <= {path.name: path.read_bytes() for path in folder.iterdir()}.items()
    jobs.tag(workspace, "datasets", folder.name, remove=["paper"])
    jobs.annotate(workspace, "datasets", folder.name, name="")
    [job] = jobs.list_jobs(workspace, "datasets")
    assert (job.name, job.notes.tags) == ("first", ("a b",))


def test_changes_made_at_once_lose_nothing_of_each_other(workspace: Workspace, make_folder: MakeFolder):
    folder = make_folder("finished")
    tags = [f"tag {number}" for number in range(16)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda tag: jobs.tag(workspace, "datasets", folder.name, add=[tag]), tags))
    assert set(jobs.load_job(workspace, "datasets", folder.name).notes.tags) == set(tags)


def test_a_job_that_starts_and_sweeps_takes_no_note_along(workspace: Workspace, make_folder: MakeFolder):
    folder = make_folder("stopped")
    with ThreadPoolExecutor(2) as pool:
        sweeping = pool.submit(lambda: [sweep(folder) for _ in range(300)])
        for number in range(30):
            jobs.annotate(workspace, "datasets", folder.name, text=str(number))
            assert jobs.load_job(workspace, "datasets", folder.name).notes.text == str(number)
        sweeping.result()


def test_too_many_tags_and_damaged_notes_are_refused_and_kept(workspace: Workspace, make_folder: MakeFolder):
    folder = make_folder("finished")
    with pytest.raises(JobError, match="20 at most"):
        jobs.tag(workspace, "datasets", folder.name, add=map(str, range(21)))
    (folder / paths.NOTES).write_text('{"tags": 3}')
    assert jobs.load_job(workspace, "datasets", folder.name).notes == jobs.Notes()
    with pytest.raises(JobError, match=r"Repair or remove notes\.json"):
        jobs.annotate(workspace, "datasets", folder.name, starred=True)
    assert (folder / paths.NOTES).read_text() == '{"tags": 3}'


def test_notes_are_written_through_no_link(workspace: Workspace, make_folder: MakeFolder, tmp_path: Path):
    folder, treasure = make_folder("finished"), tmp_path / "gold.json"
    treasure.write_text("{}")
    (folder / paths.NOTES).symlink_to(treasure)
    with pytest.raises(JobError, match="cannot be read"):
        jobs.annotate(workspace, "datasets", folder.name, starred=True)
    assert treasure.read_text() == "{}"


def test_what_is_deleted_comes_back_whole(workspace: Workspace, make_folder: MakeFolder):
    folder = make_folder("finished", name="letters")
    jobs.annotate(workspace, "datasets", folder.name, starred=True)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    jobs.trash(workspace, "datasets", folder.name)
    assert jobs.list_jobs(workspace, "datasets") == []
    assert [job.name for job in jobs.trashed(workspace, "datasets")] == ["letters"]
    assert jobs.trashed(workspace, "runs") == []
    with pytest.raises(JobError, match="There is no dataset"):
        jobs.annotate(workspace, "datasets", folder.name, starred=False)
    jobs.restore(workspace, "datasets", folder.name)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    assert jobs.trashed(workspace, "datasets") == []
    with pytest.raises(JobError, match="not in the trash"):
        jobs.restore(workspace, "datasets", folder.name)


def test_the_trash_keeps_a_job_for_a_day(workspace: Workspace, make_folder: MakeFolder):
    old, newer, newest = (make_folder("finished").name for _ in range(3))
    for id, hours in ((old, 25), (newer, 23)):
        jobs.trash(workspace, "datasets", id)
        then = time.time() - 3600 * hours
        os.utime(workspace.trash / "datasets" / id, (then, then))
    jobs.trash(workspace, "datasets", newest)
    assert [job.id for job in jobs.trashed(workspace, "datasets")] == [newest, newer]
    for id in (newest, newer, newest):
        jobs.erase(workspace, "datasets", id)
    assert jobs.trashed(workspace, "datasets") == []


def test_a_job_is_not_put_over_one_that_is_there(workspace: Workspace, make_folder: MakeFolder):
    folder = make_folder("finished")
    jobs.trash(workspace, "datasets", folder.name)
    folder.mkdir()
    with pytest.raises(JobError, match="already"):
        jobs.restore(workspace, "datasets", folder.name)
