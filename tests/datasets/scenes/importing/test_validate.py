"""Rules on photos and regions: each problem is counted with examples, and its rule mends it."""

import io
import json
from pathlib import Path
from typing import get_args

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageOps

from engine.config.scene_importing import SceneImportConfig
from engine.config.scene_rules import SceneRules
from engine.datasets.scenes.importing.placing import CornerFrame, place
from engine.datasets.scenes.importing.report import SCENE_REASONS, SceneReport, make_scene_report
from engine.datasets.scenes.importing.scan import SceneScan, scan_tree
from engine.datasets.scenes.importing.validate import SceneResult, validate_scenes
from engine.regions.polygons import is_simple
from engine.sources.folder import FolderTree
from glyphlab_read.regions.quads import Points
from tests.datasets.scenes.importing.sources import HEIGHT, PHOTOS, WIDTH, WORD, Files, flat, line, photo, saved

BOW_TIE = [[10, 20], [50, 40], [50, 20], [10, 40]]
HALF_OUT = [[-20, 10], [20, 10], [20, 30], [-20, 30]]
OUT = [[200, 10], [240, 10], [240, 30], [200, 30]]
TURNED = {"a.jpg": photo(1, (WIDTH, HEIGHT), orientation=6), "b.jpg": photo(2)}


def config(**rules: str) -> SceneImportConfig:
    return SceneImportConfig.parse({"path": "x", "rules": rules})


def scanned(root: Path, polygons: list[list[list[int]]], photos: Files = PHOTOS, **more: object) -> SceneScan:
    """Scan two photos, of which the first has these outlines in PPOCRLabel's file, or in COCO's with a size."""
    if more:
        annotations = [{"image_id": 1, "segmentation": [flat(polygon)]} for polygon in polygons]
        value = {"images": [{"id": 1, "file_name": "a.jpg", **more}], "annotations": annotations}
        files: Files = {"x.json": json.dumps(value)}
    else:
        entries = [{"transcription": f"t{i}", "points": polygon} for i, polygon in enumerate(polygons)]
        files = {"Label.txt": f"a.jpg\t{json.dumps(entries)}\nb.jpg\t[]\n"}
    return scan_tree(FolderTree(saved(root, files, photos)), config())


def outcome(scan: SceneScan, **rules: str) -> tuple[SceneReport, SceneResult]:
    wanted = config(**rules)
    results = validate_scenes(scan, wanted)
    return make_scene_report(scan, wanted, results), results[0]


def counts(report: SceneReport) -> dict[str, tuple[int, int]]:
    return {problem.reason: (problem.count, problem.dropped) for problem in report.problems}


def test_every_problem_that_has_a_rule_names_its_values():
    for text in SCENE_REASONS.values():
        if text.rule:
            assert set(text.choices) == set(get_args(SceneRules.model_fields[text.rule].annotation))


@pytest.mark.parametrize(
    ("polygon", "reason", "rules", "kept"),
    [
        (BOW_TIE, "crossing", {}, WORD),
        (BOW_TIE, "crossing", {"crossing": "skip"}, None),
        (HALF_OUT, "outside", {}, [[0, 10], [20, 10], [20, 30], [0, 30]]),
        (HALF_OUT, "outside", {"outside": "skip"}, None),
        (OUT, "beyond", {}, None),
        ([[10, 20], [50, 40]], "corners", {}, None),
        ([[10, 20], [50, 40]], "corners", {"corners": "box"}, WORD),
        ([[10, 20]], "corners", {"corners": "box"}, None),
        ([], "corners", {}, None),
        ([[10, 20], [30, 20], [50, 20], [10, 20]], "corners", {}, None),
    ],
)
def test_a_rule_mends_or_leaves_out_an_odd_outline(
    tmp_path: Path, polygon: list[list[int]], reason: str, rules: dict[str, str], kept: list[list[int]] | None
):
    report, result = outcome(scanned(tmp_path, [polygon, WORD]), **rules)
    assert counts(report)[reason] == (1, 0 if kept else 1)
    assert report.regions == (2 if kept else 1)
    if kept:
        assert np.array(sorted(result.regions[0].polygon.tolist())) == pytest.approx(np.array(sorted(kept)), abs=0.01)
    example = next(problem for problem in report.problems if problem.reason == reason).examples[0]
    assert (example.name, example.label) == ("photos/a.jpg", "t0")


@pytest.mark.parametrize(("polygon", "rule"), [(BOW_TIE, "crossing"), (HALF_OUT, "outside")])
def test_odd_outlines_can_be_kept_without_counting(tmp_path: Path, polygon: list[list[int]], rule: str):
    report, result = outcome(scanned(tmp_path, [polygon, WORD]), **{rule: "ignore"})
    assert [region.ignore for region in result.regions] == [True, False]
    assert (report.regions, report.ignored) == (2, 1)


def test_photos_with_regions_wholly_outside_can_be_left_out(tmp_path: Path):
    report, result = outcome(scanned(tmp_path, [OUT, WORD]), beyond="photo")
    assert (result.dropped, report.accepted) == ("beyond", 1)


def test_scenes_without_text_come_in_unless_they_may_not(tmp_path: Path):
    scan = scanned(tmp_path, [WORD])
    assert outcome(scan)[0].accepted == 2
    assert counts(outcome(scan)[0])["empty"] == (1, 0)
    assert outcome(scan, empty="skip")[0].accepted == 1


def test_photos_without_labels_are_left_out_unless_they_hold_no_text(tmp_path: Path):
    root = saved(tmp_path, {"gt_a.txt": line(*flat(WORD), "x")})
    scan = scan_tree(FolderTree(root), config())
    assert counts(outcome(scan)[0]) == {"unlabelled": (1, 1)}
    assert outcome(scan, unlabelled="empty")[0].accepted == 2


def test_a_set_of_which_no_region_counts_is_refused_with_the_reason(tmp_path: Path):
    root = saved(tmp_path, {"gt_a.txt": line(*flat(WORD), "###"), "gt_b.txt": ""})
    scan = scan_tree(FolderTree(root), config())
    report, _ = outcome(scan)
    assert "None of the 1 region" in report.refusal
    assert "rules.marked" in report.refusal
    assert not outcome(scan, marked="count")[0].refusal


def test_a_set_without_any_text_is_not_refused(tmp_path: Path):
    assert not outcome(scanned(tmp_path, []))[0].refusal


def test_missing_photos_are_named(tmp_path: Path):
    files: Files = {"Label.txt": "gone.jpg\t[]\na.jpg\t[]\n"}
    report, _ = outcome(scan_tree(FolderTree(saved(tmp_path, files)), config()))
    assert counts(report)["missing"] == (1, 1)


def test_repeated_photos_come_in_once(tmp_path: Path):
    photos = {"a.jpg": photo(1), "b.jpg": photo(1)}
    scan = scanned(tmp_path, [WORD], photos)
    assert counts(outcome(scan)[0])["repeated"] == (1, 1)
    assert outcome(scan, repeated="keep")[0].accepted == 2


def test_a_photo_that_the_source_has_in_its_test_as_well_stays_there(tmp_path: Path):
    photos = {"test/a.jpg": photo(1), "train/b.jpg": photo(1)}
    entry = json.dumps([{"transcription": "x", "points": WORD}])
    rows = "".join(f"{name}\t{entry}\n" for name in photos)
    wanted = SceneImportConfig.parse({"path": "x", "splits": "source", "rules": {"repeated": "keep"}})
    results = validate_scenes(scan_tree(FolderTree(saved(tmp_path, {"Label.txt": rows}, photos)), wanted), wanted)
    assert {result.name: result.split for result in results} == {
        "photos/test/a.jpg": "test",
        "photos/train/b.jpg": "train",
    }


def upright(corners: list[list[int]]) -> list[list[int]]:
    """The corners in a photo that EXIF's orientation 6 turns right by a quarter."""
    return [[HEIGHT - y, x] for x, y in corners]


@pytest.mark.parametrize(
    ("corners", "more", "turned", "expected"),
    [
        (WORD, {"width": WIDTH, "height": HEIGHT}, "auto", upright(WORD)),
        (WORD, {"width": HEIGHT, "height": WIDTH}, "auto", WORD),
        ([[60, 20], [95, 20], [95, 40], [60, 40]], {}, "auto", upright([[60, 20], [95, 20], [95, 40], [60, 40]])),
        (WORD, {}, "auto", WORD),
        (WORD, {}, "stored", upright(WORD)),
        (WORD, {"width": WIDTH, "height": HEIGHT}, "stored", upright(WORD)),
    ],
)
def test_corners_are_turned_with_their_photo_where_they_must(
    tmp_path: Path, corners: list[list[int]], more: dict[str, int], turned: str, expected: list[list[int]]
):
    report, result = outcome(scanned(tmp_path, [corners], TURNED, **more), turned=turned)
    assert counts(report)["turned"] == (1, 0)
    assert sorted(result.regions[0].polygon.tolist()) == sorted(expected)
    assert "resized" not in counts(report)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_points_turn_as_pixels_do(orientation: int):
    image = Image.new("L", (7, 5))
    image.putpixel((5, 1), 255)
    image.getexif()[0x0112] = orientation
    turned = np.asarray(ImageOps.exif_transpose(image))
    y, x = np.argwhere(turned == 255)[0]
    way = CornerFrame((7.0, 5.0), orientation, (1.0, 1.0), resized=False)
    assert way.place(np.array([[5.5, 1.5]], np.float32)).tolist() == [[x + 0.5, y + 0.5]]


def test_labels_of_a_photo_that_was_made_smaller_are_scaled(tmp_path: Path):
    scan = scanned(tmp_path, [[[2 * x, 2 * y] for x, y in WORD]], width=2 * WIDTH, height=2 * HEIGHT)
    report, result = outcome(scan)
    assert counts(report)["resized"] == (1, 0)
    assert result.regions[0].polygon.tolist() == WORD
    assert outcome(scan, resized="skip")[1].dropped == "resized"
    assert "outside" not in counts(report)


def test_the_first_of_a_list_can_be_asked_for(tmp_path: Path):
    photos = {f"{i}.jpg": photo(i) for i in range(6)}
    labels = "".join(f"{i}.jpg\t[]\n" for i in range(6))
    root = saved(tmp_path, {"Label.txt": labels}, photos)
    scan = scan_tree(FolderTree(root), SceneImportConfig(path="x", first=3))
    assert [scene.scene.name for scene in scan.scenes] == [f"photos/{i}.jpg" for i in range(3)]


def test_a_photo_of_a_hundred_megapixels_is_told_and_the_others_come_in(tmp_path: Path):
    huge = io.BytesIO()
    Image.new("1", (10_000, 10_000)).save(huge, "PNG")
    report, _ = outcome(scanned(tmp_path, [WORD], {"a.jpg": PHOTOS["a.jpg"], "b.jpg": huge.getvalue()}))
    assert (report.accepted, counts(report)["too_large"]) == (1, (1, 1))
    assert "million" in report.problems[0].examples[0].detail


corner = st.tuples(st.floats(-50, 150, width=16), st.floats(-50, 150, width=16))


@given(st.lists(corner, max_size=8), st.sampled_from(["skip", "box"]))
def test_whatever_is_placed_is_a_simple_outline_within_its_photo(corners: list[tuple[float, float]], rule: str):
    polygon: Points = np.array(corners, np.float32).reshape(-1, 2)
    placed = place(polygon, WIDTH, HEIGHT, SceneRules.parse({"corners": rule}))
    assert (placed.polygon is None) == (placed.dropped is not None)
    if placed.polygon is not None:
        assert is_simple(placed.polygon)
        assert (placed.polygon >= 0).all()
        assert (placed.polygon <= [WIDTH, HEIGHT]).all()
