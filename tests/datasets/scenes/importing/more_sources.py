"""Sources in the formats of competitions, tools and services; see `sources`."""

import csv
import io
import json
from typing import Any

import numpy as np
from scipy.io import savemat

Files = dict[str, bytes | str]
WIDTH, HEIGHT = 100, 80
WORD = [[10, 20], [50, 20], [50, 40], [10, 40]]
SLANTED = [[60, 50], [90, 40], [95, 55], [65, 65]]
TEXT = "SALE, 5"
_WORD_ROW, _SLANTED_ROW = "10,20,50,20,50,40,10,40", "60,50,90,40,95,55,65,65"


def matlab(**variables: Any) -> bytes:
    content = io.BytesIO()
    savemat(content, variables)
    return content.getvalue()


def cells(*rows: tuple[Any, ...]) -> Any:
    found = np.empty((len(rows), len(rows[0])), object)
    for y, row in enumerate(rows):
        for x, value in enumerate(row):
            found[y, x] = value
    return found


def table(*rows: tuple[object, ...], delimiter: str = ",") -> str:
    content = io.StringIO()
    csv.writer(content, delimiter=delimiter).writerows(rows)
    return content.getvalue()


def via(entries: list[tuple[str, list[Any]]]) -> dict[str, Any]:
    return {
        f"{name}12": {"filename": name, "size": 12, "file_attributes": {}, "regions": regions}
        for name, regions in entries
    }


def via_region(corners: list[list[int]], **fields: str) -> dict[str, Any]:
    x, y = zip(*corners, strict=True)
    shape = {"name": "polygon", "all_points_x": x, "all_points_y": y}
    return {"shape_attributes": shape, "region_attributes": fields}


def vertices(corners: list[list[int]], wide: float = 1.0, high: float = 1.0) -> list[dict[str, float]]:
    return [{axis: value for axis, value in zip("xy", (x / wide, y / high), strict=True) if value} for x, y in corners]


def beside(value: object, empty: object) -> Files:
    return {"photos/a.json": json.dumps(value), "photos/b.json": json.dumps(empty)}


def total_text_row(corners: list[list[int]], text: str, ornt: str) -> tuple[Any, ...]:
    x, y = np.array(corners).T
    return ("x:", x[None], "y:", y[None], text, ornt)


def art(**entries: list[Any]) -> str:
    return json.dumps(entries)


_CVAT = """<annotations><version>1.1</version><image id="0" name="photos/a.jpg" width="100" height="80">
<box label="text" occluded="0" xtl="10.0" ytl="20.0" xbr="50.0" ybr="40.0"><attribute name="text">SALE, 5</attribute>
</box><polygon label="ignore" points="60,50;90,40;95,55;65,65"><attribute name="text"></attribute></polygon></image>
<image id="1" name="photos/b.jpg" width="100" height="80"></image></annotations>"""
_CTW1500 = """<Annotations><image file="a.jpg"><box height="20" width="40" left="10" top="20"><label>SALE, 5</label>
<segs>10,20,50,20,50,40,10,40</segs></box><box height="25" width="35" left="60" top="40"><label>###</label>
<segs>60,50,90,40,95,55,65,65</segs></box></image><image file="b.jpg"></image></Annotations>"""
_ICDAR_2003 = """<tagset><image><imageName>a.jpg</imageName><resolution x="100" y="80"/><taggedRectangles>
<taggedRectangle x="10.0" y="20.0" width="40.0" height="20.0"><tag>SALE, 5</tag></taggedRectangle>
<taggedRectangle x="60.0" y="40.0" width="35.0" height="25.0"><tag>###</tag></taggedRectangle></taggedRectangles>
</image><image><imageName>b.jpg</imageName><taggedRectangles/></image></tagset>"""


_HOCR = """<!DOCTYPE html><html><head><title></title><meta name="ocr-system" content="tesseract 5"></head><body>
<div class='ocr_page' title='image "/tmp/{name}"; bbox 0 0 100 80; ppageno 0'>{body}</div></body></html>"""
_HOCR_LINES = """<p class='ocr_par' lang='eng' title="bbox 10 20 50 40">
<span class='ocr_line' title="bbox 10 20 50 40; baseline 0 0">
<span class='ocrx_word' title='bbox 10 20 50 40; x_wconf 95'>SALE, 5</span></span></p>
<div class='ocr_carea' title="bbox 60 40 95 65"></div>"""


def _vision(text: str) -> dict[str, Any]:
    return {"description": text, "boundingPoly": {"vertices": vertices(WORD)}}


def _azure(*lines: dict[str, Any]) -> dict[str, Any]:
    page = {"width": WIDTH, "height": HEIGHT, "unit": "pixel", "lines": lines}
    return {"status": "succeeded", "analyzeResult": {"readResults": [page]}}


_AZURE_WORD = {"text": TEXT, "boundingBox": [10, 20, 50, 20, 50, 40, 10, 40]}
_TEXTRACT_CORNERS = [{"X": x / WIDTH, "Y": y / HEIGHT} for x, y in WORD]
_TEXTRACT_WORD = {"BlockType": "WORD", "Text": TEXT, "Geometry": {"Polygon": _TEXTRACT_CORNERS}}
_TEXTRACT_PAGE = {"BlockType": "PAGE", "Geometry": {}}
_SIZED = {"original_width": WIDTH, "original_height": HEIGHT}
_FLAT = {
    "ocr": "/data/upload/3/0a1b2c3d-a.jpg",
    "id": 1,
    "annotator": 1,
    "label": [
        {"x": 10, "y": 25, "width": 40, "height": 25, "rotation": 0, "labels": ["Text"], **_SIZED},
        {"points": [[x / WIDTH * 100, y / HEIGHT * 100] for x, y in SLANTED], "labels": ["Ignore"], **_SIZED},
    ],
    "transcription": [TEXT, {"x": 1, "y": 1, "width": 1, "height": 1}],
}


def _supervisely(*objects: dict[str, Any]) -> str:
    return json.dumps(
        {"description": "", "tags": [], "size": {"height": HEIGHT, "width": WIDTH}, "objects": list(objects)}
    )


MORE_SOURCES: dict[str, Files] = {
    "hocr": {
        "a.hocr": _HOCR.format(name="a.jpg", body=_HOCR_LINES),
        "b.hocr": _HOCR.format(name="b.jpg", body=""),
    },
    "supervisely": {
        "ann/a.jpg.json": _supervisely(
            {
                "classTitle": "word",
                "geometryType": "polygon",
                "points": {"exterior": WORD, "interior": []},
                "tags": [{"name": "text", "value": TEXT}],
            },
            {
                "classTitle": "Ignore",
                "geometryType": "polygon",
                "points": {"exterior": SLANTED, "interior": []},
                "tags": [],
            },
        ),
        "ann/b.jpg.json": _supervisely(),
        "meta.json": json.dumps({"classes": [{"title": "word", "shape": "polygon"}], "tags": []}),
    },
    "hiertext": {
        "train.jsonl": json.dumps(
            {
                "info": {"version": "1"},
                "annotations": [
                    {
                        "image_id": "a",
                        "image_width": WIDTH,
                        "image_height": HEIGHT,
                        "paragraphs": [
                            {
                                "vertices": WORD,
                                "legible": True,
                                "lines": [
                                    {
                                        "vertices": WORD,
                                        "text": TEXT,
                                        "legible": True,
                                        "words": [{"vertices": WORD, "text": TEXT, "legible": True}],
                                    }
                                ],
                            },
                            {"vertices": SLANTED, "legible": False, "lines": []},
                        ],
                    },
                    {"image_id": "b", "image_width": WIDTH, "image_height": HEIGHT, "paragraphs": []},
                ],
            }
        )
    },
    "art": {
        "train_labels.json": art(
            a=[
                {"transcription": TEXT, "points": WORD, "language": "Latin", "illegibility": False},
                {"transcription": "###", "points": SLANTED, "language": "Latin", "illegibility": True},
            ],
            gt_b=[],
        )
    },
    "rects": {
        "gt/a.json": json.dumps(
            {
                "chars": [],
                "lines": [
                    {"ignore": 0, "transcription": TEXT, "points": [10, 20, 50, 20, 50, 40, 10, 40]},
                    {"ignore": 1, "transcription": "###", "points": [60, 50, 90, 40, 95, 55, 65, 65]},
                ],
            }
        ),
        "gt/b.json": json.dumps({"chars": [], "lines": []}),
    },
    "label-studio-min": {"min.json": json.dumps([_FLAT, {"ocr": "/data/upload/3/b.jpg", "id": 2, "label": []}])},
    "via": {
        "via.json": json.dumps(
            via(
                [
                    ("a.jpg", [via_region(WORD, text=TEXT), via_region(SLANTED, text="", legibility="illegible")]),
                    ("b.jpg", []),
                ]
            )
        )
    },
    "cvat": {"annotations.xml": _CVAT},
    "ctw1500-xml": {"train.xml": _CTW1500},
    "icdar-2003": {"locations.xml": _ICDAR_2003},
    "google-vision": beside(
        {"responses": [{"textAnnotations": [_vision("all of it"), _vision(TEXT)]}]},
        {"responses": [{"textAnnotations": []}]},
    ),
    "textract": beside({"Blocks": [_TEXTRACT_PAGE, _TEXTRACT_WORD]}, {"Blocks": [_TEXTRACT_PAGE]}),
    "azure-read": beside(_azure({**_AZURE_WORD, "words": [_AZURE_WORD]}), _azure()),
    "total-text-mat": {
        "poly_gt_a.mat": matlab(polygt=cells(total_text_row(WORD, TEXT, "h"), total_text_row(SLANTED, "#", "#"))),
        "poly_gt_b.mat": matlab(polygt=np.empty((0, 6), object)),
    },
    "total-text-boxes": {
        "rect_gt_a.mat": matlab(
            rectgt=cells((10, 20, 50, 40, 40, 20, TEXT, "h"), (60, 40, 95, 65, 35, 25, "#", "#")),
        ),
        "rect_gt_b.mat": matlab(rectgt=np.empty((0, 8), object)),
    },
    "synthtext": {
        "gt.mat": matlab(
            imnames=cells(("8/a.jpg", "8/b.jpg")),
            wordBB=cells((np.stack([np.array(WORD).T, np.array(SLANTED).T], axis=2), np.zeros((2, 4, 0)))),
            txt=cells((np.array(["SALE,5", "###"]), np.array([], "U1"))),
        )
    },
    "table": {
        "labels.csv": table(
            ("filename", "width", "height", "xmin", "ymin", "xmax", "ymax", "text"),
            ("a.jpg", WIDTH, HEIGHT, 10, 20, 50, 40, TEXT),
            ("a.jpg", WIDTH, HEIGHT, 60, 40, 95, 65, "###"),
            ("b.jpg", WIDTH, HEIGHT, "", "", "", "", ""),
        )
    },
    "mlt": {"gt_a.txt": f"{_WORD_ROW},Latin,{TEXT}\n{_SLANTED_ROW},None,###\n", "gt_b.txt": ""},
    "rctw": {"a.txt": f'\ufeff{_WORD_ROW},0,"{TEXT}"\r\n{_SLANTED_ROW},1,"x"\r\n', "b.txt": ""},
    "polygons": {
        "a.txt": f"10,20,50,20,50,40,10,40,10,40,####{TEXT}\n60,50,75,45,90,40,95,55,65,65,#######\n",
        "b.txt": "",
    },
    "boxes": {"a.txt": f"10 20 40 20 {TEXT}\n60,40,35,25,###\n", "b.txt": ""},
}
