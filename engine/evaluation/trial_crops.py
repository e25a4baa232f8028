"""Crops of a trial: a few pieces of scenes as a locator would learn from them, written before its first step.

    trials/<id>/crops/<number>.jpg    what the network sees
    trials/<id>/crops/<number>.png    what it should say: see `target_picture`

This module defines what is kept and where; it cuts no crop.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from PIL import Image

from engine.files import write_bytes
from engine.images.encode import jpeg_bytes, png_bytes
from engine.jobs import paths

SHOWN = 6
"""Crops that are kept."""


class TrialCrop(NamedTuple):
    """The pictures of one crop: what the network sees, and what it should say."""

    image: Path
    targets: Path


def target_picture(targets: npt.NDArray[np.uint8], names: Sequence[str]) -> Image.Image:
    """Return the targets of a crop as a picture: red where there is text, green a kernel, blue what does not count.

    Args:
        targets: uint8 (h, w, 2 M), as `engine.training.crops` draws them: M masks, then M of the pixels that count.
        names: of the M maps.
    """
    empty = np.zeros(targets.shape[:2], np.uint8)
    region = names.index("region")
    text = targets[..., region]
    kernel = targets[..., names.index("kernel")] if "kernel" in names else empty
    outside = 1 - targets[..., len(names) + region]
    return Image.fromarray(np.stack([text, kernel, outside], axis=-1) * np.uint8(255))


def save_trial_crops(
    folder: Path, images: npt.NDArray[np.uint8], targets: npt.NDArray[np.uint8], names: Sequence[str]
) -> None:
    """Write N crops, images uint8 (N, S, S, 3) and targets (N, h, w, 2 M), into a job's folder. Raises SpaceError."""
    (folder / paths.CROPS).mkdir(exist_ok=True)
    for number, (image, target) in enumerate(zip(images, targets, strict=True)):
        crop = _crop(folder, number)
        write_bytes(crop.targets, png_bytes(target_picture(target, names)), durable=False)
        write_bytes(crop.image, jpeg_bytes(Image.fromarray(image)), durable=False)  # last: it says that both are there


def trial_crops(folder: Path) -> list[TrialCrop]:
    """Return the crops in a job's folder; none before they were cut."""
    crops = (_crop(folder, number) for number in range(SHOWN))
    return [crop for crop in crops if crop.image.is_file()]


def _crop(folder: Path, number: int) -> TrialCrop:
    place = folder / paths.CROPS
    return TrialCrop(place / f"{number}.jpg", place / f"{number}.png")
