"""The table of measures, and measuring images by all of them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import pandas as pd
from PIL import Image

from engine.measures.focus import blur
from engine.measures.pixels import HEIGHT, Pixels, grey_pixels
from engine.measures.shape import fill, stroke
from engine.measures.slant import slant, tilt
from engine.measures.tone import brightness, contrast, noise, unevenness


@dataclass(frozen=True)
class Measure:
    """One number of an image.

    Attributes:
        name: the column's name, and the word for people.
        unit: what it counts; empty for shares.
        help: one sentence.
    """

    name: str
    unit: str
    help: str


_AT = f"at {HEIGHT} px height"
_OF_PIXELS: dict[Measure, Callable[[Pixels], float]] = {
    Measure("contrast", "", "Difference of text and ground; 1 is black on white."): contrast,
    Measure("brightness", "", "Mean of all pixels; 1 is white."): brightness,
    Measure("blur", "px", f"Radius of the Gaussian blur that letters' edges show, {_AT}; 0.4 is sharp."): blur,
    Measure("noise", "grey levels", f"Standard deviation of the ground's noise, {_AT}."): noise,
    Measure("unevenness", "grey levels", "Standard deviation of the smoothed ground: shadows, pictures."): unevenness,
    Measure("stroke", "px", f"Usual width of the strokes, {_AT}."): stroke,
    Measure("slant", "degrees", "Lean of the strokes from the upright; to the right is positive."): slant,
    Measure("tilt", "degrees", "Turn of the line of text, either way."): tilt,
    Measure("fill", "", "Share of the height between the top and the foot of the text."): fill,
}
_OF_SIZE = (
    Measure("aspect", "", "Width over height."),
    Measure("height", "px", "Height as stored, before any resizing."),
)
MEASURES: dict[str, Measure] = {measure.name: measure for measure in (*_OF_PIXELS, *_OF_SIZE)}
"""All measures by name, in the order in which pages show them."""

REVISION = 2
"""To be raised whenever a measure gives another number, so that kept ones are not mixed with new ones."""


def measure_image(image: Image.Image) -> dict[str, float]:
    """Return every measure of an image by name; NaN where it has no meaning."""
    pixels = Pixels(grey_pixels(image))
    values = {measure.name: value(pixels) for measure, value in _OF_PIXELS.items()}
    return {**values, "aspect": image.width / image.height, "height": float(image.height)}


def measure_images(images: Iterable[Image.Image]) -> pd.DataFrame:
    """Return a row an image, a float64 column a measure."""
    return pd.DataFrame([measure_image(image) for image in images], columns=list(MEASURES), dtype="float64")
