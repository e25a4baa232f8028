"""A source in each format of scenes: the same two photos with the same text, as each format says it.

`a.jpg` (100 × 80) has an upright word and a slanted one that does not count; `b.jpg` has none.
"""

import io
import json
from collections.abc import Mapping
from pathlib import Path

from PIL import Image, ImageDraw

from engine.config.scene_importing import SceneImportConfig
from engine.datasets.scenes.importing.formats import detect
from engine.datasets.scenes.importing.formats.base import ListedScene, SceneIssue
from engine.datasets.scenes.importing.formats.listing import SceneListing
from engine.sources.folder import FolderTree
from tests.datasets.scenes.importing.more_sources import HEIGHT, MORE_SOURCES, SLANTED, WIDTH, WORD
from tests.helpers.sources import save_files

Files = Mapping[str, bytes | str]


def photo(shade: int = 0, size: tuple[int, int] = (WIDTH, HEIGHT), orientation: int = 1) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = orientation
    content = io.BytesIO()
    Image.new("RGB", size, (37 * shade % 256, 90, 200)).save(content, "JPEG", exif=exif)
    return content.getvalue()


def mask(*polygons: list[list[int]]) -> bytes:
    image = Image.new("L", (WIDTH, HEIGHT))
    for polygon in polygons:
        (left, top), _, (right, bottom), _ = polygon
        ImageDraw.Draw(image).rectangle((left, top, right - 1, bottom - 1), fill=255)
    content = io.BytesIO()
    image.save(content, "PNG")
    return content.getvalue()


def line(*values: object) -> str:
    return ",".join(map(str, values)) + "\n"


def flat(polygon: list[list[int]]) -> list[int]:
    return [value for corner in polygon for value in corner]


def shares(polygon: list[list[int]]) -> str:
    return " ".join(f"{x / WIDTH:.6f} {y / HEIGHT:.6f}" for x, y in polygon)


def points(polygon: list[list[int]]) -> str:
    return " ".join(f"{x},{y}" for x, y in polygon)


def per_cent(polygon: list[list[int]]) -> list[list[float]]:
    return [[100 * x / WIDTH, 100 * y / HEIGHT] for x, y in polygon]


PHOTOS: Files = {"a.jpg": photo(1), "b.jpg": photo(2)}

_PAGE = f"""<?xml version="1.0" encoding="UTF-8"?>
<PcGts xmlns="http://schema.primaresearch.org/PAGE/gts/pagecontent/2019-07-15">
<Page imageFilename="{{name}}" imageWidth="{WIDTH}" imageHeight="{HEIGHT}">{{body}}</Page></PcGts>"""
_ALTO = f"""<alto xmlns="http://www.loc.gov/standards/alto/ns-v4#"><Description><MeasurementUnit>mm10</MeasurementUnit>
<sourceImageInformation><fileName>{{name}}</fileName></sourceImageInformation></Description>
<Layout><Page WIDTH="{WIDTH * 10}" HEIGHT="{HEIGHT * 10}"><PrintSpace>{{body}}</PrintSpace></Page></Layout></alto>"""
_VOC = f"""<annotation><filename>{{name}}</filename><size><width>{WIDTH}</width><height>{HEIGHT}</height></size>
{{body}}</annotation>"""
_STUDIO_SIZE = {"original_width": WIDTH, "original_height": HEIGHT}

SOURCES: dict[str, Files] = {
    "ctw": {
        "train.jsonl": json.dumps(
            {
                "file_name": "a.jpg",
                "width": WIDTH,
                "height": HEIGHT,
                "annotations": [
                    [
                        {"polygon": [[10, 20], [30, 20], [30, 40], [10, 40]], "text": "二", "is_chinese": True},
                        {"polygon": [[30, 20], [50, 20], [50, 40], [30, 40]], "text": "手", "is_chinese": True},
                    ]
                ],
                "ignore": [{"polygon": SLANTED, "bbox": [60, 40, 35, 25]}],
            }
        )
        + "\n"
        + json.dumps({"file_name": "b.jpg", "annotations": [], "ignore": []})
    },
    "ppocrlabel": {
        "Label.txt": "photos/a.jpg\t"
        + json.dumps(
            [
                {"transcription": "SALE, 5", "points": WORD, "difficult": False},
                {"transcription": "###", "points": SLANTED, "difficult": False},
            ]
        )
        + "\nphotos/b.jpg\t[]\n"
    },
    "coco": {
        "train.json": json.dumps(
            {
                "images": [
                    {"id": 1, "file_name": "a.jpg", "width": WIDTH, "height": HEIGHT},
                    {"id": 2, "file_name": "b.jpg", "width": WIDTH, "height": HEIGHT},
                ],
                "annotations": [
                    {"id": 1, "image_id": 1, "category_id": 1, "bbox": [10, 20, 40, 20], "text": "SALE, 5"},
                    {"id": 2, "image_id": 1, "category_id": 1, "segmentation": [flat(SLANTED)], "iscrowd": 1},
                ],
                "categories": [{"id": 1, "name": "text"}],
            }
        )
    },
    "label-studio": {
        "export.json": json.dumps(
            [
                {
                    "data": {"ocr": "/data/upload/3/0a1b2c3d-a.jpg"},
                    "annotations": [
                        {
                            "result": [
                                {
                                    "id": "x",
                                    "type": "rectangle",
                                    "value": {"x": 10, "y": 25, "width": 40, "height": 25, "rotation": 0},
                                    **_STUDIO_SIZE,
                                },
                                {
                                    "id": "x",
                                    "type": "textarea",
                                    "value": {"x": 10, "y": 25, "text": ["SALE, 5"]},
                                    **_STUDIO_SIZE,
                                },
                                {
                                    "id": "y",
                                    "type": "polygonlabels",
                                    "value": {"points": per_cent(SLANTED), "polygonlabels": ["Ignore"]},
                                    **_STUDIO_SIZE,
                                },
                            ]
                        }
                    ],
                },
                {"data": {"ocr": "/data/upload/3/b.jpg"}, "annotations": [{"result": []}]},
            ]
        )
    },
    "labelme": {
        "a.json": json.dumps(
            {
                "imagePath": "..\\photos\\a.jpg",
                "imageWidth": WIDTH,
                "imageHeight": HEIGHT,
                "shapes": [
                    {"label": "SALE, 5", "shape_type": "rectangle", "points": [WORD[0], WORD[2]], "flags": {}},
                    {"label": "text", "shape_type": "polygon", "points": SLANTED, "flags": {"ignore": True}},
                ],
            }
        ),
        "b.json": json.dumps({"imagePath": "b.jpg", "shapes": []}),
    },
    "doctr": {
        "labels.json": json.dumps(
            {
                "a.jpg": {"img_dimensions": [HEIGHT, WIDTH], "img_hash": "0", "polygons": [WORD, SLANTED]},
                "b.jpg": {"img_dimensions": [HEIGHT, WIDTH], "img_hash": "1", "polygons": []},
            }
        )
    },
    "page": {
        "a.xml": _PAGE.format(
            name="a.jpg",
            body='<TextRegion id="r"><Coords points="0,0 99,0 99,79"/><TextLine id="l">'
            f'<Coords points="{points(WORD)}"/>'
            f'<Word id="w"><Coords points="{points(WORD)}"/><TextEquiv><Unicode>SALE, 5</Unicode></TextEquiv></Word>'
            "</TextLine></TextRegion>"
            f'<TextRegion id="s"><Coords points="{points(SLANTED)}"/></TextRegion>',
        ),
        "b.xml": _PAGE.format(name="b.jpg", body=""),
    },
    "alto": {
        "a.xml": _ALTO.format(
            name="a.jpg",
            body='<TextBlock><TextLine HPOS="100" VPOS="200" WIDTH="400" HEIGHT="200">'
            '<String CONTENT="SALE," HPOS="100" VPOS="200" WIDTH="400" HEIGHT="200"/></TextLine></TextBlock>'
            '<TextBlock HPOS="600" VPOS="400" WIDTH="300" HEIGHT="200"/>',
        ),
        "b.xml": _ALTO.format(name="b.jpg", body=""),
    },
    "voc": {
        "a.xml": _VOC.format(
            name="a.jpg",
            body="<object><name>SALE, 5</name><bndbox><xmin>10</xmin><ymin>20</ymin><xmax>50</xmax>"
            "<ymax>40</ymax></bndbox></object><object><name>text</name><difficult>1</difficult><robndbox><cx>77</cx><cy>52</cy><w>31</w>"
            "<h>15</h><angle>-0.32</angle></robndbox></object>",
        ),
        "b.xml": _VOC.format(name="b.jpg", body=""),
    },
    "td500": {"a.gt": "0 0 10 20 40 20 0.0\n1 1 60 40 31 15 -0.32\n", "b.gt": ""},
    "yolo-obb": {
        "labels/a.txt": f"0 {shares(WORD)}\n1 {shares(SLANTED)}\n",
        "b.txt": "",
        "classes.txt": "text\nignore\n",
    },
    "yolo": {
        "labels/a.txt": "0 0.3 0.375 0.4 0.25\n1 0.775 0.65 0.35 0.3\n",
        "b.txt": "",
        "classes.txt": "text\nignore",
    },
    "icdar-2015": {
        "gt/gt_a.txt": "\ufeff" + line(*flat(WORD), "SALE, 5") + line(*flat(SLANTED), "###"),
        "gt/gt_b.txt": "",
    },
    "icdar-2013": {"gt/gt_a.txt": '10 20 50 40 "SALE, 5"\n60, 40, 95, 65, "###"\r\n', "gt/gt_b.txt": "\n"},
    "masks": {"masks/a.png": mask(WORD), "masks/b.png": mask()},
    **MORE_SOURCES,
}
"""Files beside the photos, by the format that they are in."""


def listed(root: Path, config: SceneImportConfig | None = None) -> tuple[str, dict[str, ListedScene], list[SceneIssue]]:
    """Detect and read a folder: the format, the scenes by photo, and the issues."""
    listing = SceneListing(FolderTree(root), config or SceneImportConfig(path="x"))
    format, files = detect(listing)
    entries = list(format.read(listing, files))
    scenes = {entry.name: entry for entry in entries if isinstance(entry, ListedScene)}
    return format.name, scenes, [entry for entry in entries if isinstance(entry, SceneIssue)]


def saved(root: Path, files: Files, photos: Files = PHOTOS) -> Path:
    """Write photos, in a folder of their own, and the files beside them."""
    return save_files(root, {f"photos/{name}": content for name, content in photos.items()} | dict(files))
