"""Measures of lean: the slant of letters and the tilt of their line.

Both find the shear under which the ink falls into the fewest columns (or rows): there the energy of its projection,
the sum of squares, is greatest (Postl 1986, ICPR, "Detection of linear oblique structures and skew scan in digitized
documents"). A shear moves each line of pixels by a fraction of a pixel; in the Fourier domain that is a phase, and by
Parseval the energy is the sum of the squared spectrum, so no image is resampled. Legend: L lines, F frequencies, S
shears.
"""

import functools
import math

import cv2
import numpy as np
import numpy.typing as npt

from engine.measures.pixels import Floats, Pixels

_STEEPEST = 45  # degrees of slant looked at, either way
_FINEST_STROKES, _FINEST_LINE = 0.15, 0.4  # cycles a px; a line's feet are sharper than its letters' sides are even
_BLOCKS = 32  # columns that a line of text is divided into to find its tilt
_RISE = 24  # px that a line of text may rise or fall over its length
_LONG_ENOUGH = 2.0  # times its height that a line must be for its tilt to mean anything


def slant(pixels: Pixels) -> float:
    """Return by how many degrees strokes lean from the upright, -45…45, to the right positive; NaN for no text."""
    if pixels.blank:
        return math.nan
    height = pixels.ink.shape[0]
    shifts = np.tan(np.radians(np.arange(-_STEEPEST, _STEEPEST + 1, 3.0))) * height
    # Rows are counted from the top, so that letters that lean to the right move left from row to row.
    return -math.degrees(math.atan(_best_shift(pixels.ink, shifts, _FINEST_STROKES) / height))


def tilt(pixels: Pixels) -> float:
    """Return by how many degrees the line of text is turned, either way, from 0.

    NaN for no text and for images under twice as wide as high, in which letters make no line.
    """
    height, width = pixels.grey.shape
    if pixels.blank or width < _LONG_ENOUGH * height:
        return math.nan
    columns = cv2.resize(pixels.ink, (_BLOCKS, height), interpolation=cv2.INTER_AREA).astype(np.float32)
    rise = _best_shift(columns.T, np.arange(-_RISE, _RISE + 1, 1.0), _FINEST_LINE)
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
