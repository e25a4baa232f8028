"""The trainer of a locator: network, loss and optimiser."""

from collections.abc import Sequence
from typing import Any, Literal

import keras

from engine.config.locator import MAPS
from engine.config.train import Loss, Negatives, TrainLocatorConfig
from engine.models.locators import build_locator
from engine.models.locators.losses import locator_loss
from engine.training.crops import CropBatch
from engine.training.trainer import BaseTrainer, just_in_time, make_optimiser


class _LocatorModel(keras.Model):
    """A locator with its loss."""

    def __init__(self, network: keras.Model, config: TrainLocatorConfig) -> None:
        super().__init__(name="training_model")
        self.inner = network
        self.maps = MAPS[config.locator.network]
        self.kind: Loss = config.loss
        self.negatives: Negatives = config.negatives
        self.total = keras.metrics.Mean(name="total")

    def call(self, inputs: Any, training: bool = False) -> Any:
        """Return the logits."""
        return self.inner(inputs, training=training)

    def compute_loss(
        self, x: Any = None, y: Any = None, y_pred: Any = None, sample_weight: Any = None, training: bool = True
    ) -> Any:
        """Return what is to be made small."""
        loss = locator_loss(y, y_pred, self.maps, self.kind, self.negatives)
        self.total.update_state(loss)
        return loss


class LocatorTrainer(BaseTrainer):
    """A locator that learns.

    Args:
        config: of the run.
        precision: number format to compute in.
        devices: as of `Trainer`.

    Attributes:
        network: {"image" uint8 (N, H, W, 3)} -> logits float32 (N, h, w, M).
        map_names: of the M maps.
    """

    def __init__(
        self, config: TrainLocatorConfig, precision: Literal["float32", "bfloat16"], devices: Sequence[str] = ()
    ) -> None:
        super().__init__(devices, config.average)
        with self._sharing():
            self.network = self._owner = build_locator(config.locator, seed=config.seed, precision=precision)
            self._optimiser = make_optimiser(config)
            self._model = _LocatorModel(self.network, config)
            self._model.compile(optimizer=self._optimiser, jit_compile=just_in_time())
            self._optimiser.build(self.network.trainable_variables)
        self.network.jit_compile = just_in_time()
        self.map_names = MAPS[config.locator.network]
        targets = keras.KerasTensor((None, None, None, 2 * len(self.map_names)), "uint8")
        self._fix_graphs(targets, [self.network])

    def train_step(self, batch: CropBatch, learning_rate: float) -> float:
        """Take one step and return the batch's loss before it."""
        self._optimiser.learning_rate = learning_rate
        self._model.reset_metrics()
        with self._sharing():
            losses: Any = self._model.train_on_batch({"image": batch.image}, batch.targets, return_dict=True)
        self._follow()
        return float(losses["total"])
