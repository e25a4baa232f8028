"""Augmentation of prepared images while a network learns, so that it never sees the same pixels twice.

Small slants, shifts, stretches and waves, blur, noise, uneven light: what crops of real photos have and drawn text
lacks; and light for dark and one colour for another, which few photos show twice. The size stays and the text stays
readable. Legend: H rows, W columns; in colour a third axis of 3. This module changes no label, and reading never calls
it.
"""

import cv2
import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[np.uint8]

_SLANT = 0.35  # columns a row, at most
_STRETCH, _RISE = 0.12, 0.10  # shares of width and height
_SHIFT = 0.08  # of the height
_WAVE = 0.06  # of the height
_BLUR = 1.1  # px
_NOISE = 18.0  # grey levels
_LIGHT = 45.0  # grey levels from one end to the other
_FADE = 0.45  # of the contrast
_SWAP = 0.4  # share of the images at full strength, for each of the two swaps


def augment(row: Pixels, strength: float, rng: np.random.Generator) -> Pixels:
    """Return a changed copy of a prepared image.

    Args:
        row: uint8 (H, W) or (H, W, 3).
        strength: 0…1, of every change; most are made to about half of the images.
        rng: random generator of all decisions.
    """
    swapped = _swap(row, strength, rng)
    bent = _bend(swapped, strength, rng) if rng.random() < 0.7 else swapped
    toned = _tone(bent, strength, rng) if rng.random() < 0.7 else bent.astype(np.float32)
    if rng.random() < 0.4:
        toned = cv2.GaussianBlur(toned, (0, 0), 0.2 + _BLUR * strength * rng.random())
    if rng.random() < 0.4:
        toned = toned + rng.standard_normal(row.shape, dtype=np.float32) * (_NOISE * strength * rng.random())
    return np.clip(toned, 0, 255).astype(np.uint8)


def _swap(row: Pixels, strength: float, rng: np.random.Generator) -> Pixels:
    """Turn light into dark, and put red, green and blue in another order, each in some images."""
    invert, shuffle = rng.random(2) < _SWAP * strength
    if shuffle and row.ndim == 3:
        row = np.ascontiguousarray(row[..., rng.permutation(3)])
    return 255 - row if invert else row


def _bend(row: Pixels, strength: float, rng: np.random.Generator) -> Pixels:
    """Slant, turn, stretch and shift a row, its edge grown outwards."""
    height, width = row.shape[:2]
    slant, tilt, stretch, rise, shift = rng.uniform(-strength, strength, 5)
    turn = tilt * _RISE * height / max(width, height)
    matrix = np.array([[1 + stretch * _STRETCH, slant * _SLANT, 0], [turn, 1 + rise * _RISE, shift * _SHIFT * height]])
    matrix[:, 2] += np.array([width / 2, height / 2]) @ (np.eye(2) - matrix[:, :2]).T
    if rng.random() < 0.7:
        bent = cv2.warpAffine(row, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE)
    else:
        bent = _wave(row, matrix, strength, rng)
    return np.asarray(bent, dtype=np.uint8)


def _wave(row: Pixels, matrix: npt.NDArray[np.float64], strength: float, rng: np.random.Generator) -> Pixels:
    """Bend a row along a slow wave beside the affine change."""
    height, width = row.shape[:2]
    columns, rows = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    length, start = rng.uniform(1.5, 5) * height, rng.uniform(0, 2 * np.pi)
    reach = _WAVE * strength * height * rng.random()
    x = matrix[0, 0] * columns + matrix[0, 1] * rows + matrix[0, 2]
    y = matrix[1, 0] * columns + matrix[1, 1] * rows + matrix[1, 2]
    y += reach * np.sin(2 * np.pi * columns / length + start)
    maps = x.astype(np.float32), y.astype(np.float32)
    return np.asarray(cv2.remap(row, *maps, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), dtype=np.uint8)


def _tone(row: Pixels, strength: float, rng: np.random.Generator) -> npt.NDArray[np.float32]:
    """Fade the contrast around the middle grey of the row, and lay a slope of light over it."""
    height, width = row.shape[:2]
    values = row.astype(np.float32)
    middle = float(values.mean())
    faded = middle + (values - middle) * (1 - _FADE * strength * rng.random())
    across, down = rng.uniform(-1, 1, 2) * (_LIGHT * strength)
    slope = np.linspace(-across, across, width)[None, :] / 2 + np.linspace(-down, down, height)[:, None] / 2
    slope = slope.reshape(height, width, *[1] * (row.ndim - 2))
    return (faded + slope + rng.uniform(-1, 1) * 20 * strength).astype(np.float32)
