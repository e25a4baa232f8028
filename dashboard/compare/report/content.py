"""Content of a report as plain values: names and texts are not escaped yet, each writer does it in its own way.

Reads readings, events and images from disk; writes nothing.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pandas as pd

from dashboard.common.images import jpeg_url, png_url
from dashboard.common.runs import GroupView, RunView
from dashboard.common.setting_words import value_words
from dashboard.compare.comparison import (
    PLAIN,
    Comparison,
    character_words,
    discordance,
    groups_sentence,
    location_discordance,
)
from dashboard.compare.groups import group_figures, top_sentence
from dashboard.compare.location_breakdown import FACTORS, ordered_groups
from dashboard.compare.location_pairing import located, photo_with_boxes, scenes_of
from dashboard.compare.pairing import confusions, counted_confusions, errors_of, factors, readings_of, test_data
from dashboard.compare.photo_diff import photo_words
from dashboard.compare.score_kinds import LOCATION, READING, ScoreKind
from dashboard.runs.bands import mean_validation
from dashboard.runs.charts import HIGH, LOW
from dashboard.runs.downsample import thin
from dashboard.runs.metrics import View
from engine.config.diff import flatten
from engine.datasets.dataset import Dataset
from engine.errors import GlyphlabError
from engine.evaluation.errors import errors_words
from engine.evaluation.locate import LocationTables
from engine.evaluation.location_photos import errors_by_photo
from engine.evaluation.paired import pair_by_factor
from engine.evaluation.starters import known_differences
from engine.formatting import count, percent, sentence
from engine.jobs import list_jobs
from engine.jobs.summaries import RunSummary, run_summary
from engine.labels import visible

SAMPLES = 8  # of each side
PHOTOS = 4
_PHOTO_SIDE = 800  # px
_CONFUSIONS = 10
_POINTS = 300  # of a curve
_FACTORS = ("length", "character", "font", "blur", "background")


@dataclass(frozen=True)
class Curve:
    """The curve of one run, or the mean of a group with the ends of its band: steps and values."""

    run: str
    colour: str
    steps: Sequence[float]
    values: Sequence[float]
    low: Sequence[float] = ()
    high: Sequence[float] = ()


@dataclass(frozen=True)
class SampleDifference:
    """A sample that one run reads and the other does not; `image` is a data URL, empty where there is none."""

    truth: str
    read: str
    image: str


@dataclass(frozen=True)
class PairedComparison:
    """Two runs on one test set: how they differ, by what, on which samples, and in which confusions.

    Attributes:
        first, second: their names.
        words: how many images tell them apart, and how likely that is by chance.
        by_factor: where they differ, a sentence per factor.
        better, worse: samples that only the first reads, and only the second.
        confusions: as `confusion_change` gives them, the greatest changes.
    """

    first: str
    second: str
    words: str
    by_factor: Sequence[tuple[str, str]]
    better: Sequence[SampleDifference]
    worse: Sequence[SampleDifference]
    confusions: pd.DataFrame


@dataclass(frozen=True)
class ReportErrors:
    """The errors of the only run: how many, the surest ones, and what it takes for what, a head first."""

    words: str
    samples: Sequence[SampleDifference]
    confusions: Sequence[Sequence[str]]


@dataclass(frozen=True)
class ReportPhoto:
    """A photo of the test set as one locator found it; `image` is a data URL, empty where there is none."""

    scene: str
    run: str
    words: str
    image: str


@dataclass(frozen=True)
class LocationDetails:
    """A report's part on locators beside the scores.

    Attributes:
        protocols: what each score holds under: names of runs, and a sentence.
        words: how many words tell the best two apart, and how likely that is by chance; empty for one.
        recall: by factor, the recall in each group as rows of text, a head first.
        photos: the worst ones of the best locator, each as all locators found it.
    """

    protocols: Sequence[tuple[str, str]]
    words: str
    recall: Sequence[tuple[str, list[list[str]]]]
    photos: Sequence[ReportPhoto]


@dataclass(frozen=True)
class Report:
    """All of a report.

    Settings are by path, with the text of each run's value. `groups` is a table of the runs by all but their seed, a
    head first: mean, standard deviation and number of seeds on each test set; empty where seeds are not taken together.
    """

    made: datetime
    kind: ScoreKind
    sentence: str
    test: str
    runs: Sequence[RunView]
    figures: Sequence[RunSummary]
    tests: Sequence[str]
    cells: Sequence[Sequence[Any]]
    times: Sequence[float | None]
    settings: Sequence[tuple[str, Sequence[str]]]
    accuracy: Sequence[Curve]
    loss: Sequence[Curve]
    pair: PairedComparison | None
    located: LocationDetails | None
    groups: Sequence[Sequence[str]] = ()
    errors: ReportErrors | None = None


def gather(chosen: Comparison, pictures: bool = True) -> Report:
    """Gather the content for the chosen runs; missing or damaged data are left out.

    Args:
        chosen: the runs, their scores and the test set.
        pictures: whether the writer shows curves and images; reading them takes most of the time.
    """
    jobs = [*list_jobs(chosen.workspace, "datasets"), *list_jobs(chosen.workspace, "runs")]
    names = {job.id: job.name for job in jobs}
    scored, kind = chosen.scored, chosen.kind
    return Report(
        made=datetime.now(UTC),
        kind=kind,
        sentence=top_sentence(chosen, PLAIN),
        test=chosen.tests[chosen.test] if chosen.test else "",
        runs=chosen.runs,
        figures=[run_summary(run.job) for run in chosen.runs],
        tests=list(chosen.tests.values()),
        cells=[[chosen.results[run.id].get(test) for test in chosen.tests] for run in chosen.runs],
        times=[kind.milliseconds(scored[run.id]) if run.id in scored else None for run in chosen.runs],
        settings=_settings(chosen.runs, names),
        accuracy=_curves(chosen, kind.main.field, 100.0) if pictures else (),
        loss=_curves(chosen, "loss", 1.0) if pictures else (),
        pair=_pair(chosen, pictures) if kind is READING else None,
        located=_located(chosen, pictures) if kind is LOCATION and scored else None,
        groups=_groups(chosen),
        errors=_errors(chosen, pictures) if kind is READING and len(scored) == 1 else None,
    )


def _settings(runs: Sequence[RunView], names: dict[str, str]) -> list[tuple[str, list[str]]]:
    """Return the settings that differ, all of them for one run: path and text of each run's value."""
    if len(runs) == 1:
        return [(path, [value_words(value, names=names)]) for path, value in flatten(runs[0].job.config).items()]
    found = known_differences([run.job for run in runs])
    return [(path, [value_words(value, names=names) for value in values]) for path, values in found.items()]


def _errors(chosen: Comparison, pictures: bool) -> ReportErrors | None:
    """Return the errors of the only run that was tested; None where its readings are missing."""
    (result,) = chosen.scored.values()
    data = test_data(chosen.workspace, chosen.test)
    try:
        readings, wrong = readings_of(result), errors_of(result, data)
    except GlyphlabError:
        return None
    surest = wrong.sort_values("confidence", ascending=False).head(SAMPLES)
    shown = data if pictures else None
    samples = [
        SampleDifference(str(row["label"]), str(row["read"]), _image(shown, str(name)))
        for name, row in surest.iterrows()
    ]
    counted = counted_confusions(result).head(_CONFUSIONS)
    rows = [
        [character_words(truth), character_words(read), count(images), count(of)]
        for truth, read, images, of in counted.itertuples(index=False, name=None)
    ]
    return ReportErrors(errors_words(readings), samples, [["Instead of", "it reads", "Images", "of"], *rows])


def _groups(chosen: Comparison) -> list[list[str]]:
    if not chosen.groups:
        return []
    main = chosen.kind.main
    head = ["Group", *(f"{name} ({figure})" for name in chosen.tests.values() for figure in ("mean", "sd", "n"))]
    rows = [
        [
            group.title,
            *(cell for test in chosen.tests for cell in group_figures(chosen, group, test, main)),
        ]
        for group in chosen.groups
    ]
    return [head, *rows]


def _curves(chosen: Comparison, column: str, scale: float) -> list[Curve]:
    """Return the curves of validations: of each run, or the means of the groups."""
    if chosen.groups:
        return [_mean_curve(group, column, scale) for group in chosen.groups]
    curves = []
    for run in chosen.runs:
        frame = run.frames.get("validation")
        if frame is None or column not in frame:
            continue
        values = pd.DataFrame({"step": frame["step"], "value": pd.to_numeric(frame[column], errors="coerce") * scale})
        few = thin(values.dropna(), "value", _POINTS)
        curves.append(Curve(run.title, run.colour, few["step"].tolist(), few["value"].tolist()))
    return curves


def _mean_curve(group: GroupView, column: str, scale: float) -> Curve:
    found = thin(mean_validation(group, column, View()), column, _POINTS)
    ends = ((scale * found[name]).tolist() for name in (column, LOW, HIGH))
    return Curve(group.short, group.colour, found["step"].tolist(), *ends)


def _pair(chosen: Comparison, pictures: bool) -> PairedComparison | None:
    if chosen.test is None or len(chosen.scored) < 2:
        return None
    first, second, *_ = (chosen.run(id) for id in chosen.scored)
    try:
        between = chosen.against(first.id, second.id)
    except GlyphlabError:
        return None
    one, other = (visible(run.title) for run in (first, second))
    data, matched = test_data(chosen.workspace, chosen.test), between.matched
    by_factor = []
    for factor in (name for name in factors(data) if name in _FACTORS):
        changes = pair_by_factor(factor, matched, data)
        groups = [str(group) for group in changes["group"]]
        by_factor.append((sentence(factor), groups_sentence(changes, one, other, factor, groups)))
    better = matched[matched["right_first"] & ~matched["right_second"]]
    worse = matched[matched["right_second"] & ~matched["right_first"]]
    changed = confusions(between)
    shown_data = data if pictures else None
    return PairedComparison(
        one,
        other,
        discordance(between.paired, one, other),
        by_factor,
        _samples(better, "second", shown_data),
        _samples(worse, "first", shown_data),
        changed[changed["change"] != 0].head(_CONFUSIONS),
    )


def _located(chosen: Comparison, pictures: bool) -> LocationDetails | None:
    names = {id: visible(chosen.run(id).title) for id in chosen.scored}
    try:
        tables = {id: located(result) for id, result in chosen.scored.items()}
        first, *others = names
        words = _apart(chosen, first, others[0]) if others else ""
    except GlyphlabError:
        return None
    recall = [(factor, _recall(by, tables, names)) for factor, (by, _) in FACTORS.items()]
    worst = [str(scene) for scene in errors_by_photo(tables[first]).index[:PHOTOS]]
    return LocationDetails(
        [(names[id], result.score.protocol) for id, result in chosen.scored.items()],
        words,
        recall,
        [_photo(chosen, id, name, tables[id], scene, pictures) for scene in worst for id, name in names.items()],
    )


def _apart(chosen: Comparison, first: str, second: str) -> str:
    names = (visible(chosen.run(id).title) for id in (first, second))
    return location_discordance(chosen.located_against(first, second), *names, unit=f"{chosen.test.level}s")


def _recall(
    by: Callable[[LocationTables], pd.DataFrame], tables: Mapping[str, LocationTables], names: Mapping[str, str]
) -> list[list[str]]:
    found = {id: by(table).set_index("group") for id, table in tables.items()}
    groups = ordered_groups([frame.reset_index() for frame in found.values()])
    rows = [["Group", "Regions", *names.values()]]
    for group in groups:
        cells = [percent(frame["recall"].get(group)) for frame in found.values()]
        words = max(int(frame["regions"].get(group, 0)) for frame in found.values())
        rows.append([group, count(words), *cells])
    return rows


def _photo(chosen: Comparison, run: str, name: str, tables: LocationTables, scene: str, pictures: bool) -> ReportPhoto:
    scenes = scenes_of(chosen.workspace, chosen.test) if pictures else None
    image = photo_with_boxes(chosen.scored[run], scenes, scene, _PHOTO_SIDE) if scenes else None
    words = photo_words(errors_by_photo(tables), scene, f"{chosen.test.level}s")
    return ReportPhoto(scene, name, words, jpeg_url(image) if image else "")


def _samples(rows: pd.DataFrame, loser: str, data: Dataset | None) -> list[SampleDifference]:
    ordered = rows.sort_values(f"confidence_{loser}", ascending=False).head(SAMPLES)
    return [
        SampleDifference(str(row["truth"]), str(row[f"text_{loser}"]), _image(data, str(name)))
        for name, row in ordered.iterrows()
    ]


def _image(data: Dataset | None, name: str) -> str:
    if data is None:
        return ""
    try:
        return png_url(data.image(int(name)))
    except (GlyphlabError, ValueError, IndexError):
        return ""
