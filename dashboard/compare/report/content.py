"""Content of a report as plain values: names and texts are not escaped yet, each writer does it in its own way.

Reads readings, events and images from disk; writes nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import pandas as pd

from dashboard.common.images import png_url
from dashboard.common.runs import RunView
from dashboard.compare.comparison import PLAIN, Comparison, discordance, groups_sentence, sentence_on_top
from dashboard.compare.pairing import confusions, factors, milliseconds, test_data
from dashboard.compare.settings import setting_text
from dashboard.runs.downsample import thin
from engine.config.diff import differences, flatten
from engine.datasets.dataset import Dataset
from engine.errors import GlyphlabError
from engine.evaluation.paired import pair_by_factor
from engine.evaluation.results import Result
from engine.formatting import sentence
from engine.jobs import list_jobs
from engine.jobs.summaries import RunSummary, run_summary
from engine.labels import visible

SAMPLES = 8  # of each side
_CONFUSIONS = 10
_POINTS = 300  # of a curve
_FACTORS = ("length", "character", "font", "blur", "background")


@dataclass(frozen=True)
class Curve:
    """One run's curve: steps and values."""

    run: str
    colour: str
    steps: Sequence[float]
    values: Sequence[float]


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
class Report:
    """All of a report.

    Settings are by path, with the text of each run's value.
    """

    made: datetime
    sentence: str
    test: str
    runs: Sequence[RunView]
    figures: Sequence[RunSummary]
    tests: Sequence[str]
    cells: Sequence[Sequence[Result | None]]
    times: Sequence[float | None]
    settings: Sequence[tuple[str, Sequence[str]]]
    accuracy: Sequence[Curve]
    loss: Sequence[Curve]
    pair: PairedComparison | None


def gather(chosen: Comparison, pictures: bool = True) -> Report:
    """Gather the content for the chosen runs; missing or damaged data are left out.

    Args:
        chosen: the runs, their scores and the test set.
        pictures: whether the writer shows curves and images; reading them takes most of the time.
    """
    jobs = [*list_jobs(chosen.workspace, "datasets"), *list_jobs(chosen.workspace, "runs")]
    names = {job.id: job.name for job in jobs}
    scored = chosen.scored
    return Report(
        made=datetime.now(UTC),
        sentence=sentence_on_top(chosen, PLAIN),
        test=chosen.tests[chosen.test] if chosen.test else "",
        runs=chosen.runs,
        figures=[run_summary(run.job) for run in chosen.runs],
        tests=list(chosen.tests.values()),
        cells=[[chosen.results[run.id].get(test) for test in chosen.tests] for run in chosen.runs],
        times=[milliseconds(scored[run.id]) if run.id in scored else None for run in chosen.runs],
        settings=_settings(chosen.runs, names),
        accuracy=_curves(chosen, "validation", "word_accuracy", 100.0) if pictures else (),
        loss=_curves(chosen, "validation", "loss", 1.0) if pictures else (),
        pair=_pair(chosen, pictures),
    )


def _settings(runs: Sequence[RunView], names: dict[str, str]) -> list[tuple[str, list[str]]]:
    """Return the settings that differ, all of them for one run: path and text of each run's value."""
    if len(runs) == 1:
        return [(path, [setting_text(value, names)]) for path, value in flatten(runs[0].job.config).items()]
    found = differences(*(run.job.config for run in runs))
    return [(path, [setting_text(value, names) for value in values]) for path, values in found.items()]


def _curves(chosen: Comparison, kind: str, column: str, scale: float) -> list[Curve]:
    curves = []
    for run in chosen.runs:
        frame = run.frames.get(kind)
        if frame is None or column not in frame:
            continue
        values = pd.DataFrame({"step": frame["step"], "value": pd.to_numeric(frame[column], errors="coerce") * scale})
        few = thin(values.dropna(), "value", _POINTS)
        curves.append(Curve(run.title, run.colour, few["step"].tolist(), few["value"].tolist()))
    return curves


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
