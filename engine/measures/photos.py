"""Measures of a whole photo, and of the text in it where that is known, so that drawn scenes lie beside real ones.

Pixels and lengths are those of the photo at a longer side of 1,280 px at most, about what a locator sees of it.
"""

import math
from collections.abc import Iterable, Sequence

import cv2
import numpy as np
import numpy.typing as npt
import pandas as pd
from PIL import Image

from engine.measures.measures import LAPLACIANS, MAD_TO_STD, Measure
from engine.regions.polygons import text_angles, text_heights
from engine.regions.region import Region

SIDE = 1280
"""Longer side of a photo as it is measured, px."""

_AT = f"at a longer side of {SIDE:,} px"
_WIDE = 11  # px of the second blur

PHOTO_MEASURES: dict[str, Measure] = {
    measure.name: measure
    for measure in (
        Measure("contrast", "", "Standard deviation of the grey levels, twice; 1 is half black and half white."),
        Measure("brightness", "", "Mean of all pixels; 1 is white."),
        Measure("blur", "", f"Share of the detail that a further blur leaves, {_AT}; 0 is sharp."),
        Measure("noise", "grey levels", f"Standard deviation of the noise, {_AT}."),
        Measure("regions", "words", "Words in the photo that count."),
        Measure("text height", "px", f"Usual height of its words, {_AT}."),
        Measure("angle", "degrees", "Usual deviation of its words from level."),
        Measure("width", "px", "Width as stored."),
        Measure("height", "px", "Height as stored."),
    )
}
"""All measures of photos by name, in the order in which pages show them."""


def measure_photo(photo: Image.Image, words: Sequence[Region] | None) -> dict[str, float]:
    """Return every measure of a photo by name; NaN where it has no meaning.

    Args:
        photo: of any size.
        words: its regions, in px of it; None where they are not known.
    """
    scale = min(1.0, SIDE / max(photo.size))
    grey = np.asarray(photo.convert("L"), np.uint8)
    if scale < 1:
        size = (round(photo.width * scale), round(photo.height * scale))
        grey = np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), np.uint8)
    own = {
        "contrast": 2 * float(grey.std()) / 255,
        "brightness": float(grey.mean()) / 255,
        "blur": _blur(grey),
        "noise": _noise(grey),
    }
    return {**own, **_of_words(words, scale), "width": float(photo.width), "height": float(photo.height)}


def measure_photos(photos: Iterable[tuple[Image.Image, Sequence[Region] | None]]) -> pd.DataFrame:
    """Return a row a photo, a float64 column a measure."""
    rows = [measure_photo(photo, words) for photo, words in photos]
    return pd.DataFrame(rows, columns=list(PHOTO_MEASURES), dtype="float64")


def _of_words(words: Sequence[Region] | None, scale: float) -> dict[str, float]:
    counted = [word.polygon for word in words or () if not word.ignore]
    measures = {"regions": float(len(counted)) if words is not None else math.nan}
    if not counted:
        return measures | {"text height": math.nan, "angle": math.nan}
    return measures | {
        "text height": float(np.median(text_heights(counted))) * scale,
        "angle": float(np.median(np.abs(text_angles(counted)))),
    }


def _blur(grey: npt.NDArray[np.uint8]) -> float:
    """Return how much of the differences of neighbouring pixels a wide mean leaves, 0 to 1; NaN for a plain photo.

    Blur takes much of a sharp photo and little of one that is blurred already (Crété-Roffet et al. 2007, SPIE 6492,
    "The blur effect: perception and estimation with a new no-reference perceptual blur metric").
    """
    own = grey.astype(np.float32)
    left = []
    for axis, size in ((0, (1, _WIDE)), (1, (_WIDE, 1))):
        blurred = cv2.blur(own, size)
        before, after = (np.abs(np.diff(each, axis=axis)) for each in (own, blurred))
        total = float(before.sum())
        if not total:
            return math.nan
        left.append(1 - float(np.maximum(0, before - after).sum()) / total)
    return max(left)


def _noise(grey: npt.NDArray[np.uint8]) -> float:
    """Return the standard deviation of the noise, from the median of the difference of two Laplacians (Immerkær 1996).

    The median passes over edges and texts, which are the smaller part of a photo.
    """
    response = cv2.filter2D(grey.astype(np.float32), cv2.CV_32F, LAPLACIANS)
    return MAD_TO_STD * float(np.median(np.abs(response))) / 6
