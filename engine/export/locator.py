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
import numpy.typing as npt
from PIL import Image

from engine.config.locator import MAPS, MASK_SIDE, MULTIPLE, LocatorConfig
from engine.export.graphs import copy_weights, onnx_locator
from engine.jobs import paths
from engine.location.bundle import save_locator_bundle
from engine.location.parity import parity_of
from engine.models.locators import build_locator
from glyphlab_read.bundles.entries import TrainedOn, describe_graphs
from glyphlab_read.bundles.first_run import know
from glyphlab_read.location.locator import Locator
from glyphlab_read.location.manifest import LocatorManifest, MapParity, TunedThresholds
from glyphlab_read.location.maps import TextLevel
from glyphlab_read.location.preprocess import PhotoPreprocessing, Rgb
from glyphlab_read.location.text_map import TextMap
from glyphlab_read.location.tiles import map_photo
from glyphlab_read.regions.boxes import SHRINK

_UNCHECKED = MapParity(images=0, largest_difference=0.0, same_boxes=0, counts=False)


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
        locator = Locator(manifest, graphs)
        pairs = (
            (keras_text_map(self._float32_copy, self.config, photo), locator.text_map(photo)) for photo in self.photos
        )
        parity = parity_of(pairs, manifest.thresholds)
        know(graphs)
        folder = self.run / paths.BUNDLES
        folder.mkdir(exist_ok=True)
        return save_locator_bundle(folder / str(step), manifest.changed(parity=parity), graphs).manifest

    @cached_property
    def _float32_copy(self) -> keras.Model:
        return build_locator(self.config)


def keras_text_map(network: keras.Model, config: LocatorConfig, photo: Image.Image, side: int | None = None) -> TextMap:
    """Return the text map that a Keras network gives for a photo, prepared as its bundles prepare it."""

    def run(pixels: Rgb) -> npt.NDArray[np.floating]:
        logits = np.asarray(network.predict_on_batch({"image": pixels[None]}), np.float32)[0]
        return 1 / (1 + np.exp(-logits))

    return map_photo(run, photo, preprocessing_of(config), MAPS[config.network], SHRINK, side)
