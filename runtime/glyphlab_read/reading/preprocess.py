"""Preparation of an opened image as the network's input, the same for training and reading.

Legend: N images, H rows, W columns, C channels (1: grey, 3: red, green, blue), T time steps. A prepared image is uint8,
(H, W) in grey and (H, W, 3) in colour; the network scales it inside. This module opens no files (`images` does) and
changes no geometry but the size; augmentation belongs to training.
"""

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from PIL import Image

from glyphlab_read.settings import ClosedModel, setting

PADDING = 128
"""The grey to the right of an image that is narrower than its batch; a network that scales 0…255 to -1…1 sees 0."""

_MAX_GAIN = 4.0
_IGNORED_SHARE = 0.01


class Preprocessing(ClosedModel):
    """The preparation of an image: its size and channels."""

    height: int = setting(32, ge=8, le=256, unit="px", help="Rows of the prepared image; its aspect is kept.")
    max_width: int = setting(
        256, ge=16, le=4096, unit="px", help="Most columns of the prepared image; wider ones are squeezed to it."
    )
    widen_below: int = setting(
        0, ge=0, le=4096, unit="px", help="Narrower images are widened to the geometric mean of their width and this."
    )
    multiple: int = setting(
        32, ge=1, le=4096, unit="px", help="Batches are padded to a multiple of this width, so that few widths occur."
    )
    channels: Literal[1, 3] = setting(1, help="1: brightness alone; 3: red, green and blue.")

    def prepare(self, image: Image.Image) -> npt.NDArray[np.uint8]:
        """Return a prepared image with height / 2 <= W <= max_width, contrast stretched, background light.

        A narrower image is widened and a wider one squeezed, so that each leaves the network room for a text. Light
        text on a dark background is inverted, so that a network that learned one reads both.
        """
        image = image.convert("L" if self.channels == 1 else "RGB")
        width = self.prepared_width(*image.size)
        image = image.resize((width, self.height), Image.Resampling.BILINEAR, reducing_gap=3.0)
        return _dark_on_light(_stretch_contrast(np.asarray(image)))

    def prepared_width(self, width: int, height: int) -> int:
        """Return the columns of the prepared image for one of `width` × `height` pixels."""
        return int(self.prepared_widths(np.array(width), np.array(height)))

    def prepared_widths(self, widths: npt.NDArray[Any], heights: npt.NDArray[Any]) -> npt.NDArray[np.int64]:
        """Return the columns of prepared images for images of these widths and heights, px (S,) each."""
        kept = widths * self.height / heights
        widened = np.rint(np.maximum(kept, np.sqrt(kept * self.widen_below)))
        return np.minimum(np.maximum(widened, self.height // 2), self.max_width).astype(np.int64)

    def padded_width(self, width: int) -> int:
        """Return the width of the batch for a prepared image of `width` columns: the next multiple."""
        return -(-width // self.multiple) * self.multiple

    def pad_batch(
        self, images: Sequence[npt.NDArray[np.uint8]], least: int = 0
    ) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.int32]]:
        """Put prepared images, each W_i wide, left-aligned into one batch.

        Returns:
            uint8 (N, height, W, C), W being the `padded_width` of the widest (or of `least`, if that is more), and the
            images' own widths int32 (N,).
        """
        widths = np.array([image.shape[1] for image in images], dtype=np.int32)
        width = self.padded_width(max(int(widths.max()), least))
        batch = np.full((len(images), self.height, width, self.channels), PADDING, dtype=np.uint8)
        for target, image in zip(batch, images, strict=True):
            target[:, : image.shape[1]] = image.reshape(*image.shape[:2], self.channels)
        return batch, widths


def valid_frames(widths: npt.NDArray[np.int32], width: int, frames: int) -> npt.NDArray[np.int32]:
    """Return the number of a network's T = `frames` time steps that lie over each image, not over its padding.

    Args:
        widths: the images' own widths, int32 (N,), in columns.
        width: W, the columns of the padded batch.
        frames: T, the time steps that the network makes of W columns.

    Returns:
        int32 (N,), each at least 1 and at most T.
    """
    return np.clip(-(-widths.astype(np.int64) * frames // width), 1, frames).astype(np.int32)


def _stretch_contrast(pixels: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Spread the values over 0…255, leaving out 1 % at each end; by 4 at most, so that noise does not look like text.

    Colours are spread together: colours that differ in hue alone already span much of the range, and keep it.
    """
    counts = np.bincount(pixels.ravel(), minlength=256).cumsum()
    low = int(np.searchsorted(counts, counts[-1] * _IGNORED_SHARE, side="right"))
    high = int(np.searchsorted(counts, counts[-1] * (1 - _IGNORED_SHARE), side="left"))
    gain = min(255 / max(high - low, 1), _MAX_GAIN)
    table = np.clip((np.arange(256) - (low + high) / 2) * gain + 127.5, 0, 255).round().astype(np.uint8)
    return table[pixels]


def _dark_on_light(pixels: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Invert an image with a dark edge: the edge shows the background even where bold letters fill the middle."""
    edge = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])
    return 255 - pixels if np.median(edge) < 127.5 else pixels
