"""The stages of an adaptation, and the jobs that were launched for them."""

from pathlib import Path
from typing import Literal, NamedTuple, get_args

from engine.files import read_json, write_json
from engine.jobs import Job, load_job, paths
from engine.workspace import Collection, Workspace

StageName = Literal[
    "judge",
    "read",
    "fit",
    "draw",
    "learn",
    "reread",
    "sure",
    "teach",
    "ask",
    "truths",
    "tune",
    "test",
    "before",
    "after",
]
STAGES: tuple[StageName, ...] = get_args(StageName)
"""In their order."""

TITLES: dict[StageName, str] = {
    "judge": "Set images aside, which judge at the end",
    "read": "Read the others as a first guess",
    "fit": "Fit the recipe to them",
    "draw": "Draw images by the fitted recipe",
    "learn": "Learn from the drawn images",
    "reread": "Read again",
    "sure": "Keep the readings it is sure of",
    "teach": "Learn from these too",
    "ask": "Read once more, and ask you",
    "truths": "Keep what you confirmed",
    "tune": "Learn from it",
    "test": "Make the test set of those set aside",
    "before": "Read the test set as before",
    "after": "Read it with the adapted reader",
}


class StageJob(NamedTuple):
    """The job of a stage."""

    collection: Collection
    id: str


def stage_jobs(folder: Path) -> dict[StageName, StageJob]:
    """Return the jobs that an adaptation has launched so far, given its folder."""
    try:
        stored = read_json(folder / paths.STAGES)
    except (OSError, ValueError):
        return {}
    return {name: StageJob(*stored[name]) for name in STAGES if name in stored}


def keep_stage(folder: Path, name: StageName, job: StageJob) -> None:
    """Remember the job of a stage. Raises SpaceError."""
    write_json(folder / paths.STAGES, {**stage_jobs(folder), name: job})


def job_of_stage(workspace: Workspace, folder: Path, name: StageName) -> Job | None:
    """Return the job of a stage as it is now; None where it was not launched. Raises JobError where it is gone."""
    known = stage_jobs(folder).get(name)
    return None if known is None else load_job(workspace, known.collection, known.id)
