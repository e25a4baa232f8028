"""Preview samples of a recipe, and the expected size and duration of a generation; nothing is written."""

import os
import time
from dataclasses import dataclass

from engine.config.recipe import Recipe
from engine.synth.asset_resolver import AssetResolver
from engine.synth.encoding import Format, encode
from engine.synth.samples import Sample, draw_sample
from engine.workspace import Workspace

_TIMED_SAMPLES = 24  # samples timed for an estimate; under half a second
_BYTES_BESIDE_IMAGE = 350  # of a sample: record, label and table row
_SECONDS_TO_STORE = 0.0002  # of a sample, beside drawing and encoding: record, factors, shard
_MIN_CORE_SHARE = 0.25  # measured beside loads of 3 to 12 on two cores
_SECONDS_TO_START = 2.5  # until processes draw, and after they did


@dataclass(frozen=True)
class Estimate:
    """Expected size and duration of a generation on this machine, if it stays as busy as in the last minute."""

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
    assets = AssetResolver(workspace)
    return [draw_sample(recipe, seed, index, assets=assets) for index in range(count)]


def estimate(
    recipe: Recipe,
    images: int,
    quality: int = 92,
    format: Format = "jpeg",
    processes: int = 0,
    workspace: Workspace | None = None,
) -> Estimate:
    """Estimate size and duration of a generation by drawing a few samples.

    The same samples are timed twice: first with most of their fonts, glyphs and pictures still to be read, as early in
    a generation, then with all of them cached, as at its end. The estimate is the mean of both.

    Raises:
        ConfigError: as `preview` does.
    """
    assets = AssetResolver(workspace)
    for index in range(_TIMED_SAMPLES):  # opens dictionaries and common fonts, which a generation does once
        draw_sample(recipe, 0, index, assets=assets)

    def timed() -> tuple[float, int]:
        began = time.thread_time()
        drawn = (
            draw_sample(recipe, 0, index, assets=assets).image for index in range(_TIMED_SAMPLES, 2 * _TIMED_SAMPLES)
        )
        size = sum(len(encode(image, format, quality)) for image in drawn)
        return (time.thread_time() - began) / _TIMED_SAMPLES, size

    (early, size), (late, _) = timed(), timed()
    return estimate_of(images, (early + late) / 2, size / _TIMED_SAMPLES, processes)


def estimate_of(images: int, seconds: float, size: float, processes: int) -> Estimate:
    """Return the estimate for images that take `seconds` of a core and `size` bytes each, by so many processes."""
    rate = _cores(processes) / (seconds + _SECONDS_TO_STORE)
    return Estimate(int(images * (size + _BYTES_BESIDE_IMAGE)), _SECONDS_TO_START + images / rate, rate)


def _cores(processes: int) -> float:
    """Return the number of cores that processes (0: one per core) get beside the load of the last minute.

    The kernel divides cores between programs rather than threads, so a share is left however many threads others have.
    """
    cores = len(os.sched_getaffinity(0))
    wanted = processes or cores
    others = os.getloadavg()[0]
    return min(wanted, cores) * max(_MIN_CORE_SHARE, min(1.0, cores / (wanted + others)))
