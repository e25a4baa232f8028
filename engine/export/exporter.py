"""The exporter: bundles of a run while it trains, translated, checked and written.

A bundle that fails its parity check is written, too, for debugging; its manifest says that it does not count, and no
reader opens it. This module does not decide when to export.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.export.graphs import copy_weights, float32_copy, onnx_graphs
from engine.export.parity import compare
from engine.jobs import paths
from engine.models.network import Network
from engine.reading.bundle import describe_ngram, save_bundle
from glyphlab_read.bundles.entries import TrainedOn, describe_graphs
from glyphlab_read.bundles.first_run import know
from glyphlab_read.charset import Charset
from glyphlab_read.reading.decoding.ngram import NgramModel
from glyphlab_read.reading.manifest import AttentionDecoder, BundleManifest, CtcDecoder, DecoderState, Parity
from glyphlab_read.reading.preprocess import Preprocessing
from glyphlab_read.reading.reader import Reader

_UNCHECKED = Parity(images=0, same_strings=0, max_logit_difference=0.0, counts=False)


@dataclass(frozen=True)
class Exporter:
    """Exports one network of one run, any number of times.

    Attributes:
        run: the run's folder, whose name is its id.
        network: the network in training.
        charset, preprocessing, trained_on: go into the manifest as they are.
        images: of real samples, for the parity check, prepared, each uint8 (H, W_i).
        labels: their classes, each int32 (L_i,).
        ngram: n-gram model, if there is one. The parity check is of the network alone.
    """

    run: Path
    network: Network
    charset: Charset
    preprocessing: Preprocessing
    trained_on: TrainedOn
    images: Sequence[npt.NDArray[np.uint8]]
    labels: Sequence[npt.NDArray[np.int32]]
    ngram: NgramModel | None = None

    def export(self, step: int, scores: dict[str, Any], weight: float = 0.0) -> BundleManifest:
        """Write the bundle of a step and return its manifest, parity in it.

        Args:
            step: of the weights.
            scores: go into the manifest as they are.
            weight: of likely texts; with 0 the bundle reads by the image alone, and holds no n-gram model.

        Raises:
            SpaceError: the disk is full; nothing is left behind.
            FileExistsError: this step has a bundle already.
        """
        copy_weights(self.network.training, self._float32_copy.training)
        graphs = onnx_graphs(self._float32_copy)
        ngram = self._ngram_bytes if weight else b""
        manifest = BundleManifest(
            run=self.run.name,
            step=step,
            created=datetime.now(UTC),
            reader=self.network.config.plain(),
            charset=self.charset.characters,
            preprocessing=self.preprocessing,
            decoder=self._decoder(),
            graphs=describe_graphs(graphs),
            language=describe_ngram(ngram, weight) if ngram else None,
            parity=_UNCHECKED,
            scores=scores,
            trained_on=self.trained_on,
        )
        parity = compare(self._float32_copy, Reader(manifest, graphs), self.images, self.labels)
        know(graphs)
        folder = self.run / paths.BUNDLES
        folder.mkdir(exist_ok=True)
        return save_bundle(folder / str(step), manifest.changed(parity=parity), graphs, ngram).manifest

    @cached_property
    def _ngram_bytes(self) -> bytes:
        return self.ngram.to_bytes() if self.ngram else b""

    @cached_property
    def _float32_copy(self) -> Network:
        return float32_copy(self.network)

    def _decoder(self) -> CtcDecoder | AttentionDecoder:
        longest = self.network.config.max_length
        if self.network.config.decoder == "ctc":
            return CtcDecoder(max_length=longest)
        states = tuple(DecoderState(name=name, shape=(size,)) for name, size in self.network.states.items())
        return AttentionDecoder(max_length=longest, states=states)
