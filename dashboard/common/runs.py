"""Runs as pages show them: a title that tells runs of one name apart, and a colour of their own."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from dashboard.common.colours import run_colours
from engine.jobs import Job

ID_TAIL = 4  # characters of an id's end that tell runs of one name apart, and by which one is found


@dataclass(frozen=True)
class RunLine:
    """How a run looks in every chart."""

    label: str
    colour: str


def titles(runs: Sequence[Job]) -> dict[str, str]:
    """Return what to call each of all runs, by id: those of one name are told apart by the ends of their ids."""
    names = Counter(run.name for run in runs)
    return {run.id: run.name if names[run.name] == 1 else f"{run.name} ({run.id[-ID_TAIL:]})" for run in runs}


def run_lines(runs: Sequence[Job]) -> dict[str, RunLine]:
    """Return how each of all runs is called and drawn, by id."""
    colours = run_colours(runs)
    return {id: RunLine(name, colours[id]) for id, name in titles(runs).items()}
