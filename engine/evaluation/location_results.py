"""The newest score of each locator on each test set, from the runs' own tests and from evaluations.

Scores compare where the photos and what is to be found are the same, and where each locator saw photos at its own size
or all at one; so these make a test set together. Each score says its size. No score is computed here.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from engine.config.locating import EvaluateLocatorConfig
from engine.errors import ConfigError
from engine.jobs import Job, State, list_jobs, paths
from engine.jobs.summaries import LocationSummary, location_score, run_summary
from engine.workspace import STARTER, STARTER_LOCATOR, Workspace, is_starter


@dataclass(frozen=True, order=True)
class SceneTestSet:
    """Photos that locators are scored on: a dataset (by id), its split ("": as tests take it), a level and a side.

    The side is the longer one that was asked for, px; 0: each locator's own.
    """

    dataset: str
    split: str = ""
    level: str = "word"
    side: int = 0


@dataclass(frozen=True)
class LocationResult:
    """One locator's score on one test set, and the folder of its tables (see `locate.load_located`)."""

    run: str
    test: SceneTestSet
    score: LocationSummary
    folder: Path


LocationResults = Mapping[str, Mapping[SceneTestSet, LocationResult]]
"""By run, by test set."""


def location_results(workspace: Workspace, runs: Iterable[Job]) -> LocationResults:
    """Return the newest result of each run on each test set; an evaluation is newer than the run's own test."""
    found: dict[str, dict[SceneTestSet, LocationResult]] = {
        run.id: {} if is_starter(run.id) else {result.test: result for result in _own(run)} for run in runs
    }
    for job in reversed(list_jobs(workspace, "evaluations")):
        result = _of_evaluation(job)
        if result is None or result.run not in found:
            continue
        known = found[result.run].get(result.test)
        if known is None or (result.score.step or 0) >= (known.score.step or 0):
            found[result.run][result.test] = result
    return found


def scene_test_names(
    tests: Iterable[SceneTestSet], datasets: Sequence[Job], runs: Iterable[Job]
) -> dict[SceneTestSet, str]:
    """Return a name for each test set: the dataset's, even if it was deleted, and what is particular to it."""
    names = {score.dataset: score.dataset_name for run in runs for score in run_summary(run).located_tests}
    names |= {job.id: job.name for job in datasets}
    return {test: _name(test, names.get(test.dataset)) for test in tests}


def _name(test: SceneTestSet, dataset: str | None) -> str:
    lines, side = test.level == "line", f"{test.side:,} px"
    parts = [dataset or f"dataset {test.dataset[-6:]}", test.split, "lines" if lines else "", side if test.side else ""]
    return ", ".join(part for part in parts if part)


def _own(run: Job) -> Iterator[LocationResult]:
    summary = run_summary(run)
    for score in summary.located_tests:
        folder = run.folder / paths.TESTS / score.dataset
        stepped = score.model_copy(update={"step": summary.bundle_step})
        yield LocationResult(run.id, SceneTestSet(score.dataset), stepped, folder)


def _of_evaluation(job: Job) -> LocationResult | None:
    if job.kind != "evaluate-locator" or job.state is not State.finished:
        return None
    score = location_score(job)
    try:
        config = EvaluateLocatorConfig.parse(job.config)
    except ConfigError:  # written by another version
        return None
    if score is None:
        return None
    split = (config.split or "").removesuffix("test")
    test = SceneTestSet(config.dataset, split, config.level, config.side or 0)
    run = STARTER_LOCATOR if config.run == STARTER else config.run
    return LocationResult(run, test, score, job.folder)
