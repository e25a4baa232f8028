"""The runs chosen on Compare with their scores, and the one sentence that sums them up.

Names are written by functions that are handed in, so that the page and every form of report say the same. Nothing
here draws.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from dashboard.common.markdown import literal
from dashboard.common.runs import RunView
from dashboard.compare.pairing import PairedReadings, pair_results
from dashboard.compare.sentences import difference_sentence
from engine.errors import DatasetError
from engine.evaluation.results import Result, Results, TestSet
from engine.formatting import count, interval, percent
from engine.labels import visible
from engine.workspace import Workspace


@dataclass(frozen=True)
class Names:
    """How the names of runs and test sets, and other foreign text, are written into a sentence."""

    run: Callable[[str], str] = visible
    test: Callable[[str], str] = visible
    text: Callable[[str], str] = visible


PLAIN = Names()
MARKDOWN = Names(lambda name: f"**{literal(name)}**", lambda name: f"*{literal(name)}*", literal)


@dataclass(frozen=True)
class Comparison:
    """The chosen runs.

    Attributes:
        workspace: where they are.
        runs: newest first.
        results: their scores.
        tests: all test sets that one of them has read, by name; those that most have read first.
        test: the test set on which they are compared; None: there is none yet.
    """

    workspace: Workspace
    runs: Sequence[RunView]
    results: Results
    tests: Mapping[TestSet, str]
    test: TestSet | None = None

    @property
    def scored(self) -> dict[str, Result]:
        """The results on the test set, the best reader first."""
        if self.test is None:
            return {}
        there = {id: by_test[self.test] for id, by_test in self.results.items() if self.test in by_test}
        return dict(sorted(there.items(), key=lambda item: -item[1].score.word_accuracy))

    def run(self, id: str) -> RunView:
        """Return a chosen run."""
        return next(run for run in self.runs if run.id == id)

    def against(self, first: str, second: str) -> PairedReadings:
        """Pair two runs that have read the test set. Raises DatasetError."""
        return pair_results(self.scored[first], self.scored[second])


def sentence_on_top(chosen: Comparison, names: Names = MARKDOWN) -> str:
    """Return the sentence that sums up the chosen runs."""
    scored = chosen.scored
    if not chosen.runs:
        return "Tick runs in the table to compare them."
    if chosen.test is None or not scored:
        return "No chosen run has a test score yet. A run is scored on its test images when it ends, or under Scores."
    test, (best, *others) = names.test(chosen.tests[chosen.test]), list(scored)
    first = names.run(chosen.run(best).title)
    if not others:
        score = scored[best].score
        known = f"{interval(score.interval)}; {count(score.images, 'images')}"
        waiting = [names.run(run.title) for run in chosen.runs if run.id != best]
        rest = f"Not tested on it yet: {', '.join(waiting)}; see Scores." if waiting else "Tick a second run."
        return f"{first} reads {percent(score.word_accuracy)} of {test} ({known}). {rest}"
    try:
        paired = chosen.against(best, others[0]).paired
    except DatasetError as error:
        return f"{first} reads {percent(scored[best].score.word_accuracy)} of {test}. {names.text(str(error))}"
    most = f"Best of {len(scored)}: " if len(others) > 1 else ""
    return most + difference_sentence(paired, first, names.run(chosen.run(others[0]).title), test)
