"""The layouts of other programs for scenes: a file beside each photo, or a list of all of a split.

File names are numbers only; no text and no name that a person typed becomes part of a path. A new layout is a
`SceneLayout` below, an entry in SCENE_LAYOUTS, and its name in `engine.config.exporting.SceneLayoutName`.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from xml.etree.ElementTree import Element, SubElement, tostring

import cv2
import numpy as np

from engine.config.exporting import SceneLayoutName
from engine.config.generate import Split
from engine.datasets.scenes.importing.formats.xml import PAGE_CONTAINER, PAGE_IGNORE
from engine.regions.kernels import fill
from engine.regions.region import LEVELS, Region
from glyphlab_read.regions.quads import Points, area, enclosing_quad


class SceneEntry(NamedTuple):
    """One exported photo: its file below the export, its number, split, size in px, and regions."""

    file: str
    number: int
    split: Split
    width: int
    height: int
    regions: Sequence[Region]


@dataclass(frozen=True)
class SceneLayout:
    """Layout of files in which another program takes photos with outlines.

    Attributes:
        name: its name in configs.
        title: the program's name, or a description in a few words.
        folder: the folder of a split's photos.
        beside: the files of one photo, by path.
        lists: the files of a split, by path.
        use: how the other program reads it, for the export's README.txt.
        one_level: whether it cannot say what a region encloses, so that it holds regions of one level only.
    """

    name: SceneLayoutName
    title: str
    folder: Callable[[Split], str]
    beside: Callable[[SceneEntry], dict[str, bytes]]
    lists: Callable[[Split, Sequence[SceneEntry]], dict[str, str]]
    use: str
    one_level: bool = False


def _nothing_beside(entry: SceneEntry) -> dict[str, bytes]:
    return {}


def _no_lists(split: Split, entries: Sequence[SceneEntry]) -> dict[str, str]:
    return {}


def _rounded(polygon: Points) -> list[list[float]]:
    return [[round(float(x), 2), round(float(y), 2)] for x, y in polygon]


def _pixels(polygon: Points) -> list[list[int]]:
    return [[round(float(x)), round(float(y))] for x, y in polygon]


def _icdar_file(entry: SceneEntry) -> dict[str, bytes]:
    lines = []
    for region in entry.regions:
        quad = region.polygon if len(region.polygon) == 4 else enclosing_quad(region.polygon)
        corners = ",".join(f"{x},{y}" for x, y in _pixels(quad))
        lines.append(f"{corners},{'###' if region.ignore else region.text or ''}\r\n")
    return {f"{entry.split}/gt/gt_{entry.number:08}.txt": "".join(lines).encode()}


_ICDAR = SceneLayout(
    "icdar",
    "ICDAR 2015",
    lambda split: f"{split}/images",
    _icdar_file,
    _no_lists,
    """\
A folder a split: images/ and gt/, a text file for each photo with a line for each region: eight whole numbers, the
corners clockwise in px, and the text, which may hold commas. ### is a region that does not count. Outlines of more than
four corners are written as the rectangle around them.
""",
    one_level=True,
)


def _coco_list(split: Split, entries: Sequence[SceneEntry]) -> dict[str, str]:
    annotations: list[dict[str, Any]] = []
    for entry in entries:
        for region in entry.regions:
            low, high = region.polygon.min(axis=0), region.polygon.max(axis=0)
            annotation = {
                "id": len(annotations) + 1,
                "image_id": entry.number,
                "category_id": LEVELS.index(region.level) + 1,
                "bbox": [round(float(value), 2) for value in (*low, *(high - low))],
                "segmentation": [[value for corner in _rounded(region.polygon) for value in corner]],
                "area": round(abs(area(region.polygon)), 2),
                "iscrowd": 0,
                "ignore": int(region.ignore),
            }
            known = {"text": region.text, "language": region.language}
            annotations.append(annotation | {name: value for name, value in known.items() if value is not None})
    images = [
        {"id": entry.number, "file_name": entry.file, "width": entry.width, "height": entry.height} for entry in entries
    ]
    categories = [{"id": number, "name": level} for number, level in enumerate(LEVELS, 1)]
    value = {"images": images, "annotations": annotations, "categories": categories}
    return {f"{split}.json": json.dumps(value, ensure_ascii=False)}


_COCO = SceneLayout(
    "coco",
    "COCO",
    lambda split: "images",
    _nothing_beside,
    _coco_list,
    """\
A JSON file a split, in COCO's form: bbox and segmentation in px, a category for each level (character, word, line), the
text under "text", its language where it is known, and "ignore": 1 where a region does not count.
""",
)


def _ppocr_list(split: Split, entries: Sequence[SceneEntry]) -> dict[str, str]:
    lines = []
    for entry in entries:
        regions = [
            {
                "transcription": "###" if region.ignore else region.text or "",
                "points": _rounded(region.polygon),
                "difficult": region.ignore,
                "key_cls": region.level,
            }
            for region in entry.regions
        ]
        lines.append(f"{entry.file}\t{json.dumps(regions, ensure_ascii=False)}\n")
    return {f"det_gt_{split}.txt": "".join(lines)}


_PPOCRLABEL = SceneLayout(
    "ppocrlabel",
    "PPOCRLabel, PaddleOCR",
    lambda split: split,
    _nothing_beside,
    _ppocr_list,
    """\
As PaddleOCR's detection training reads it: data_dir is this folder, label_file_list the det_gt_ file of a split. For
PPOCRLabel, rename one to Label.txt. ### is a region that does not count; key_cls is the level (character, word, line).
""",
)


def _studio_list(split: Split, entries: Sequence[SceneEntry]) -> dict[str, str]:
    tasks = []
    for entry in entries:
        result = []
        for number, region in enumerate(entry.regions):
            common = {
                "id": f"r{number}",
                "from_name": "label",
                "to_name": "image",
                "original_width": entry.width,
                "original_height": entry.height,
                "image_rotation": 0,
            }
            points = [[100 * float(x) / entry.width, 100 * float(y) / entry.height] for x, y in region.polygon]
            labels = [region.level.capitalize(), *(["Ignore"] if region.ignore else [])]
            value = {"points": points, "closed": True}
            result.append({**common, "type": "polygonlabels", "value": {**value, "polygonlabels": labels}})
            if region.text is not None:
                said = {**value, "text": [region.text]}
                result.append({**common, "type": "textarea", "from_name": "transcription", "value": said})
        data = {"image": f"/data/local-files/?d={entry.file}"}
        tasks.append({"id": entry.number, "data": data, "annotations": [{"result": result}]})
    return {f"tasks-{split}.json": json.dumps(tasks, ensure_ascii=False)}


_LABEL_STUDIO = SceneLayout(
    "label-studio",
    "Label Studio",
    lambda split: f"{split}/images",
    _nothing_beside,
    _studio_list,
    """\
A file of tasks a split, to be imported into Label Studio; the photos are served from this folder by its local storage
(LABEL_STUDIO_LOCAL_FILES_DOCUMENT_ROOT). The project's labels:

<View><Image name="image" value="$image"/>
<PolygonLabels name="label" toName="image" choice="multiple">
<Label value="Character"/><Label value="Word"/><Label value="Line"/><Label value="Ignore"/></PolygonLabels>
<TextArea name="transcription" toName="image" perRegion="true"/></View>
""",
)

_PAGE_SPACE = "http://schema.primaresearch.org/PAGE/gts/pagecontent/2019-07-15"
_PAGE_CHAIN = {"line": ("TextLine",), "word": ("TextLine", "Word"), "character": ("TextLine", "Word", "Glyph")}


def _page_file(entry: SceneEntry) -> dict[str, bytes]:
    root = Element("PcGts", {"xmlns": _PAGE_SPACE})
    metadata = SubElement(root, "Metadata")
    for name, text in (
        ("Creator", "Glyphlab"),
        ("Created", "2000-01-01T00:00:00"),
        ("LastChange", "2000-01-01T00:00:00"),
    ):
        SubElement(metadata, name).text = text
    size = {"imageWidth": str(entry.width), "imageHeight": str(entry.height)}
    page = SubElement(root, "Page", {"imageFilename": entry.file.rpartition("/")[2], **size})
    for number, region in enumerate(entry.regions):
        _page_region(page, number, region)
    content = tostring(root, encoding="utf-8", xml_declaration=True)
    return {f"{entry.split}/page/{entry.number:08}.xml": content}


def _page_region(page: Element, number: int, region: Region) -> None:
    """Add a region to a page, in a text region and what else must be around it."""
    points = " ".join(f"{max(x, 0)},{max(y, 0)}" for x, y in _pixels(region.polygon))
    element = SubElement(page, "TextRegion", {"id": f"r{number}"})
    SubElement(element, "Coords", {"points": points})
    *around, own = _PAGE_CHAIN[region.level]
    for name in around:
        element = SubElement(element, name, {"id": f"r{number}{name}", "custom": f"{PAGE_CONTAINER} {{}}"})
        SubElement(element, "Coords", {"points": points})
    custom = {"custom": f"{PAGE_IGNORE} {{}}"} if region.ignore else {}
    element = SubElement(element, own, {"id": f"r{number}{own}", **custom})
    SubElement(element, "Coords", {"points": points})
    if region.text is not None:
        SubElement(SubElement(element, "TextEquiv"), "Unicode").text = region.text


_PAGE = SceneLayout(
    "page",
    "PAGE XML",
    lambda split: split,
    _page_file,
    _no_lists,
    """\
A folder a split: photos, and a PAGE XML file (2019) for each in page/. Every region has a TextRegion of its own; lines
and words that are there only because PAGE wants them around another say "container" in their custom attribute, and
regions that do not count say "ignore" there. Corners are whole numbers, as PAGE wants them.
""",
)


def _mask_file(entry: SceneEntry) -> dict[str, bytes]:
    mask = np.zeros((entry.height, entry.width), np.uint8)
    for region in entry.regions:
        if not region.ignore:
            fill(mask, region.polygon, 255)
    content = cv2.imencode(".png", mask)[1].tobytes()
    return {f"{entry.split}/masks/{entry.number:08}.png": content}


_MASKS = SceneLayout(
    "masks",
    "mask pictures",
    lambda split: f"{split}/images",
    _mask_file,
    _no_lists,
    """\
A folder a split: images/, and masks/ with a black picture of the same size and name for each, white where text is.
Regions that do not count are left black; neighbours that touch become one.
""",
    one_level=True,
)

SCENE_LAYOUTS: dict[SceneLayoutName, SceneLayout] = {
    layout.name: layout for layout in (_ICDAR, _COCO, _PPOCRLABEL, _LABEL_STUDIO, _PAGE, _MASKS)
}
"""All layouts by name, in the order in which they are offered."""
