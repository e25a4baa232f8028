"""The two kinds of scores on Compare, readers' and locators': their figures, test sets, times and words."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

from dashboard.common.kinds import DataKind
from dashboard.compare.pairing import milliseconds
from engine.evaluation.location_results import location_results, scene_test_names
from engine.evaluation.results import names_of, results_of
from engine.formatting import decimal, percent
from engine.jobs import Job
from engine.jobs.summaries import finds_text
from engine.workspace import Workspace

Bounds = tuple[float, float]
AnyResults = Mapping[str, Mapping[Any, Any]]
"""Results (`Result` or `LocationResult`) by run and by test set."""


@dataclass(frozen=True)
class ScoreFigure:
    """A figure of a score.

    Attributes:
        field: where the score has it.
        higher: whether more is better.
        share: whether it is shown in percent.
        bounds: its 95 % interval, where the score has one.
        without: where the score has it by the image alone; empty where there is no such figure.
    """

    field: str
    higher: bool = True
    share: bool = True
    bounds: Callable[[Any], Bounds | None] = lambda score: None
    without: str = ""

    @property
    def alone(self) -> Self | None:
        """The same figure by the image alone."""
        return replace(self, field=self.without, without="") if self.without else None

    def of(self, score: Any) -> float | None:
        """Return the figure; None where the score lacks it."""
        return getattr(score, self.field)

    def text(self, value: float | None) -> str:
        """Return a value of it as people read it."""
        return percent(value) if self.share else decimal(value, 2)


@dataclass(frozen=True)
class ScoreKind:
    """One kind of score.

    Attributes:
        name: what was looked at.
        runs, unit: the words for what is scored, and for what it is scored on.
        measures: its figures by name, the main one first.
        results: the results of runs of the kind.
        names: the names of test sets, given the datasets and the runs.
        milliseconds: the time that one image took, or None.
        time: the axis of that time.
        loss: the name of its loss with its unit.
    """

    name: DataKind
    runs: str
    unit: str
    measures: Mapping[str, ScoreFigure]
    results: Callable[[Workspace, Sequence[Job]], AnyResults]
    names: Callable[[Any, Sequence[Job], Sequence[Job]], Mapping[Any, str]]
    milliseconds: Callable[[Any], float | None]
    time: str
    loss: str

    @property
    def main_name(self) -> str:
        """The name of the main figure."""
        return next(iter(self.measures))

    @property
    def main_word(self) -> str:
        """The name of the main figure within a sentence."""
        name = self.main_name
        return name[0].lower() + name[1:] if name[1].islower() else name

    @property
    def main(self) -> ScoreFigure:
        """The figure that decides."""
        return self.measures[self.main_name]


def _interval(name: str) -> Callable[[Any], Bounds | None]:
    return lambda score: score.intervals.get(name)


READING = ScoreKind(
    "words",
    "readers",
    "images",
    {
        "Word accuracy": ScoreFigure(
            "word_accuracy", bounds=lambda score: score.interval, without="word_accuracy_alone"
        ),
        "In any case": ScoreFigure("any_case_accuracy", without="any_case_accuracy_alone"),
        "Letters and digits": ScoreFigure("alphanumeric_accuracy", without="alphanumeric_accuracy_alone"),
        "CER": ScoreFigure("cer", higher=False, without="cer_alone"),
        "NED": ScoreFigure("ned", higher=False, without="ned_alone"),
        "By the image alone": ScoreFigure("word_accuracy_alone", bounds=lambda score: score.interval_alone),
    },
    results_of,
    names_of,
    milliseconds,
    "Reading time (ms per image, median)",
    "nats per character",
)
LOCATION = ScoreKind(
    "photos",
    "locators",
    "photos",
    {
        "H-mean": ScoreFigure("h_mean", bounds=_interval("h_mean")),
        "Precision": ScoreFigure("precision", bounds=_interval("precision")),
        "Recall": ScoreFigure("recall", bounds=_interval("recall")),
        "Pixel F1": ScoreFigure("pixel_f1"),
        "False boxes per photo": ScoreFigure("false_per_scene", higher=False, share=False),
    },
    location_results,
    scene_test_names,
    lambda result: result.score.milliseconds_per_scene,
    "Time to search (ms per photo, mean)",
    "",
)


def kinds_of(runs: Sequence[Job]) -> list[ScoreKind]:
    """Return the kinds of some runs, readers first."""
    found = {finds_text(run) for run in runs}
    return [kind for kind, locates in ((READING, False), (LOCATION, True)) if locates in found]


def of_kind(run: Job, kind: ScoreKind) -> bool:
    """Say whether a run is of a kind."""
    return finds_text(run) == (kind is LOCATION)
