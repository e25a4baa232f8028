"""Reading with the files that TensorFlow wrote, for the gate: a SavedModel in TensorFlow, a LiteRT file in LiteRT."""

import io
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from engine.export.formats.gate import Read
from glyphlab_read.charset import Charset
from glyphlab_read.reading.decoding.ctc import ctc_greedy
from glyphlab_read.reading.manifest import BundleManifest
from glyphlab_read.reading.preprocess import valid_frames


def saved_model_read(folder: Path) -> Read:
    """Return a function that sends an image as a PNG file to a SavedModel, as clients do."""
    import tensorflow as tf

    loaded: Any = tf.saved_model.load(str(folder))
    serve = loaded.signatures["serving_default"]

    def read(image: Image.Image) -> str:
        content = io.BytesIO()
        image.convert("RGB").save(content, "PNG", compress_level=0)
        return serve(input=tf.constant(content.getvalue()))["prediction"].numpy().decode()

    return read


def litert_read(file: Path, manifest: BundleManifest) -> Read:
    """Return a function that reads an image with a LiteRT file of a CTC reader, on one core."""
    from ai_edge_litert.interpreter import Interpreter

    charset, preprocessing = Charset(manifest.charset), manifest.preprocessing
    interpreter: Any = Interpreter(model_path=str(file), num_threads=1)
    taken, given = interpreter.get_input_details()[0]["index"], interpreter.get_output_details()[0]["index"]

    def read(image: Image.Image) -> str:
        prepared = preprocessing.prepare(image)
        batch, widths = preprocessing.pad_batch([prepared])
        interpreter.resize_tensor_input(taken, batch.shape)
        interpreter.allocate_tensors()
        interpreter.set_tensor(taken, batch)
        interpreter.invoke()
        logits: np.ndarray = interpreter.get_tensor(given)
        frames = valid_frames(widths, batch.shape[2], logits.shape[1])
        return charset.decode(ctc_greedy(logits[0, : frames[0]]).ids)

    return read
