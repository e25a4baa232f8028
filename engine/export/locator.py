"""The exporter of locators: bundles of a run while it trains, translated, checked and written.

As `exporter` does for readers: a bundle that fails its parity check is written, too, but opened by nobody.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import keras
import numpy as np
from PIL import Image

from engine.bundles.entries import TrainedOn, describe_graphs
from engine.config.locator import MAPS, MASK_SIDE, MULTIPLE, LocatorConfig
from engine.export.graphs import copy_weights, onnx_locator
from engine.jobs import paths
from engine.location.bundle import save_locator_bundle
from engine.location.locator import Locator
from engine.location.manifest import TOLERANCE, LocatorManifest, MapParity, TunedThresholds
from engine.location.preprocess import PhotoPreprocessing
from engine.location.text_map import TextLevel, TextMap
from engine.models.locators import build_locator
from engine.regions.boxes import SHRINK, Box

_UNCHECKED = MapParity(images=0, largest_difference=0.0, same_boxes=0, counts=False)
_SAME_CORNERS = 0.5  # px


def preprocessing_of(config: LocatorConfig) -> PhotoPreprocessing:
    """Return how photos are prepared for a locator, in validation and in its bundles."""
    if config.network != "pyramid":
        return PhotoPreprocessing(mode="fixed", width=MASK_SIDE, height=MASK_SIDE, multiple=1)
    return PhotoPreprocessing(side=config.side, multiple=MULTIPLE)


@dataclass(frozen=True)
class LocatorExporter:
    """Exports one locator of one run, any number of times.

    Attributes:
        run: the run's folder, whose name is its id.
        network: the network in training, with the weights that are to be exported.
        config: of the network.
        trained_on: goes into the manifest as it is.
        photos: for the parity check.
    """

    run: Path
    network: keras.Model
    config: LocatorConfig
    trained_on: TrainedOn
    photos: Sequence[Image.Image]

    def export(
        self, step: int, thresholds: Mapping[TextLevel, TunedThresholds], scores: dict[str, Any]
    ) -> LocatorManifest:
        """Write the bundle of a step and return its manifest, parity in it.

        Raises:
            SpaceError: the disk is full; nothing is left behind.
            FileExistsError: this step has a bundle already.
        """
        copy_weights(self.network, self._float32_copy)
        graphs = {"network": onnx_locator(self._float32_copy, self.config)}
        manifest = LocatorManifest(
            run=self.run.name,
            step=step,
            created=datetime.now(UTC),
            locator=self.config.plain(),
            preprocessing=preprocessing_of(self.config),
            maps=MAPS[self.config.network],
            thresholds=dict(thresholds),
            graphs=describe_graphs(graphs),
            parity=_UNCHECKED,
            scores=scores,
            trained_on=self.trained_on,
        )
        parity = compare_maps(self._float32_copy, Locator(manifest, graphs), self.photos)
        folder = self.run / paths.BUNDLES
        folder.mkdir(exist_ok=True)
        return save_locator_bundle(folder / str(step), manifest.changed(parity=parity), graphs).manifest

    @cached_property
    def _float32_copy(self) -> keras.Model:
        return build_locator(self.config)


def keras_text_map(network: keras.Model, config: LocatorConfig, photo: Image.Image, side: int | None = None) -> TextMap:
    """Return the text map that a Keras network gives for a photo, prepared as its bundles prepare it."""
    preprocessing = preprocessing_of(config)
    prepared = preprocessing.prepare(photo, side)
    pixels = preprocessing.padded(prepared.pixels)
    logits = np.asarray(network.predict_on_batch({"image": pixels[None]}), np.float32)[0]
    maps = 1 / (1 + np.exp(-logits))
    steps = pixels.shape[1] / maps.shape[1], pixels.shape[0] / maps.shape[0]
    height, width = (-(-size // step) for size, step in zip(prepared.pixels.shape[:2], steps[::-1], strict=True))
    scale = (prepared.scale[0] * steps[0], prepared.scale[1] * steps[1])
    kept = maps[: int(height), : int(width)].astype(np.float16)
    return TextMap(kept, MAPS[config.network], SHRINK, scale, photo.size)


def compare_maps(network: keras.Model, locator: Locator, photos: Sequence[Image.Image]) -> MapParity:
    """Compare a float32 network with the locator that was exported from it, maps and boxes."""
    largest, same = 0.0, 0
    config = LocatorConfig.parse(locator.manifest.locator)
    for photo in photos:
        theirs, ours = keras_text_map(network, config, photo), locator.text_map(photo)
        difference = float(np.abs(theirs.maps.astype(np.float32) - ours.maps.astype(np.float32)).max())
        largest = max(largest, difference if np.isfinite(difference) else 1e30)
        same += all(
            _same(theirs.boxes(level, locator.thresholds(level)), ours.boxes(level, locator.thresholds(level)))
            for level in locator.manifest.levels
        )
    counts = largest <= TOLERANCE and same == len(photos)
    return MapParity(images=len(photos), largest_difference=largest, same_boxes=same, counts=counts)


def _same(some: list[Box], others: list[Box]) -> bool:
    return len(some) == len(others) and all(
        float(np.abs(one.quad - other.quad).max()) <= _SAME_CORNERS for one, other in zip(some, others, strict=True)
    )
