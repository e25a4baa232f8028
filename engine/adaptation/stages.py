"""The stages of an adaptation, and the jobs that were launched for them."""

from collections.abc import Mapping
from pathlib import Path
from typing import Literal, NamedTuple, get_args

from engine.config.adapting import AdaptConfig
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
    "draw": "Draw images to learn from",
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

RESULTS: dict[StageName, str] = {
    "judge": "images set aside",
    "read": "first readings",
    "fit": "fitted recipe",
    "draw": "drawn images",
    "learn": "reader of drawn images",
    "reread": "second readings",
    "sure": "sure readings",
    "teach": "self-trained reader",
    "ask": "readings to confirm",
    "truths": "confirmed readings",
    "tune": "adapted reader",
    "test": "test images",
    "before": "test before",
    "after": "test after",
}
"""The result of each stage, as its job is named among all others."""

_MINUTES: Mapping[StageName, float] = {"judge": 1, "read": 1, "reread": 1, "before": 1}
"""About, of stages that take as long whatever is set; the others take seconds."""

_MINUTES_OF_A_TRIAL, _MINUTES_OF_AN_IMAGE = 6 / 200, 2 / 20_000
"""About, of the fit and of drawing, on two cores."""


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


def minutes_of_stages(config: AdaptConfig) -> dict[StageName, float]:
    """Return about how many minutes each stage takes; learning takes as long as it is set to."""
    set_by: dict[StageName, float] = {
        "fit": config.trials * _MINUTES_OF_A_TRIAL,
        "draw": config.images * _MINUTES_OF_AN_IMAGE,
        "learn": config.minutes,
        "teach": config.teach_minutes,
        "tune": config.tune_minutes,
    }
    return {name: {**_MINUTES, **set_by}.get(name, 0.0) for name in STAGES}


def minutes_left(workspace: Workspace, folder: Path, config: AdaptConfig) -> float:
    """Return about how many minutes of work an adaptation has left, given its folder. Raises JobError."""
    minutes, known = minutes_of_stages(config), stage_jobs(folder)
    newest = max((STAGES.index(name) for name in known), default=0)
    begun = known.get(STAGES[newest])
    job = load_job(workspace, begun.collection, begun.id) if begun else None
    worked = job.seconds / 60 if job else 0.0
    now = max(0.0, minutes[STAGES[newest]] - worked) if job is None or job.state.live else 0.0
    return now + sum(minutes[name] for name in STAGES[newest + 1 :])


def job_of_stage(workspace: Workspace, folder: Path, name: StageName) -> Job | None:
    """Return the job of a stage as it is now; None where it was not launched. Raises JobError where it is gone."""
    known = stage_jobs(folder).get(name)
    return None if known is None else load_job(workspace, known.collection, known.id)
