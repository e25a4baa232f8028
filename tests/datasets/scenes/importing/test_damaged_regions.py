"""Regions that are damaged, or of a kind without an outline: told, at the cost of no other region of their photo."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.datasets.scenes.importing.formats.base import ListedScene
from tests.datasets.scenes.importing.more_sources import via, via_region
from tests.datasets.scenes.importing.sources import SOURCES, WORD, Files, flat, listed, saved

SIZE = {"original_width": 100, "original_height": 80}
RECTANGLE = {"x": 10, "y": 25, "width": 40, "height": 25}
KEYPOINT = {"type": "keypointlabels", "value": {"x": 5, "y": 5, "width": 0.5, "text": ["lost"]}}
BRUSH = {"type": "brushlabels", "value": {"format": "rle", "rle": [0, 0, 1], "text": ["lost"]}}
PATH = {"type": "vectorlabels", "value": {"vertices": [{"x": 1, "y": 2}], "text": ["lost"]}}
GOOD = {"type": "rectangle", "value": RECTANGLE | {"text": ["good"]}}


def studio(*parts: dict[str, Any], **answer: Any) -> dict[str, Any]:
    """An answer of Label Studio to the task of a photo, with parts that belong to a region each."""
    return {"result": [{"id": str(number), **SIZE, **part} for number, part in enumerate(parts)], **answer}


def tasks(*answers: dict[str, Any]) -> Files:
    return {"export.json": json.dumps([{"data": {"ocr": "a.jpg"}, "annotations": list(answers)}])}


def _flat(*parts: dict[str, Any]) -> Files:
    outlines = [{**part["value"], **SIZE, "labels": ["Text"]} for part in parts]
    texts = [outline.pop("text")[0] for outline in outlines]
    return {"min.json": json.dumps([{"id": 1, "ocr": "a.jpg", "label": outlines, "transcription": texts}])}


def _cvat(*shapes: str) -> Files:
    text = '<attribute name="text">{}</attribute></{}>'
    good = '<box label="text" xtl="10" ytl="20" xbr="50" ybr="40">' + text.format("good", "box")
    lost = "".join(shape + text.format("lost", shape[1:].split()[0]) for shape in shapes)
    return {"x.xml": f'<annotations><image name="a.jpg" width="100" height="80">{good}{lost}</image></annotations>'}


def _labelme(*points: Any) -> Files:
    shapes = [{"label": "good", "points": WORD}, *({"label": "lost", "points": each} for each in points)]
    return {"a.json": json.dumps({"imagePath": "a.jpg", "shapes": shapes})}


def _supervisely(**shape: Any) -> Files:
    tags = [{"name": "transcription", "value": "good"}]
    good = {"classTitle": "word", "geometryType": "polygon", "points": {"exterior": WORD}, "tags": tags}
    lost = {"classTitle": "word", "tags": [{"name": "transcription", "value": "lost"}], **shape}
    return {"ann/a.jpg.json": json.dumps({"size": {"width": 100, "height": 80}, "objects": [lost, good]})}


def _voc(*boxes: str) -> Files:
    good = "<bndbox><xmin>10</xmin><ymin>20</ymin><xmax>50</xmax><ymax>40</ymax></bndbox>"
    objects = "".join(
        f"<object><name>{'lost' if box != good else 'good'}</name>{box}</object>" for box in (*boxes, good)
    )
    return {"a.xml": f"<annotation><filename>a.jpg</filename>{objects}</annotation>"}


ONE_LOST: dict[str, Files] = {
    "a keypoint of Label Studio": tasks(studio(KEYPOINT, GOOD)),
    "a brush of Label Studio": tasks(studio(BRUSH, GOOD)),
    "a path of Label Studio": tasks(studio(GOOD, PATH)),
    "a brush of Label Studio's flat lists": _flat(BRUSH, GOOD),
    "points of CVAT": _cvat('<points label="text" points="1,2">'),
    "a cuboid of CVAT": _cvat('<cuboid label="text" xtl1="1" ytl1="2">'),
    "a damaged box of CVAT": _cvat('<box label="text" xtl="x" ytl="1" xbr="3" ybr="4">'),
    "PPOCRLabel": {
        "Label.txt": "a.jpg\t"
        + json.dumps([{"transcription": text, "points": each} for text, each in (("lost", [[1]]), ("good", WORD))])
    },
    "LabelMe": _labelme([["x", 1]]),
    "VIA": {
        "via.json": json.dumps(
            via(
                [
                    (
                        "a.jpg",
                        [
                            {"shape_attributes": {"name": "spiral"}, "region_attributes": {"text": "lost"}},
                            via_region(WORD, text="good"),
                        ],
                    )
                ]
            )
        )
    },
    "a graph of Supervisely": _supervisely(geometryType="graph"),
    "Pascal VOC": _voc("<bndbox><xmin>1</xmin></bndbox>"),
    "docTR": {"labels.json": json.dumps({"a.jpg": {"polygons": {"good": [WORD], "lost": [[[1]]]}}})},
    "PAGE": {
        "a.xml": str(SOURCES["page"]["a.xml"]).replace(
            "</TextLine>", '<Word id="v"><Coords points="1,2 3"/></Word></TextLine>'
        )
    },
    "COCO": {
        "coco.json": json.dumps(
            {
                "images": [{"id": 1, "file_name": "a.jpg"}],
                "annotations": [
                    {"image_id": 1, "segmentation": [flat(WORD)], "text": "good"},
                    {"image_id": 1, "segmentation": ["x"], "text": "lost"},
                ],
            }
        )
    },
}


def of_photo(root: Path) -> tuple[ListedScene | None, list[str]]:
    _, scenes, issues = listed(root)
    return scenes.get("photos/a.jpg"), [issue.reason for issue in issues]


@pytest.mark.parametrize("case", ONE_LOST)
def test_a_region_that_is_not_understood_costs_no_other(tmp_path: Path, case: str):
    scene, told = of_photo(saved(tmp_path, ONE_LOST[case]))
    assert told == ["shape"]
    assert scene is not None
    assert {region.text for region in scene.regions} <= {"good", "SALE, 5", None}
    assert WORD in [region.corners.tolist() for region in scene.regions]


ALL_LOST: dict[str, Files] = {
    "Label Studio": tasks(studio(BRUSH, KEYPOINT)),
    "Label Studio's flat lists": _flat(BRUSH),
    "CVAT": {
        "x.xml": '<annotations><image name="a.jpg" width="100" height="80"><points label="text" points="1,2">'
        '<attribute name="text">lost</attribute></points></image></annotations>'
    },
}


@pytest.mark.parametrize("case", ALL_LOST)
def test_a_photo_of_which_no_region_is_understood_is_no_photo_without_text(tmp_path: Path, case: str):
    scene, told = of_photo(saved(tmp_path, ALL_LOST[case]))
    assert (scene, told) == (None, ["record"])


def test_an_outline_of_label_studio_is_found_behind_its_text_and_texts_of_the_photo_are_no_regions(tmp_path: Path):
    text = {"id": "r", "type": "textarea", "value": {"x": 10, "y": 25, "text": ["good"]}}
    whole = {"id": "w", "type": "textarea", "value": {"text": ["all of the photo"]}}
    answer = studio(text, {"id": "r", "type": "rectangle", "value": RECTANGLE}, whole)
    scene, told = of_photo(saved(tmp_path, tasks(answer)))
    assert scene is not None
    assert [(region.text, region.corners.tolist()) for region in scene.regions] == [("good", WORD)]
    assert told == []


def test_an_ellipse_of_label_studio_is_turned(tmp_path: Path):
    ellipse = {"type": "ellipse", "value": {"x": 50, "y": 50, "radiusX": 20, "radiusY": 10, "rotation": 90}}
    scene, _ = of_photo(saved(tmp_path, tasks(studio(ellipse))))
    assert scene is not None
    corners = scene.regions[0].corners
    assert np.round([*corners.min(axis=0), *corners.max(axis=0)]).tolist() == [42, 20, 58, 60]


@pytest.mark.parametrize("first", [True, False])
def test_of_several_answers_of_label_studio_the_ground_truth_counts_or_else_the_last(tmp_path: Path, first: bool):
    other = studio({"type": "rectangle", "value": RECTANGLE | {"text": ["other"]}})
    scene, _ = of_photo(saved(tmp_path, tasks(studio(GOOD, ground_truth=first), other)))
    assert scene is not None
    assert [region.text for region in scene.regions] == ["good" if first else "other"]


@pytest.mark.parametrize("text", ["TEMPORARY", "待识别"])
def test_what_ppocrlabel_writes_where_nobody_typed_is_no_text(tmp_path: Path, text: str):
    entries = [{"transcription": each, "points": WORD} for each in (text, "SALE")]
    scene, told = of_photo(saved(tmp_path, {"Label.txt": f"a.jpg\t{json.dumps(entries)}"}))
    assert scene is not None
    assert [region.text for region in scene.regions] == [None, "SALE"]
    assert told == []


CUSTOM = {
    "readingOrder {index:0;} comment {offset:0; length:3;comment:please ignore this;}": (1, False),
    "person {offset:0; length:3; container:no;}": (1, False),
    "container {offset:0; length:3;}": (1, False),
    "containers {}": (1, False),
    "container {}": (0, False),
    "readingOrder {index:0;} ignore {}": (1, True),
    "structure {type:illegible;}": (1, True),
    "illegible {offset:0; length:3;}": (1, True),
}


@pytest.mark.parametrize("custom", CUSTOM)
def test_tags_of_page_count_by_their_names_and_not_by_users_words(tmp_path: Path, custom: str):
    page = str(SOURCES["page"]["a.xml"]).replace('<TextLine id="l">', f'<TextLine id="l" custom="{custom}">')
    scene, _ = of_photo(saved(tmp_path, {"a.xml": page}))
    assert scene is not None
    lines = [region.marked for region in scene.regions if region.level == "line" and region.text]
    count, marked = CUSTOM[custom]
    assert lines == [marked] * count


def test_pages_of_alto_whose_photos_nothing_names_are_told(tmp_path: Path):
    alto = str(SOURCES["alto"]["a.xml"])
    page = alto[alto.index("<Page") : alto.index("</Page>") + len("</Page>")]
    scene, told = of_photo(saved(tmp_path, {"book.xml": alto.replace(page, page * 3)}))
    assert scene is not None
    assert told == ["missing", "missing"]
