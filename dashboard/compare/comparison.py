"""Runs chosen on Compare with their scores, and sentences about their differences, the same for pages and reports.

Names are written by functions that are handed in, or come in as they are to be shown (escaped by the caller).
`engine.evaluation.paired` decides whether a difference is significant. Nothing here draws.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from dashboard.common.markdown import literal
from dashboard.common.runs import GroupView, RunView
from dashboard.compare.location_pairing import pair_located
from dashboard.compare.pairing import PairedReadings, pair_results
from dashboard.compare.score_kinds import LOCATION, AnyResults, ScoreKind
from engine.errors import DatasetError
from engine.evaluation.location_breakdown import LocatorPair
from engine.evaluation.paired import Paired
from engine.formatting import count, decimal, interval, percent, percents, points
from engine.labels import visible, visible_character
from engine.workspace import Workspace

_MOST = 4  # groups that a sentence names


@dataclass(frozen=True)
class Names:
    """Writers of the names of runs and test sets, and of other foreign text, in a sentence."""

    run: Callable[[str], str] = visible
    test: Callable[[str], str] = visible
    text: Callable[[str], str] = visible


PLAIN = Names()
MARKDOWN = Names(lambda name: f"**{literal(name)}**", lambda name: f"*{literal(name)}*", literal)


@dataclass(frozen=True)
class Comparison:
    """The chosen runs, all of one kind.

    Attributes:
        workspace: where they are.
        kind: theirs.
        runs: newest first.
        results: their scores.
        tests: all test sets that one of them has taken, by name; those that most have taken first.
        test: the test set on which they are compared; None: there is none yet.
        groups: the runs by all but their seed, where seeds are taken together; else none.
    """

    workspace: Workspace
    kind: ScoreKind
    runs: Sequence[RunView]
    results: AnyResults
    tests: Mapping[Any, str]
    test: Any = None
    groups: Sequence[GroupView] = ()

    @property
    def scored(self) -> dict[str, Any]:
        """The results on the test set, the best run first."""
        if self.test is None:
            return {}
        there = {id: by_test[self.test] for id, by_test in self.results.items() if self.test in by_test}
        return dict(sorted(there.items(), key=lambda item: -(self.kind.main.of(item[1].score) or 0.0)))

    def run(self, id: str) -> RunView:
        """Return a chosen run."""
        return next(run for run in self.runs if run.id == id)

    def against(self, first: str, second: str) -> PairedReadings:
        """Pair two readers that have read the test set. Raises DatasetError."""
        return pair_results(self.scored[first], self.scored[second])

    def located_against(self, first: str, second: str) -> LocatorPair:
        """Pair two locators that have searched the test set. Raises DatasetError."""
        return pair_located(self.scored[first], self.scored[second])


def sentence_on_top(chosen: Comparison, names: Names = MARKDOWN) -> str:
    """Return the sentence that sums up the chosen runs."""
    scored, unit = chosen.scored, chosen.kind.unit
    if not chosen.runs:
        return "Tick runs in the table to compare them."
    if chosen.test is None or not scored:
        return f"No chosen run has a test score yet. A run is scored on its test {unit} when it ends, or under Scores."
    test, (best, *others) = names.test(chosen.tests[chosen.test]), list(scored)
    first, score = names.run(chosen.run(best).title), scored[best].score
    alone = _score_words(chosen.kind, score, first, test)
    if not others:
        known = f"{interval(score.interval)}; {count(score.images, unit)}"
        waiting = [names.run(run.title) for run in chosen.runs if run.id != best]
        rest = f"Not tested on it yet: {', '.join(waiting)}; see Scores." if waiting else "Tick a second run."
        return f"{alone} ({known}). {rest}"
    second = names.run(chosen.run(others[0]).title)
    try:
        if chosen.kind is LOCATION:
            said = location_sentence(chosen.located_against(best, others[0]), first, second, test)
        else:
            said = difference_sentence(chosen.against(best, others[0]).paired, first, second, test)
            scores = (chosen.scored[id].score for id in (best, others[0]))
            said += alone_words(*((one.word_accuracy, one.word_accuracy_alone) for one in scores))
    except DatasetError as error:
        return f"{alone}. {names.text(str(error))}"
    return f"Best of {len(scored)}: {said}" if len(others) > 1 else said


def _score_words(kind: ScoreKind, score: Any, name: str, test: str) -> str:
    if kind is LOCATION:
        return f"{name} finds the text of {test} with an H-mean of {percent(score.h_mean)}"
    return f"{name} reads {percents(score.word_accuracy, score.word_accuracy_alone)} of {test}"


def alone_words(*scores: tuple[float, float | None]) -> str:
    """Return what readers read by the image alone as a sentence to be added; empty where likely texts had no part.

    Args:
        scores: of each its score, and that by the image alone; None for a reader that knows no likely texts.
    """
    if all(alone is None for _, alone in scores):
        return ""
    told = " and ".join(percent(score if alone is None else alone) for score, alone in scores)
    return f" By the image alone: {told}."


def difference_sentence(paired: Paired, first: str, second: str, test: str) -> str:
    """Return how far two readers are apart on the same images, the better one named first."""
    if paired.difference < 0:
        turned = Paired(paired.both, paired.second_only, paired.first_only, paired.neither)
        return difference_sentence(turned, second, first, test)
    apart, bounds = f"{points(paired.difference)} points", interval(paired.interval)
    if paired.significant:
        return f"{first} reads {apart} more of {test} than {second} ({bounds}; {count(paired.images, 'images')})."
    return (
        f"No difference between {first} and {second} can be told from {count(paired.images, 'images')} of {test}: "
        f"{apart}, {bounds}."
    )


def location_sentence(pair: LocatorPair, first: str, second: str, test: str) -> str:
    """Return how far two locators are apart over the same photos, the one with the higher H-mean named first."""
    (low, high), apart = pair.interval, pair.difference
    if apart < 0:
        first, second, apart, low, high = second, first, -apart, -high, -low
    bounds = interval((low, high))
    photos = count(pair.photos, "photos")
    if pair.significant:
        return f"{first} has an H-mean {points(apart)} points above {second} on {test} ({bounds}; {photos})."
    return (
        f"No difference between {first} and {second} can be told from {photos} of {test}: {points(apart)} points of "
        f"H-mean, {bounds}."
    )


def location_discordance(pair: LocatorPair, first: str, second: str, unit: str) -> str:
    """Return how many words or lines only one of two locators found, and how often chance brings such H-means."""
    regions = pair.regions
    return (
        f"{count(regions.first_only, unit)} only {first} finds, {count(regions.second_only)} only {second}, "
        f"{count(regions.both)} both, {count(regions.neither)} neither. "
        f"{chance(pair.p_value, 'the two exchanged within photos')}"
    )


def discordance(paired: Paired, first: str, second: str) -> str:
    """Return how many images only one of two readers read, and how often chance alone brings as much."""
    return (
        f"{count(paired.first_only, 'images')} only {first} reads, {count(paired.second_only)} only {second}, "
        f"{count(paired.both)} both, {count(paired.neither)} neither. {chance(paired.p_value)}"
    )


def chance(p_value: float, test: str = "exact McNemar test") -> str:
    """Return in words how often chance alone brings so great a difference."""
    if p_value < 0.001:
        return f"Chance alone brings that less than once in a thousand times ({test})."
    return f"Chance alone brings that in {decimal(100 * p_value, 2)} of 100 cases ({test})."


def groups_sentence(changes: pd.DataFrame, first: str, second: str, factor: str, groups: Sequence[str]) -> str:
    """Return the groups in which two readers differ significantly.

    Args:
        changes: see `pair_by`.
        first: the one reader.
        second: the other one.
        factor: the property by which images are grouped.
        groups: the shown name of each row's group.
    """
    significant = changes.assign(name=list(groups))[changes["significant"].to_numpy(dtype=bool)]
    if significant.empty:
        return "In no group does the difference stand out from noise, with so many groups looked at (Holm)."
    parts = []
    for better, rows in (
        (first, significant[significant["difference"] > 0]),
        (second, significant[significant["difference"] < 0]),
    ):
        if len(rows):
            more = f" and {len(rows) - _MOST} more" if len(rows) > _MOST else ""
            parts.append(f"{better} reads more at {factor} {', '.join(rows['name'][:_MOST])}{more}")
    return f"More than noise: {'; '.join(parts)}."


def character_words(character: str) -> str:
    """Return a character of a confusion as it can be seen in a table."""
    return {"": "nothing", " ": "a space"}.get(character) or "".join(map(visible_character, character))


def significance_words(significant: bool) -> str:
    """Return in words whether a difference stands out."""
    return "more than noise" if significant else "may be noise"
