"""Samples and expected cost of a recipe before anything is made; nothing is written."""

import os
import time
from dataclasses import dataclass

from engine.config.recipe import Recipe
from engine.synth.encoding import Format, encode
from engine.synth.samples import Sample, draw_sample
from engine.synth.shelf import Shelf
from engine.workspace import Workspace

_TIMED = 24  # samples drawn for an estimate; under half a second
_ROW = 350  # bytes a sample takes beside its image: record, label and table row


@dataclass(frozen=True)
class Estimate:
    """What a generation should cost on this machine."""

    bytes: int
    seconds: float
    images_per_second: float


def preview(recipe: Recipe, count: int, seed: int, workspace: Workspace | None = None) -> list[Sample]:
    """Draw the first `count` samples of a recipe. Equal arguments give equal samples, from any thread.

    A setting changed under the same seed changes what it governs and leaves the rest of each sample as it was. Without
    a workspace, nothing uploaded can be named.

    Raises:
        ConfigError: something the recipe names does not exist, or the recipe gives no image.
    """
    shelf = Shelf(workspace)
    return [draw_sample(recipe, seed, index, shelf=shelf) for index in range(count)]


def estimate(
    recipe: Recipe,
    images: int,
    quality: int = 92,
    format: Format = "jpeg",
    processes: int = 0,
    workspace: Workspace | None = None,
) -> Estimate:
    """Guess what a generation costs by drawing a few samples here; time is that of a machine with nothing else to do.

    Raises:
        ConfigError: as `preview` does.
    """
    preview(recipe, _TIMED, 0, workspace)  # opens fonts, glyphs and dictionaries, which a long generation does once
    began = time.thread_time()
    size = sum(len(encode(sample.image, format, quality)) for sample in preview(recipe, _TIMED, 0, workspace))
    rate = _TIMED / (time.thread_time() - began) * (processes or len(os.sched_getaffinity(0)))
    return Estimate(int(images * (size / _TIMED + _ROW)), images / rate, rate)
