"""RapidOCR's way from an image to a text with an exported file, for the gate: resized to 48 rows, padded, decoded.

It follows rapidocr.ch_ppocr_rec of RapidOCR 3; `bench.model_formats` asks the package itself.
"""

import math
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from engine.export.formats.gate import Read
from engine.export.formats.other_readers import RAPIDOCR_ROWS
from glyphlab_read.bundles.session import open_session

_LEAST_RATIO = 320 / RAPIDOCR_ROWS  # of width to height, of a batch


def rapidocr_read(file: Path) -> Read:
    """Return a function that reads an image as RapidOCR does."""
    session = open_session(file.stem, file.read_bytes(), threads=1)
    listed = session.get_modelmeta().custom_metadata_map["character"].splitlines()
    characters = ["", *listed, " "]

    def read(image: Image.Image) -> str:
        outputs: list[np.ndarray] = session.run(None, {"x": _batch(image)})  # type: ignore[assignment]
        classes = outputs[0][0].argmax(axis=1)
        kept = [place for number, place in enumerate(classes) if not number or classes[number - 1] != place]
        return "".join(characters[place] for place in kept)

    return read


def scaled_to_rows(image: Image.Image) -> Image.Image:
    """Return an image at the height that RapidOCR hands over, so that both see the same pixels."""
    width = max(1, round(image.width * RAPIDOCR_ROWS / image.height))
    return image.convert("RGB").resize((width, RAPIDOCR_ROWS), Image.Resampling.BILINEAR)


def _batch(image: Image.Image) -> np.ndarray:
    """Return an image as RapidOCR hands it over, float32 (1, 3, 48, W)."""
    blue_first = np.asarray(image.convert("RGB"))[:, :, ::-1]
    ratio = image.width / image.height
    width = int(RAPIDOCR_ROWS * max(_LEAST_RATIO, ratio))
    own = min(width, math.ceil(RAPIDOCR_ROWS * ratio))
    resized = cv2.resize(blue_first, (own, RAPIDOCR_ROWS)).astype(np.float32).transpose(2, 0, 1)
    batch = np.zeros((1, 3, RAPIDOCR_ROWS, width), np.float32)
    batch[0, :, :, :own] = (resized / 255 - 0.5) / 0.5
    return batch
