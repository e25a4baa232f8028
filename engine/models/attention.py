"""aocr's decoder: an embedding of 10, two LSTM layers of 128 and additive attention (Bahdanau et al. 2014).

`AttentionCell` makes one step, and is what is exported; `TeacherForcing` runs it over a known text, for training.
Legend: N images, T time steps, D features, L characters, K classes. Class K - 1 starts and ends a text. This module
decodes nothing: engine.reading.decoding.attention does, by calls of the cell.
"""

from typing import Any

import keras
from keras import layers

ops: Any = keras.ops  # it declares no return types

EMBEDDING = 10
UNITS = 128


@keras.saving.register_keras_serializable("glyphlab")
class AttentionCell(layers.Layer):
    """One step of the decoder.

    Args:
        classes: K.
        features: D of the memory.
    """

    def __init__(self, classes: int, features: int, **options: Any) -> None:
        super().__init__(**options)
        self.classes = classes
        self.features = features
        self.embedding = layers.Embedding(classes, EMBEDDING)
        self.mix = layers.Dense(EMBEDDING)
        self.lower = layers.LSTMCell(UNITS)
        self.upper = layers.LSTMCell(UNITS)
        self.query = layers.Dense(UNITS)
        self.energy = layers.Dense(1, use_bias=False)
        self.output_logits = layers.Dense(classes, dtype="float32", name="logits")

    @property
    def states(self) -> dict[str, int]:
        """Names of the states with their sizes; each is float32 (N, size), zeros at first."""
        return {"context": self.features, "h1": UNITS, "c1": UNITS, "h2": UNITS, "c2": UNITS}

    def build(self, *_: Any, **__: Any) -> None:
        """Create the weights, which depend on the constructor's arguments only."""
        self.embedding.build((None,))
        self.mix.build((None, EMBEDDING + self.features))
        self.lower.build((None, EMBEDDING))
        self.upper.build((None, UNITS))
        self.query.build((None, UNITS))
        self.energy.build((None, None, UNITS))
        self.output_logits.build((None, UNITS + self.features))
        self.built = True

    def call(self, token: Any, memory: Any, keys: Any, states: list[Any]) -> tuple[Any, list[Any], Any]:
        """Make one step.

        Args:
            token: the class emitted last, int32 (N,).
            memory: (N, T, D).
            keys: the memory projected for the attention, (N, T, UNITS).
            states: in the order of `states`.

        Returns:
            logits float32 (N, K), the next states, and the alignment (N, T) whose rows sum to 1.
        """
        memory, keys = ops.cast(memory, self.compute_dtype), ops.cast(keys, self.compute_dtype)
        output, following, alignment = self.advance(self.embedding(token), memory, keys, states)
        return self.output_logits(output), following, alignment

    def advance(self, embedded: Any, memory: Any, keys: Any, states: list[Any]) -> tuple[Any, list[Any], Any]:
        """Make one step from an embedded token (N, EMBEDDING) to the input of the logits layer (N, UNITS + D)."""
        context, h1, c1, h2, c2 = (ops.cast(state, self.compute_dtype) for state in states)
        x = self.mix(ops.concatenate([embedded, context], axis=-1))
        x, (h1, c1) = self.lower(x, [h1, c1])
        x, (h2, c2) = self.upper(x, [h2, c2])
        energy = self.energy(ops.tanh(keys + self.query(x)[:, None, :]))[..., 0]
        alignment = ops.softmax(ops.cast(energy, "float32"), axis=-1)
        context = ops.matmul(ops.cast(alignment, self.compute_dtype)[:, None, :], memory)[:, 0]
        output = ops.cast(ops.concatenate([x, context], axis=-1), "float32")
        return output, [ops.cast(state, "float32") for state in (context, h1, c1, h2, c2)], alignment

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {**super().get_config(), "classes": self.classes, "features": self.features}


@keras.saving.register_keras_serializable("glyphlab")
class TeacherForcing(layers.Layer):
    """Run a cell over known texts: each step gets the true previous character, whatever was predicted."""

    def __init__(self, cell: AttentionCell, **options: Any) -> None:
        super().__init__(**options)
        self.cell = cell

    def build(self, *_: Any, **__: Any) -> None:
        """Create the cell's weights."""
        if not self.cell.built:
            self.cell.build()
        self.built = True

    def call(self, tokens: Any, memory: Any, keys: Any) -> Any:
        """Return logits float32 (N, L + 1, K).

        Args:
            tokens: the start token and the L characters, int32 (N, L + 1).
            memory: (N, T, D).
            keys: (N, T, UNITS).
        """
        memory, keys = ops.cast(memory, self.compute_dtype), ops.cast(keys, self.compute_dtype)
        sizes = [UNITS + self.cell.features, *self.cell.states.values()]
        first = [ops.zeros((ops.shape(memory)[0], size), dtype="float32") for size in sizes]

        def step(carried: list[Any], embedded: Any) -> tuple[list[Any], list[Any]]:
            output, following, _ = self.cell.advance(embedded, memory, keys, carried[1:])
            # TensorFlow's scan wants what it collects to look like what it carries.
            return [output, *following], [output, *following]

        _, (outputs, *_) = ops.scan(step, first, ops.transpose(self.cell.embedding(tokens), (1, 0, 2)))
        return self.cell.output_logits(ops.transpose(outputs, (1, 0, 2)))

    def compute_output_spec(self, tokens: Any, memory: Any, keys: Any) -> keras.KerasTensor:
        """Return the shape of the logits, which a traced loop would lose."""
        return keras.KerasTensor((tokens.shape[0], tokens.shape[1], self.cell.classes), dtype="float32")

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {**super().get_config(), "cell": keras.saving.serialize_keras_object(self.cell)}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "TeacherForcing":
        """Rebuild the layer and its cell."""
        return cls(cell=keras.saving.deserialize_keras_object(config.pop("cell")), **config)
