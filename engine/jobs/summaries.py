"""The small figures of datasets and runs, validated: a summary that is torn or of another version has no figures.

It reads what the engine's jobs wrote and computes nothing.
"""

from typing import Annotated, Any, TypeVar

from pydantic import AliasChoices, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from engine.formatting import percent, percents
from engine.jobs import Job, list_jobs
from engine.workspace import Workspace

Share = Annotated[float, Field(ge=0, allow_inf_nan=False)]


def _renamed(name: str, former: str, default: Any = None) -> Any:
    """Declare a figure that summaries of older versions hold under a former name."""
    return Field(default, validation_alias=AliasChoices(name, former))


class _Figures(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class ScoreSummary(_Figures):
    """A score over `images` images; shares are 0 to 1, a CER may be above 1.

    Figures by the image alone are there where likely texts, with their weight, took part.
    """

    word_accuracy: Share
    any_case_accuracy: Share | None = None
    alphanumeric_accuracy: Share | None = None
    cer: Share | None = None
    images: int | None = None
    ned: Share | None = None
    step: int | None = None
    interval: tuple[Share, Share] | None = None
    word_accuracy_alone: Share | None = None
    any_case_accuracy_alone: Share | None = None
    alphanumeric_accuracy_alone: Share | None = None
    cer_alone: Share | None = None
    ned_alone: Share | None = None
    interval_alone: tuple[Share, Share] | None = None
    likely_weight: Share | None = None


class TestScore(ScoreSummary):
    """A score over the test images of a dataset."""

    __test__ = False  # no test of ours, whatever pytest thinks of its name

    dataset: str
    dataset_name: str | None = None


class LocationSummary(_Figures):
    """A locator's score over photos, with the protocol that it holds under; see `engine.evaluation.location_score`."""

    h_mean: Share
    precision: Share
    recall: Share
    scenes: int
    protocol: str
    level: str
    side: int | None = None
    step: int | None = None
    false_per_scene: Share | None = None
    milliseconds_per_scene: Share | None = None
    intervals: dict[str, tuple[Share, Share]] = {}
    pixels: dict[str, Share | None] | None = None
    thresholds: dict[str, float] = {}

    @property
    def images(self) -> int:
        """The photos that were searched."""
        return self.scenes

    @property
    def pixel_f1(self) -> float | None:
        """F1 of the pixels; None where the locator has no map of regions."""
        return (self.pixels or {}).get("f1")

    @property
    def interval(self) -> tuple[float, float] | None:
        """95 % interval of the H-mean."""
        return self.intervals.get("h_mean")


class LocationTest(LocationSummary):
    """A locator's score over the test photos of a dataset."""

    dataset: str
    dataset_name: str | None = None


class EndToEndSummary(_Figures):
    """The score of a locator and a reader together; see `engine.evaluation.end_to_end`."""

    f: Share
    h_mean: Share
    found: Share
    accuracy: Share
    scenes: int
    texts: int
    protocol: str
    step: int
    locator_step: int
    intervals: dict[str, tuple[Share, Share]] = {}
    milliseconds_per_scene: Share | None = None


class LocationBest(_Figures):
    """The best validation of a locator's run."""

    h_mean: Share
    precision: Share
    recall: Share
    images: int
    step: int
    pixel_f1: Share | None = None


def _of_reader(values: Any) -> Any:
    return values if isinstance(values, dict) and "word_accuracy" in values else None


def _all_of_reader(values: Any) -> Any:
    return [value for value in values if _of_reader(value)] if isinstance(values, list | tuple) else ()


def _of_locator(values: Any) -> Any:
    return values if isinstance(values, dict) and "h_mean" in values else None


def _all_of_locator(values: Any) -> Any:
    return [value for value in values if _of_locator(value)] if isinstance(values, list | tuple) else ()


class RunSummary(_Figures):
    """Figures of a run, of a reader or of a locator; None where the summary lacks one."""

    dataset_name: str | None = None
    parameters: int | None = None
    images_per_second: float | None = None
    bundle_step: int | None = None
    steps_per_epoch: int | None = _renamed("steps_per_epoch", "steps_an_epoch")
    batch: int | None = None
    fresh: bool | None = None
    best: Annotated[ScoreSummary | None, BeforeValidator(_of_reader)] = None
    located: Annotated[LocationBest | None, BeforeValidator(_of_locator)] = Field(None, validation_alias="best")
    test: Annotated[ScoreSummary | None, BeforeValidator(_of_reader)] = None
    tests: Annotated[tuple[TestScore, ...], BeforeValidator(_all_of_reader)] = ()
    located_tests: Annotated[tuple[LocationTest, ...], BeforeValidator(_all_of_locator)] = Field(
        (), validation_alias="tests"
    )
    tested_on: str = ""
    curve: tuple[Share, ...] = ()


class BatchTrialSummary(_Figures):
    """A few steps that a trial tried with one batch; see `engine.training.trial.Trial`."""

    batch: int
    seconds_per_step: float = _renamed("seconds_per_step", "seconds_a_step", ...)
    images_per_second: float
    peak_bytes: int
    learned_per_second: float | None = None
    drawn_per_second: float | None = None


class TrialSummary(_Figures):
    """Results of a trial; `steps` and `seconds` are None where only time ends the run."""

    trials: tuple[BatchTrialSummary, ...] = Field(min_length=1)
    suggested_batch: int
    steps_per_epoch: int = _renamed("steps_per_epoch", "steps_an_epoch", ...)
    steps: int | None = None
    seconds: float | None = None
    skipped: dict[str, int] = {}
    warning: str = ""


class DatasetSummary(_Figures):
    """Figures of a dataset; None where the summary lacks one.

    `counts` are the images of each split, `drawn_by` says what drew them: one, or several that differ.
    """

    images: int | None = None
    bytes: float | None = None
    charset_size: int | None = None
    max_length: int | None = None
    labels: tuple[str, ...] = ()
    regions: int | None = None
    counts: dict[str, int] | None = None
    drawn_by: tuple[str, ...] = ()


AnyFigures = TypeVar("AnyFigures", bound=_Figures)


class ModelConversionSummary(_Figures):
    """The readings of a model in a format of other programs beside the lab's; see `engine.export.formats.gate`."""

    images: int
    same: int
    truths: int
    lab_right: int
    right: int
    lab_milliseconds: Share
    milliseconds: Share


class FitSummary(_Figures):
    """The figures of a fit, see `engine.synth.photo_fit`; those of its end are None before that.

    Attributes:
        crops, photos, labelled: words that were found, the files they came from, and how many had a label.
        learned, held_out: words that the search saw, and that judge.
        before, after, gain, interval: distances by those, and the gain's 95 % interval; None where too few judged.
        gained: whether the gain is beyond chance.
        changes: sentences.
        recipe: id of the saved recipe; None where none was saved.
    """

    crops: int | None = None
    photos: int | None = None
    labelled: int | None = None
    left_out: int | None = None
    learned: int | None = None
    held_out: int | None = None
    before: float | None = None
    after: float | None = None
    gain: float | None = None
    interval: tuple[float, float] | None = None
    gained: bool | None = None
    changes: tuple[str, ...] = ()
    recipe: str | None = None


class SweepBest(_Figures):
    """The best combination of a sweep: its best run, the mean of its finished seeds, and the settings by path."""

    run: str
    value: float
    seeds: int = 1
    combination: dict[str, str]


class SweepSummary(_Figures):
    """The figures of a sweep, see `engine.sweeps.job`.

    Attributes:
        metric: what runs are judged by.
        runs, pruned, failed: that ended; those of them that were stopped early, and that failed.
        seconds, steps, steps_saved: of all runs; and the steps that early stops saved.
        best: None before a run has finished.
        importance: share that each setting explains; empty while it cannot be told, None without Optuna.
    """

    metric: str = ""
    runs: int = 0
    pruned: int = 0
    failed: int = 0
    seconds: float = 0.0
    steps: int = 0
    steps_saved: int = 0
    best: SweepBest | None = None
    importance: dict[str, Share] | None = None


def run_summary(job: Job) -> RunSummary:
    """Return the figures of a run."""
    return _read(RunSummary, job)


def dataset_summary(job: Job) -> DatasetSummary:
    """Return the figures of a dataset."""
    return _read(DatasetSummary, job)


def fit_summary(job: Job) -> FitSummary:
    """Return the figures of a fit."""
    return _read(FitSummary, job)


def sweep_summary(job: Job) -> SweepSummary:
    """Return the figures of a sweep."""
    return _read(SweepSummary, job)


class _NodeRates(_Figures):
    nodes: dict[str, dict[str, Share]] = Field(default_factory=dict)


def node_rates(job: Job) -> dict[str, float]:
    """Return the units per second of each node that did parts of a job's work; nothing where one machine did it."""
    return {name: figures.get("units_per_second", 0.0) for name, figures in _read(_NodeRates, job).nodes.items()}


def holds_scenes(job: Job) -> bool:
    """Say whether a dataset's job makes scenes; those of other kinds make words."""
    return job.kind.endswith("-scenes")


def can_draw_more(job: Job) -> bool:
    """Say whether a dataset's job drew by a recipe, so that new samples can be drawn while a run learns."""
    return job.kind in ("generate", "generate-scenes")


def finds_text(job: Job) -> bool:
    """Say whether a run's job trains a locator; others train readers."""
    return job.kind == "train-locator"


def can_be_tried(job: Job) -> bool:
    """Say whether a run has a reader or a locator that can be used."""
    return run_summary(job).bundle_step is not None


def can_read(job: Job) -> bool:
    """Say whether a run has a reader that can be used."""
    return not finds_text(job) and can_be_tried(job)


def score_words(job: Job) -> str:
    """Return in words what a run's reader reads, with likely texts and without, or the H-mean of its locator.

    That of its test set, or else of its best validation; empty before there is any.
    """
    figures = run_summary(job)
    reads = figures.test or figures.best
    finds = next(iter(figures.located_tests), None) or figures.located
    if reads:
        return percents(reads.word_accuracy, reads.word_accuracy_alone)
    return percent(finds.h_mean) if finds else ""


def word_datasets(workspace: Workspace) -> list[Job]:
    """Return the jobs of all datasets of words, newest first."""
    return [job for job in list_jobs(workspace, "datasets") if not holds_scenes(job)]


def trial_summary(job: Job) -> TrialSummary | None:
    """Return the results of a trial; None before there are any."""
    try:
        return TrialSummary.model_validate(job.summary)
    except ValidationError:
        return None


def evaluation_score(job: Job) -> ScoreSummary | None:
    """Return the score of an evaluation; None before it has one."""
    return score_of(job.summary)


def location_score(job: Job) -> LocationSummary | None:
    """Return the score of a locator's evaluation; None before it has one, and for evaluations of readers."""
    try:
        return LocationSummary.model_validate(job.summary)
    except ValidationError:
        return None


def end_to_end_score(job: Job) -> EndToEndSummary | None:
    """Return the score of a locator and a reader together; None before it is there, and for other evaluations."""
    try:
        return EndToEndSummary.model_validate(job.summary)
    except ValidationError:
        return None


def score_of(values: Any) -> ScoreSummary | None:
    """Return the score that plain values hold; None where they hold none."""
    try:
        return ScoreSummary.model_validate(values)
    except ValidationError:
        return None


def validation_of(values: Any) -> LocationBest | None:
    """Return the score of a locator's validation that plain values hold; None where they hold none."""
    try:
        return LocationBest.model_validate(values)
    except ValidationError:
        return None


def _read(cls: type[AnyFigures], job: Job) -> AnyFigures:
    try:
        return cls.model_validate(job.summary)
    except ValidationError:
        return cls()


def model_conversion_summary(job: Job) -> ModelConversionSummary | None:
    """Return what the gate of a model's export found; None before it has, and for exports of datasets."""
    try:
        return ModelConversionSummary.model_validate(job.summary["gate"])
    except (ValidationError, LookupError, TypeError):
        return None
