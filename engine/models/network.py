"""Construction of a reader's network from its config: an encoder, an optional BiLSTM, a decoder.

The graph takes raw pixels and normalises them inside, so that training and reading cannot differ in it. This module
trains nothing and opens no file; charset and preprocessing come as numbers.
"""

from dataclasses import dataclass
from typing import Any, Literal

import keras
from keras import layers

from engine.config.reader import ReaderConfig
from engine.models.attention import UNITS, AttentionCell, TeacherForcing
from engine.models.encoders import ENCODERS
from engine.models.precision import computing_in
from glyphlab_read.reading.preprocess import PADDING

_HALF_RANGE = 127.5


@dataclass(frozen=True)
class Network:
    """A reader's network as models that share their weights.

    Attributes:
        config: what it was built from.
        classes: K, the charset's characters and the one class beyond.
        encoder: image -> features float32 or bfloat16 (N, T, D), below BiLSTM and decoder; to freeze it, and to load
            pretrained weights into it.
        training: the model to train, with all weights. CTC: {"image" uint8 (N, H, W, C)} -> logits float32 (N, T, K).
            Attention: {"image", "tokens" int32 (N, L + 1)} -> logits (N, L + 1, K).
        graphs: the models to export, by the names of the bundle's graphs. CTC: network. Attention: encoder, image ->
            memory float32 (N, T, D), and step, {token, memory, states} -> {logits, next_<state>, alignment}.
        states: names and sizes of the attention decoder's states; empty for CTC.
    """

    config: ReaderConfig
    classes: int
    encoder: keras.Model
    training: keras.Model
    graphs: dict[str, keras.Model]
    states: dict[str, int]


def build_network(
    config: ReaderConfig, classes: int, *, seed: int = 0, precision: Literal["float32", "bfloat16"] = "float32"
) -> Network:
    """Build a network with fresh weights.

    Args:
        config: encoder, decoder and sizes.
        classes: K.
        seed: of Keras' random numbers, set for the whole process.
        precision: bfloat16 computes in it and keeps the weights in float32.
    """
    keras.utils.set_random_seed(seed)
    with computing_in(precision):
        image: Any = keras.Input((config.height, None, config.channels), dtype="uint8", name="image")
        # x / 127.5 - 1, shifted by half a grey so that the padding is exactly 0
        x = layers.Rescaling(1 / _HALF_RANGE, -PADDING / _HALF_RANGE)(image)
        memory = ENCODERS[config.encoder](x, config)
        encoder = keras.Model({"image": image}, memory, name="features")
        if config.recurrent:
            memory = layers.Bidirectional(_lstm(config.recurrent))(memory)
        if config.decoder == "ctc":
            logits = layers.Dense(classes, dtype="float32", name="logits")(memory)  # the last class is the blank
            model = keras.Model({"image": image}, logits, name="reader")
            return Network(config, classes, encoder, model, {"network": model}, {})
        return _with_attention(config, classes, encoder, image, memory)


def _with_attention(config: ReaderConfig, classes: int, encoder: keras.Model, image: Any, memory: Any) -> Network:
    memory = layers.Activation("linear", dtype="float32", name="memory")(memory)
    cell = AttentionCell(classes, memory.shape[-1], name="cell")
    to_keys = layers.Dense(UNITS, use_bias=False, name="keys")
    tokens = keras.Input((None,), dtype="int32", name="tokens")
    logits = TeacherForcing(cell, name="teacher")(tokens, memory, to_keys(memory))
    graphs = {"encoder": keras.Model({"image": image}, memory, name="encoder"), "step": _step(cell, to_keys)}
    model = keras.Model({"image": image, "tokens": tokens}, logits, name="reader")
    return Network(config, classes, encoder, model, graphs, cell.states)


def _step(cell: AttentionCell, to_keys: layers.Layer) -> keras.Model:
    token = keras.Input((), dtype="int32", name="token")
    memory = keras.Input((None, cell.features), dtype="float32", name="memory")
    states = {name: keras.Input((size,), dtype="float32", name=name) for name, size in cell.states.items()}
    logits, following, alignment = cell(token, memory, to_keys(memory), list(states.values()))
    outputs = {f"next_{name}": state for name, state in zip(states, following, strict=True)}
    inputs = {"token": token, "memory": memory, **states}
    return keras.Model(inputs, {"logits": logits, "alignment": alignment, **outputs}, name="step")


def _lstm(units: int) -> layers.LSTM:
    use_cudnn: Any = False  # the export cannot translate cuDNN's fused kernel
    return layers.LSTM(units, return_sequences=True, use_cudnn=use_cudnn)
