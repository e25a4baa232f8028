"""Measures of an image by which a fit compares: those of `engine.measures`, and two of its colours."""

from collections.abc import Mapping

import numpy as np
from PIL import Image

from engine.measures import MEASURES, Measure, measure_image

_LOOKED_AT = (32, 16)  # px, to which an image is reduced

FIT_MEASURES: Mapping[str, Measure] = {
    **MEASURES,
    "colour": Measure(
        "colour", "levels", "How far pixels are from grey: their largest less their least of 3 channels."
    ),
    "colour spread": Measure("colour spread", "levels", "Standard deviation of that within the image."),
}
"""All of them by name, in the order of `measured`."""

MEASURED = tuple(FIT_MEASURES)


def measured(image: Image.Image) -> list[float]:
    """Return the measures of an image in their order; NaN where one has no meaning."""
    values = measure_image(image)
    colours = np.asarray(image.convert("RGB").resize(_LOOKED_AT), np.float32)
    chroma = colours.max(axis=2) - colours.min(axis=2)
    return [*(values[name] for name in MEASURES), float(chroma.mean()), float(chroma.std())]
