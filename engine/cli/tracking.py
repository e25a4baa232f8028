"""The commands `export-runs` and `send-runs`: runs as a table, and to a tracker. Their flags: `arguments`."""

import sys
from collections.abc import Collection, Sequence
from pathlib import Path

from engine.cli.follow import counting_line
from engine.cli.manage import find
from engine.cli.output import write_output
from engine.errors import ConfigError
from engine.formatting import count, size
from engine.jobs import Job, list_jobs
from engine.tracking import RunFile
from engine.tracking.send import send_runs
from engine.tracking.table import FORMS, runs_table
from engine.workspace import Workspace


def export_runs(workspace: Workspace, names: Sequence[str], output: Path) -> int:
    """Write a table of the named runs, or of all, and print what it holds.

    Raises:
        ConfigError: the file is to be of another kind, or cannot be written.
        JobError: there is no such run, or none yet.
        SpaceError: the disk is full.
    """
    write = FORMS.get(output.suffix.removeprefix(".").casefold())
    if write is None:
        kinds = " or ".join(f".{form}" for form in FORMS)
        raise ConfigError(f"--output: {str(output)[:200]!r} was given. Its name ends in {kinds}. Correct it.")
    table = runs_table(chosen_runs(workspace, names))
    content = write(table)
    write_output(output, content)
    columns = count(table.num_columns, "columns")
    sys.stdout.write(f"{output}  {size(len(content))}  {count(table.num_rows, 'runs')}, {columns}\n")
    return 0


def send(workspace: Workspace, names: Sequence[str], to: str, experiment: str, files: Collection[RunFile]) -> int:
    """Send the named runs, or all, to an MLflow server, and print what was new there.

    Raises:
        JobError: there is no such run, or none yet.
        TrackerError: the server cannot be reached, or refuses.
    """
    runs = chosen_runs(workspace, names)
    sent = send_runs(workspace, runs, to, experiment, files, counting_line("sending"))
    sys.stdout.write(f"{sent.words}\n")
    return 0


def chosen_runs(workspace: Workspace, names: Sequence[str]) -> list[Job]:
    """Return the named runs, each once, or all, newest first. Raises JobError where there is none."""
    if names:
        return list({run.id: run for run in (find(workspace, "runs", name) for name in names)}.values())
    return list_jobs(workspace, "runs") or [find(workspace, "runs", "latest")]
