"""The trainer: a network with its loss and its optimiser, one step at a time, and every number that makes it up.

The mean of the last weights often reads better than the weights do (Tarvainen and Valpola 2017, "Mean teachers"), and
a mixture of the weights that a fine-tuning began with and those that it came to loses less of what was read before
(Wortsman et al. 2022, "Robust fine-tuning of zero-shot models"). Where a config asks for them, validations and bundles
take them; both are kept in numpy, and go into checkpoints. The only place where the loop meets Keras. It knows no
files, no schedule and no data order.
"""

import contextlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Literal, get_args

import keras
import numpy as np
import numpy.typing as npt

from engine.config.reader import Decoder
from engine.config.run import RunConfig
from engine.config.train import TrainConfig
from engine.errors import CheckpointError
from engine.models.inference import decode_best, decode_by_weight
from engine.models.losses import mean_loss
from engine.models.network import Network, build_network
from engine.training.muon import Muon
from engine.training.prefetch import Batch
from glyphlab_read.reading.decoding.ngram import NgramModel
from glyphlab_read.reading.decoding.types import Decoded

Tensors = dict[str, npt.NDArray[Any]]
Group = Literal["network", "optimiser"]
GROUPS: tuple[Group, ...] = get_args(Group)
_ADADELTA_EPSILON = 1e-8  # as aocr's framework had it
_MEAN, _START = "mean/", "start/"  # begin the names of the means, and of the first weights, among a network's tensors
_SHARE = "share"  # of the first weights that is kept, beside them


def drivable_gpus() -> list[str]:
    """Return the backend's names of the GPUs that this process sees and the backend can drive."""
    with contextlib.suppress(RuntimeError):  # JAX without CUDA knows no such devices
        return keras.distribution.list_devices("gpu")
    return []


class _TrainingModel(keras.Model):
    """A network's training model with the loss of its decoder."""

    def __init__(self, network: Network, smoothing: float) -> None:
        super().__init__(name="training_model")
        self.smoothing = smoothing
        self.nats = keras.metrics.Mean(name="nats")
        self.inner = network.training
        self.decoder: Decoder = network.config.decoder

    def call(self, inputs: Any, training: bool = False) -> Any:
        """Return the inner model's logits."""
        return self.inner(inputs, training=training)

    def compute_loss(
        self, x: Any = None, y: Any = None, y_pred: Any = None, sample_weight: Any = None, training: bool = True
    ) -> Any:
        """Return what is to be made small; the nats per character, which is what people see, go into a metric."""
        plain = mean_loss(self.decoder, y, y_pred)
        self.nats.update_state(plain)
        return mean_loss(self.decoder, y, y_pred, self.smoothing) if self.smoothing and training else plain


class BaseTrainer:
    """A Keras model with its optimiser: one step at a time, and every number that makes the two up.

    Subclasses set `_owner` (the model that holds the weights), `_model` (the compiled one), and `_optimiser`.

    Args:
        devices: the backend's names of those that share each batch; with fewer than two its first is used.
        average: share of the running mean of the weights that a step keeps; 0: there is none.
    """

    _owner: keras.Model
    _model: keras.Model
    _optimiser: keras.optimizers.Optimizer

    def __init__(self, devices: Sequence[str], average: float) -> None:
        self._shared = keras.distribution.DataParallel(devices=list(devices)) if len(devices) > 1 else None
        self._average = average
        self._mean: Tensors = {}  # from the first step on
        self._start: Tensors = {}

    def _sharing(self) -> contextlib.AbstractContextManager[Any]:
        """Have variables made inside lie on all devices, and batches be shared among them."""
        return self._shared.scope() if self._shared else contextlib.nullcontext()

    @property
    def parameters(self) -> int:
        """The number of the network's parameters."""
        return self._owner.count_params()

    def _fix_graphs(self, targets: keras.KerasTensor, readers: Iterable[keras.Model]) -> None:
        """Have one graph of each step serve batches of any size, so that a resumed run computes as the straight one.

        Args:
            targets: shape and dtype of what a batch shall come to.
            readers: models that read besides the compiled one.
        """
        if keras.backend.backend() != "tensorflow":
            return
        from engine.models.tensorflow_kernels import one_graph

        self._model.train_function = one_graph(self._model.train_step, self._owner.input, targets)
        self._model.test_function = one_graph(self._model.test_step, self._owner.input, targets)
        reader: Any
        for reader in readers:
            reader.predict_function = one_graph(reader.predict_step, reader.input)

    def tensors(self, group: Group) -> Tensors:
        """Return a copy of every number: the network's, with random states and means, or the optimiser's."""
        if group == "optimiser":
            return numbered(self._optimiser)
        means = {_MEAN + name: tensor.copy() for name, tensor in self._mean.items()}
        start = {_START + name: tensor.copy() for name, tensor in self._start.items()}
        return {**numbered(self._owner), **means, **start}

    def restore(self, group: Group, tensors: Tensors) -> None:
        """Put numbers back.

        Raises:
            CheckpointError: names, shapes or types are not those of this network.
        """
        if group == "optimiser":
            self._assign(group, tensors)
            return
        self._assign(group, _without_prefix(tensors))
        self._mean = _with_prefix(tensors, _MEAN) if self._average else {}
        self._start = _with_prefix(tensors, _START)

    def keep_start(self, share: float, fresh: Mapping[str, npt.NDArray[np.bool_]] = MappingProxyType({})) -> None:
        """Keep a share of the weights that the network has now in those of later validations and bundles.

        Args:
            share: 0…1; 0 keeps none.
            fresh: numbers of some tensors of which none is kept, for nothing has learned them yet.
        """
        self._start = numbered(self._owner) if share else {}
        if share:
            for name, numbers in fresh.items():
                self._start[name][numbers] = np.nan
            self._start[_SHARE] = np.array(share, np.float32)

    @contextlib.contextmanager
    def averaged(self) -> Iterator[None]:
        """Have the network compute inside with the weights of a bundle: see `best_weights`."""
        if not self._mean and not self._start:
            yield
            return
        own = numbered(self._owner)
        self._assign("network", best_weights(self.tensors("network")))
        try:
            yield
        finally:
            self._assign("network", own)

    def _follow(self) -> None:
        """Let the means follow the weights, after each step; over the first steps the newest weights count more."""
        if not self._average:
            return
        iterations = int(np.asarray(keras.ops.convert_to_tensor(self._optimiser.iterations)))
        keep = min(self._average, (1 + iterations) / (10 + iterations))
        for name, tensor in numbered(self._owner).items():
            if name in self._mean and np.issubdtype(tensor.dtype, np.floating):
                mean = self._mean[name]
                mean += (tensor - mean) * tensor.dtype.type(1 - keep)
            else:
                self._mean[name] = tensor

    def _assign(self, group: Group, tensors: Tensors) -> None:
        variables = self._named(group)
        expected = {name: (tuple(v.shape), keras.backend.standardize_dtype(v.dtype)) for name, v in variables.items()}
        found = {name: (tensor.shape, tensor.dtype.name) for name, tensor in tensors.items()}
        if expected != found:
            differing = next(iter(sorted({*expected.items()} ^ {*found.items()})))
            raise CheckpointError(
                f"A checkpoint was made of another network, or under another backend than {keras.backend.backend()}: "
                f"{differing[0]!r} differs. Resume it where it began, or start a new run with this config."
            )
        for name, variable in variables.items():
            variable.assign(tensors[name])

    def _named(self, group: Group) -> dict[str, Any]:
        return _by_place(self._owner if group == "network" else self._optimiser)


class Trainer(BaseTrainer):
    """A reader that learns.

    Args:
        config: of the run.
        classes: K.
        precision: number format to compute in.
        devices: the backend's names of those that share each batch, whose images must then be a multiple of their
            number (data parallelism: each holds all weights, and gradients are averaged); with fewer than two,
            the backend's first is used. Several need JAX.

    Attributes:
        network: what learns; its graphs share the weights.
    """

    def __init__(
        self,
        config: TrainConfig,
        classes: int,
        precision: Literal["float32", "bfloat16"],
        devices: Sequence[str] = (),
    ) -> None:
        super().__init__(devices, config.average)
        with self._sharing():
            self._build(config, classes, precision)

    def _build(self, config: TrainConfig, classes: int, precision: Literal["float32", "bfloat16"]) -> None:
        self.network = build_network(config.reader, classes, seed=config.seed, precision=precision)
        self._owner = self.network.training
        for graph in self.network.graphs.values():
            graph.jit_compile = just_in_time()
        if config.start_from and config.freeze_encoder:
            self.network.encoder.trainable = False
        self._optimiser = make_optimiser(config)
        self._model = _TrainingModel(self.network, config.label_smoothing)
        self._model.compile(optimizer=self._optimiser, jit_compile=just_in_time())
        self._optimiser.build(self.network.training.trainable_variables)
        self._fix_graphs(keras.KerasTensor((None, None), "int32"), self.network.graphs.values())

    def train_step(self, batch: Batch, learning_rate: float) -> float:
        """Take one step and return the batch's loss before it, in nats per character."""
        self._optimiser.learning_rate = learning_rate
        self._model.reset_metrics()
        with self._sharing():
            losses: Any = self._model.train_on_batch(batch.inputs, batch.targets, return_dict=True)
        self._follow()
        return float(losses["nats"])

    def eval_step(self, batch: Batch) -> float:
        """Return a batch's loss in nats per character, learning nothing."""
        self._model.reset_metrics()
        return float(self._model.test_on_batch(batch.inputs, batch.targets, return_dict=True)["nats"])

    def read(
        self, batch: Batch, ngram: NgramModel | None = None, weights: Sequence[float] = (0.0,)
    ) -> list[list[Decoded]]:
        """Return what the network reads in each of a batch's images, running freely, with each weight of likely texts.

        Args:
            batch: the images.
            ngram: tells which texts are likely; None where no weight is above 0.
            weights: see `ctc_best_by_weight`.
        """
        if ngram is None:
            return [[read] for read in decode_best(self.network, batch.image, batch.frames)]
        return decode_by_weight(self.network, batch.image, batch.frames, ngram, weights)


def just_in_time() -> Any:
    """Say whether graphs are compiled by XLA, which is the slower on CPUs; JAX knows no other way."""
    return keras.backend.backend() == "jax"


def best_weights(tensors: Tensors) -> Tensors:
    """Return the weights of a checkpoint that its bundle holds, given the network's.

    Their means count where they are kept, else the weights; and beside them, where the run keeps a share of those that
    it began with, these, but for the numbers that it had none for (NaN).
    """
    own, start = _with_prefix(tensors, _MEAN) or _without_prefix(tensors), _with_prefix(tensors, _START)
    share = start.pop(_SHARE, np.float32(0))
    for name, first in start.items():
        if np.issubdtype(first.dtype, np.floating):
            own[name] += share.astype(first.dtype) * np.nan_to_num(first - own[name])
    return own


def _with_prefix(tensors: Tensors, prefix: str) -> Tensors:
    return {name.removeprefix(prefix): tensor.copy() for name, tensor in tensors.items() if name.startswith(prefix)}


def _without_prefix(tensors: Tensors) -> Tensors:
    return {name: tensor.copy() for name, tensor in tensors.items() if not name.startswith((_MEAN, _START))}


def numbered(owner: keras.Model | keras.optimizers.Optimizer) -> Tensors:
    """Return a copy of every number of a model or an optimiser, as checkpoints name them."""
    return {name: _copy(variable) for name, variable in _by_place(owner).items()}


def _by_place(owner: keras.Model | keras.optimizers.Optimizer) -> dict[str, Any]:
    # Keras' names count the layers that this process has made so far; places stay.
    return {f"{number:04d}": variable for number, variable in enumerate(owner.variables)}


def _copy(variable: Any) -> npt.NDArray[Any]:
    return np.array(np.asarray(keras.ops.convert_to_tensor(variable)))


def make_optimiser(config: RunConfig) -> keras.optimizers.Optimizer:
    """Return the optimiser of a config."""
    clip: dict[str, Any] = {"global_clipnorm": config.clip or None}
    if config.optimiser == "sgd":
        return keras.optimizers.SGD(config.learning_rate, momentum=0.9, nesterov=True, **clip)
    if config.optimiser == "adadelta":
        return keras.optimizers.Adadelta(config.learning_rate, rho=0.95, epsilon=_ADADELTA_EPSILON, **clip)
    rates: dict[str, Any] = {"learning_rate": config.learning_rate, "weight_decay": config.weight_decay}
    optimiser = Muon(**rates, **clip) if config.optimiser == "muon" else keras.optimizers.AdamW(**rates, **clip)
    optimiser.exclude_from_weight_decay(var_names=["bias", "gamma", "beta"])
    return optimiser
