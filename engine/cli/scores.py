"""The score of a job that has ended, what a trial found, or the files written for people, in lines for a terminal.

It computes nothing: the figures are those of the job's summary, with all that they hold under.
"""

from collections.abc import Iterable

from engine.adaptation.summary import adaptation_summary, outcome_words, recipe_words, sure_words
from engine.commands import engine_command
from engine.config.run import RunConfig
from engine.config.variations import run_name
from engine.documents.searchable import read_pdfs
from engine.errors import JobError
from engine.formatting import count, decimal, interval, percent
from engine.jobs import KINDS, Job, State, load_job, paths
from engine.jobs.summaries import (
    EndToEndSummary,
    FitSummary,
    LocationSummary,
    ScoreSummary,
    SweepSummary,
    end_to_end_score,
    evaluation_score,
    fit_summary,
    location_score,
    run_summary,
    sweep_summary,
    trial_summary,
)
from engine.jobs.trial_words import trial_lines
from engine.synth.photo_fit.wording import verdict
from engine.workspace import Workspace

_UNSAVED = "nothing was saved; --keep always saves a recipe whatever the crops say"


def score_lines(workspace: Workspace, job: Job) -> list[str]:
    """Return the scores of a finished job, a line for the figures and one for what they hold under, or its files."""
    if job.state is not State.finished:
        return []
    if job.collection in ("documents", "exports"):
        exported = (job.folder / name for name in (paths.EXPORT_FILES, paths.EXPORT_ARCHIVE))
        return [f"Written: {path}" for path in (*read_pdfs(job.folder), *exported) if path.exists()]
    if job.collection == "evaluations":
        read, found, both = evaluation_score(job), location_score(job), end_to_end_score(job)
        return [
            *(_reader_lines(read, _test_set(workspace, job)) if read else ()),
            *(_locator_lines(found) if found else ()),
            *(_end_to_end_lines(both) if both else ()),
        ]
    if job.collection == "fits":
        return _fit_lines(fit_summary(job))
    if job.collection == "adaptations":
        return _adaptation_lines(job)
    if job.collection == "sweeps":
        return _sweep_lines(sweep_summary(job))
    if job.collection == "trials":
        return _trial_lines(job)
    if job.collection != "runs":
        return []
    summary = run_summary(job)
    read = [line for test in summary.tests for line in _reader_lines(test, test.dataset_name or test.dataset)]
    return read + [line for test in summary.located_tests for line in _locator_lines(test)]


def _fit_lines(fit: FitSummary) -> list[str]:
    said = verdict(fit)
    if not said:
        return []
    lines = [said, *(f"  {change}" for change in fit.changes)]
    saved = f"the recipe is saved: {engine_command(f'generate --recipe {fit.recipe}')}" if fit.recipe else _UNSAVED
    return [*lines, saved]


def _adaptation_lines(job: Job) -> list[str]:
    told, gained = adaptation_summary(job), outcome_words(job)
    if not gained:
        return []
    steps = {"images drawn": recipe_words(told), "readings it was sure of": sure_words(told)}
    lines = [gained, *(f"  {step}: {words}" for step, words in steps.items() if words)]
    return [*lines, f"read with it: {engine_command(f'read --run {told.run} FILE')}"] if told.run else lines


def _trial_lines(job: Job) -> list[str]:
    found, config = trial_summary(job), KINDS[job.kind].config.parse(job.config)
    return [line.text for line in trial_lines(found, config)] if found and isinstance(config, RunConfig) else []


def _sweep_lines(sweep: SweepSummary) -> list[str]:
    saved = f"which saved {count(sweep.steps_saved, 'steps')} beside {count(sweep.steps)} done"
    lines = [f"{count(sweep.runs, 'runs')}, {count(sweep.pruned)} stopped early, {saved}"]
    if sweep.best:
        value = decimal(sweep.best.value) if sweep.metric == "loss" else percent(sweep.best.value)
        seeds = sweep.best.seeds
        of = f", the mean of {count(seeds, 'seeds')}; the best of them" if seeds > 1 else ""
        lines.insert(0, f"best: {run_name('', tuple(sweep.best.combination.items()))}")
        what = f"{sweep.metric.replace('_', ' ')} {value} on its validation images"
        lines.insert(1, f"  {what}{of}: run {sweep.best.run}")
    return lines


def _test_set(workspace: Workspace, job: Job) -> str:
    """Return what a reader's evaluation read, by its name; of a dataset that was deleted, its id."""
    dataset, split = job.config.get("dataset"), job.config.get("split")
    if not isinstance(dataset, str):
        return f"folder {job.config.get('folder')}"
    try:
        name = load_job(workspace, "datasets", dataset).name
    except JobError:
        name = f"dataset {dataset}"
    return f"{name}, {split}" if split else name


def _reader_lines(score: ScoreSummary, of: str) -> Iterable[str]:
    yield f"word accuracy {_share(score.word_accuracy, score.interval)} · CER {percent(score.cer)}"
    if score.word_accuracy_alone is not None:
        alone = _share(score.word_accuracy_alone, score.interval_alone)
        yield f"  by the image alone, without likely texts: {alone} · CER {percent(score.cer_alone)}"
    yield f"  over {count(score.images, 'images')}, {of}{_step(score.step)}"


def _locator_lines(score: LocationSummary) -> Iterable[str]:
    figures = {"H-mean": "h_mean", "precision": "precision", "recall": "recall"}
    yield " · ".join(
        f"{word} {_share(getattr(score, name), score.intervals.get(name))}" for word, name in figures.items()
    )
    yield f"  over {score.protocol}{_step(score.step)}"
    if score.thresholds:
        yield f"  thresholds: {', '.join(f'{name} {value:g}' for name, value in score.thresholds.items())}"


def _end_to_end_lines(score: EndToEndSummary) -> Iterable[str]:
    figures = {"F of boxes and texts": "f", "H-mean of boxes": "h_mean", "read right in true outlines": "accuracy"}
    yield " · ".join(
        f"{word} {_share(getattr(score, name), score.intervals.get(name))}" for word, name in figures.items()
    )
    yield f"  over {score.protocol}; {count(score.texts, 'texts')}"
    yield f"  the locator's bundle of step {score.locator_step:,}, the reader's of step {score.step:,}"


def _share(share: float, bounds: tuple[float, float] | None) -> str:
    return f"{percent(share)}{f' ({interval(bounds)})' if bounds else ''}"


def _step(step: int | None) -> str:
    return "" if step is None else f"; the bundle of step {step:,}"
