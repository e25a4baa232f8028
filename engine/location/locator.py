"""The locator: from a photo to its text map and its boxes, by one bundle.

One locator may serve several threads. It uses one core unless given more. Photos that are seen larger than a tile are
seen tile by tile, so that memory grows with the map alone. This module opens no files but the bundle's.
"""

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from PIL import Image

from engine.bundles.session import open_session
from engine.config.thresholds import Thresholds
from engine.errors import BundleError, ConfigError
from engine.location.bundle import load_locator_graphs, open_locator_bundle
from engine.location.manifest import LocatorManifest
from engine.location.preprocess import LARGEST_SIDE, Rgb
from engine.location.text_map import TextLevel, TextMap
from engine.regions.boxes import Box
from engine.workspace import Workspace

TILE = 1600
"""Most px along each side that the network sees at once."""

OVERLAP = 256
"""Px that neighbouring tiles share at least: half of it, next to a cut edge, is not used of either."""


class Locator:
    """Finds text with one bundle.

    Args:
        manifest: describes the graph.
        graphs: the ONNX files' bytes by graph name, already checked.
        threads: cores one call may use.

    Raises:
        BundleError: the graph cannot be run, or its inputs and outputs are not those of the format.
    """

    def __init__(self, manifest: LocatorManifest, graphs: Mapping[str, bytes], threads: int = 1) -> None:
        self.manifest = manifest
        self._session = open_session("network", graphs["network"], threads)
        inputs, outputs = self._session.get_inputs(), {node.name: node for node in self._session.get_outputs()}
        if [node.name for node in inputs] != ["image"] or "maps" not in outputs:
            raise BundleError(
                f"network.onnx takes {[node.name for node in inputs]} and returns {sorted(outputs)}; the format says "
                "['image'] and ['maps']. Export the run again."
            )
        if outputs["maps"].shape[-1] != len(manifest.maps):
            raise BundleError(
                f"network.onnx returns {outputs['maps'].shape[-1]} maps, its manifest names {len(manifest.maps)}. "
                "Export the run again."
            )

    @classmethod
    def open(cls, folder: Path, workspace: Workspace | None = None, threads: int = 1) -> "Locator":
        """Load the bundle in `folder` after checking its place, manifest and hashes.

        Raises:
            BundleError: it lies outside the workspace, is incomplete, damaged, a reader's or of another format.
        """
        bundle = open_locator_bundle(folder, workspace or Workspace.default())
        return cls(bundle.manifest, load_locator_graphs(bundle), threads)

    def text_map(self, image: Image.Image, side: int | None = None) -> TextMap:
        """Return the text map of a photo of any mode and size.

        Args:
            image: the photo.
            side: longer side at which it is seen, px: more finds smaller text and takes longer. None: the bundle's.

        Raises:
            ConfigError: the side is out of range.
        """
        if side is not None and not 32 <= side <= LARGEST_SIDE:
            raise ConfigError(
                f"side: {side} was given. Photos are seen at a longer side of 32 to {LARGEST_SIDE} px. Choose one of "
                "these."
            )
        prepared = self.manifest.preprocessing.prepare(image, side)
        maps, stride = self._maps(prepared.pixels)
        scale = (prepared.scale[0] * stride[0], prepared.scale[1] * stride[1])
        return TextMap(maps, self.manifest.maps, self.manifest.shrink, scale, image.size)

    def locate(
        self,
        image: Image.Image,
        level: TextLevel = "word",
        thresholds: Thresholds | None = None,
        side: int | None = None,
    ) -> list[Box]:
        """Return the boxes of a photo's words or lines, in its px, from the upper left to the lower right.

        Args:
            image: the photo, of any mode and size.
            level: what boxes enclose.
            thresholds: in place of the bundle's own.
            side: see `text_map`.

        Raises:
            ConfigError: the side is out of range, or the locator has no map of this level.
        """
        return self.text_map(image, side).boxes(level, thresholds or self.thresholds(level))

    def thresholds(self, level: TextLevel) -> Thresholds:
        """Return the bundle's thresholds for a level. Raises ConfigError where it has no map of it."""
        if level not in self.manifest.thresholds:
            raise ConfigError(
                f"level: {level!r} was given. This locator finds {' and '.join(self.manifest.levels)}s. Choose one of "
                "these."
            )
        return self.manifest.thresholds[level].thresholds

    def seen_side(self, side: int | None = None) -> int | None:
        """Return the longer side at which photos are seen, px; None for a network with a size of its own."""
        preprocessing = self.manifest.preprocessing
        return None if preprocessing.mode == "fixed" else side or preprocessing.side

    def _maps(self, pixels: Rgb) -> tuple[npt.NDArray[np.float16], tuple[float, float]]:
        """Return the maps over pixels (H, W, 3), and the pixels for one of a map along x and y."""
        height, width = pixels.shape[:2]
        preprocessing = self.manifest.preprocessing
        step = preprocessing.multiple if preprocessing.mode == "side" else None
        maps, x_stride, y_stride = np.zeros((0, 0, 0), np.float16), 1.0, 1.0
        for rows in _spans(height, step):
            for columns in _spans(width, step):
                padded = preprocessing.padded(pixels[rows.begin : rows.end, columns.begin : columns.end])
                tile = self._run(padded)
                if not maps.size:
                    y_stride, x_stride = padded.shape[0] / tile.shape[0], padded.shape[1] / tile.shape[1]
                    shape = math.ceil(height / y_stride), math.ceil(width / x_stride), tile.shape[2]
                    maps = np.zeros(shape, np.float16)
                into_y, of_y = rows.cells(y_stride)
                into_x, of_x = columns.cells(x_stride)
                maps[into_y, into_x] = tile[of_y, of_x]
        return maps, (x_stride, y_stride)

    def _run(self, pixels: Rgb) -> npt.NDArray[np.float16]:
        """Return the maps of padded pixels; what is no number becomes 0."""
        outputs: Any = self._session.run(["maps"], {"image": np.ascontiguousarray(pixels[None])})
        return np.fmin(np.fmax(outputs[0][0], 0), 1).astype(np.float16)  # fmax takes 0 rather than what is no number


class _Span(NamedTuple):
    """Pixels of a tile along one axis: what it sees, from `begin` to `end`, and what of it is used."""

    begin: int
    end: int
    first: int
    last: int

    def cells(self, stride: float) -> tuple[slice, slice]:
        """Return what is used, in cells of the whole map and of the tile's."""
        first, last, begin = (math.ceil(px / stride) for px in (self.first, self.last, self.begin))
        return slice(first, last), slice(first - begin, last - begin)


def _spans(length: int, step: int | None) -> list[_Span]:
    """Return overlapping tiles over a length, each beginning at a multiple of `step`; None: one tile in any case."""
    if step is None or length <= TILE:
        return [_Span(0, length, 0, length)]
    tile = TILE // step * step
    count = math.ceil((length - OVERLAP) / (tile - OVERLAP))
    begins = [math.ceil(number * (length - tile) / (count - 1) / step) * step for number in range(count)]
    ends = [min(begin + tile, length) for begin in begins]
    cuts = [(begin + end) // 2 // step * step for begin, end in zip(begins[1:], ends[:-1], strict=True)]
    return [_Span(*span) for span in zip(begins, ends, [0, *cuts], [*cuts, length], strict=True)]
