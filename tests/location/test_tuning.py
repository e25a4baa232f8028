import cv2
import numpy as np
import pytest

from engine.location.tuning import MappedScene, tune
from engine.regions.kernels import fill, kernel_of
from engine.regions.matching import Counts, counts, match
from engine.regions.region import Region
from glyphlab_read.location.text_map import TextMap
from glyphlab_read.regions.boxes import SHRINK
from glyphlab_read.regions.thresholds import Thresholds
from tests.helpers.rectangles import rectangle


def scene(seed, peak=0.9, grow=0.0, spots=6):
    """A scene of words whose map is blurred, noisy, and holds spots that are no text, weaker ones."""
    rng = np.random.default_rng(seed)
    quads = [
        rectangle(60 + 110 * column, 40 + 60 * row, rng.uniform(40, 90), rng.uniform(16, 34), rng.normal() * 8)
        for row in range(4)
        for column in range(4)
    ]
    mask = np.zeros((140, 260), np.uint8)
    for quad in quads:
        kernel = kernel_of(quad)
        assert kernel is not None
        fill(mask, (kernel / 2).astype(np.float32), 255)
    values = cv2.GaussianBlur(mask.astype(np.float32) / 255, (0, 0), 0.8 + grow) * peak
    for x, y in rng.integers(10, 130, (spots, 2)):
        cv2.circle(values, (int(x), int(y)), int(rng.integers(1, 5)), rng.uniform(0.2, 0.6), -1)
    values = (values + rng.uniform(0, 0.1, values.shape)).clip(0, 1)
    maps = np.stack([values, values], axis=-1).astype(np.float16)
    regions = [Region(quad, ignore=number % 7 == 0) for number, quad in enumerate(quads)]
    return MappedScene(TextMap(maps, ("kernel", "line"), 0.4, (2, 2), (520, 280)), regions)


def h_mean(scenes, thresholds, level="word"):
    """The score of thresholds by boxes and matching themselves."""
    total = Counts()
    for one in scenes:
        quads = [box.quad for box in one.text_map.boxes(level, thresholds)]
        total += counts(match(quads, [region for region in one.regions if region.level == level]))
    return total.h_mean


@pytest.mark.parametrize(("peak", "grow"), [(0.9, 0.0), (0.45, 0.0), (0.9, 1.2)])
def test_tuned_thresholds_score_what_they_say_and_beat_the_defaults(peak, grow):
    scenes = [scene(seed, peak, grow) for seed in range(4)]
    tuned = tune(scenes, "word", "drawn, validation", synthetic=True)
    reached = h_mean(scenes, tuned.thresholds)
    assert tuned.h_mean == pytest.approx(reached)
    assert reached >= h_mean(scenes, Thresholds())
    assert reached > 0.85
    assert (tuned.tuned_on, tuned.scenes) == ("drawn, validation", 4)


def test_the_same_maps_give_the_same_thresholds():
    assert tune([scene(1)], "word", "a", synthetic=True) == tune([scene(1)], "word", "a", synthetic=True)


def test_spots_that_are_no_text_are_told_apart_by_their_score():
    scenes = [scene(seed, spots=30) for seed in range(3)]
    tuned = tune(scenes, "word", "a", synthetic=True)
    assert tuned.thresholds.box > 0.4
    assert tuned.h_mean is not None
    assert (tuned.h_mean or 0) > 0.9


def test_words_that_share_their_boxes_are_counted_once():
    """Two words at one place: a box hits one of them, whatever the thresholds are."""
    plain = scene(2, spots=0)
    doubled = plain._replace(regions=[region for region in plain.regions for _ in range(2)])
    tuned = tune([doubled], "word", "a", synthetic=True)
    assert tuned.h_mean == pytest.approx(h_mean([doubled], tuned.thresholds))


@pytest.mark.parametrize("regions", [[], [Region(rectangle(50, 50, 20, 20), ignore=True)]])
def test_without_regions_that_count_the_defaults_are_kept_and_nobody_is_said_to_have_tuned_them(regions):
    tuned = tune([scene(1)._replace(regions=regions)], "word", "a", synthetic=True)
    assert tuned.thresholds == Thresholds()
    assert (tuned.tuned_on, tuned.h_mean) == ("", None)
    assert tune([], "word", "a", synthetic=True) == tuned


def test_a_level_is_tuned_on_its_own_regions():
    words = scene(3)
    assert tune([words], "line", "a", synthetic=True).h_mean is None
    lines = words._replace(regions=[Region(region.polygon, level="line") for region in words.regions])
    assert (tune([lines], "line", "a", synthetic=True).h_mean or 0) > 0.85


@pytest.mark.parametrize("value", [0.0, 1.0])
def test_maps_without_any_piece_and_of_one_alone_are_tuned_too(value):
    one = scene(3)
    flat = TextMap(np.full_like(one.text_map.maps, value), ("kernel", "line"), 0.4, (2, 2), (520, 280))
    tuned = tune([one._replace(text_map=flat)], "word", "a", synthetic=True)
    assert tuned.h_mean == 0


@pytest.mark.parametrize(
    ("size", "synthetic", "careful"),
    [((520, 280), True, True), ((2600, 2800), True, False), ((520, 280), False, False)],
)
def test_boxes_where_no_text_is_count_as_often_as_they_would_in_photos(
    size: tuple[int, int], synthetic: bool, careful: bool
):
    """Eight clear words, eight faint ones, and eight faint things without text, in small scenes or in large ones."""
    quads = [rectangle(60 + 110 * column, 30 + 45 * row, 70, 24) for row in range(6) for column in range(4)]
    values = np.zeros((size[1] // 2, size[0] // 2), np.float32)
    for number, quad in enumerate(quads):
        kernel, mask = kernel_of(quad), np.zeros(values.shape, np.uint8)
        assert kernel is not None
        fill(mask, (kernel / 2).astype(np.float32), 1)
        values[mask > 0] = 0.9 if number < 8 else 0.5
    maps = np.stack([values, values], axis=-1).astype(np.float16)
    words = [Region(quad) for quad in quads[:16]]
    tuned = tune(
        [MappedScene(TextMap(maps, ("kernel", "line"), SHRINK, (2, 2), size), words)], "word", "a", synthetic=synthetic
    )
    found = tuned.thresholds.box > 0.5 or tuned.thresholds.binary > 0.5
    assert found == careful
    assert tuned.h_mean == pytest.approx(2 * 8 / (8 + 16) if careful else 2 * 16 / (24 + 16))


def test_of_scores_that_the_scenes_cannot_tell_apart_the_strictest_is_taken():
    one = scene(4, spots=0)
    clear = np.where(one.text_map.maps > 0.3, 0.9, 0.0).astype(np.float16)
    scenes = [one._replace(text_map=TextMap(clear, ("kernel", "line"), 0.4, (2, 2), (520, 280)))]
    tuned = tune(scenes, "word", "a", synthetic=True)
    assert 0.85 <= tuned.thresholds.box <= 0.9
    assert tuned.h_mean == pytest.approx(h_mean(scenes, tuned.thresholds))
    assert (tuned.h_mean or 0) > 0.9


def certain(probabilities):
    """A scene of words, each of whose kernels has one probability all over."""
    mask = np.zeros((260, 100), np.float32)
    quads = [rectangle(50, 15 + 28 * row, 60, 14, 0.0) for row in range(len(probabilities))]
    for quad, probability in zip(quads, probabilities, strict=True):
        kernel = kernel_of(quad)
        assert kernel is not None
        within = np.zeros(mask.shape, np.uint8)
        fill(within, kernel, 1)
        mask[within > 0] = probability
    text_map = TextMap(mask[..., None].astype(np.float16), ("kernel",), SHRINK, (1, 1), (100, 260))
    return MappedScene(text_map, [Region(quad) for quad in quads])


def test_few_scenes_do_not_make_it_find_nothing():
    few = [certain([0.9] + [0.6] * 8), certain([0.6] * 2 + [0.0] * 7)]
    tuned = tune(few, "word", "a", synthetic=False)
    assert tuned.thresholds.box <= 0.6
    assert (tuned.h_mean or 0) > 0.7


def test_scenes_are_the_units_of_chance():
    """Words that are missed in whole scenes leave more to chance than as many that are missed all over."""
    whole = [certain([0.9] * 8 + [0.6])] * 4 + [certain([0.0] * 9)] * 2
    spread = [certain([0.9] * 5 + [0.6] + [0.0] * 3)] * 6
    assert tune(whole, "word", "a", synthetic=False).thresholds.box > 0.6
    assert tune(spread, "word", "a", synthetic=False).thresholds.box <= 0.6
