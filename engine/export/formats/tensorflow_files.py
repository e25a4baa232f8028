"""A reader as a TensorFlow SavedModel with aocr's signature, and as a LiteRT file; both are written by TensorFlow.

Keras' TensorFlow backend writes them in this process, else a child process does, as in `engine.export.graphs`.
The SavedModel prepares images and decodes texts itself, so that clients of TensorFlow Serving send image files and get
texts, as they did with aocr (github.com/emedvedev/attention-ocr). Legend: H rows, W columns, C channels, T time steps.
"""

import shutil
import sys
from pathlib import Path
from typing import Any

import keras

from engine.export.graphs import in_tensorflow, load_network
from engine.files import read_json
from engine.models.network import Network
from glyphlab_read.reading.preprocess import PADDING, Preprocessing

SAVED_MODEL, LITERT = "saved_model", "reader.tflite"
_FIXED = float(1 << 22)  # Pillow's fixed point for images of 8 bits


def write_saved_model(network: Network, charset: str, preprocessing: Preprocessing, folder: Path) -> None:
    """Write `saved_model` below a folder: signature `serving_default`, `input` -> `prediction`, `probability`.

    Args:
        network: float32, with its weights.
        charset: the characters, in the order of their classes.
        preprocessing: of the reader.
        folder: where it is written.
    """
    _write(network, {"charset": charset, "preprocessing": preprocessing.plain(), "what": SAVED_MODEL}, folder)


def write_litert(network: Network, preprocessing: Preprocessing, folder: Path) -> None:
    """Write `reader.tflite` below a folder: image uint8 (1, H, W, C) -> logits float32 (1, T, K), CTC only."""
    _write(network, {"preprocessing": preprocessing.plain(), "what": LITERT}, folder)


def _write(network: Network, described: dict[str, Any], folder: Path) -> None:
    if keras.backend.backend() == "tensorflow":
        _write_here(network, described, folder)
        return
    described = described | {"reader": network.config.plain(), "classes": network.classes}
    with in_tensorflow(network.training.variables, described, "engine.export.formats.tensorflow_files") as written:
        shutil.move(written / described["what"], folder / described["what"])


def _write_here(network: Network, described: dict[str, Any], folder: Path) -> None:
    preprocessing = Preprocessing.parse(described["preprocessing"])
    if described["what"] == LITERT:
        (folder / LITERT).write_bytes(_litert(network, preprocessing))
    else:
        _save(network, described["charset"], preprocessing, folder / SAVED_MODEL)


def _litert(network: Network, preprocessing: Preprocessing) -> bytes:
    import tensorflow as tf
    from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

    model = network.graphs["network"]
    shape: Any = (
        1,
        preprocessing.height,
        None,
        preprocessing.channels,
    )  # of any width, as images are padded to several

    @tf.function(input_signature=[tf.TensorSpec(shape, tf.uint8, name="image")])
    def run(image: Any) -> dict[str, Any]:
        return {"logits": model({"image": image}, training=False)}

    # The converter would leave Keras' weights to a start that LiteRT never makes.
    frozen = convert_variables_to_constants_v2(run.get_concrete_function())
    return tf.lite.TFLiteConverter.from_concrete_functions([frozen]).convert()


def _save(network: Network, charset: str, preprocessing: Preprocessing, folder: Path) -> None:
    import tensorflow as tf

    decode = _ctc_decoder(network) if network.config.decoder == "ctc" else _attention_decoder(network)
    characters = tf.constant([character.encode() for character in charset])

    def read_one(content: Any) -> tuple[Any, Any]:
        ids, probability = decode(*_prepared(content, preprocessing))
        return tf.strings.reduce_join(tf.gather(characters, ids)), tf.cast(probability, tf.float64)

    any_rank: Any = None  # of one file or of a list of them

    @tf.function(input_signature=[tf.TensorSpec(any_rank, tf.string, name="input")])
    def serve(files: Any) -> dict[str, Any]:
        each = tf.reshape(files, [-1])
        texts, probabilities = tf.map_fn(read_one, each, fn_output_signature=(tf.string, tf.float64))
        # One image gives plain values, as aocr does.
        alone = tf.equal(tf.size(texts), 1)
        prediction = tf.cond(alone, lambda: texts[0], lambda: texts)
        probability = tf.cond(alone, lambda: probabilities[0], lambda: probabilities)
        return {"prediction": prediction, "probability": probability, "output": tf.identity(prediction)}

    module: Any = tf.Module()
    module.graphs, module.serve = dict(network.graphs), serve
    tf.saved_model.save(module, str(folder), signatures={"serving_default": serve})


def _prepared(content: Any, preprocessing: Preprocessing) -> tuple[Any, Any]:
    """Return an image file as `Preprocessing.prepare` and `pad_batch` do, uint8 (1, H, W, C), and its width."""
    import tensorflow as tf

    pixels = tf.cast(tf.io.decode_image(content, channels=3, expand_animations=False), tf.float32)
    pixels = tf.ensure_shape(pixels, (None, None, 3))
    if preprocessing.channels == 1:
        weights = tf.constant([19595.0, 38470.0, 7471.0])  # of 65,536, as Pillow weighs them
        pixels = tf.floor((tf.reduce_sum(pixels * weights, axis=-1, keepdims=True) + 32768.0) / 65536.0)
    rows, columns = tf.shape(pixels)[0], tf.shape(pixels)[1]
    height = preprocessing.height
    kept = tf.cast(columns * height, tf.float64) / tf.cast(rows, tf.float64)
    widened = tf.maximum(kept, tf.sqrt(kept * float(preprocessing.widen_below)))
    width = tf.clip_by_value(tf.cast(tf.round(widened), tf.int32), height // 2, preprocessing.max_width)
    # One after the other, as Pillow rounds in between.
    pixels = tf.cast(pixels, tf.float64)
    pixels = tf.floor(tf.einsum("hwc,vw->hvc", pixels, _triangles(columns, width)) / _FIXED + 0.5)
    pixels = tf.floor(tf.einsum("hvc,uh->uvc", pixels, _triangles(rows, height)) / _FIXED + 0.5)
    pixels = _dark_on_light(_stretched(tf.cast(pixels, tf.int32)))
    spare: Any = -(-width // preprocessing.multiple) * preprocessing.multiple - width
    pixels = tf.pad(pixels, [[0, 0], [0, spare], [0, 0]], constant_values=PADDING)
    image = tf.cast(pixels, tf.uint8)[None]
    return tf.ensure_shape(image, (1, height, None, preprocessing.channels)), width


def _triangles(given: Any, wanted: Any) -> Any:
    """Return the weights by which Pillow resizes so many pixels to so many (BILINEAR), as its whole numbers.

    float64 (wanted, given), of `_FIXED`: sums of them are exact, so that halves are rounded as Pillow rounds them.
    """
    import tensorflow as tf

    step = tf.cast(given, tf.float64) / tf.cast(wanted, tf.float64)
    centres = (tf.cast(tf.range(wanted), tf.float64) + 0.5) * step - 0.5
    apart = tf.abs(tf.cast(tf.range(given), tf.float64) - centres[:, None])
    weights = tf.maximum(1.0 - apart / tf.maximum(step, 1.0), 0.0)
    return tf.floor(weights / tf.reduce_sum(weights, axis=1, keepdims=True) * _FIXED + 0.5)


def _stretched(pixels: Any) -> Any:
    import tensorflow as tf

    counts = tf.cumsum(tf.math.bincount(tf.reshape(pixels, [-1]), minlength=256, maxlength=256))
    total = tf.cast(counts[-1], tf.float64)
    shares = tf.cast(counts, tf.float64)
    low = tf.reduce_sum(tf.cast(shares <= total * 0.01, tf.float64))
    high = tf.reduce_sum(tf.cast(shares < total * 0.99, tf.float64))
    gain = tf.minimum(255.0 / tf.maximum(high - low, 1.0), 4.0)
    levels = (tf.range(256, dtype=tf.float64) - (low + high) / 2.0) * gain + 127.5
    return tf.gather(tf.cast(tf.round(tf.clip_by_value(levels, 0.0, 255.0)), tf.int32), pixels)


def _dark_on_light(pixels: Any) -> Any:
    import tensorflow as tf

    parts = (pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1])
    edge = tf.sort(tf.concat([tf.reshape(part, [-1]) for part in parts], axis=0))
    count = tf.size(edge)
    twice = edge[(count - 1) // 2] + edge[count // 2]
    return tf.where(twice < 255, 255 - pixels, pixels)


def _ctc_decoder(network: Network) -> Any:
    """Return a function (image, width) -> (classes of the characters, their common probability)."""
    import tensorflow as tf

    blank = network.classes - 1

    def decode(image: Any, width: Any) -> tuple[Any, Any]:
        probs = tf.nn.softmax(network.graphs["network"]({"image": image}, training=False)[0])
        frames = tf.shape(probs)[0]
        count = tf.clip_by_value(-(-width * frames // tf.shape(image)[2]), 1, frames)
        probs = probs[:count]
        best = tf.argmax(probs, axis=1, output_type=tf.int32)
        starts = tf.concat([[True], best[1:] != best[:-1]], axis=0)
        runs = tf.cumsum(tf.cast(starts, tf.int32)) - 1
        surest = tf.math.segment_max(tf.reduce_max(probs, axis=1), runs)  # of the frames of each character
        ids = tf.boolean_mask(best, starts)
        return tf.boolean_mask(ids, ids != blank), tf.reduce_prod(tf.boolean_mask(surest, ids != blank))

    return decode


def _attention_decoder(network: Network) -> Any:
    """Return a function (image, width) -> (classes of the characters, the probability of them and the end)."""
    import tensorflow as tf

    end, longest = network.classes - 1, network.config.max_length
    names = list(network.states)

    def decode(image: Any, _: Any) -> tuple[Any, Any]:
        memory = network.graphs["encoder"]({"image": image}, training=False)

        def going(place: Any, token: Any, *_: Any) -> Any:
            return (place < longest) & ((place == 0) | (token[0] != end))

        def step(place: Any, token: Any, found: Any, probability: Any, *states: Any) -> tuple[Any, ...]:
            inputs = {"token": token, "memory": memory, **dict(zip(names, states, strict=True))}
            outputs = network.graphs["step"](inputs, training=False)
            probs = tf.nn.softmax(outputs["logits"])
            token = tf.argmax(probs, axis=1, output_type=tf.int32)
            following = (outputs[f"next_{name}"] for name in names)
            return place + 1, token, found.write(place, token[0]), probability * tf.reduce_max(probs), *following

        first = [tf.zeros((1, size)) for size in network.states.values()]
        texts = tf.TensorArray(tf.int32, longest, dynamic_size=False, element_shape=())
        begun = (tf.constant(0), tf.fill([1], end), texts, tf.constant(1.0), *first)
        place, _, texts, probability, *_ = tf.while_loop(going, step, begun)
        ids = texts.stack()[:place]
        return tf.boolean_mask(ids, ids != end), probability

    return decode


def main(folder: Path) -> None:
    """Write what is described in a folder beside it: the child's side of `_write`."""
    described = read_json(folder / "network.json")
    _write_here(load_network(folder, described), described, folder)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
