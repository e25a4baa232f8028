"""The commands over what is there: list, show, follow, stop, resume and trash jobs, and those over the trash.

A job is named on the command line by its id, the end of its id, its name, or "latest", which in the trash is the last
that was deleted. Printing only; every rule is that of engine.jobs.
"""

import sys
import textwrap
from collections.abc import Callable, Mapping
from typing import Any

import yaml

from engine import jobs
from engine.cli.command import command
from engine.cli.follow import describe, follow
from engine.cli.waiting import waiting_lines
from engine.commands import engine_command
from engine.errors import ConfigError, JobError
from engine.jobs import KINDS, Job, kind_of, paths
from engine.jobs.events import DAMAGED, damage
from engine.jobs.summaries import finds_text
from engine.workspace import STARTER, Collection, Workspace

ACTIONS = {
    "list": "what is there, newest first",
    "show": "one of them: state, figures, settings, the end of its log",
    "follow": "watch one until it ends",
    "stop": "ask one to save and stop",
    "resume": "go on with one that ended early, and follow it",
    "trash": "delete one; it can be restored for a day",
    "deleted": "what is in the trash, the last deleted first",
    "restore": "put back one that was deleted",
    "erase": "delete one for good that is in the trash, to free its disk",
}

LATEST = "latest"
"""The newest job, in place of its id; of the trash the one that was deleted last."""

_NAMED = ("trash", "erase")  # these take no job that was not named

FONT_ACTIONS = {
    "list": "the packs of this machine: name, faces that a whole pack takes, licence",
    "check": "look at faces that were not checked yet: their glyphs, and whether the starter can read them",
    "left-out": "the faces that whole packs leave out, and why",
}

_HANDLERS: dict[str, Callable[[Workspace, Collection, str], None]] = {
    "stop": jobs.stop,
    "resume": jobs.resume,
    "trash": jobs.trash,
    "restore": jobs.restore,
    "erase": jobs.erase,
}


def listed(actions: Mapping[str, str]) -> str:
    """Return actions and what they do, a line each."""
    return "\n".join(f"  {name:<8} {text}" for name, text in actions.items())


def find(workspace: Workspace, collection: Collection, text: str) -> Job:
    """Return the job that a text names. Raises JobError when none or several fit."""
    there = jobs.list_jobs(workspace, collection)
    if (job := _fitting(there, collection, text)) is not None:
        return job
    if not there:
        raise JobError(_none_there(collection))
    noun = kind_of(collection).noun
    raise JobError(f"There is no {noun} {text!r}. `{engine_command(f'{collection} list')}` shows them all.")


def _find_deleted(workspace: Workspace, collection: Collection, text: str) -> Job:
    """Return the job of the trash that a text names. Raises JobError when none or several fit."""
    there = jobs.trashed(workspace, collection)
    if (job := _fitting(there, collection, text)) is not None:
        return job
    if not there:
        raise JobError(_none_there(collection, deleted=True))
    noun = kind_of(collection).noun
    raise JobError(
        f"There is no {noun} {text!r} in the trash. `{engine_command(f'{collection} deleted')}` shows what is there."
    )


def _none_there(collection: Collection, *, deleted: bool = False) -> str:
    """Return that there is no job of a collection, or none in the trash, and what to do."""
    kind = kind_of(collection)
    if deleted:
        return f"There is no {kind.noun} in the trash, where what was deleted is kept for a day."
    return f"There is no {kind.noun} yet. Make one with `{engine_command(kind.name)}`."


def _fitting(there: list[Job], collection: Collection, text: str) -> Job | None:
    """Return the one of some jobs that a text names; None where none does. Raises JobError when several fit."""
    if text == LATEST and there:
        return there[0]
    exact = [job for job in there if job.id == text]
    fits = exact or [job for job in there if job.name == text or (len(text) >= 4 and job.id.endswith(text))]
    if len(fits) > 1:
        ids = ", ".join(job.id for job in fits[:5])
        raise JobError(f"{text!r} fits {len(fits)} {collection}: {ids}. Give the id of one.")
    return fits[0] if fits else None


def run_id(workspace: Workspace, text: str, *, locator: bool) -> str:
    """Return the id of the run that a text names, or the starter's; the latest is that of a locator, or of a reader.

    Raises:
        JobError: none or several fit.
    """
    if text == STARTER:
        return text
    there = jobs.list_jobs(workspace, "runs") if text == LATEST else []
    if not there:
        return find(workspace, "runs", text).id
    latest = next((job for job in there if finds_text(job) == locator), None)
    if latest is None:
        what, command = ("locator", "train-locator") if locator else ("reader", "train")
        raise JobError(f"There is no run of a {what} yet. Make one with `{engine_command(command)}`.")
    return latest.id


def manage(workspace: Workspace, collection: Collection, action: str, text: str | None) -> int:
    """Do one of ACTIONS, to the latest job where none is named, and return the exit code. Raises JobError."""
    if action in ("list", "deleted"):
        deleted = action == "deleted"
        there = jobs.trashed(workspace, collection) if deleted else jobs.list_jobs(workspace, collection)
        _print_list(there)
        if not there:  # beside the list, which programs read
            sys.stderr.write(f"{_none_there(collection, deleted=deleted)}\n")
        return 0
    if text is None and action in _NAMED:
        shows = "deleted" if action == "erase" else "list"
        raise JobError(
            f"{action} takes the job that is named: its id, the end of it, its name, or latest. "
            f"`{engine_command(f'{collection} {shows}')}` shows them."
        )
    look = _find_deleted if action in ("restore", "erase") else find
    job = look(workspace, collection, LATEST if text is None else text)
    if action == "show":
        _print_job(workspace, job)
        return 0
    if action in _HANDLERS:
        _HANDLERS[action](workspace, collection, job.id)
    return follow(workspace, collection, job.id) if action in ("follow", "resume") else 0


def _print_list(there: list[Job]) -> None:
    for job in there:
        created = job.created.astimezone().strftime("%Y-%m-%d %H:%M")
        sys.stdout.write(f"{job.id}  {created}  {job.name[:30]:<30}  {describe(job)}\n")


def _print_job(workspace: Workspace, job: Job) -> None:
    rows: list[tuple[str, Any]] = [
        ("id", job.id),
        ("name", job.name),
        ("state", describe(job)),
        ("message", job.message),
        ("damaged", _damage(job)),
        ("created", job.created.astimezone().isoformat(" ", "seconds")),
        ("device", job.device or "any"),
        ("node", job.node),
        ("folder", job.folder),
    ]
    sys.stdout.writelines(f"{key:<10} {value}\n" for key, value in rows if value != "")
    sections = {
        "what it waits for": "\n".join(waiting_lines(workspace, job)),
        "figures": yaml.safe_dump(job.summary, sort_keys=False, allow_unicode=True) if job.summary else "",
        "settings": yaml.safe_dump(job.config, sort_keys=False, allow_unicode=True) if job.config else "",
        "the same again": _relaunch_command(job),
        "log": jobs.tail_log(job.folder, 2_000).strip(),
    }
    for title, text in sections.items():
        sys.stdout.write(f"\n{title}:\n{textwrap.indent(text, '  ').rstrip()}\n" if text else "")


def _damage(job: Job) -> str:
    """Return what of a job's events is lost; empty where nothing is."""
    lost = sum(event.get("kind") == DAMAGED for event in jobs.read_events(job.folder / paths.EVENTS)[0])
    return damage(lost) if lost else ""


def _relaunch_command(job: Job) -> str:
    """Return the command that launches the same job again; empty for a config that is no longer valid."""
    try:
        return command(job.kind, KINDS[job.kind].config.parse(job.config), job.name)
    except (KeyError, ConfigError):
        return ""
