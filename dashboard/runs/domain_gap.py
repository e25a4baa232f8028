"""How far apart a run reads images of its own kind and real ones, in words: the gap that training alone never shows.

Pure: jobs and figures in, sentences and marks out. Names of datasets are foreign text and come back escaped.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from dashboard.common.markdown import literal
from dashboard.runs.charts import Mark
from engine.evaluation.diagnosis import Frames
from engine.formatting import count, percent
from engine.jobs import Job
from engine.jobs.summaries import ScoreSummary, run_summary, score_of

_CLOSE = 0.02  # word accuracy; closer ones are not called a gap


@dataclass(frozen=True)
class DomainScore:
    """A score with the name of what was read, and whether that is real images; None: nobody knows any more."""

    name: str
    real: bool | None
    score: ScoreSummary


def is_real(dataset: str, datasets: Mapping[str, Job]) -> bool | None:
    """Say whether a dataset was imported rather than drawn; edited versions are what their parent is."""
    job, seen = datasets.get(dataset), set[str]()
    while job is not None and job.kind == "edit" and job.id not in seen:
        seen.add(job.id)
        job = datasets.get(str(job.config.get("dataset")))
    return None if job is None or job.kind == "edit" else job.kind == "import"


def scores(run: Job, datasets: Mapping[str, Job], frames: Frames) -> list[DomainScore]:
    """Return a run's scores: on its test sets once it is done, before that on its validation images.

    With them those on the datasets that it watches, at the same step: that of the best validation.
    """
    figures = run_summary(run)
    if figures.tests:
        told = {
            one.dataset: DomainScore(one.dataset_name or one.dataset, is_real(one.dataset, datasets), one)
            for one in figures.tests
        }  # fmt: skip
    elif figures.best is not None:
        judge = str(run.config.get("validate_on") or run.config.get("dataset"))
        name = datasets[judge].name if judge in datasets else judge
        told = {judge: DomainScore(f"validation of {name}", is_real(judge, datasets), figures.best)}
    else:
        return []
    step = figures.best and figures.best.step
    for id, rows in watched(frames).items():
        here = rows[rows["step"] == step].to_dict("records")
        score = score_of(here[-1]) if here else None
        if score is not None:
            told.setdefault(id, DomainScore(name_of(rows), is_real(id, datasets), score))
    return list(told.values())


def watched(frames: Frames) -> dict[str, pd.DataFrame]:
    """Return how a run read each dataset that it watches, a row a validation, by the dataset's id."""
    frame = frames.get("watched")
    if frame is None or "dataset" not in frame:
        return {}
    return {str(id): rows for id, rows in frame.groupby("dataset", sort=False)}


def name_of(rows: pd.DataFrame) -> str:
    """Return the name of a watched dataset as it was called last; its id where it had none."""
    name = rows["dataset_name"].iloc[-1] if "dataset_name" in rows else None
    return name if isinstance(name, str) else str(rows["dataset"].iloc[-1])


def gap_words(told: list[DomainScore], live: bool = False) -> str:
    """Return Markdown such as `synthetic **97.0 %** (words), real **61.2 %** (crops): 35.8 points apart`."""
    if not told:
        return "The first validation tells how well it reads." if live else "It ended before its first validation."
    ordered = sorted(told, key=lambda one: bool(one.real))
    words = ", ".join(_words(one) for one in ordered)
    drawn = [one.score.word_accuracy for one in told if one.real is False]
    real = [one.score.word_accuracy for one in told if one.real]
    if drawn and real:
        distance = max(drawn) - min(real)
        close = abs(distance) < _CLOSE
        return f"Reads {words}: {'no gap' if close else f'{100 * abs(distance):.1f} points apart'}"
    return f"Reads {words}"


def marks(run: Job, column: str, datasets: Mapping[str, Job], frames: Mapping[str, Frames]) -> list[Mark]:
    """Return a run's test scores for a chart of `column` (word_accuracy or cer), at its last step."""
    train = frames[run.id].get("train")
    step = 0.0 if train is None or train.empty else float(train["step"].iloc[-1])
    found = []
    for one in run_summary(run).tests:
        value = getattr(one, column, None)
        if value is not None:
            real = bool(is_real(one.dataset, datasets))
            found.append(Mark(step, run.seconds, value, one.dataset_name or one.dataset, real))
    return found


def _words(one: DomainScore) -> str:
    kind = {True: "real", False: "synthetic", None: "images"}[one.real]
    images = f", {count(one.score.images, 'images')}" if one.score.images else ""
    return f"{kind} **{percent(one.score.word_accuracy)}** ({literal(one.name)}{images})"
