"""The config of an import of scenes: source, format of the labels, and a rule for each problem of photos and regions.

Every rule that the report before an import offers is a setting here. This module opens no file and checks no path.
"""

from typing import Literal, Self

from pydantic import model_validator

from engine.config.base import Config, setting
from engine.config.generate import check_shares
from engine.config.importing import SourceConfig, Use, use_setting

BoxKind = Literal["corners", "size"]
"""Meaning of the second pair of a rectangle's four numbers: its opposite corner, or its width and height."""

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


class SceneRules(Config):
    """Rules for photos and regions that are odd; photos that cannot be opened are always left out."""

    marked: Literal["ignore", "count"] = setting(
        "ignore",
        help="Regions marked as illegible or difficult (###): neither finding nor missing them counts, or they count "
        "as all others do.",
    )
    foreign: Literal["ignore", "count", "skip"] = setting(
        "ignore",
        help="Characters that Chinese Text in the Wild says are not Chinese. It outlines only some of them, so they "
        "should neither count nor be taken for background. skip: leave them out, as background.",
    )
    crossing: Literal["repair", "ignore", "skip"] = setting(
        "repair",
        help="Outlines that cross themselves: put their corners in order, keep them as regions that do not count, or "
        "leave them out.",
    )
    outside: Literal["clip", "ignore", "skip"] = setting(
        "clip", help="Regions partly outside the photo: cut them at its edges, do not count them, or leave them out."
    )
    beyond: Literal["region", "photo"] = setting(
        "region", help="Regions wholly outside the photo: leave the region out, or its photo, whose labels look wrong."
    )
    corners: Literal["skip", "box"] = setting(
        "skip",
        help="Outlines of fewer than three corners, or without an area. box: two corners are opposite ones of a "
        "rectangle. skip: leave them out.",
    )
    empty: Literal["keep", "skip"] = setting(
        "keep", help="Photos whose list of regions is empty: keep them as scenes without text, or leave them out."
    )
    unlabelled: Literal["skip", "empty"] = setting(
        "skip", help="Photos without any list of regions: leave them out, or take them as scenes without text."
    )
    turned: Literal["auto", "upright", "stored"] = setting(
        "auto",
        help="Photos that their EXIF data turn: are their corners those of the upright photo, or of the pixels as they "
        "are stored? auto: decided by the labels' size and by what lies inside.",
    )
    shares: Literal["scale", "keep"] = setting(
        "scale", help="Corners that all lie between 0 and 1: they are shares of the photo, or px."
    )
    percent: Literal["ask", "scale", "keep"] = setting(
        "ask",
        help="Corners that all lie between 0 and 100, in photos that are far larger: import nothing until it is said "
        "what they are, take them as per cent of the photo, or as px.",
    )
    swapped: Literal["ask", "swap", "keep"] = setting(
        "ask",
        help="Corners that lie outside their photos, but inside with x and y exchanged: import nothing until it is "
        "said, exchange them, or keep them.",
    )
    resized: Literal["scale", "keep", "skip"] = setting(
        "scale",
        help="Photos of another size than their labels say: scale the corners, keep them as they are, or leave the "
        "photo out.",
    )
    joined: Literal["read", "skip"] = setting(
        "read", help="Two records on one line: read both, or leave the later one out."
    )
    unused: Literal["ask", "leave"] = setting(
        "ask",
        help="A file beside the photos that may hold labels and is not in the format of the others: import nothing "
        "until this is settled, or leave it aside.",
    )
    repeated: Literal["skip", "keep"] = setting(
        "skip", help="Photos with the pixels of an earlier one: leave them out, or keep them."
    )


class SceneImportConfig(SourceConfig):
    """A dataset of scenes, to be made of labelled photos. The same source and settings give the same dataset."""

    format: Literal["auto", SceneFormatName] = setting(
        "auto",
        help="Format of the labels. auto: detected from the files; the report says which it is. no-text: photos "
        "without labels, each of which is known to hold no text.",
    )
    first: int = setting(
        0, ge=0, le=10_000_000, unit="photos", help="Import only as many, the first of the list; 0 imports all."
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
    text_field: str = setting(
        "",
        max_length=100,
        help="Field or column of a region that holds its text, where the format leaves it to its users (VIA, CVAT, "
        "Supervisely, tables). Empty: the one that is named as texts are; where several may be meant, the import asks.",
    )
    boxes: Literal["ask", BoxKind] = setting(
        "ask",
        help="Four numbers of a region whose format does not say what they are: corners (left, top, right, bottom), or "
        "size (left, top, width, height). ask: import nothing until it is said, unless only one of them fits.",
    )
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
        chosen = {"path", "upload", "format", "first", "level", "resolution", "encoding", "text_field", "boxes"}
        return self.model_dump(mode="json", include=chosen)
