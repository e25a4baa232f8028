"""The pixels that measures look at: grey, at the height readers see, with text and ground set apart.

Sizes in px hold at that height, so that a photo of 200 rows and a drawn line of 40 can be compared by what a network
sees of them. Nothing here stretches contrast or turns light text dark, as readers' preparation does: that would hide
what is measured. Legend: H rows, W columns.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

LUMA = (0.299, 0.587, 0.114)
"""Shares of red, green and blue in a grey: ITU-R BT.601, as Pillow's mode L."""

HEIGHT = 32  # px, the readers' usual height
_MOST_COLUMNS = 512  # px; longer lines are squeezed, as readers squeeze them
_LEVELS = np.arange(256)
_LEAST_STEP = 8  # grey levels between text and ground, under which an image counts as blank

Grey = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]
Counts = npt.NDArray[np.int64]


def grey_pixels(image: Image.Image) -> Grey:
    """Return an image as uint8 (HEIGHT, W), luma of ITU-R BT.601, aspect kept up to 512 columns."""
    grey = np.asarray(image.convert("L"))
    width = min(max(round(grey.shape[1] * HEIGHT / grey.shape[0]), 4), _MOST_COLUMNS)
    if grey.shape == (HEIGHT, width):
        return grey
    shrinks = grey.shape[0] > HEIGHT
    return cv2.resize(grey, (width, HEIGHT), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR)  # pyright: ignore[reportReturnType]


def counts(grey: Grey, mask: Mask | None = None) -> Counts:
    """Return how many pixels, of those in the mask, have each grey level: int64 (256,)."""
    chosen = grey.ravel() if mask is None else grey[mask]
    return np.bincount(chosen, minlength=256)


def level(counted: Counts, share: float) -> float:
    """Return what `quantile` would of the pixels that were counted, of which there is at least one."""
    running = np.cumsum(counted)
    place = round(share * (int(running[-1]) - 1))
    return float(np.searchsorted(running, place, side="right"))


def quantile(values: npt.NDArray[Any], share: float) -> float:
    """Return the value under which a share of the values lies; quicker than numpy's, which weighs two neighbours."""
    place = round(share * (values.size - 1))
    return float(np.partition(values, place)[place])


@dataclass(frozen=True)
class Pixels:
    """Grey pixels, uint8 (H, W), and what follows from telling text and ground apart.

    The threshold is Otsu's (1979, IEEE Trans. SMC 9:62): it makes the two classes' means differ most for their spread.
    The ground is the class that prevails along the image's edge.
    """

    grey: Grey

    @cached_property
    def text(self) -> Mask:
        """Mask of the text, bool (H, W)."""
        _, dark = cv2.threshold(self.grey, 0, 1, cv2.THRESH_BINARY_INV + cv2.THRESH_OTSU)
        edge = np.concatenate([dark[0], dark[-1], dark[:, 0], dark[:, -1]])
        return dark != (2 * int(edge.sum(dtype=np.int64)) > edge.size)

    @cached_property
    def levels(self) -> tuple[float, float]:
        """Grey levels of text and ground, 0…255: the median of the ground, the quartile of the text away from it."""
        every = counts(self.grey)
        ink = counts(self.grey, self.text)
        ground = every - ink
        if not ink.any() or not ground.any():
            middle = level(every, 0.5)
            return middle, middle
        middle = level(ground, 0.5)
        darker = int(ink @ _LEVELS) < middle * int(ink.sum())
        return level(ink, 0.25 if darker else 0.75), middle

    @property
    def step(self) -> float:
        """Grey levels between text and ground, 0…255."""
        text, ground = self.levels
        return abs(ground - text)

    @property
    def blank(self) -> bool:
        """True if no text stands out."""
        return self.step < _LEAST_STEP

    @cached_property
    def ink(self) -> Floats:
        """Share of each pixel that is text, float32 (H, W), 0…1; only of images that are not blank."""
        text, ground = self.levels
        return np.clip((self.grey.astype(np.float32) - ground) / (text - ground), 0, 1)

    @cached_property
    def ground(self) -> Mask:
        """Mask of what surely is ground, bool (H, W): over two pixels from the nearest text."""
        return ~cv2.dilate(self.text.astype(np.uint8), np.ones((5, 5), np.uint8)).astype(bool)
