"""A run as pages show it: a title that tells runs of one name apart, a colour of its own, and its events on demand."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from dashboard.caches.files import event_frames
from dashboard.common.colours import run_colours
from engine.evaluation.diagnosis import Frames
from engine.jobs import Job

ID_TAIL = 4  # characters of an id's end that tell runs of one name apart, and by which one is found


@dataclass(frozen=True)
class RunView:
    """A run at the time of reading, with its title and its colour on every page."""

    job: Job
    title: str
    colour: str

    @property
    def id(self) -> str:
        """The run's id."""
        return self.job.id

    @cached_property
    def frames(self) -> Frames:
        """The run's events by kind, read when they are first asked for. Do not change them."""
        return event_frames(self.job.folder)


@dataclass(frozen=True)
class GroupView:
    """Runs that differ in their seed alone.

    Attributes:
        title: its settings that other groups have otherwise, with their names.
        short: their values alone, for a place beside a curve.
        colour: that of its newest run.
        runs: newest first.
        repeated: runs that are left out because a newer one has their seed.
    """

    title: str
    short: str
    colour: str
    runs: Sequence[RunView]
    repeated: int = 0


def run_titles(runs: Sequence[Job]) -> dict[str, str]:
    """Return the title of each of all runs by id: runs of one name are told apart by the ends of their ids."""
    names = Counter(run.name for run in runs)
    return {run.id: run.name if names[run.name] == 1 else f"{run.name} ({run.id[-ID_TAIL:]})" for run in runs}


def run_views(runs: Sequence[Job]) -> dict[str, RunView]:
    """Return a view of each of all runs by id, in their order. Titles and colours depend on all runs there are."""
    titles, colours = run_titles(runs), run_colours(runs)
    return {run.id: RunView(run, titles[run.id], colours[run.id]) for run in runs}
