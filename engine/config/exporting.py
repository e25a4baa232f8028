"""The config of one export, of a dataset in a layout or of a model in a format. This module decides no path."""

from typing import Literal

from engine.config.base import Config, setting
from engine.config.generate import Split

LayoutName = Literal["png", "easyocr", "doctr", "paddleocr", "aocr"]
ModelFormatName = Literal["rapidocr", "onnx-fp16", "onnx-int8", "saved-model", "litert"]
SceneLayoutName = Literal["icdar", "coco", "ppocrlabel", "label-studio", "page", "masks"]


class ExportConfig(Config):
    """A dataset to be written in the layout of another program."""

    dataset: str = setting(pattern=r"^[0-9a-z]{26}$", help="Id of the dataset.")
    layout: LayoutName = setting(
        "png", help="png: PNG images and one labels.csv. Others: as EasyOCR, docTR, PaddleOCR or aocr train from."
    )
    splits: tuple[Split, ...] = setting(
        ("train", "validation", "test"), min_length=1, max_length=3, help="Which of its images."
    )
    archive: bool = setting(True, help="Pack the folder into a zip file too, for download.")


class SceneExportConfig(Config):
    """A dataset of scenes to be written in the layout of another program."""

    dataset: str = setting(pattern=r"^[0-9a-z]{26}$", help="Id of the dataset.")
    layout: SceneLayoutName = setting(
        "coco",
        help="icdar: a text file for each photo. coco: one JSON file. ppocrlabel: as PaddleOCR trains from. "
        "label-studio: tasks to correct there. page: PAGE XML. masks: black and white pictures.",
    )
    level: Literal["all", "character", "word", "line"] = setting(
        "all", help="Which regions, by what they enclose. icdar and masks hold those of one level only."
    )
    splits: tuple[Split, ...] = setting(
        ("train", "validation", "test"), min_length=1, max_length=3, help="Which of its photos."
    )
    archive: bool = setting(True, help="Pack the folder into a zip file too, for download.")


class ModelConversionConfig(Config):
    """A reader to be written in a format that other programs take."""

    run: str = setting(
        pattern=r"^([0-9a-z]{26}|starter)$", help="Id of the run whose newest reader is taken, or starter."
    )
    format: ModelFormatName = setting(
        "rapidocr",
        help="rapidocr: for RapidOCR and OnnxTR. onnx-fp16: half the file. onnx-int8: a quarter of it. "
        "saved-model: for TensorFlow Serving, as aocr's. litert: for phones.",
    )
    images: int = setting(
        200, ge=20, le=5000, unit="images", help="Images that are read both ways before it is given out."
    )
