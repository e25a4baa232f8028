"""Sources as people have them: odd names, encodings, units and shapes, fields that are not sure, files left over."""

import gzip
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.config.scene_importing import SceneImportConfig
from engine.datasets.scenes.importing.formats.listing import SceneListing
from engine.datasets.scenes.importing.report import SceneReport, make_scene_report
from engine.datasets.scenes.importing.scan import scan_tree
from engine.datasets.scenes.importing.validate import validate_scenes
from engine.errors import SourceError
from engine.regions.region import Region
from engine.sources.archive import ZipTree
from engine.sources.folder import FolderTree
from tests.datasets.scenes.importing.more_sources import (
    MORE_SOURCES,
    SLANTED,
    TEXT,
    WORD,
    art,
    cells,
    matlab,
    table,
    total_text_row,
    via,
    via_region,
)
from tests.datasets.scenes.importing.sources import SOURCES, Files, flat, line, photo, saved
from tests.helpers.sources import zipped

SCENES = SceneImportConfig(path="x")


def imported(root: Path, **settings: Any) -> tuple[SceneReport, list[Region]]:
    config = SceneImportConfig.parse({"path": "x", **settings})
    scan = scan_tree(FolderTree(root), config)
    results = validate_scenes(scan, config)
    return make_scene_report(scan, config, results), [region for each in results for region in each.regions]


def first_word(regions: list[Region]) -> tuple[list[list[float]], str | None]:
    word = next(region for region in regions if region.level in ("word", "line"))
    return np.round(word.polygon, 1).tolist(), word.text


PATHS = {"gt.mat", "poly_gt_a.mat"}


def _changed(files: Files, change: Any) -> Files:
    return {name: content if isinstance(content, bytes) else change(content) for name, content in files.items()}


def test_texts_in_the_attributes_of_voc_objects_are_the_texts(tmp_path: Path):
    box = "<bndbox><xmin>10</xmin><ymin>20</ymin><xmax>50</xmax><ymax>40</ymax></bndbox>"
    attribute = "<attributes><attribute><name>{}</name><value>{}</value></attribute></attributes>"
    objects = [("Transcription", "SALE, 5"), ("illegible", "true"), ("occluded", "False")]
    body = "".join(f"<object><name>sign</name>{box}{attribute.format(name, value)}</object>" for name, value in objects)
    xml = f"<annotation><filename>a.jpg</filename>{body}</annotation>"
    _, regions = imported(saved(tmp_path, {"a.jpg": photo(1), "a.xml": xml}))
    assert [(region.text, region.ignore) for region in regions] == [("SALE, 5", False), ("sign", True), ("sign", False)]


@pytest.mark.parametrize("name", MORE_SOURCES)
def test_marks_at_the_beginning_and_line_ends_of_windows_change_nothing(tmp_path: Path, name: str):
    plain, odd = tmp_path / "plain", tmp_path / "odd"
    _, expected = imported(saved(plain, MORE_SOURCES[name]))
    files = _changed(MORE_SOURCES[name], lambda text: "\ufeff" + text.removeprefix("\ufeff").replace("\n", "\r\n"))
    _, found = imported(saved(odd, files))
    assert [region.plain() for region in found] == [region.plain() for region in expected]


@pytest.mark.parametrize("name", MORE_SOURCES)
def test_photos_in_other_case_ending_and_folder_below_a_top_folder_of_a_zip_are_found(tmp_path: Path, name: str):
    photos = {"Top/Images/A.JPG": photo(1), "Top/Images/B.png": photo(2)}
    files = {f"Top/{file.replace('photos/', 'labels/')}": content for file, content in MORE_SOURCES[name].items()}
    path = tmp_path / "x.zip"
    path.write_bytes(zipped({**photos, **files}))
    config = SceneImportConfig(path="x")
    with ZipTree(path) as tree:
        report = make_scene_report(scan_tree(tree, config), config)
    assert (report.format, report.accepted, report.refusal) == (name, 2, "")
    assert report.regions > 0


@pytest.mark.parametrize("name", sorted(MORE_SOURCES.keys() - {"google-vision", "textract", "azure-read"}))
def test_a_photo_that_is_missing_is_told(tmp_path: Path, name: str):
    report, _ = imported(saved(tmp_path, MORE_SOURCES[name], {"a.jpg": photo(1), "c.jpg": photo(3)}))
    assert "missing" in {problem.reason for problem in report.problems}


UNSURE = {
    "a field of VIA": {
        "via.json": json.dumps(via([("a.jpg", [via_region(WORD, one="SALE", two="5")] * 3), ("b.jpg", [])]))
    },
    "a column of a table": {
        "x.csv": table(("file", "x1", "y1", "x2", "y2", "p", "q"), *[("a.jpg", 1, 2, 30, 40, "u", "v")] * 2)
    },
}


@pytest.mark.parametrize("name", UNSURE)
def test_a_field_that_may_hold_the_text_is_asked_for(tmp_path: Path, name: str):
    root = saved(tmp_path, UNSURE[name])
    with pytest.raises(SourceError, match="--text_field"):
        imported(root)
    with pytest.raises(SourceError, match="Choose one of these"):
        imported(root, text_field="nothing")
    field = "two" if "VIA" in name else "q"
    assert {region.text for region in imported(root, text_field=field)[1]} == {"5" if "VIA" in name else "v"}
    assert {region.text for region in imported(root, text_field="none")[1]} == {None}


def test_categories_of_coco_that_may_be_the_texts_are_asked_about(tmp_path: Path):
    names = ["0", "7", "HELLO", "shop", "text", "ignore", "open"]
    value = {
        "images": [{"id": 0, "file_name": "a.jpg"}],
        "categories": [{"id": place, "name": name} for place, name in enumerate(names)],
        "annotations": [
            {"image_id": 0, "category_id": place, "bbox": [10 * place, 20, 9, 20]} for place in range(len(names))
        ],
    }
    root = saved(tmp_path, {"x.json": json.dumps(value)})
    with pytest.raises(
        SourceError, match="No region has a text, and regions are of 5 categories, such as '0', '7', 'HELLO'"
    ):
        imported(root)
    regions = imported(root, text_field="category")[1]
    assert [region.text for region in regions if not region.ignore] == ["0", "7", "HELLO", "shop", None, "open"]
    assert {region.text for region in imported(root, text_field="none")[1]} == {None}
    few = {**value, "annotations": value["annotations"][:3]}
    assert {region.text for region in imported(saved(tmp_path, {"x.json": json.dumps(few)}))[1]} == {None}


def test_two_fields_named_as_texts_are_asked_for_and_one_is_taken(tmp_path: Path):
    both = via([("a.jpg", [via_region(WORD, text="SALE", transcription="sale")])])
    with pytest.raises(SourceError, match="'transcription', 'text'"):
        imported(saved(tmp_path / "both", {"via.json": json.dumps(both)}))
    one = via([("a.jpg", [via_region(WORD, Text="SALE", colour="red", notes="left")])])
    _, regions = imported(saved(tmp_path / "one", {"via.json": json.dumps({"_via_img_metadata": one})}))
    assert regions[0].text == "SALE"


def test_via_of_the_first_version_and_all_its_shapes_are_read(tmp_path: Path):
    shapes = [
        {"name": "rect", "x": 10, "y": 20, "width": 40, "height": 20},
        {"name": "ellipse", "cx": 50, "cy": 40, "rx": 20, "ry": 10, "theta": 0.5},
        {"name": "circle", "cx": 50, "cy": 40, "r": 10},
        {"name": "polyline", "all_points_x": [10, 50, 50], "all_points_y": [20, 20, 40]},
    ]
    regions = {str(i): {"shape_attributes": shape, "region_attributes": {}} for i, shape in enumerate(shapes)}
    entries = {"a.jpg12": {"filename": "a.jpg", "size": 12, "regions": regions}}
    rows = [("a.jpg", 12, "{}", 4, i, json.dumps(shape), "{}") for i, shape in enumerate(shapes)]
    header = ("#filename", "size", "file_attributes", "region_count", "region_id")
    header += ("region_shape_attributes", "region_attributes")
    _, of_json = imported(saved(tmp_path / "json", {"via.json": json.dumps(entries)}))
    _, of_csv = imported(saved(tmp_path / "csv", {"via.csv": table(header, *rows)}))
    assert [region.plain() for region in of_csv] == [region.plain() for region in of_json]
    assert [len(region.polygon) for region in of_json] == [4, 16, 16, 3]
    assert of_json[0].polygon.tolist() == WORD


FOUR = "10 20 50 40 SALE\n20 30 60 70 x\n"


def test_four_numbers_are_asked_about_unless_only_one_meaning_fits(tmp_path: Path):
    root = saved(tmp_path, {"a.txt": FOUR})
    with pytest.raises(SourceError, match=r"--boxes corners\).*--boxes size"):
        imported(root)
    assert first_word(imported(root, boxes="corners")[1]) == (WORD, "SALE")
    assert first_word(imported(root, boxes="size")[1])[0][2] == [60, 60]


def test_tables_are_read_by_their_columns(tmp_path: Path):
    heads = {
        ("image", "x1", "y1", "x2", "y2", "x3", "y3", "x4", "y4", "text"): flat(WORD),
        ("Image Path", "left", "top", "width", "height", "transcription"): [10, 20, 40, 20],
        ("file_name", "x_center", "y_center", "width", "height", "word"): [30, 30, 40, 20],
        ("image_id", "points", "utf8_string"): [json.dumps(flat(WORD))],
        ("image", "polygon", "text"): [json.dumps(WORD)],
    }
    for number, (head, corners) in enumerate(heads.items()):
        for delimiter in ",;\t":
            rows = table(head, *[("a.jpg", *corners, TEXT)] * 2, delimiter=delimiter)
            _, regions = imported(saved(tmp_path / f"{number}{ord(delimiter)}", {"x.csv": rows}))
            assert first_word(regions) == (WORD, TEXT), head
    boxed = saved(
        tmp_path / "boxed", {"x.csv": table(("image", "bbox", "text"), *[("a.jpg", "[10, 20, 50, 40]", "x")] * 2)}
    )
    with pytest.raises(SourceError, match="boxes"):
        imported(boxed)
    assert first_word(imported(boxed, boxes="corners")[1])[0] == WORD


def test_label_studio_s_flat_lists_that_do_not_go_together_give_no_text(tmp_path: Path):
    task = json.loads(str(MORE_SOURCES["label-studio-min"]["min.json"]))[0]
    task["transcription"] = ["one", "two", "three"]
    report, regions = imported(saved(tmp_path, {"min.json": json.dumps([task])}))
    assert [region.text for region in regions] == [None, None]
    assert "texts" in {problem.reason for problem in report.problems}


def test_label_studio_s_csv_is_read_as_its_json(tmp_path: Path):
    task = json.loads(str(MORE_SOURCES["label-studio-min"]["min.json"]))[0]
    cells_of = [json.dumps(value) if isinstance(value, list) else value for value in task.values()]
    _, regions = imported(saved(tmp_path, {"x.csv": table(tuple(task), tuple(cells_of))}))
    assert first_word(regions) == (WORD, TEXT)
    assert [region.ignore for region in regions] == [False, True]


def test_cvat_s_turned_boxes_and_masks_are_read(tmp_path: Path):
    content = """<annotations><image name="a.jpg" width="100" height="80">
    <box label="text" xtl="20" ytl="30" xbr="40" ybr="50" rotation="90"/>
    <mask label="text" rle="0,40,0" left="10" top="20" width="8" height="5"/></image></annotations>"""
    _, (turned, mask) = imported(saved(tmp_path, {"x.xml": content}))
    assert np.sort(turned.polygon, axis=0).tolist() == [[20, 30], [20, 30], [40, 50], [40, 50]]
    assert mask.polygon.min(axis=0).tolist() == [10.5, 20.5]
    assert mask.polygon.max(axis=0).tolist() == [17.5, 24.5]


def azure_answers() -> dict[str, Any]:
    word = {"content": TEXT, "polygon": flat(WORD)}
    small = {**word, "polygon": [1, 2, 5, 2, 5, 4, 1, 4]}
    inches = {"width": 10, "height": 8, "unit": "inch", "lines": [], "words": [small]}
    line = {"text": TEXT, "boundingPolygon": [{"x": x, "y": y} for x, y in WORD]}
    old = {"boundingBox": "10,20,40,20", "words": [{"boundingBox": "10,20,40,20", "text": TEXT}]}
    return {
        "Image Analysis": {"readResult": {"blocks": [{"lines": [line]}]}},
        "Document Intelligence": {"analyzeResult": {"pages": [{"unit": "pixel", "lines": [], "words": [word]}]}},
        "older OCR": {"textAngle": 0.0, "orientation": "Up", "regions": [{"boundingBox": "0,0,9,9", "lines": [old]}]},
        "inches": {"analyzeResult": {"pages": [inches]}},
    }


@pytest.mark.parametrize("name", azure_answers())
def test_azure_s_other_answers_are_read(tmp_path: Path, name: str):
    _, regions = imported(saved(tmp_path, {"photos/a.json": json.dumps(azure_answers()[name])}))
    assert first_word(regions) == (WORD, TEXT)


def test_google_s_corners_at_zero_and_its_shares_are_read(tmp_path: Path):
    def word(corners: list[dict[str, float]], key: str) -> dict[str, Any]:
        return {"boundingBox": {key: corners}, "symbols": [{"text": "a"}, {"text": "b"}]}

    for key, corners in (
        ("vertices", [{}, {"x": 40}, {"x": 40, "y": 16}, {"y": 16}]),
        ("normalizedVertices", [{}, {"x": 0.4}, {"x": 0.4, "y": 0.2}, {"y": 0.2}]),
    ):
        page = {"width": 100, "height": 80, "blocks": [{"paragraphs": [{"words": [word(corners, key)]}]}]}
        answer = {"fullTextAnnotation": {"pages": [page], "text": "ab"}}
        _, regions = imported(saved(tmp_path / key, {"photos/a.json": json.dumps(answer)}))
        assert first_word(regions) == ([[0, 0], [40, 0], [40, 16], [0, 16]], "ab")


def test_corners_in_shares_of_the_photo_are_told_and_scaled(tmp_path: Path):
    shares = [[x / 100, y / 80] for x, y in WORD]
    files: Files = {"train_labels.json": art(a=[{"transcription": TEXT, "points": shares}])}
    report, regions = imported(saved(tmp_path, files))
    assert [region.polygon.round(2).tolist() for region in regions] == [WORD]
    assert "shares" in {problem.reason for problem in report.problems}
    assert imported(tmp_path, rules={"shares": "keep"})[1] == []  # nothing is that small


def large(shade: int) -> bytes:
    return photo(shade, (800, 400))


def test_corners_that_may_be_per_cent_are_asked_about(tmp_path: Path):
    points = [[10.5, 20], [90, 20], [90, 95.5], [10.5, 95.5]]
    files: Files = {"train_labels.json": art(a=[{"transcription": TEXT, "points": points}])}
    root = saved(tmp_path, files, {"a.jpg": large(1)})
    report, _ = imported(root)
    assert "rules.percent scale" in report.refusal
    assert "rules.percent keep" in report.refusal
    report, regions = imported(root, rules={"percent": "scale"})
    assert (report.refusal, regions[0].polygon.max(axis=0).tolist()) == ("", [720, 382])


def test_corners_with_y_before_x_are_asked_about(tmp_path: Path):
    points = [[20, 600], [20, 700], [60, 700], [60, 600]]  # in a photo of 800 × 400
    root = saved(tmp_path, {"gt_a.txt": line(*flat(points), TEXT)}, {"a.jpg": large(1)})
    assert "rules.swapped swap" in imported(root)[0].refusal
    report, regions = imported(root, rules={"swapped": "swap"})
    assert (report.refusal, regions[0].polygon.max(axis=0).tolist()) == ("", [700, 60])
    assert imported(root, rules={"swapped": "keep"})[0].refusal == ""


LEFT_OVER = {
    "another format": {"a.xml": SOURCES["voc"]["a.xml"], "b.xml": SOURCES["voc"]["b.xml"]},
    "a table that is not read": {"labels.xlsx": b"PK"},
    "a list that no format takes": {"more.txt": "a.jpg 1 2 3\nb.jpg 4 5 6\n"},
    "JSON that is cut": {"export.json": '[{"data": {"image": "a.jpg"'},
}


@pytest.mark.parametrize("name", LEFT_OVER)
def test_labels_that_are_not_used_are_named_and_asked_about(tmp_path: Path, name: str):
    files = {"Label.txt": SOURCES["ppocrlabel"]["Label.txt"], **LEFT_OVER[name]}
    root = saved(tmp_path, files)
    report, _ = imported(root)
    unused = next(problem for problem in report.problems if problem.reason == "unused")
    assert {each.name for each in unused.examples} == LEFT_OVER[name].keys()
    assert "rules.unused leave" in report.refusal
    assert imported(root, rules={"unused": "leave"})[0].refusal == ""
    assert imported(root, format="ppocrlabel")[0].refusal == ""


def test_what_tools_write_beside_labels_is_no_question(tmp_path: Path):
    beside = {
        "fileState.txt": "photos/a.jpg\t1\n",
        "rec_gt.txt": "photos/a.jpg\tSALE\n",
        "classes.txt": "text\n",
        "README.md": "a.jpg is a photo",
        "train.txt": "photos/a.jpg\nphotos/b.jpg\n",
    }
    report, _ = imported(saved(tmp_path, {"Label.txt": SOURCES["ppocrlabel"]["Label.txt"], **beside}))
    assert (report.format, report.refusal) == ("ppocrlabel", "")


def test_a_source_of_no_format_says_what_is_wrong_with_its_labels(tmp_path: Path):
    with pytest.raises(SourceError, match=r"'labels\.json': .*no JSON that is read"):
        imported(saved(tmp_path, {"labels.json": '{"a.jpg": ['}))


def test_json_of_another_encoding_is_read_when_it_is_said(tmp_path: Path):
    content = art(a=[{"transcription": "Café", "points": WORD}]).replace("\\u00e9", "é").encode("cp1252")
    root = saved(tmp_path, {"train_labels.json": content})
    assert first_word(imported(root, encoding="cp1252")[1]) == (WORD, "Café")
    with pytest.raises(SourceError, match="no JSON that is read"):
        imported(root)


CORNERS = {
    "closed": ([*WORD, WORD[0]], WORD),
    "from the bottom": (WORD[::-1], None),
    "an odd number": ([*WORD[:3], [10, 40], [10]], "shape"),
    "two": ([WORD[0], WORD[2]], "corners"),
    "strings": ([[str(x), str(y)] for x, y in WORD], WORD),
}


@pytest.mark.parametrize("name", CORNERS)
def test_outlines_are_closed_reversed_odd_or_short(tmp_path: Path, name: str):
    points, expected = CORNERS[name]
    entries = [{"transcription": "ok", "points": SLANTED}, {"transcription": TEXT, "points": points}]
    report, regions = imported(saved(tmp_path, {"train_labels.json": art(a=entries)}))
    found = {region.text: region.polygon.tolist() for region in regions}
    if isinstance(expected, list):
        assert found[TEXT] == expected
    elif expected is None:
        assert sorted(found[TEXT]) == sorted(WORD)
    else:
        assert report.problems
        assert TEXT not in found


def test_total_text_in_both_files_goes_on_over_lines_and_marks_what_is_illegible(tmp_path: Path):
    text = "x: [[10 50\n 50 10]], y: [[20 20 40\n 40]], ornt: [u'h'], transcriptions: [u'SALE, 5']\n"
    text += "x: [[60 90 95 65]], y: [[50 40 55 65]], ornt: [u'#'], transcriptions: [u'#']\n"
    _, of_text = imported(saved(tmp_path / "txt", {"poly_gt_a.txt": text}))
    rows = cells(total_text_row(WORD, TEXT, "c"), total_text_row(SLANTED, "#", "#"))
    _, of_mat = imported(saved(tmp_path / "mat", {"gt_a.mat": matlab(gt=rows)}))
    assert [region.plain() for region in of_text] == [region.plain() for region in of_mat]
    assert [(region.text, region.ignore) for region in of_text] == [(TEXT, False), (None, True)]


@pytest.mark.parametrize("content", [b"", b"MATLAB 7.3 MAT-file" + b" " * 200, b"\x00" * 300, b"no MATLAB file"])
def test_a_damaged_matlab_file_is_told(tmp_path: Path, content: bytes):
    files = {**MORE_SOURCES["total-text-mat"], "poly_gt_b.mat": content}
    report, regions = imported(saved(tmp_path, files), rules={"unused": "leave"})
    assert first_word(regions) == (WORD, TEXT)
    assert (
        "no MATLAB file that is read"
        in next(each for each in report.problems if each.rule == "unused").examples[0].detail
    )


def test_ctw1500_s_first_files_count_from_the_corner_of_the_line(tmp_path: Path):
    around = [[0, 0], [10, 0], [20, 0], [30, 0], [35, 0], [38, 0], [40, 0]]
    around += [[40, 20], [35, 20], [30, 20], [25, 20], [20, 20], [10, 20], [0, 20]]
    _, regions = imported(saved(tmp_path, {"a.txt": line(10, 20, 50, 40, *flat(around))}))
    assert regions[0].level == "line"
    assert (regions[0].polygon.min(axis=0).tolist(), regions[0].polygon.max(axis=0).tolist()) == (WORD[0], WORD[2])


def test_numbers_of_a_text_are_no_corners_and_corners_are_no_text(tmp_path: Path):
    _, regions = imported(saved(tmp_path / "quads", {"a.txt": line(*flat(WORD), "10,20") + line(*flat(WORD), "a") * 2}))
    assert [region.text for region in regions] == ["10,20", "a", "a"]
    long = [[10, 20], [30, 15], [50, 20], [50, 40], [10, 40]]
    _, regions = imported(saved(tmp_path / "long", {"a.txt": line(*flat(long), "2020") + line(*flat(long), "a")}))
    assert [(len(region.polygon), region.text) for region in regions] == [(5, "2020"), (5, "a")]


def test_photos_turned_by_their_data_get_the_corners_of_the_pixels_as_stored(tmp_path: Path):
    turned = {"a.jpg": photo(1, orientation=6)}
    points = [[85, 10], [95, 10], [95, 20], [85, 20]]  # outside the upright photo of 80 × 100
    _, regions = imported(saved(tmp_path, {"gt.json": art(a=[{"transcription": "x", "points": points}])}, turned))
    assert regions[0].polygon.min(axis=0).tolist() == [60, 85]


def test_roboflow_s_names_and_empty_outlines_are_read(tmp_path: Path):
    value = {
        "images": [{"id": 0, "file_name": "a_jpg.rf.0123456789abcdef.jpg", "extra": {"name": "a.jpg"}}],
        "categories": [{"id": 0, "name": "words", "supercategory": "none"}],
        "annotations": [{"id": 0, "image_id": 0, "category_id": 0, "bbox": [10, 20, 40, 20], "segmentation": []}],
    }
    _, regions = imported(saved(tmp_path, {"train/_annotations.coco.json": json.dumps(value)}))
    assert first_word(regions) == (WORD, None)


def test_hiertext_is_read_as_it_is_packed_and_a_bomb_is_refused(tmp_path: Path):
    content = str(MORE_SOURCES["hiertext"]["train.jsonl"]).encode()
    _, regions = imported(saved(tmp_path / "packed", {"gt/train.jsonl.gz": gzip.compress(content)}))
    assert first_word(regions) == (WORD, TEXT)
    bomb = SceneListing(FolderTree(saved(tmp_path / "bomb", {"x.gz": gzip.compress(b" " * 50_000)})), SCENES)
    assert len(bomb.content("x.gz", 50_000)) == 50_000
    with pytest.raises(SourceError, match="more than we read"):
        bomb.content("x.gz", 49_999)


def test_records_of_one_photo_come_in_once(tmp_path: Path):
    task = json.loads(str(MORE_SOURCES["label-studio-min"]["min.json"]))[0]
    report, _ = imported(saved(tmp_path, {"min.json": json.dumps([task, {**task, "id": 7}])}))
    assert report.regions == 2
    assert report.dropped == {"repeated": 1, "unlabelled": 1}
