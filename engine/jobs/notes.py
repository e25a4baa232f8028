"""Names, tags, notes, stars and the archive mark that users give to jobs.

They lie in a file of their own beside those of the engine, which no work reads, writes or waits for. Each change is
made under a lock on the newest content, so that two tabs lose nothing of each other. The launched job (job.json,
config.json) never changes. This module draws nothing.
"""

import os
from collections.abc import Callable, Iterable
from typing import Any

from engine.errors import JobError
from engine.files import sync_folder, write_json
from engine.jobs import locks, paths, records
from engine.jobs.job import Job, load_job
from engine.jobs.records import Notes
from engine.labels import label
from engine.workspace import Collection, Workspace

MOST_TAGS = 20
LONGEST_TAG = 30  # characters
LONGEST_NOTE = 4000  # characters


def annotate(workspace: Workspace, collection: Collection, id: str, **changes: Any) -> None:
    """Change fields of a job's notes; those that are not named stay.

    Args:
        workspace: where the job is.
        collection: of what kind it is.
        id: of the job.
        changes: name (a label; empty: the one it was launched with), text, starred, archived.

    Raises:
        JobError: there is no such job, or its notes are damaged.
        SpaceError: the disk is full; the former notes stay.
    """
    if "name" in changes:
        changes["name"] = label(str(changes["name"]))
    if "text" in changes:
        changes["text"] = str(changes["text"])[:LONGEST_NOTE]
    _change(load_job(workspace, collection, id), lambda notes: notes.model_copy(update=changes))


def tag(
    workspace: Workspace, collection: Collection, id: str, add: Iterable[str] = (), remove: Iterable[str] = ()
) -> None:
    """Add tags to a job and take others away; the rest stay. Raises as `annotate` does, and over 20 tags."""
    added = [short for text in add if (short := label(text)[:LONGEST_TAG].strip())]
    removed = set(remove)

    def changed(notes: Notes) -> Notes:
        tags = tuple(dict.fromkeys([*(old for old in notes.tags if old not in removed), *added]))
        if len(tags) > MOST_TAGS:
            raise JobError(f"That makes {len(tags)} tags; a job has {MOST_TAGS} at most. Take one away first.")
        return notes.model_copy(update={"tags": tags})

    _change(load_job(workspace, collection, id), changed)


def _change(job: Job, changed: Callable[[Notes], Notes]) -> None:
    """Replace a job's notes by what `changed` makes of the newest ones."""
    try:
        with locks.held(job.folder / paths.NOTES_LOCK):
            _replace(job, changed)
    except FileNotFoundError:
        raise JobError(f"{job.name!r} was deleted meanwhile. Undo that, or pick another from the list.") from None


def _replace(job: Job, changed: Callable[[Notes], Notes]) -> None:
    before = _newest(job)
    after = changed(before)
    if after == before:
        return
    staged = job.folder.with_name(f".{job.id}.{paths.NOTES}")  # outside: a job that starts sweeps its own folder
    write_json(staged, after.plain())
    try:
        os.replace(staged, job.folder / paths.NOTES)
    finally:
        staged.unlink(missing_ok=True)
    sync_folder(job.folder)


def _newest(job: Job) -> Notes:
    try:
        return records.read_record(job.folder / paths.NOTES, Notes)
    except FileNotFoundError:
        return Notes()
    except (OSError, ValueError) as error:
        raise JobError(
            f"The notes of {job.name!r} cannot be read ({error}). Repair or remove {paths.NOTES} in its folder."
        ) from None
