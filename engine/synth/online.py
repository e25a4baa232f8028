"""Process pool that draws samples ahead of need, for a run whose training images never repeat.

Sample `index` is the same whichever process draws it. Nothing is written; `pool` makes datasets.
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

_CHUNK = 32  # samples of one task
_NICENESS = 5  # training goes first where both want a core

Result = TypeVar("Result")


class DrawRequest(NamedTuple, Generic[Result]):
    """Samples to be drawn, and what becomes of them.

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


class SampleDrawer(Generic[Result]):
    """Processes that draw samples; close it after use."""

    def __init__(self, request: DrawRequest[Result], processes: int) -> None:
        context = multiprocessing.get_context("spawn")
        self._pool = ProcessPoolExecutor(processes, context, _start_process, (request, os.getpid()))

    def submit(self, first: int, count: int) -> list[Future[list[tuple[str, Result]]]]:
        """Start drawing `count` samples from number `first` on; `results` waits for them."""
        starts = range(first, first + count, _CHUNK)
        return [self._pool.submit(_draw, start, min(_CHUNK, first + count - start)) for start in starts]

    def close(self) -> None:
        """Stop drawing."""
        self._pool.shutdown(wait=False, cancel_futures=True)


def results(futures: list[Future[list[tuple[str, Result]]]]) -> Iterator[tuple[str, Result]]:
    """Yield label and result of each submitted sample in request, waiting for it.

    Raises:
        ConfigError: the recipe cannot be drawn, or no text is accepted.
        JobError: a drawing process was killed.
    """
    try:
        for future in futures:
            yield from future.result()
    except BrokenProcessPool:
        raise JobError(
            "A process that draws images was killed, most likely because memory ran out. Resume the run, or set fresh "
            "to false and learn from stored images."
        ) from None


_state: dict[str, Any] = {}


def _start_process(request: DrawRequest[Any], parent: int) -> None:
    die_with(parent)
    os.nice(_NICENESS)
    _state.update(request=request, assets=AssetResolver(request.workspace))


def _draw(first: int, count: int) -> list[tuple[str, Any]]:
    request: DrawRequest[Any] = _state["request"]
    samples = (
        draw_sample(request.recipe, request.seed, index, request.accepts, _state["assets"])
        for index in range(first, first + count)
    )
    return [(sample.label, request.finish(sample.image)) for sample in samples]
