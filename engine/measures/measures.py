"""Measures of an image (contrast, brightness, blur, noise, stroke, slant and others), and their table.

Slant and tilt are the shear under which the ink falls into the fewest columns (or rows): there the energy of its
projection, the sum of squares, is greatest (Postl 1986, ICPR, "Detection of linear oblique structures and skew scan in
digitized documents"). A shear moves each line of pixels by a fraction of a pixel; in the Fourier domain that is a
phase, and by Parseval the energy is the sum of the squared spectrum, so no image is resampled. Legend: L lines, F
frequencies, S shears.
"""

import functools
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt
import pandas as pd
from PIL import Image

from engine.measures.pixels import HEIGHT, Floats, Pixels, grey_pixels, quantile

LAPLACIANS = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], dtype=np.float32)
"""The difference of two Laplacians, by which noise is measured."""

MAD_TO_STD = 1.4826
"""A normal variable's standard deviation over the median of its absolute values."""

_MIN_GROUND = 48  # px; the ground is not measured on fewer
_SMOOTHING = 2.0  # px: slower variation is the shape of the ground, faster is noise
_EDGE_QUANTILE = 0.95  # of the slopes at letters' edges; the few above are noise and corners
_UPSAMPLING = 2  # before strokes are measured: their soft edges then show where they end
_STRAY_SHARE = 0.01  # share of the ink above and below that does not count: dots of noise
_MAX_SLANT = 45  # degrees, either way
_FINEST_STROKES, _FINEST_LINE = 0.15, 0.4  # cycles a px; a line's feet are sharper than its letters' sides are even
_BLOCKS = 32  # columns that a line of text is divided into to find its tilt
_MAX_RISE = 24  # px that a line of text may rise or fall over its length
_MIN_ASPECT = 2.0  # of a line whose tilt is measured


def contrast(pixels: Pixels) -> float:
    """Return |text - ground| / 255, from 0 to 1, of the grey levels that Otsu's threshold tells apart.

    It is linear: pixels scaled by k give k times the contrast.
    """
    return pixels.step / 255


def brightness(pixels: Pixels) -> float:
    """Return the mean grey level over 255, from 0 (black) to 1 (white)."""
    return float(pixels.grey.mean()) / 255


def noise(pixels: Pixels) -> float:
    """Return the standard deviation of the ground's noise in grey levels; NaN where hardly any ground is.

    The mask is the difference of two Laplacians, which gives 0 on planes and edges along the axes, and 6 sigma on noise
    (Immerkær 1996, Computer Vision and Image Understanding 64:300). We take the median of its absolute values, over
    ground alone, in place of his mean over the whole image, so that letters do not count as noise.
    """
    if np.count_nonzero(pixels.ground) < _MIN_GROUND:
        return math.nan
    response = cv2.filter2D(pixels.grey, cv2.CV_16S, LAPLACIANS)
    return MAD_TO_STD * quantile(np.abs(response[pixels.ground]), 0.5) / 6


def unevenness(pixels: Pixels) -> float:
    """Return the standard deviation of the smoothed ground in grey levels: shadows, pictures, gradients.

    The ground is smoothed by a Gaussian of 2 px that leaves the text out (normalised convolution, Knutsson and Westin
    1993, CVPR). NaN where hardly any ground is.
    """
    if np.count_nonzero(pixels.ground) < _MIN_GROUND:
        return math.nan
    weight = pixels.ground.astype(np.float32)
    smooth = cv2.GaussianBlur(cv2.merge([pixels.grey * weight, weight]), (0, 0), _SMOOTHING)[pixels.ground]
    return float(np.std(smooth[:, 0] / np.maximum(smooth[:, 1], 1e-6)))


def blur(pixels: Pixels) -> float:
    """Return the standard deviation in px of the Gaussian that would make edges as wide as these; NaN for no text.

    A step of height A blurred by a Gaussian of s px is steepest in its middle, at A / (s √(2π)) a px. So
    s = A / (√(2π) g), with g the slope at letters' edges and A the step from ground to text. Differences of
    neighbouring pixels take the place of slopes, so that the sharpest edge there can be measures 0.4 px, and strokes
    narrower than the blur, whose step is lowered too, about two thirds of it.
    """
    if pixels.blank:
        return math.nan
    ink = pixels.ink
    slope = np.hypot(np.diff(ink[:-1], axis=1), np.diff(ink[:, :-1], axis=0))
    text = pixels.text
    edges = (text[:-1, 1:] != text[:-1, :-1]) | (text[1:, :-1] != text[:-1, :-1])
    if not edges.any():
        return math.nan
    steepest = quantile(slope[edges], _EDGE_QUANTILE)
    return 1 / (math.sqrt(2 * math.pi) * max(steepest, 1e-3))


def fill(pixels: Pixels) -> float:
    """Return the share of the rows, 0…1, between the top and the foot of the text; NaN for no text."""
    if pixels.blank:
        return math.nan
    rows = np.cumsum(pixels.text.sum(axis=1))
    top, foot = np.searchsorted(rows, [rows[-1] * _STRAY_SHARE, rows[-1] * (1 - _STRAY_SHARE)], side="right")
    return float(min(foot, len(rows) - 1) - top + 1) / len(rows)


def stroke(pixels: Pixels) -> float:
    """Return the usual width of the text's strokes in px; NaN for no text.

    Twice the distance from the middle of a stroke to its edge: the ridge of the distance transform, as Chen et al.
    (2011, ICIP, "Robust text detection in natural images with edge-enhanced MSER") measure strokes; of the ridge's
    values the mean of the middle half. The idea to tell text by its strokes' width is that of Epshtein, Ofek and
    Wexler (2010, CVPR).
    """
    if pixels.blank:
        return math.nan
    finer = cv2.resize(pixels.ink, None, fx=_UPSAMPLING, fy=_UPSAMPLING, interpolation=cv2.INTER_LINEAR)
    inside = np.pad((finer >= 0.5).astype(np.uint8), 1)
    distance = cv2.distanceTransform(inside, cv2.DIST_L2, cv2.DIST_MASK_5)
    ridge = (distance >= cv2.dilate(distance, np.ones((3, 3), np.uint8))) & (inside > 0)
    if not ridge.any():
        return math.nan
    middle = np.sort(distance[ridge])
    half = middle[len(middle) // 4 : -(-3 * len(middle) // 4)]
    return 2 * float(half.mean()) / _UPSAMPLING  # exact for bars of whole pixels, whose enlarged width is even


def slant(pixels: Pixels) -> float:
    """Return by how many degrees strokes lean from the upright, -45…45, to the right positive; NaN for no text."""
    if pixels.blank:
        return math.nan
    height = pixels.ink.shape[0]
    shifts = np.tan(np.radians(np.arange(-_MAX_SLANT, _MAX_SLANT + 1, 3.0))) * height
    # Rows are counted from the top, so that letters that lean to the right move left from row to row.
    return -math.degrees(math.atan(_best_shift(pixels.ink, shifts, _FINEST_STROKES) / height))


def tilt(pixels: Pixels) -> float:
    """Return by how many degrees the line of text is turned, either way, from 0.

    NaN for no text and for images under twice as wide as high, in which letters make no line.
    """
    height, width = pixels.grey.shape
    if pixels.blank or width < _MIN_ASPECT * height:
        return math.nan
    columns = cv2.resize(pixels.ink, (_BLOCKS, height), interpolation=cv2.INTER_AREA).astype(np.float32)
    rise = _best_shift(columns.T, np.arange(-_MAX_RISE, _MAX_RISE + 1, 1.0), _FINEST_LINE)
    return abs(math.degrees(math.atan(rise / width)))


def _best_shift(lines: Floats, shifts: npt.NDArray[np.float64], finest: float) -> float:
    """Return by how many px ink, float32 (L, N), moves along its lines from the first line to one beyond the last.

    Args:
        lines: the ink.
        shifts: the shifts to try, evenly or nearly so; between the best and its neighbours a parabola decides.
        finest: the highest frequency that counts, in cycles a px.
    """
    count, length = lines.shape
    padded = 1 << (length + count - 1).bit_length()
    frequencies = range(1, int(padded * finest))
    spectrum = np.fft.rfft(lines, padded, axis=1)[:, 1 : frequencies.stop].astype(np.complex64)
    phases = _phases(count, padded, frequencies.stop, shifts.tobytes())
    sums = np.matmul(spectrum.T[:, None, :], phases)[:, 0]  # (F, S)
    energy = (sums.real**2 + sums.imag**2).sum(axis=0)
    best = int(energy.argmax())
    if not 0 < best < len(shifts) - 1:
        return float(shifts[best])
    left, middle, right = energy[best - 1 : best + 2]
    bow = left - 2 * middle + right
    return float(shifts[best] + (shifts[best + 1] - shifts[best - 1]) / 2 * (0.5 * (left - right) / bow if bow else 0))


@functools.lru_cache(maxsize=8)
def _phases(count: int, padded: int, stop: int, shifts: bytes) -> npt.NDArray[np.complex64]:
    """Return what undoes each shift, complex64 (F, L, S): line l of L moves back by shift * l / L."""
    moved = (np.arange(count) / count)[None, :, None] * np.frombuffer(shifts)[None, None, :]
    return np.exp(2j * np.pi * moved * (np.arange(1, stop) / padded)[:, None, None]).astype(np.complex64)


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
