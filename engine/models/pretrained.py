"""ImageNet weights for the encoders that have them, downloaded once by keras.applications into its own cache.

A network is built with fresh weights; these are loaded before its first step only, never when a run is resumed or
exported. Offline, the error says what to do.
"""

import contextlib
import socket
from collections.abc import Callable, Iterator
from typing import Any

import keras
import numpy as np

from engine.config.reader import PRETRAINED, Encoder
from engine.errors import ConfigError
from engine.models.encoders.densenet121 import DENSENET121
from engine.models.encoders.imagenet import Application, backbone
from engine.models.encoders.resnet50 import RESNET50
from engine.models.network import Network

_APPLICATIONS: dict[Encoder, Application] = {"resnet50": RESNET50, "densenet121": DENSENET121}
_TIMEOUT = 20.0  # seconds without an answer

Fetch = Callable[[Application], keras.Model]


def fetch_imagenet(taken: Application) -> keras.Model:
    """Return the part of a network with ImageNet weights, from Keras' cache or the internet; may raise OSError."""
    with _download_timeout():
        return taken.part("imagenet")


def load_imagenet(network: Network, fetch: Fetch = fetch_imagenet) -> str | None:
    """Load ImageNet weights into a network's encoder, if its config asks for them and they are available.

    Args:
        network: as it was built.
        fetch: returns the weights.

    Returns:
        A note for the run's log; None where there is nothing to say.

    Raises:
        ConfigError: they are not available, and `pretrained` is "must".
    """
    config = network.config
    if config.pretrained == "off" or config.encoder not in PRETRAINED:
        return None
    if config.scale != 1.0:
        return (
            f"ImageNet's weights fit {config.encoder} at scale 1, and this one has {config.scale:g}: "
            "it begins with random ones."
        )
    try:
        given = fetch(_APPLICATIONS[config.encoder])
    except Exception as error:  # Keras raises bare exceptions for what it cannot download
        return _without(config.encoder, config.pretrained == "must", error)
    copy_by_place(given, backbone(network.encoder))
    return f"The encoder begins with ImageNet's weights of {config.encoder}."


def copy_by_place(source: Any, target: Any) -> None:
    """Copy the weights of one model to another in their order. Raises ValueError where shapes differ."""
    pairs = list(zip(source.weights, target.weights, strict=True))
    if any(tuple(theirs.shape) != tuple(ours.shape) for theirs, ours in pairs):
        raise ValueError("The two networks differ in shape")
    for theirs, ours in pairs:
        ours.assign(np.asarray(keras.ops.convert_to_tensor(theirs)))


def _without(encoder: str, must: bool, error: Exception) -> str:
    cause = " ".join(str(error).split())[:160] or type(error).__name__
    text = f"ImageNet's weights of {encoder} cannot be downloaded ({cause})"
    if must:
        raise ConfigError(
            f"{text}, and pretrained is must. Connect this machine to the network for the first run, or set pretrained "
            "to try or off to begin with random ones."
        ) from None
    return f"{text}, so it begins with random ones. Connect this machine to the network and start again to have them."


@contextlib.contextmanager
def _download_timeout() -> Iterator[None]:
    """Limit the wait of this process' connections: Keras' download has no timeout of its own."""
    former = socket.getdefaulttimeout()
    socket.setdefaulttimeout(_TIMEOUT)
    try:
        yield
    finally:
        socket.setdefaulttimeout(former)
