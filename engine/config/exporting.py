"""The config of one export: dataset, layout and splits. This module decides no path."""

from typing import Literal

from engine.config.base import Config, setting
from engine.config.generate import Split

LayoutName = Literal["png", "easyocr", "doctr", "paddleocr", "aocr"]


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
