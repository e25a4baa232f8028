"""The newest score of each run on each test set, from the runs' own tests and from evaluations.

A test set is a dataset's split, which never changes, so every run that read it is scored alike. Nothing is drawn here
and no score is computed.
"""

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from engine.jobs import Job, State, list_jobs, paths
from engine.jobs.summaries import ScoreSummary, evaluation_score, run_summary
from engine.workspace import STARTER, STARTER_LOCATOR, Workspace, is_id, is_starter


@dataclass(frozen=True, order=True)
class TestSet:
    """Images that readers are scored on: a dataset (by id) or a folder (by path); a split other than the test split."""

    __test__ = False  # pytest collects classes of this name

    source: str
    split: str = ""


@dataclass(frozen=True)
class Result:
    """One run's score on one test set, and the file of its readings."""

    run: str
    test: TestSet
    score: ScoreSummary
    readings: Path


Results = Mapping[str, Mapping[TestSet, Result]]
"""By run, by test set."""

AnyTest = TypeVar("AnyTest")


def results_of(workspace: Workspace, runs: Iterable[Job]) -> Results:
    """Return the newest result of each run on each test set; an evaluation is newer than the run's own test."""
    found: dict[str, dict[TestSet, Result]] = {
        run.id: {} if is_starter(run.id) else {result.test: result for result in _own(run)} for run in runs
    }
    for job in reversed(list_jobs(workspace, "evaluations")):
        result = _of_evaluation(job)
        if result and result.run in found and _supersedes(result, found[result.run].get(result.test)):
            found[result.run][result.test] = result
    return found


def damaged_evaluations(workspace: Workspace, runs: Container[str]) -> list[Job]:
    """Return the evaluations of runs, of readers and of locators, whose files are damaged; their messages say what is.

    One that does not even say whose it is may be of any run, and is among them.
    """

    def may_be_theirs(run: object) -> bool:
        return not isinstance(run, str) or run in runs or (run == STARTER and STARTER_LOCATOR in runs)

    ended = (State.finished, State.unreadable)
    found = list_jobs(workspace, "evaluations")
    return [job for job in found if job.state in ended and job.message and may_be_theirs(job.config.get("run"))]


def shared_tests(results: Mapping[str, Mapping[AnyTest, Any]]) -> list[AnyTest]:
    """Return all test sets, of readers or of locators: those that most runs have taken first, then the larger ones."""
    sets = {test for by_test in results.values() for test in by_test}

    def rank(test: Any) -> tuple[int, int, Any]:
        there = [by_test[test] for by_test in results.values() if test in by_test]
        return -len(there), -max(result.score.images or 0 for result in there), test

    return sorted(sets, key=rank)


def names_of(tests: Iterable[TestSet], datasets: Sequence[Job], runs: Iterable[Job]) -> dict[TestSet, str]:
    """Return a name for each test set: the dataset's, even if it was deleted, or the folder's."""
    names = {score.dataset: score.dataset_name for run in runs for score in run_summary(run).tests}
    names |= {job.id: job.name for job in datasets}
    return {test: _name(test, names.get(test.source)) for test in tests}


def _name(test: TestSet, dataset: str | None) -> str:
    name = dataset or (f"dataset {test.source[-6:]}" if is_id(test.source) else Path(test.source).name)
    return f"{name}, {test.split}" if test.split else name


def _own(run: Job) -> Iterable[Result]:
    step = run_summary(run).bundle_step
    for score in run_summary(run).tests:
        if is_id(score.dataset):
            path = run.folder / paths.TESTS / f"{score.dataset}.parquet"
            yield Result(run.id, TestSet(score.dataset), score.model_copy(update={"step": step}), path)


def _of_evaluation(job: Job) -> Result | None:
    score, run = evaluation_score(job), job.config.get("run")
    source = job.config.get("dataset") or job.config.get("folder")
    if score is None or job.state is not State.finished or not isinstance(run, str) or not isinstance(source, str):
        return None
    split = str(job.config.get("split") or "test").removesuffix("test")
    return Result(run, TestSet(source, split), score, job.folder / paths.READINGS)


def _supersedes(result: Result, known: Result | None) -> bool:
    """Return whether a later reading replaces a known one: unless an older bundle of the run made it."""
    return known is None or (result.score.step or 0) >= (known.score.step or 0)
