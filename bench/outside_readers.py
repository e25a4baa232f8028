"""Texts of images by RapidOCR or OnnxTR itself, from a folder that `convert-model` wrote: for `bench.model_formats`.

Run by the Python of an environment that has the package, and neither Glyphlab nor what it needs:
`python outside_readers.py rapidocr|onnxtr FOLDER IMAGES`. Prints a JSON object: texts by file name, and the median
milliseconds per image. RapidOCR is asked with its own settings but for one: that it reads what it is given, whole.
"""

import importlib
import json
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image


def rapidocr(folder: Path) -> Callable[[Image.Image], str]:
    """Return a function from an image to its text by RapidOCR."""
    settings = {
        "Rec.model_path": str(folder / "rapidocr.onnx"),
        "Global.use_preprocess_img": False,  # it resizes pages, which moves the pixels of low words
        "Global.log_level": "critical",
    }
    engine = importlib.import_module("rapidocr").RapidOCR(params=settings)

    def read(image: Image.Image) -> str:
        found = engine(np.ascontiguousarray(np.asarray(image)[:, :, ::-1]), use_det=False, use_cls=False, use_rec=True)
        return found.txts[0] if found.txts else ""

    return read


def onnxtr(folder: Path) -> Callable[[Image.Image], str]:
    """Return a function from an image to its text by OnnxTR, its model made as its `from_hub` makes one."""
    models = importlib.import_module("onnxtr.models")
    config = json.loads((folder / "onnxtr" / "config.json").read_text(encoding="utf-8"))
    network = models.recognition.__dict__[config["arch"]](
        str(folder / "onnxtr" / "model.onnx"), input_shape=config["input_shape"], vocab=config["vocab"]
    )
    network.cfg = {name: tuple(value) if isinstance(value, list) else value for name, value in config.items()}
    predictor = models.recognition_predictor(network)
    return lambda image: predictor([np.asarray(image)])[0][0]


def main(package: str, folder: Path, images: Path) -> None:
    """Read all images of a folder, and print their texts."""
    read = {"rapidocr": rapidocr, "onnxtr": onnxtr}[package](folder)
    texts, seconds = {}, []
    for path in sorted(images.iterdir()):
        image = Image.open(path).convert("RGB")
        began = time.perf_counter()
        texts[path.name] = read(image)
        seconds.append(time.perf_counter() - began)
    print(json.dumps({"texts": texts, "milliseconds": 1000 * statistics.median(seconds)}))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
