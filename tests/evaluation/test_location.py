"""Scores of locators: tables of real photos searched by a real network, their score, breakdown and comparison."""

import math
import tracemalloc
from dataclasses import replace
from functools import partial

import numpy as np
import pandas as pd
import pytest

from engine.errors import ConfigError, DatasetError
from engine.evaluation.locate import (
    SceneSample,
    compare,
    evaluate_locator,
    load_located,
    score_summary,
    tables_of,
)
from engine.evaluation.location_breakdown import pair_locators, recall_by_angle, recall_by_height
from engine.evaluation.location_score import PIXELS, LocationScore, PixelCounts, protocol
from engine.evaluation.metrics import wilson
from engine.jobs import paths
from engine.regions.matching import Counts
from engine.regions.region import Region
from glyphlab_read.location.locator import Locator
from glyphlab_read.location.manifest import TunedThresholds
from glyphlab_read.location.preprocess import PhotoPreprocessing
from glyphlab_read.location.text_map import TextMap
from glyphlab_read.regions.boxes import Box
from glyphlab_read.regions.thresholds import Thresholds
from tests.helpers.rectangles import rectangle
from tests.helpers.tiny_locators import locator_graphs, locator_manifest, paint

WORDS = [
    rectangle(60, 40, 60, 20),
    rectangle(180, 40, 50, 24, 12),
    rectangle(70, 120, 40, 16),
    rectangle(200, 120, 60, 30),
]
FALSE = rectangle(40, 200, 30, 30)


def samples():
    """Two photos: in the first one word is not painted, one is ignored and one bar is no word; the second is empty."""
    regions = [Region(word, "word", ignore=number == 3) for number, word in enumerate(WORDS)]
    regions.append(Region(rectangle(120, 40, 190, 30), level="line"))
    painted = [*WORDS[:2], WORDS[3], FALSE]
    return [
        SceneSample("a", partial(paint, (256, 256), painted), regions),
        SceneSample("b", partial(paint, (256, 192), []), []),
    ]


@pytest.fixture(scope="module")
def locator():
    return Locator(locator_manifest(), locator_graphs())


def test_every_region_and_every_box_has_its_row(locator):
    done = []
    tables = evaluate_locator(locator, samples(), after=done.append)
    assert done == [1, 2]
    assert tables.scenes["scene"].tolist() == ["a", "b"]
    assert tables.scenes[["hits", "boxes", "regions", "false"]].to_numpy().tolist() == [[2, 3, 3, 1], [0, 0, 0, 0]]
    assert tables.regions["state"].tolist() == ["hit", "hit", "miss", "ignored"]
    assert sorted(tables.boxes["state"]) == ["false", "hit", "hit", "ignored"]
    hit = tables.regions.iloc[1]
    assert tables.boxes["state"].tolist()[int(hit["box"])] == "hit"
    assert hit["iou"] > 0.8
    assert hit["angle"] == pytest.approx(12, abs=0.01)
    assert hit["height"] == pytest.approx(24, abs=0.01)
    np.testing.assert_allclose(hit["polygon"], WORDS[1].ravel(), rtol=1e-6)
    assert min(tables.boxes["score"]) > 0.9


def test_levels_thresholds_and_side_are_those_that_were_asked_for(locator):
    lines = evaluate_locator(locator, samples(), level="line")
    assert lines.score.counts.regions == 1
    assert evaluate_locator(locator, samples(), thresholds=Thresholds(smallest=29)).score.counts.boxes == 1
    with pytest.raises(ConfigError, match="side: 8"):
        evaluate_locator(locator, samples(), side=8)
    mask = Locator(locator_manifest("mask"), locator_graphs("mask"))
    with pytest.raises(ConfigError, match="level: 'line'"):
        evaluate_locator(mask, samples(), level="line")


def test_tables_come_back_as_they_were_saved(locator, tmp_path):
    tables = evaluate_locator(locator, samples())
    tables.save(tmp_path / "one")
    again = load_located(tmp_path / "one")
    for ours, theirs in zip(
        (tables.scenes, tables.regions, tables.boxes), (again.scenes, again.regions, again.boxes), strict=True
    ):
        pd.testing.assert_frame_equal(ours, theirs)
    assert again.score == tables.score


def test_tables_of_nothing_can_be_saved_and_scored(locator, tmp_path):
    evaluate_locator(locator, []).save(tmp_path)
    score = load_located(tmp_path).score
    assert (score.scenes, score.counts, score.intervals["h_mean"]) == (0, Counts(), (0, 1))
    assert score.plain()["false_per_scene"] is None


@pytest.mark.parametrize("name", [paths.LOCATED_SCENES, paths.REGIONS, paths.BOXES])
@pytest.mark.parametrize("content", [None, b"", b"PAR1 no"])
def test_missing_and_damaged_tables_are_named(locator, tmp_path, name, content):
    evaluate_locator(locator, samples()).save(tmp_path)
    (tmp_path / name).unlink() if content is None else (tmp_path / name).write_bytes(content)
    with pytest.raises(DatasetError, match="missing" if content is None else "damaged"):
        load_located(tmp_path)


def scenes(rows):
    frame = pd.DataFrame(rows, columns=pd.Index(["hits", "boxes", "regions"]))
    return frame.assign(seconds=0.1, **dict.fromkeys(PIXELS, math.nan))


def test_a_score_is_the_sum_of_its_photos_with_intervals_around_it():
    rng = np.random.default_rng(2)
    rows = [(int(rng.binomial(5, 0.6)), 6, 5) for _ in range(80)]
    score = LocationScore.of(scenes(rows))
    assert score.counts == Counts(sum(row[0] for row in rows), 480, 400)
    for name in ("precision", "recall", "h_mean"):
        low, high = score.intervals[name]
        assert low < getattr(score.counts, name) < high
    plain = score.plain()
    assert plain["h_mean"] == score.counts.h_mean
    assert plain["pixels"] is None
    assert plain["milliseconds_per_scene"] == 100
    assert LocationScore.of(scenes(rows)) == score


def test_words_of_one_photo_that_go_together_widen_the_interval():
    together = LocationScore.of(scenes([(10, 10, 10), (0, 10, 10)] * 20))
    apart = LocationScore.of(scenes([(5, 10, 10)] * 40))
    low, high = together.intervals["recall"]
    assert apart.intervals["recall"] == (0.5, 0.5)
    assert high - low > np.diff(wilson(200, 400))[0]


def test_photos_without_text_do_not_widen_the_interval_of_those_with_text():
    score = LocationScore.of(scenes([(2, 2, 2)] + [(0, 0, 0)] * 9))
    assert score.intervals == dict.fromkeys(("precision", "recall", "h_mean"), (1.0, 1.0))
    nothing = LocationScore.of(scenes([(0, 0, 0)] * 9))
    assert nothing.intervals == dict.fromkeys(("precision", "recall", "h_mean"), (0.0, 1.0))


def test_false_boxes_per_photo():
    assert LocationScore.of(scenes([(2, 5, 3), (1, 2, 1)])).false_per_scene == 2


def pixels_of(maps, regions, size=(640, 320), scale=(2, 2)):
    text_map = TextMap(maps.astype(np.float16), ("region",), 1.0, scale, size)
    return [row[name] for row in compare("a", size, [], regions, 0.0, text_map)[0] for name in PIXELS]


def test_pixels_are_counted_on_one_grid_whatever_the_stride():
    word = Region(rectangle(160, 160, 160, 160))
    fine, coarse = np.zeros((160, 320, 1)), np.zeros((4, 8, 1))
    fine[40:120, 40:120] = 1
    coarse[1:3, 1:3] = 1
    assert pixels_of(fine, [word]) == [160 * 160, 0, 0, 640 * 320 - 160 * 160]
    blurred = PixelCounts(*map(int, pixels_of(coarse, [word], scale=(80, 80))))
    assert blurred.recall > 0.9
    assert blurred.precision > 0.9
    large = pixels_of(fine, [Region(word.polygon * 4)], (2560, 1280), (8, 8))
    assert large == pixels_of(fine, [word])


def test_ignored_pixels_count_neither_way():
    ignored = Region(rectangle(160, 160, 160, 160), ignore=True)
    maps = np.zeros((160, 320, 1))
    maps[40:120, 40:80] = 1
    assert pixels_of(maps, [ignored]) == [0, 0, 0, 640 * 320 - 160 * 160]
    counted = Region(rectangle(120, 160, 80, 160))
    assert pixels_of(maps, [ignored, counted]) == [80 * 160, 0, 0, 640 * 320 - 160 * 160]


def test_figures_of_pixels():
    counts = PixelCounts(30, 10, 20, 40)
    assert (counts.accuracy, counts.precision, counts.recall) == (0.7, 0.75, 0.6)
    assert counts.f1 == pytest.approx(2 * 0.75 * 0.6 / 1.35)
    assert counts.iou == 0.5
    assert PixelCounts(0, 0, 0, 9).plain() == {
        "accuracy": 1,
        "precision": None,
        "recall": None,
        "f1": None,
        "iou": None,
    }


def located(found, height=20.0, degrees=0.0, photos=6):
    """Tables of photos with four words each, of which `found(photo, word)` are hit."""
    rows: tuple[list, list, list] = ([], [], [])
    for photo in range(photos):
        words = [rectangle(100 + 150 * x, 100, 80, height, degrees) for x in range(4)]
        boxes = [Box(word, 0.9) for number, word in enumerate(words) if found(photo, number)]
        regions = [Region(word) for word in words]
        for kept, new in zip(rows, compare(str(photo), (640, 200), boxes, regions, 0.0), strict=True):
            kept += new
    return tables_of(rows)


def test_recall_falls_into_groups_of_height_and_angle():
    tables = located(lambda photo, word: word < 3, height=14.0, degrees=-20)
    by_height, by_angle = recall_by_height(tables), recall_by_angle(tables)
    assert by_height[["group", "regions", "recall"]].to_numpy().tolist() == [["12 to 16", 24, 0.75]]
    assert by_angle[["group", "regions", "recall"]].to_numpy().tolist() == [["15 to 30", 24, 0.75]]
    assert by_height["low"].max() < 0.75
    assert recall_by_height(located(lambda *_: True, height=90.0))["group"].tolist() == ["80 and more"]


def test_two_locators_over_the_same_photos_are_told_apart_or_not():
    good = located(lambda photo, word: True, photos=30)
    bad = located(lambda photo, word: word < 2, photos=30)
    pair = pair_locators(good, bad)
    assert pair.regions.both == 60
    assert pair.regions.first_only == 60
    assert pair.difference == pytest.approx(1 - 2 / 3)
    assert pair.significant
    assert pair_locators(bad, good).difference == -pair.difference
    same = pair_locators(good, good)
    assert (same.difference, same.p_value, same.significant) == (0, 1, False)


def test_one_photo_among_many_does_not_make_a_difference():
    usual = located(lambda photo, word: word < 2, photos=20)
    other = located(lambda photo, word: word < 2 or photo == 0, photos=20)
    assert not pair_locators(other, usual).significant


def test_photos_without_text_tell_no_difference():
    good, bad = located(lambda photo, word: photo == 0), located(lambda photo, word: False)
    for tables in (good, bad):
        tables.scenes.loc[1:, ["hits", "boxes", "regions"]] = 0
    assert pair_locators(good, bad).interval == (1.0, 1.0)
    for tables in (good, bad):
        tables.scenes[["hits", "boxes", "regions"]] = 0
    assert pair_locators(good, bad).interval == (-1.0, 1.0)


def test_memory_does_not_grow_with_what_is_drawn_over_many_photos():
    many = scenes([(1, 2, 2)] * 1000).assign(scene=[str(number) for number in range(1000)])
    tables = replace(located(lambda *_: True, photos=1), scenes=many)
    tracemalloc.start()
    try:
        pair_locators(tables, tables)
        assert tracemalloc.get_traced_memory()[1] < 10e6  # 5,000 draws of 1,000 photos at once are 40 MB
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(("drawn", "side"), [(True, 128), (False, 256)])
def test_drawn_photos_are_seen_as_they_are_and_small_ones_of_cameras_enlarged(locator, drawn: bool, side: int):
    bars = [Region(rectangle(40, 30, 60, 20), "word")]
    sample = SceneSample("small", partial(paint, (128, 64), [bars[0].polygon]), bars, drawn)
    found, expected = evaluate_locator(locator, [sample]), evaluate_locator(locator, [sample], side=side)
    other = evaluate_locator(locator, [sample], side=384 - side)
    assert np.array_equal(np.stack(found.boxes["quad"].to_list()), np.stack(expected.boxes["quad"].to_list()))
    assert not np.array_equal(np.stack(found.boxes["quad"].to_list()), np.stack(other.boxes["quad"].to_list()))
    said = score_summary(found, locator, "set", drawn=drawn)["protocol"]
    assert ("longer side 256 px, smaller photos at their own size" in said) == drawn
    asked = score_summary(found, locator, "set", side=128, drawn=drawn)["protocol"]
    assert "own size" not in asked


@pytest.mark.parametrize(
    ("size", "drawn", "side"),
    [((640, 480), True, 640), ((640, 480), False, 1280), ((3000, 200), True, 1280), ((9, 4), True, 32)],
)
def test_the_usual_side_of_a_photo(size: tuple[int, int], drawn: bool, side: int):
    assert PhotoPreprocessing().usual_side(size, drawn) == side


def test_locators_without_a_common_photo_are_not_compared():
    tables = located(lambda photo, word: True)
    other = located(lambda photo, word: True)
    other.scenes["scene"] = "x" + other.scenes["scene"]
    with pytest.raises(DatasetError, match="no photo in common"):
        pair_locators(tables, other)


def test_the_protocol_says_all_that_a_figure_depends_on():
    tuned = TunedThresholds(thresholds=Thresholds(), tuned_on="drawn streets, validation", scenes=200, h_mean=0.7)
    said = protocol("ICDAR 2015 test half", 100, "word", 1600, tuned)
    assert said == (
        "100 photos, ICDAR 2015 test half; words, IoU > 0.5 one-to-one, ignored regions count neither for nor against; "
        "longer side 1,600 px; thresholds from drawn streets, validation"
    )
    untuned = protocol("x", 1, "line", None, TunedThresholds(thresholds=Thresholds()))
    assert "1 photo, x; lines" in untuned
    assert "nobody tuned" in untuned
    assert "the network's own size" in untuned
