"""Draw samples ahead of need in processes, for a run whose training images never come twice.

Sample `index` is the same whichever process draws it, and whenever. Nothing is written; `pool` makes datasets.
"""

import multiprocessing
import os
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Any, Generic, NamedTuple, TypeVar

from PIL import Image

from engine.config.recipe import Recipe
from engine.errors import JobError
from engine.processes import die_with
from engine.synth.asset_resolver import AssetResolver
from engine.synth.samples import draw_sample
from engine.workspace import Workspace

_AT_ONCE = 32  # samples a process draws for one request
_NICENESS = 5  # learning comes first where both want a core

Made = TypeVar("Made")


class DrawRequest(NamedTuple, Generic[Made]):
    """What is drawn.

    Attributes:
        recipe, seed: of the samples.
        workspace: where uploaded fonts, lists and pictures are.
        accepts: says which texts may be used.
        finish: turns an image into what is handed back; this and `accepts` must be picklable.
    """

    recipe: Recipe
    seed: int
    workspace: Workspace
    accepts: Callable[[str], bool]
    finish: Callable[[Image.Image], Made]


class SampleDrawer(Generic[Made]):
    """Processes that draw. To be closed.

    Args:
        order: what they draw.
        processes: how many.
    """

    def __init__(self, order: DrawRequest[Made], processes: int) -> None:
        context = multiprocessing.get_context("spawn")
        self._pool = ProcessPoolExecutor(processes, context, _begin, (order, os.getpid()))

    def ask(self, first: int, count: int) -> list[Future[list[tuple[str, Made]]]]:
        """Ask for `count` samples from number `first` on; see `take`."""
        starts = range(first, first + count, _AT_ONCE)
        return [self._pool.submit(_draw, start, min(_AT_ONCE, first + count - start)) for start in starts]

    def close(self) -> None:
        """Stop drawing."""
        self._pool.shutdown(wait=False, cancel_futures=True)


def take(asked: list[Future[list[tuple[str, Made]]]]) -> Iterator[tuple[str, Made]]:
    """Yield label and finished image of each sample that was asked for, waiting for it.

    Raises:
        ConfigError: the recipe cannot be drawn, or no text is accepted.
        JobError: a drawing process was killed.
    """
    try:
        for some in asked:
            yield from some.result()
    except BrokenProcessPool:
        raise JobError(
            "A process that draws images was killed, most likely because memory ran out. Resume the run, or set fresh "
            "to false and learn from stored images."
        ) from None


_state: dict[str, Any] = {}


def _begin(order: DrawRequest[Any], parent: int) -> None:
    die_with(parent)
    os.nice(_NICENESS)
    _state.update(order=order, shelf=AssetResolver(order.workspace))


def _draw(first: int, count: int) -> list[tuple[str, Any]]:
    order: DrawRequest[Any] = _state["order"]
    samples = (
        draw_sample(order.recipe, order.seed, index, order.accepts, _state["shelf"])
        for index in range(first, first + count)
    )
    return [(sample.label, order.finish(sample.image)) for sample in samples]
