"""The newest score of each locator on each test set, from the evaluations in a workspace. No score is computed here.

Scores compare where the photos, what is to be found and the size at which photos are seen are the same; so these make a
test set together.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from engine.config.locating import EvaluateLocatorConfig
from engine.errors import ConfigError
from engine.jobs import Job, State, list_jobs
from engine.jobs.summaries import LocationSummary, location_score
from engine.workspace import Workspace


@dataclass(frozen=True, order=True)
class SceneTestSet:
    """Photos that locators are scored on: a dataset (by id), its split ("": as tests take it), a level and a side.

    The side is the longer one that was used, px; 0 for a network with a size of its own.
    """

    dataset: str
    split: str
    level: str
    side: int


@dataclass(frozen=True)
class LocationResult:
    """One locator's score on one test set, and the folder of its tables (see `locate.load_located`)."""

    run: str
    test: SceneTestSet
    score: LocationSummary
    folder: Path


def location_results(workspace: Workspace) -> Mapping[str, Mapping[SceneTestSet, LocationResult]]:
    """Return the newest finished evaluation by run (or `starter`) and by test set; of equal steps the later one."""
    found: dict[str, dict[SceneTestSet, LocationResult]] = {}
    for job in reversed(list_jobs(workspace, "evaluations")):
        result = _result(job)
        if result is None:
            continue
        known = found.setdefault(result.run, {}).get(result.test)
        if known is None or (result.score.step or 0) >= (known.score.step or 0):
            found[result.run][result.test] = result
    return found


def _result(job: Job) -> LocationResult | None:
    if job.kind != "evaluate-locator" or job.state is not State.finished:
        return None
    score = location_score(job)
    try:
        config = EvaluateLocatorConfig.parse(job.config)
    except ConfigError:  # written by another version
        return None
    if score is None:
        return None
    test = SceneTestSet(config.dataset, config.split or "", config.level, score.side or 0)
    return LocationResult(config.run, test, score, job.folder)
