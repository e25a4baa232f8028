"""Lines that say what a waiting adaptation asks of people, and where they answer it. Printing only."""

from engine.adaptation.requests import LabelRequest, label_requests
from engine.commands import engine_command
from engine.errors import JobError
from engine.formatting import count
from engine.jobs import Job
from engine.workspace import Workspace


def waiting_lines(workspace: Workspace, job: Job) -> list[str]:
    """Return what a live adaptation waits for, and where it is answered; nothing where it does not wait."""
    if job.collection != "adaptations" or not job.state.live:
        return []
    try:
        asked = label_requests(workspace, job)
    except JobError as error:
        return [str(error)]
    if not asked:
        return []
    return [
        "It asks you to confirm or correct what was read: on the page Read, under Label, or here by a table:",
        *(f"  {_what(one)}: {engine_command(f'export-labels {one.transcript}')}" for one in asked),
    ]


def _what(asked: LabelRequest) -> str:
    wanted = count(asked.wanted, "images")
    return f"{wanted} that judge in the end" if asked.judges else f"{wanted} of which it is least sure"
