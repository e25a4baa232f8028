"""Pairs of colours in photos: the two that a small part of one mostly consists of, as a text and its ground would.

The table that comes with Glyphlab is made by it (`python -m bench.colour_pairs`), and those of a fit to photos.
"""

from collections.abc import Iterable
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.measures.pixels import LUMA

_TRIES = 3  # of each k-means
_STOP = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_MAX_ITER, 20, 0.5)
_LUMA = np.array(LUMA, np.float32)
_SEED = 1
_PURE = 0.1  # share of the pixels of a colour that is mixed least


class TwoColours(NamedTuple):
    """The two colours of an image, RGB float32 0…255, the rarer first, and the share of its pixels that are rarer."""

    rare: NDArray[np.float32]
    common: NDArray[np.float32]
    share: float

    @property
    def contrast(self) -> float:
        """Difference of their levels of grey, 0 to 255."""
        return abs(float((self.rare - self.common) @ _LUMA))


def two_colours(image: NDArray[np.uint8]) -> TwoColours:
    """Return the two colours of an image (RGB, uint8 (H, W, 3)) by k-means of its pixels, always the same."""
    centres, members = _k_means(image.reshape(-1, 3).astype(np.float32), 2)
    shares = np.bincount(members, minlength=2) / len(members)
    rare = int(shares.argmin())
    return TwoColours(centres[rare], centres[1 - rare], float(shares[rare]))


def pure_colours(image: NDArray[np.uint8]) -> TwoColours:
    """Return the two colours of an image (RGB, uint8 (H, W, 3)) away from where they mix.

    Edges, blur and what is thin dim the means of all pixels to about half the difference of letters and their ground,
    so each colour is the mean of the tenth of its pixels that is farthest from the other.
    """
    colours = two_colours(image)
    pixels = image.reshape(-1, 3).astype(np.float32)
    order = np.argsort(pixels @ (colours.rare - colours.common))
    rare, common = (max(1, int(_PURE * part * len(pixels))) for part in (colours.share, 1 - colours.share))
    return TwoColours(pixels[order[-rare:]].mean(axis=0), pixels[order[:common]].mean(axis=0), colours.share)


def common_pairs(pairs: Iterable[TwoColours], count: int) -> list[tuple[str, str, float]]:
    """Return the most typical pairs: colours of text and ground as #rrggbb, and their share of all, by k-means in six
    dimensions; the rarer colour counts as that of the text.
    """
    rows = np.array([np.concatenate([pair.rare, pair.common]) for pair in pairs], np.float32)
    if not len(rows):
        return []
    centres, members = _k_means(rows, min(count, len(rows)))
    shares = np.bincount(members, minlength=len(centres)) / len(rows)
    return [(_hex(centre[:3]), _hex(centre[3:]), float(share)) for centre, share in zip(centres, shares, strict=True)]


def _k_means(rows: NDArray[np.float32], count: int) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    cv2.setRNGSeed(_SEED)
    none = np.zeros((len(rows), 1), np.int32)
    _, members, centres = cv2.kmeans(rows, count, none, _STOP, _TRIES, cv2.KMEANS_PP_CENTERS)
    return np.asarray(centres, np.float32), np.asarray(members, np.int64).ravel()


def _hex(colour: NDArray[np.float32]) -> str:
    return "#" + "".join(f"{min(255, max(0, round(float(band)))):02x}" for band in colour)
