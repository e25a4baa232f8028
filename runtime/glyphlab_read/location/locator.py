"""The locator: from a photo to its text map and its boxes, by one bundle.

One locator may serve several threads. It uses one core unless given more. This module opens no files but the bundle's.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from glyphlab_read.bundles.first_run import admit_graphs
from glyphlab_read.bundles.session import giving_back, open_session
from glyphlab_read.errors import BundleError, ConfigError
from glyphlab_read.location.bundle import LOCATOR_STARTER_FOLDER, load_locator_graphs, open_locator_bundle
from glyphlab_read.location.manifest import LocatorManifest
from glyphlab_read.location.maps import TextLevel
from glyphlab_read.location.preprocess import LARGEST_SIDE, SMALLEST_SIDE, Rgb
from glyphlab_read.location.text_map import TextMap
from glyphlab_read.location.tiles import TILE, map_photo
from glyphlab_read.regions.boxes import Box
from glyphlab_read.regions.thresholds import Thresholds


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
        self._session = open_session("network", graphs["network"], threads, arena=True)
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
    def open(
        cls, folder: str | os.PathLike[str] = LOCATOR_STARTER_FOLDER, threads: int = 1, *, try_first: bool = False
    ) -> "Locator":
        """Load the bundle in `folder` after checking its manifest, its hashes and what its graph holds.

        Args:
            folder: of the bundle, or a model file; the starter's, if none is given.
            threads: cores one call may use.
            try_first: whether its graph runs first in a child process with limits on memory and time, which takes
                seconds: for bundles of strangers in a process that others rely on.

        Raises:
            BundleError: it is incomplete, damaged, a reader's, of another format, or needs too much.
        """
        bundle = open_locator_bundle(Path(folder))
        graphs = load_locator_graphs(bundle)
        if bundle.folder.resolve() != LOCATOR_STARTER_FOLDER.resolve():
            admit_graphs(bundle.folder.name, graphs, _trials(bundle.manifest) if try_first else None)
        return cls(bundle.manifest, graphs, threads)

    def text_map(self, image: Image.Image, side: int | None = None) -> TextMap:
        """Return the text map of a photo of any mode and size.

        Args:
            image: the photo.
            side: longer side at which it is seen, px: more finds smaller text and takes longer. None: the bundle's.

        Raises:
            ConfigError: the side is out of range.
        """
        _check_side(side)
        manifest = self.manifest
        return map_photo(self._run, image, manifest.preprocessing, manifest.maps, manifest.shrink, side)

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

    def check(self, level: TextLevel, side: int | None = None) -> None:
        """Raise ConfigError where the locator has no map of a level, or photos cannot be seen at a side."""
        self.thresholds(level)
        _check_side(side)

    def seen_side(self, side: int | None = None) -> int | None:
        """Return the longer side at which photos are seen, px; None for a network with a size of its own."""
        preprocessing = self.manifest.preprocessing
        return None if preprocessing.mode == "fixed" else side or preprocessing.side

    def _run(self, pixels: Rgb) -> npt.NDArray[np.float32]:
        """Return the maps (h, w, M) of padded pixels."""
        outputs: Any = self._session.run(["maps"], {"image": np.ascontiguousarray(pixels[None])}, giving_back())
        return outputs[0][0]


def _trials(manifest: LocatorManifest) -> list[dict[str, tuple[int, ...]]]:
    """Return the image's shapes for a bundle's first photos: as small and as large as any that its network sees."""
    preprocessing = manifest.preprocessing
    if preprocessing.height is not None and preprocessing.width is not None:
        return [{"image": (1, preprocessing.height, preprocessing.width, 3)}]
    sides = [-(-side // preprocessing.multiple) * preprocessing.multiple for side in (TILE, SMALLEST_SIDE)]
    return [{"image": (1, height, width, 3)} for height in sides for width in sides]


def _check_side(side: int | None) -> None:
    if side is not None and not SMALLEST_SIDE <= side <= LARGEST_SIDE:
        raise ConfigError(
            f"side: {side} was given. Photos are seen at a longer side of {SMALLEST_SIDE} to {LARGEST_SIDE} px. "
            "Choose one of these."
        )
