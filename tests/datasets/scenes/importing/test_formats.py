"""Every format of scenes: detected from its files, read to the letter, and never believed."""

import json
from pathlib import Path

import numpy as np
import pytest

from engine.config.scene_importing import SceneImportConfig
from engine.datasets.scenes.importing.formats import SCENE_FORMATS
from engine.datasets.scenes.importing.report import make_scene_report
from engine.datasets.scenes.importing.scan import scan_tree
from engine.datasets.scenes.importing.validate import validate_scenes
from engine.errors import SourceError
from engine.sources.folder import FolderTree
from tests.datasets.scenes.importing.sources import (
    HEIGHT,
    SLANTED,
    SOURCES,
    WIDTH,
    WORD,
    Files,
    flat,
    line,
    listed,
    mask,
    per_cent,
    photo,
    saved,
)
from tests.helpers.sources import save_files

UNTOLD = {"doctr", "masks", "google-vision", "textract", "azure-read"}  # say nothing of what does not count
WORDLESS = {"doctr", "masks", "td500", "yolo", "yolo-obb"}


def test_there_is_a_source_of_every_format():
    assert SOURCES.keys() == SCENE_FORMATS.keys() - {"no-text"}


@pytest.mark.parametrize("name", SOURCES)
def test_a_format_is_detected_and_its_regions_are_read(tmp_path: Path, name: str):
    root = saved(tmp_path, SOURCES[name])
    format, scenes, issues = listed(root)
    assert (format, issues) == (name, [])
    assert scenes.keys() == {"photos/a.jpg", "photos/b.jpg"}
    assert scenes["photos/b.jpg"].regions == []
    report = make_scene_report(scan_tree(FolderTree(root), SceneImportConfig(path="x")), SceneImportConfig(path="x"))
    assert report.accepted == 2
    assert report.ignored == (0 if name in UNTOLD else 1)
    assert not report.refusal


@pytest.mark.parametrize("name", SOURCES)
def test_the_word_has_its_place_and_its_text(tmp_path: Path, name: str):
    config = SceneImportConfig(path="x")
    scan = scan_tree(FolderTree(saved(tmp_path, SOURCES[name])), config)
    result = next(result for result in validate_scenes(scan, config) if result.regions)
    word = next(region for region in result.regions if region.level in ("word", "line"))
    assert word.polygon == pytest.approx(np.array(WORD), abs=0.01)
    texts = {"ctw": "二手", "alto": "SALE,", "synthtext": "SALE,5"}
    expected = None if name in WORDLESS else texts.get(name, "SALE, 5")
    assert expected in [region.text for region in result.regions if region.level in ("word", "line")]


NAMES = ("gt_img_1.txt", "img_1.txt", "img_1.jpg.txt", "poly_gt_img_1.txt", "res_img_1.txt", "img_1_gt.txt")


@pytest.mark.parametrize("name", NAMES)
def test_labels_find_their_photo_by_any_usual_name(tmp_path: Path, name: str):
    photos = {"img_1.jpg": photo(1), "img_10.jpg": photo(2)}
    _, scenes, _ = listed(saved(tmp_path, {f"labels/{name}": line(*flat(WORD), "x")}, photos))
    assert len(scenes["photos/img_1.jpg"].regions) == 1
    assert scenes["photos/img_10.jpg"].unlabelled


def test_photos_of_one_name_are_told_apart_by_their_folders(tmp_path: Path):
    files: dict[str, bytes | str] = {}
    for split, text in (("training", "one"), ("test", "two")):
        files[f"ch4_{split}_images/img_1.jpg"] = photo(len(text))
        files[f"ch4_{split}_localization_transcription_gt/gt_img_1.txt"] = line(*flat(WORD), text)
    _, scenes, _ = listed(saved(tmp_path, files, {}))
    assert {(scene.split, scene.regions[0].text) for scene in scenes.values()} == {("train", "one"), ("test", "two")}


def _coco_of(photo: str, text: str) -> str:
    word = {"image_id": 1, "bbox": [10, 20, 40, 20], "segmentation": [flat(WORD)], "text": text}
    return json.dumps({"images": [{"id": 1, "file_name": photo}], "annotations": [word]})


def _voc_of(photo: str, text: str) -> str:
    box = "<bndbox><xmin>10</xmin><ymin>20</ymin><xmax>50</xmax><ymax>40</ymax></bndbox>"
    return f"<annotation><filename>{photo}</filename><object><name>{text}</name>{box}</object></annotation>"


OF_TWO_SPLITS: dict[str, tuple[Files, str]] = {
    "COCO": ({"train.json": _coco_of("train/1.jpg", "one"), "val.json": _coco_of("val/1.jpg", "two")}, "train.json, "),
    "VOC": ({"train/1.xml": _voc_of("1.jpg", "one"), "val/1.xml": _voc_of("1.jpg", "two")}, "train/1.xml"),
    "ICDAR": (
        {"train/gt_1.txt": line(*flat(WORD), "one"), "val/gt_1.txt": line(*flat(WORD), "two")},
        "train/gt_1.txt",
    ),
}


@pytest.mark.parametrize("name", OF_TWO_SPLITS)
def test_labels_of_a_photo_that_is_missing_are_not_those_of_another_split(tmp_path: Path, name: str):
    files, told = OF_TWO_SPLITS[name]
    root = saved(tmp_path, {"mine/" + file: content for file, content in files.items()}, {})
    save_files(root, {"mine/val/1.jpg": photo(1)})
    _, scenes, issues = listed(root)
    assert {scene.name: scene.regions[0].text for scene in scenes.values()} == {"mine/val/1.jpg": "two"}
    assert [(issue.name.startswith(f"mine/{told}"), issue.reason) for issue in issues] == [(True, "missing")]


def test_a_name_that_two_photos_have_is_of_the_split_that_its_list_names_or_of_neither(tmp_path: Path):
    photos = {"train/1.jpg": photo(1), "val/1.jpg": photo(2)}
    _, scenes, _ = listed(saved(tmp_path / "named", {"lists/val.json": _coco_of("1.jpg", "two")}, photos))
    assert {scene.name: scene.unlabelled for scene in scenes.values()} == {
        "photos/val/1.jpg": False,
        "photos/train/1.jpg": True,
    }
    photos = {"p/1.jpg": photo(1), "q/1.jpg": photo(2)}
    _, scenes, issues = listed(saved(tmp_path / "not", {"all.json": _coco_of("1.jpg", "two")}, photos))
    assert all(scene.unlabelled for scene in scenes.values())
    assert [issue.reason for issue in issues] == ["missing"]


def test_a_list_names_a_split_and_a_photo_s_own_labels_do_not(tmp_path: Path):
    photos = {"test.jpg": photo(1), "b.jpg": photo(2)}
    _, scenes, _ = listed(saved(tmp_path / "own", {"gt_test.txt": line(*flat(WORD), "x")}, photos))
    assert scenes["photos/test.jpg"].split is None
    _, scenes, _ = listed(saved(tmp_path / "list", {"det_gt_test.txt": "b.jpg\t[]\n"}, photos))
    assert scenes["photos/b.jpg"].split == "test"


def test_the_text_of_icdar_keeps_its_commas_and_may_be_missing(tmp_path: Path):
    content = line(*flat(WORD), "100,000") + line(*flat(WORD), "") + line(*flat(WORD)) + line(*flat(WORD), "###")
    _, scenes, _ = listed(saved(tmp_path, {"gt_a.txt": content, "gt_b.txt": ""}))
    found = [(region.text, region.marked) for region in scenes["photos/a.jpg"].regions]
    assert found == [("100,000", False), (None, False), (None, False), (None, True)]


def test_total_text_is_read(tmp_path: Path):
    content = "x: [[ 10  50  50 10]], y: [[20 20 40 40]], ornt: [u'h'], transcriptions: [u'it's']\n"
    _, scenes, issues = listed(saved(tmp_path, {"poly_gt_a.txt": content}))
    assert issues == []
    assert scenes["photos/a.jpg"].regions[0].text == "it's"
    assert scenes["photos/a.jpg"].regions[0].corners.tolist() == WORD


def test_a_line_that_is_not_understood_is_named(tmp_path: Path):
    content = line(*flat(WORD), "x") * 3 + "10,20,thirty\n"
    _, scenes, issues = listed(saved(tmp_path, {"gt_a.txt": content}))
    assert len(scenes["photos/a.jpg"].regions) == 3
    assert [(issue.name, issue.reason) for issue in issues] == [("gt_a.txt, line 4", "line")]


def test_two_records_on_one_line_are_both_read(tmp_path: Path):
    entry = json.dumps([{"transcription": "x", "points": WORD}])
    _, scenes, _ = listed(saved(tmp_path, {"Label.txt": f"a.jpg\t{entry}b.jpg\t{entry}\n"}))
    assert [scene.joined for scene in scenes.values()] == [False, True]
    record = json.loads(str(SOURCES["ctw"]["train.jsonl"]).split("\n")[0])
    lines = json.dumps(record) + json.dumps(record | {"file_name": "b.jpg"})
    _, scenes, _ = listed(saved(tmp_path / "ctw", {"val.jsonl": lines}))
    assert [scene.joined for scene in scenes.values()] == [False, True]


def test_characters_without_sentences_are_grouped_to_lines(tmp_path: Path):
    def character(x: int, y: int, text: str) -> dict[str, object]:
        return {"adjusted_bbox": [x, y, 10, 10], "text": text, "is_chinese": True}

    loose = [character(21, 10, "乙"), character(10, 10, "甲"), character(32, 11, "丙"), character(10, 60, "丁")]
    record = json.dumps({"file_name": "a.jpg", "annotations": loose, "ignore": []})
    _, scenes, _ = listed(saved(tmp_path, {"train.jsonl": record}))
    lines = [region.text for region in scenes["photos/a.jpg"].regions if region.level == "line"]
    assert sorted(map(str, lines)) == sorted(["甲乙丙", "丁"])


def test_characters_that_are_not_chinese_are_told_and_do_not_count(tmp_path: Path):
    def character(x: int, text: str, chinese: bool) -> dict[str, object]:
        return {"polygon": [[x, 0], [x + 9, 0], [x + 9, 9], [x, 9]], "text": text, "is_chinese": chinese}

    sentence = [character(0, "甲", True), character(10, "", False), character(20, "", False)]
    record = json.dumps({"file_name": "a.jpg", "annotations": [sentence], "ignore": []})
    root, config = saved(tmp_path, {"train.jsonl": record}), SceneImportConfig(path="x")
    report = make_scene_report(scan_tree(FolderTree(root), config), config)
    foreign = next(problem for problem in report.problems if problem.reason == "foreign")
    assert (foreign.count, foreign.rule, foreign.choice) == (3, "foreign", "ignore")  # two characters and their run
    assert (report.regions, report.ignored) == (6, 3)
    skipping = config.changed(rules={"foreign": "skip"})
    assert make_scene_report(scan_tree(FolderTree(root), config), skipping).regions == 3


def test_a_label_studio_rectangle_turns_about_its_corner(tmp_path: Path):
    value = {"x": 50, "y": 25, "width": 20, "height": 10, "rotation": 90}
    result = [{"id": "x", "value": value, "original_width": WIDTH, "original_height": HEIGHT}]
    tasks = [{"data": {"image": "a.jpg"}, "annotations": [{"result": result}]}]
    _, scenes, _ = listed(saved(tmp_path, {"tasks.json": json.dumps(tasks)}))
    corners = scenes["photos/a.jpg"].regions[0].corners
    assert corners == pytest.approx(np.array([[50, 20], [50, 40], [42, 40], [42, 20]]), abs=1e-3)


def test_label_studio_without_sizes_is_read_in_per_cent(tmp_path: Path):
    result = [{"id": "x", "value": {"points": per_cent(SLANTED)}}]
    tasks = [{"data": {"image": "s3://photos/a.jpg?x=1"}, "annotations": [{"result": result}]}]
    config = SceneImportConfig(path="x")
    scan = scan_tree(FolderTree(saved(tmp_path, {"tasks.json": json.dumps(tasks)})), config)
    assert scan.scenes[0].scene.relative
    assert make_scene_report(scan, config).regions == 1


@pytest.mark.parametrize(
    ("unit", "page", "scale"),
    [
        ("pixel", "", 1.0),
        ("pixel", 'WIDTH="200" HEIGHT="160"', 0.5),
        ("mm10", 'WIDTH="254" HEIGHT="203.2"', 100 / 254),
        ("mm10", "", 300 / 254),
        ("inch1200", "", 300 / 1200),
    ],
)
def test_alto_is_converted_by_its_unit(tmp_path: Path, unit: str, page: str, scale: float):
    content = f"""<alto><Description><MeasurementUnit>{unit}</MeasurementUnit></Description><Layout><Page {page}>
        <String CONTENT="x" HPOS="20" VPOS="10" WIDTH="40" HEIGHT="20"/></Page></Layout></alto>"""
    config = SceneImportConfig(path="x")
    scan = scan_tree(FolderTree(saved(tmp_path, {"a.xml": content})), config)
    (region,) = validate_scenes(scan, config)[0].regions
    assert region.polygon[0] == pytest.approx(np.array([20, 10]) * scale, rel=1e-3)


def test_coco_text_of_both_versions_is_read(tmp_path: Path):
    value = {
        "imgs": {"7": {"id": 7, "file_name": "a.jpg", "set": "val", "width": WIDTH, "height": HEIGHT}},
        "anns": {
            "1": {"image_id": 7, "polygon": flat(WORD), "utf8_string": "one", "legibility": "legible"},
            "2": {"image_id": 7, "mask": [*flat(SLANTED), 62, 57], "legibility": "illegible"},
        },
    }
    _, scenes, _ = listed(saved(tmp_path, {"cocotext.json": json.dumps(value)}))
    scene = scenes["photos/a.jpg"]
    assert scene.split == "validation"
    assert [(region.text, region.marked, len(region.corners)) for region in scene.regions] == [
        ("one", False, 4),
        (None, True, 5),
    ]


def test_masks_in_runs_become_outlines(tmp_path: Path):
    runs = [4 * 10 + 3, 5, 5, 5, 10 * 10 - 4 * 10 - 18]  # two columns of five pixels in ten by ten
    packed = {"size": [10, 10], "counts": "[155"}
    annotation = {"id": 1, "image_id": 1, "category_id": 1, "segmentation": {"size": [10, 10], "counts": runs}}
    value = {
        "images": [{"id": 1, "file_name": "a.jpg"}],
        "annotations": [annotation, annotation | {"segmentation": packed}],
        "categories": [{"id": 1, "name": "line"}],
    }
    _, scenes, issues = listed(saved(tmp_path, {"x.json": json.dumps(value)}))
    (region,) = scenes["photos/a.jpg"].regions
    assert region.level == "line"
    assert region.corners.min(axis=0).tolist() == [4.5, 3.5]
    assert region.corners.max(axis=0).tolist() == [5.5, 7.5]
    assert [issue.reason for issue in issues] == ["shape"]


def test_photos_without_text_are_taken_when_the_user_says_so(tmp_path: Path):
    root = saved(tmp_path, {})
    with pytest.raises(SourceError, match="choose no-text"):
        listed(root)
    name, scenes, _ = listed(root, SceneImportConfig(path="x", format="no-text"))
    assert (name, len(scenes)) == ("no-text", 2)


def test_a_page_of_no_size_is_one_that_says_none(tmp_path: Path):
    page = str(SOURCES["page"]["a.xml"]).replace(f'imageWidth="{WIDTH}"', 'imageWidth="1e-320"')
    _, scenes, _ = listed(saved(tmp_path, {**SOURCES["page"], "a.xml": page}))
    assert scenes["photos/a.jpg"].frame is None


def test_many_small_files_are_detected_by_a_few(tmp_path: Path):
    photos = {f"{i}.jpg": photo(i) for i in range(60)}
    files: Files = {f"{i}.json": json.dumps({"imagePath": f"{i}.jpg", "shapes": []}) for i in range(60)}
    name, scenes, _ = listed(saved(tmp_path, files, photos))
    assert (name, len(scenes)) == ("labelme", 60)


def test_masks_beside_their_photos_are_found_by_name(tmp_path: Path):
    _, scenes, _ = listed(saved(tmp_path, {"photos/a_mask.png": mask(WORD)}))
    assert len(scenes["photos/a.jpg"].regions) == 1
    assert scenes["photos/b.jpg"].unlabelled
