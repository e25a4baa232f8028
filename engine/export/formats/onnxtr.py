"""OnnxTR's way from an image to a text with an exported folder, for the gate: resized to its shape, padded, decoded.

It follows onnxtr.models.preprocessor of OnnxTR 0.9; `bench.model_formats` asks the package itself.
"""

from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from engine.export.formats.gate import Read
from glyphlab_read.bundles.session import open_session
from glyphlab_read.parsing import parse_json

ONNXTR_MODEL, ONNXTR_CONFIG = "model.onnx", "config.json"
"""The names of the files in the folder."""


def onnxtr_read(folder: Path) -> Read:
    """Return a function that reads an image, as high as the network's input, as OnnxTR does."""
    config: dict[str, Any] = parse_json((folder / ONNXTR_CONFIG).read_bytes())
    session = open_session(folder.name, (folder / ONNXTR_MODEL).read_bytes(), threads=1)

    def read(image: Image.Image) -> str:
        batch = np.zeros((1, *config["input_shape"]), np.float32)
        batch[0, :, :, : image.width] = np.asarray(image.convert("RGB")).transpose(2, 0, 1) / np.float32(255)
        outputs: list[np.ndarray] = session.run(None, {"x": batch})  # type: ignore[assignment]
        classes = outputs[0][0].argmax(axis=1)
        kept = [place for number, place in enumerate(classes) if not number or classes[number - 1] != place]
        return "".join(config["vocab"][place] for place in kept if place < len(config["vocab"]))

    return read


def scaled_into(image: Image.Image, shape: tuple[int, int]) -> Image.Image:
    """Return an image as large as OnnxTR hands it over, so that both see the same pixels.

    Args:
        image: to scale in proportion.
        shape: rows and columns of the network's input; an image that is too wide gets black rows below it.
    """
    rows, columns = shape
    scale = min(rows / image.height, columns / image.width)
    size = max(1, int(image.width * scale)), max(1, int(image.height * scale))
    canvas = Image.new("RGB", (size[0], rows))
    canvas.paste(image.convert("RGB").resize(size, Image.Resampling.BILINEAR))
    return canvas
