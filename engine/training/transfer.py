"""Begin a network with what another run or the starter has learned, character by character where charsets differ.

Layers that hold one row or column a class (the last layer, an attention decoder's embedding) are taken apart by
character: what is known of one moves to its new class, new characters keep their fresh weights. All else is copied.
This module trains nothing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
from keras import layers

from engine.config.diff import differences
from engine.config.locator import LocatorConfig
from engine.config.reader import ReaderConfig
from engine.config.train import TrainConfig
from engine.errors import ConfigError
from engine.location.bundle import newest_locator_bundle
from engine.models.locators import build_locator
from engine.models.network import build_network
from engine.reading.bundle import newest_bundle
from engine.training import checkpoint as checkpoints
from engine.training.bundle_weights import load_graph_weights
from engine.training.trainer import Tensors, Trainer, best_weights, numbered
from engine.workspace import STARTER, Workspace
from glyphlab_read.charset import Charset
from glyphlab_read.location.bundle import LocatorBundle, load_locator_graphs
from glyphlab_read.reading.bundle import Bundle, load_graphs

Fresh = Mapping[str, npt.NDArray[np.bool_]]
"""The numbers of some tensors that no run has learned, True for each."""

SETTLING_BATCHES = 16
"""Batches of a run by which `settle` measures what its images are like."""


@dataclass(frozen=True)
class ParentCheckpoint:
    """A run, or the starter, to start from: its characters, its reader's settings and the network of its best step.

    Attributes:
        run, step: where that is from.
    """

    run: str
    step: int
    charset: Charset
    reader: ReaderConfig
    network: Tensors


def named(run: str) -> str:
    """Return what a run starts from, within a sentence."""
    return f"the {STARTER}" if run == STARTER else f"run {run}"


def open_parent(workspace: Workspace, run: str) -> ParentCheckpoint:
    """Open the best checkpoint of a run, else its newest; or the starter's bundle.

    Raises:
        BundleError, CheckpointError: it has no bundle, or all checkpoints are damaged.
        ConfigError: it has no checkpoint at all.
    """
    bundle = newest_bundle(workspace, run)
    manifest = bundle.manifest
    charset, reader = Charset(manifest.charset), ReaderConfig.parse(manifest.reader)
    if run == STARTER:
        return ParentCheckpoint(run, manifest.step, charset, reader, _starter_network(bundle, reader))
    chosen = _best_checkpoint(workspace, run)
    return ParentCheckpoint(run, chosen.step, charset, reader, best_weights(chosen.groups["network"]))


def open_parent_locator(workspace: Workspace, run: str, config: LocatorConfig) -> tuple[int, Tensors]:
    """Return the step and the network of the best checkpoint of a locator's run, else of its newest; or the starter's.

    Raises:
        BundleError, CheckpointError: it has no bundle, or all checkpoints are damaged.
        ConfigError: it has no checkpoint at all, or its network is built otherwise.
    """
    bundle = newest_locator_bundle(workspace, run)
    parent = LocatorConfig.parse(bundle.manifest.locator)
    if (parent.network, parent.scale) != (config.network, config.scale):
        raise ConfigError(
            f"start_from: the network of {named(run)} is {parent.network} of scale {parent.scale:g}, not "
            f"{config.network} of scale {config.scale:g}. Take the same settings, or another run."
        )
    if run == STARTER:
        return bundle.manifest.step, _starter_locator(bundle, parent)
    chosen = _best_checkpoint(workspace, run)
    return chosen.step, best_weights(chosen.groups["network"])


def _starter_network(bundle: Bundle, reader: ReaderConfig) -> Tensors:
    network = build_network(reader, bundle.charset.classes)
    (graph,) = load_graphs(bundle).values()
    load_graph_weights(graph, network.training)
    return numbered(network.training)


def _starter_locator(bundle: LocatorBundle, config: LocatorConfig) -> Tensors:
    network = build_locator(config)
    (graph,) = load_locator_graphs(bundle).values()
    load_graph_weights(graph, network)
    return numbered(network)


def _best_checkpoint(workspace: Workspace, run: str) -> checkpoints.Checkpoint:
    """Return the best checkpoint of a run, else its newest. Raises CheckpointError and ConfigError."""
    folder = workspace.folder("runs", run)
    newest = checkpoints.load_newest(folder)
    if newest is None:
        raise ConfigError(f"start_from: run {run} has no checkpoint to begin with. Choose one that has learned longer.")
    best = (newest.state.get("best") or {}).get("step", newest.step)
    return checkpoints.load(folder, best) or newest


def load_pretrained(trainer: Trainer, config: TrainConfig, parent: ParentCheckpoint, charset: Charset) -> Fresh:
    """Give a fresh network the weights of a run, and return where it keeps its own, as those of new characters.

    Raises:
        ConfigError: the run's network is built otherwise; the settings that differ are named.
    """
    own = trainer.tensors("network")
    axes = _class_axes(config, own, charset.classes)
    if not _alike(own, parent, axes, charset.classes):
        raise ConfigError(f"start_from: the network of {named(parent.run)} is built otherwise: {_why(config, parent)}.")
    moved, fresh = dict[str, npt.NDArray[Any]](), dict[str, npt.NDArray[np.bool_]]()
    for name, tensor in parent.network.items():
        moved[name] = _move(own[name], tensor, axes[name], charset, parent.charset)
        if axes[name] is not None:
            known = _move(
                np.zeros(own[name].shape, bool), np.ones(tensor.shape, bool), axes[name], charset, parent.charset
            )
            fresh[name] = ~known
    trainer.restore("network", moved)
    return fresh


def _class_axes(config: TrainConfig, own: Tensors, classes: int) -> dict[str, int | None]:
    """Return the axis of each tensor that counts classes: the one that grows with a class more."""
    larger = build_network(config.reader, classes + 1, seed=config.seed).training.variables
    pairs = zip(own.values(), larger, strict=True)
    grown = [np.flatnonzero(np.array(ours.shape) != np.array(tuple(theirs.shape))) for ours, theirs in pairs]
    return {name: int(axes[0]) if len(axes) else None for name, axes in zip(own, grown, strict=True)}


def _alike(own: Tensors, parent: ParentCheckpoint, axes: dict[str, int | None], classes: int) -> bool:
    return own.keys() == parent.network.keys() and all(
        tensor.shape == _resized(own[name].shape, axes[name], parent.charset.classes - classes)
        for name, tensor in parent.network.items()
    )


def _resized(shape: tuple[int, ...], axis: int | None, more: int) -> tuple[int, ...]:
    return tuple(size + more * (place == axis) for place, size in enumerate(shape))


def _move(
    own: npt.NDArray[Any], theirs: npt.NDArray[Any], axis: int | None, charset: Charset, known: Charset
) -> npt.NDArray[Any]:
    """Return a tensor with what both charsets know taken over, and the class beyond the characters."""
    if axis is None:
        return theirs
    shared = [character for character in known.characters if character in charset.characters]
    to = [*(charset.characters.index(character) for character in shared), charset.end]
    source = [*(known.characters.index(character) for character in shared), known.end]
    moved = np.moveaxis(own, axis, 0).copy()
    moved[to] = np.moveaxis(theirs, axis, 0)[source]
    return np.ascontiguousarray(np.moveaxis(moved, 0, axis))


def _why(config: TrainConfig, parent: ParentCheckpoint) -> str:
    found = differences(parent.reader.plain(), config.reader.plain())
    said = ", ".join(f"its {path} is {theirs}, not {ours}" for path, (theirs, ours) in found.items())
    return f"{said or 'other versions of Glyphlab made them'}. Take the same settings for the reader, or another run"


def settle(model: keras.Model, batches: Iterable[npt.NDArray[Any]]) -> None:
    """Let each batch normalisation know the mean and variance of what reaches it, and compute what it did.

    While a network learns, a normalisation takes these from each batch. Where a run's images differ from those before,
    all layers would compute something else at once: the starter read 6 points fewer words of photos after 265 steps at
    a rate of zero, over drawn and augmented words. So its scale and shift are set anew, to the same effect. Those in
    the ImageNet part of an encoder stay as they are.

    Args:
        model: a network with one input, `image`.
        batches: images as it will learn from them, uint8 (N, H, W, C) each: a normalisation follows the mean of their
            means and of their variances.
    """
    folded: list[Any] = [layer for layer in model.layers if isinstance(layer, layers.BatchNormalization)]
    if not folded:
        return
    before = keras.Model(model.input, [layer.input for layer in folded])
    seen = [[_moments(values) for values in before({"image": image}, training=False)] for image in batches]
    for layer, moments in zip(folded, zip(*seen, strict=True), strict=True):
        mean, variance = np.mean(moments, axis=0)
        scale = _numpy(layer.gamma) / np.sqrt(_numpy(layer.moving_variance) + layer.epsilon)
        shift = _numpy(layer.beta) - _numpy(layer.moving_mean) * scale
        layer.moving_mean.assign(mean)
        layer.moving_variance.assign(variance)
        layer.gamma.assign(scale * np.sqrt(variance + layer.epsilon))
        layer.beta.assign(shift + mean * scale)


def _moments(values: Any) -> npt.NDArray[np.float64]:
    """Return mean and variance of each channel, (2, C), of (N, …, C)."""
    seen = _numpy(keras.ops.cast(values, "float32"))
    axes = tuple(range(seen.ndim - 1))
    return np.stack([seen.mean(axes), seen.var(axes)])


def _numpy(variable: Any) -> npt.NDArray[np.float64]:
    return np.asarray(keras.ops.convert_to_tensor(variable)).astype(np.float64)
