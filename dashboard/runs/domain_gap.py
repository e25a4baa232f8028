"""The gap between a run's scores on synthetic and on real images, in words and as marks for charts.

Draws nothing. Names of datasets are foreign text and come back escaped.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from dashboard.common.markdown import literal
from dashboard.common.runs import RunView
from dashboard.runs.charts import Mark
from engine.evaluation.diagnosis import Frames
from engine.formatting import count, percent, points
from engine.jobs import Job
from engine.jobs.summaries import LocationBest, LocationSummary, ScoreSummary, run_summary, score_of, validation_of

AnyScore = ScoreSummary | LocationSummary | LocationBest

NO_VALIDATION = "It ended before its first validation."
_CLOSE = 0.02  # of the score; closer ones are not called a gap


@dataclass(frozen=True)
class DomainScore:
    """A score with the name of its dataset, and whether that holds real images; None where this is unknown."""

    name: str
    real: bool | None
    score: AnyScore

    @property
    def value(self) -> float:
        """Word accuracy of a reader, H-mean of a locator."""
        return main_score(self.score)


def is_real(dataset: str, datasets: Mapping[str, Job]) -> bool | None:
    """Say whether a dataset was imported rather than drawn; an edited version is what its parent is."""
    job, seen = datasets.get(dataset), set[str]()
    while job is not None and job.kind.startswith("edit") and job.id not in seen:
        seen.add(job.id)
        job = datasets.get(str(job.config.get("dataset")))
    return None if job is None or job.kind.startswith("edit") else job.kind.startswith("import")


def main_score(score: AnyScore) -> float:
    """Return the one figure of a score: word accuracy of a reader, H-mean of a locator."""
    return score.word_accuracy if isinstance(score, ScoreSummary) else score.h_mean


def domain_scores(run: RunView, datasets: Mapping[str, Job]) -> list[DomainScore]:
    """Return a run's scores: on its test sets once it is done, before that on its validation images.

    With them those on the datasets that it watches, at the same step: that of the best validation.
    """
    summary = run_summary(run.job)
    best = summary.best or summary.located
    if tests := summary.tests or summary.located_tests:
        found = {one.dataset: _scored(one.dataset, one.dataset_name, datasets, one) for one in tests}
    elif best is not None:
        id = str(run.job.config.get("validate_on") or run.job.config.get("dataset"))
        name = datasets[id].name if id in datasets else id
        found = {id: _scored(id, f"validation of {name}", datasets, best)}
    else:
        return []
    step = best and best.step
    for id, rows in watched(run.frames).items():
        here = rows[rows["step"] == step].to_dict("records")
        score = (score_of(here[-1]) or validation_of(here[-1])) if here else None
        if score is not None:
            found.setdefault(id, _scored(id, name_of(rows), datasets, score))
    return list(found.values())


def _scored(id: str, name: str | None, datasets: Mapping[str, Job], score: AnyScore) -> DomainScore:
    return DomainScore(name or id, is_real(id, datasets), score)


def watched(frames: Frames) -> dict[str, pd.DataFrame]:
    """Return a run's scores on each dataset that it watches, a row a validation, by the dataset's id."""
    frame = frames.get("watched")
    if frame is None or "dataset" not in frame:
        return {}
    return {str(id): rows for id, rows in frame.groupby("dataset", sort=False)}


def name_of(rows: pd.DataFrame) -> str:
    """Return the newest name of a watched dataset; its id where it had none."""
    name = rows["dataset_name"].iloc[-1] if "dataset_name" in rows else None
    return name if isinstance(name, str) else str(rows["dataset"].iloc[-1])


def gap_words(scores: list[DomainScore], live: bool = False, verb: str = "Reads") -> str:
    """Return Markdown such as `Reads synthetic **97.0 %** (words), real **61.2 %** (crops): 35.8 points apart`."""
    if not scores:
        return "The first validation tells how well it reads." if live else NO_VALIDATION
    ordered = sorted(scores, key=lambda one: bool(one.real))
    words = ", ".join(_words(one) for one in ordered)
    drawn = [one.value for one in scores if one.real is False]
    real = [one.value for one in scores if one.real]
    if drawn and real:
        distance = max(drawn) - min(real)
        close = abs(distance) < _CLOSE
        return f"{verb} {words}: {'no gap' if close else f'{points(abs(distance))} points apart'}"
    return f"{verb} {words}"


def marks(run: RunView, column: str, datasets: Mapping[str, Job]) -> list[Mark]:
    """Return a run's test scores for a chart of `column`, such as word_accuracy or h_mean, at its last step."""
    train = run.frames.get("train")
    step = 0.0 if train is None or train.empty else float(train["step"].iloc[-1])
    return [
        Mark(step, run.job.seconds, value, one.dataset_name or one.dataset, bool(is_real(one.dataset, datasets)))
        for one in (*run_summary(run.job).tests, *run_summary(run.job).located_tests)
        if (value := getattr(one, column, None)) is not None
    ]


def _words(one: DomainScore) -> str:
    kind = {True: "real", False: "synthetic", None: "images"}[one.real]
    images = f", {count(one.score.images, 'images')}" if one.score.images else ""
    alone = getattr(one.score, "word_accuracy_alone", None)
    without = "" if alone is None else f"; {percent(alone)} by the image alone"
    return f"{kind} **{percent(one.value)}** ({literal(one.name)}{images}{without})"
