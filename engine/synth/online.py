"""Process pool that draws samples ahead of need, for a run whose training images never repeat.

Sample `index` is the same whichever process draws it. Nothing is written; `pool` makes datasets. What a sample is, a
word or a scene, the request knows.
"""

import multiprocessing
import os
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

from PIL import Image

from engine.config.recipe import Recipe
from engine.errors import JobError
from engine.synth.asset_resolver import AssetResolver
from engine.synth.samples import draw_sample
from engine.workspace import Workspace
from glyphlab_read.processes import die_with, helpers_die_with_this

CHUNK = 32  # samples of one task
_AHEAD = 2  # rounds
_NICENESS = 5  # training goes first where both want a core
_RECENT = 4  # tasks of each process, by which their pace is told

Result = TypeVar("Result")
Product = TypeVar("Product", covariant=True)
Round = TypeVar("Round")


class DrawRequest(Protocol[Product]):
    """A drawer of samples; must be picklable."""

    def open(self) -> Callable[[int], Product]:
        """Return the function that draws a sample by its number. Called once in each process."""
        ...


@dataclass(frozen=True)
class WordRequest(Generic[Result]):
    """Words to be drawn, and what becomes of them.

    Attributes:
        recipe, seed: of the samples.
        workspace: holds uploaded fonts, lists and pictures.
        accepts: True for texts that may be used.
        finish: turns an image into the result; this and `accepts` must be picklable.
    """

    recipe: Recipe
    seed: int
    workspace: Workspace
    accepts: Callable[[str], bool]
    finish: Callable[[Image.Image], Result]

    def open(self) -> Callable[[int], tuple[str, Result]]:
        """Return the function that draws label and result of a sample."""
        assets = AssetResolver(self.workspace)

        def draw(index: int) -> tuple[str, Result]:
            sample = draw_sample(self.recipe, self.seed, index, self.accepts, assets)
            return sample.label, self.finish(sample.image)

        return draw


class _Drawn(NamedTuple, Generic[Result]):
    """Samples of one task, and the seconds that it took."""

    samples: list[Result]
    seconds: float


class SampleDrawer(Generic[Result]):
    """Processes that draw samples; close it after use.

    Args:
        request: draws them.
        processes: how many.
        chunk: samples of one task.
    """

    def __init__(self, request: DrawRequest[Result], processes: int, chunk: int = CHUNK) -> None:
        self._chunk, self._processes = chunk, processes
        self._new = processes  # that have yet to open fonts and pictures, in their first task
        self._recent: deque[tuple[int, float]] = deque(maxlen=_RECENT * processes)  # samples and seconds
        context = multiprocessing.get_context("spawn")
        self._pool = ProcessPoolExecutor(processes, context, _start_process, (request, os.getpid()))

    def submit(self, first: int, count: int) -> list[Future[_Drawn[Result]]]:
        """Start drawing `count` samples from number `first` on; `results` waits for them."""
        starts = range(first, first + count, self._chunk)
        with helpers_die_with_this():  # the first tasks start them
            asked = [self._pool.submit(_draw, start, min(self._chunk, first + count - start)) for start in starts]
        for future in asked:
            future.add_done_callback(self._count)
        return asked

    @property
    def samples_per_second(self) -> float | None:
        """Samples that all processes draw while none of them waits, by their last tasks; None before any is known."""
        recent = list(self._recent)
        seconds = sum(took for _, took in recent)
        return self._processes * sum(samples for samples, _ in recent) / seconds if seconds else None

    def _count(self, future: Future[_Drawn[Result]]) -> None:
        if future.cancelled() or future.exception() is not None:
            return
        if self._new:
            self._new -= 1
        else:
            drawn = future.result()
            self._recent.append((len(drawn.samples), drawn.seconds))

    def close(self) -> None:
        """Stop drawing."""
        self._pool.shutdown(wait=False, cancel_futures=True)


class OnlineRounds(Generic[Result, Round]):
    """Rounds of new samples, the next ones drawn while one is used. To be closed.

    Args:
        request: draws the samples.
        first: number of the first sample of the first round.
        size: new samples a round.
        join: makes a round of them.
        processes: how many draw.
        chunk: samples of one task.
    """

    def __init__(
        self,
        request: DrawRequest[Result],
        first: int,
        size: int,
        join: Callable[[list[Result]], Round],
        processes: int,
        chunk: int = CHUNK,
    ) -> None:
        self._request, self._processes, self._chunk = request, processes, chunk
        self._first, self._size, self._join = first, size, join
        self._drawer: SampleDrawer[Result] | None = None
        self._asked: dict[int, list[Future[_Drawn[Result]]]] = {}

    def samples_of(self, round: int) -> Round:
        """Return a round, waiting for its samples, and ask for the next ones."""
        if self._drawer is None:
            self._drawer = SampleDrawer(self._request, self._processes, self._chunk)
        for coming in range(round, round + 1 + _AHEAD):
            if coming not in self._asked:
                self._asked[coming] = self._drawer.submit(self._first + coming * self._size, self._size)
        for past in [past for past in self._asked if past < round]:
            del self._asked[past]
        return self._join(list(results(self._asked[round])))

    @property
    def samples_per_second(self) -> float | None:
        """See `SampleDrawer.samples_per_second`."""
        return self._drawer and self._drawer.samples_per_second

    def close(self) -> None:
        """Stop drawing; the processes that draw start with the first round that is asked for."""
        if self._drawer is not None:
            self._drawer.close()


def spare_processes() -> int:
    """Return how many processes draw while a run learns: half of the cores are left to learning."""
    return max(1, len(os.sched_getaffinity(0)) // 2)


def short_round(batch: int, chunk: int = CHUNK) -> int:
    """Return the samples of a round that is drawn soon: some batches, and two tasks for every process."""
    return 2 * max(batch, chunk * spare_processes())


def results(futures: list[Future[_Drawn[Result]]]) -> Iterator[Result]:
    """Yield each submitted sample in order, waiting for it.

    Raises:
        ConfigError: the recipe cannot be drawn, or no text is accepted.
        JobError: a drawing process was killed.
    """
    try:
        for future in futures:
            yield from future.result().samples
    except BrokenProcessPool:
        raise JobError(
            "A process that draws images was killed, most likely because memory ran out. Resume the run, or set fresh "
            "to off and learn from stored images."
        ) from None


_state: dict[str, Any] = {}


def _start_process(request: DrawRequest[Any], parent: int) -> None:
    die_with(parent)
    os.nice(_NICENESS)
    _state["draw"] = request.open()


def _draw(first: int, count: int) -> _Drawn[Any]:
    began = time.monotonic()
    samples = [_state["draw"](index) for index in range(first, first + count)]
    return _Drawn(samples, time.monotonic() - began)
