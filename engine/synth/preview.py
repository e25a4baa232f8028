"""Samples and expected cost of a recipe before anything is made; nothing is written."""

import os
import time
from dataclasses import dataclass

from engine.config.recipe import Recipe
from engine.synth.asset_resolver import AssetResolver
from engine.synth.encoding import Format, encode
from engine.synth.samples import Sample, draw_sample
from engine.workspace import Workspace

_TIMED = 24  # samples timed for an estimate; under half a second
_ROW = 350  # bytes a sample takes beside its image: record, label and table row
_STORING = 0.0002  # seconds a sample takes beside drawing and encoding: record, factors, shard
_LEAST_SHARE = 0.25  # of a core, measured beside loads of 3 to 12 on two cores
_STARTING = 2.5  # seconds until processes draw and after they did, whatever the number of images


@dataclass(frozen=True)
class Estimate:
    """What a generation should cost on this machine, which is as busy as in the last minute."""

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
    shelf = AssetResolver(workspace)
    return [draw_sample(recipe, seed, index, shelf=shelf) for index in range(count)]


def estimate(
    recipe: Recipe,
    images: int,
    quality: int = 92,
    format: Format = "jpeg",
    processes: int = 0,
    workspace: Workspace | None = None,
) -> Estimate:
    """Guess what a generation costs by drawing a few samples here.

    The same samples are timed twice: first with most of their fonts, glyphs and pictures still to be read, as early in
    a generation, then with all of them at hand, as at its very end. A long one lies in between.

    Raises:
        ConfigError: as `preview` does.
    """
    shelf = AssetResolver(workspace)
    for index in range(_TIMED):  # opens dictionaries and the commonest of all else, which a generation does once
        draw_sample(recipe, 0, index, shelf=shelf)

    def timed() -> tuple[float, int]:
        began = time.thread_time()
        drawn = (draw_sample(recipe, 0, index, shelf=shelf).image for index in range(_TIMED, 2 * _TIMED))
        size = sum(len(encode(image, format, quality)) for image in drawn)
        return (time.thread_time() - began) / _TIMED, size

    (early, size), (late, _) = timed(), timed()
    rate = _cores(processes) / ((early + late) / 2 + _STORING)
    return Estimate(int(images * (size / _TIMED + _ROW)), _STARTING + images / rate, rate)


def _cores(processes: int) -> float:
    """Return how many cores so many processes (0: one a core) will have beside what ran here in the last minute.

    The kernel shares cores out between programs rather than threads: however many threads others have, some is left.
    """
    cores = len(os.sched_getaffinity(0))
    wanted = processes or cores
    others = os.getloadavg()[0]
    return min(wanted, cores) * max(_LEAST_SHARE, min(1.0, cores / (wanted + others)))
