"""The config of an import of scenes: source, format of the labels, and rules for odd photos and regions.

This module opens no file and checks no path.
"""

from typing import Literal, Self

from pydantic import model_validator

from engine.config.base import setting
from engine.config.generate import check_shares
from engine.config.importing import SourceConfig, Use, use_setting
from engine.config.scene_rules import Boxes, LineText, SceneRules, boxes_setting, line_text_setting, text_field_setting

SceneFormatName = Literal[
    "ctw",
    "ppocrlabel",
    "coco",
    "hiertext",
    "art",
    "rects",
    "label-studio",
    "label-studio-min",
    "via",
    "labelme",
    "supervisely",
    "doctr",
    "page",
    "alto",
    "hocr",
    "voc",
    "cvat",
    "ctw1500-xml",
    "icdar-2003",
    "google-vision",
    "textract",
    "azure-read",
    "total-text-mat",
    "total-text-boxes",
    "synthtext",
    "table",
    "td500",
    "yolo-obb",
    "yolo",
    "mlt",
    "rctw",
    "polygons",
    "icdar-2015",
    "icdar-2013",
    "boxes",
    "masks",
    "no-text",
]


class SceneImportConfig(SourceConfig):
    """A dataset of scenes, to be made of labelled photos. The same source and settings give the same dataset."""

    format: Literal["auto", SceneFormatName] = setting(
        "auto",
        help="Format of the labels. auto: detected from the files; the report says which it is. no-text: photos "
        "without labels, each of which is known to hold no text.",
    )
    first: int = setting(
        0,
        ge=0,
        le=10_000_000,
        unit="photos",
        zero="all",
        help="Import only as many, the first of the list; 0 imports all.",
    )
    level: Literal["auto", "character", "word", "line"] = setting(
        "auto", help="What a region encloses where its format does not say. auto: what is usual in the format."
    )
    resolution: float = setting(
        300.0,
        ge=30,
        le=2400,
        folded=True,
        unit="dots per inch",
        help="Of pages whose ALTO file states millimetres or inches and no size of the page.",
    )
    text_field: str = text_field_setting()
    boxes: Boxes = boxes_setting()
    line_text: LineText = line_text_setting()
    rules: SceneRules = setting(SceneRules(), help="What happens to odd photos and regions.")
    use: Use = use_setting()
    splits: Literal["photos", "source"] = setting(
        "photos",
        help="photos: chosen by the pixels of each photo, the same in every import. source: as the source's folders "
        "and file names say.",
    )
    validation: float = setting(0.05, share=True, ge=0, le=0.5, help="Share of photos that training is watched by.")
    test: float = setting(
        0.1, share=True, ge=0, le=0.5, help="Share of photos for the final score; they are never trained on."
    )

    @model_validator(mode="after")
    def _something_to_train_on(self) -> Self:
        check_shares(self.validation, self.test)
        return self

    @property
    def reading(self) -> dict[str, object]:
        """The plain settings that decide which photos and regions are found; all others only filter them."""
        chosen = {
            "path",
            "upload",
            "format",
            "first",
            "level",
            "resolution",
            "encoding",
            "text_field",
            "boxes",
            "line_text",
        }
        return self.model_dump(mode="json", include=chosen)
