"""The parts of a fit: which numbers are searched, how distances tell sets apart, and the course of a search."""

import functools
from typing import Any

import numpy as np
import pytest
from PIL import Image

from engine.config.adapting import AdaptConfig
from engine.config.base import Config
from engine.config.distributions import ends
from engine.config.fitting import FEWEST_JUDGES, FitConfig, begun_looks
from engine.config.postprocess import Contrast, Crop, Jpeg, Postprocess
from engine.config.recipe import Recipe
from engine.config.recipe_presets import PRESETS
from engine.config.style import BackgroundWeights, ModeWeights, Style
from engine.errors import ConfigError
from engine.jobs.summaries import FitSummary
from engine.synth.photo_fit.distance import Judgement, RealImages, Scale, judge
from engine.synth.photo_fit.job import with_variety
from engine.synth.photo_fit.measured import MEASURED
from engine.synth.photo_fit.measured_settings import with_colour_pairs, with_measured_settings
from engine.synth.photo_fit.parameters import active, moved, parameters, start
from engine.synth.photo_fit.photos import _held_out
from engine.synth.photo_fit.search import Found, Search
from engine.synth.photo_fit.wording import changes, verdict
from engine.synth.samples import draw_sample
from engine.synth.trdg.adapter import draw


@pytest.mark.parametrize("name", list(PRESETS))
def test_every_step_is_searched_and_what_is_not_moved_stays(name: str):
    recipe = PRESETS[name]
    searched = parameters(recipe)
    paths = {one.path for one in searched}
    assert {f"after.{step}.share" for step in Postprocess.model_fields} <= paths
    assert {"blur", "skew", "margin", "height", "background", "after.jpeg.quality"} <= paths
    place = start(recipe, searched)
    assert moved(recipe, searched, place, place) == recipe
    assert ((place >= 0) & (place <= 1)).all()


def test_a_parameter_moves_all_looks_and_they_go_on_differing():
    recipe = Recipe(looks=(Style(blur=(0.0, 1.0)), Style(blur=(1.0, 3.0))))
    searched = parameters(recipe)
    place = start(recipe, searched)
    there = place.copy()
    (middle,) = [number for number, one in enumerate(searched) if (one.path, one.part) == ("blur", "middle")]
    there[middle] += 0.1
    first, second = moved(recipe, searched, place, there).looks
    (low, high), (lowest, highest) = ends(first.blur), ends(second.blur)
    assert high > 1.0
    assert lowest > 1.0 > low
    assert highest > 3.0 > high
    assert first.changed(blur=0.0) == second.changed(blur=0.0)


def test_what_a_step_does_is_searched_only_where_images_get_it():
    off, on = Recipe(), Recipe(looks=(Style(after=Postprocess(jpeg=Jpeg(share=0.5))),))
    (quality,) = [one for one in parameters(off) if (one.path, one.part) == ("after.jpeg.quality", "middle")]
    assert not active(off, quality)
    assert active(on, quality)


def test_heights_are_measured_and_other_sizes_go_along():
    real = np.full((50, len(MEASURED)), 20.0, np.float32)
    real[:, MEASURED.index("height")] = np.linspace(18, 22, 50)
    (look,) = with_measured_settings(Recipe(looks=(Style(height=40, margin=4, blur=(0.0, 2.0)),)), real).looks
    assert look.height == (18, 22)
    assert (look.margin, look.blur) == (2, (0.0, 1.0))
    assert look.mode.grey == 0


def crop(text: str, ground: str) -> Image.Image:
    """A bar of one colour on another, a fifth of the image."""
    image = Image.new("RGB", (100, 40), ground)
    image.paste(text, (10, 15, 90, 25))
    return image


def test_the_two_colours_of_crops_become_pairs_of_the_recipe():
    crops = [crop("#ffee00", "#102030")] * 6 + [crop("#202020", "#e0e0e0")] * 3 + [crop("#808080", "#888888")]
    recipe = PRESETS["scene text"]
    found = with_colour_pairs(recipe, crops)
    assert found is not None
    for look in found.looks:
        pairs = {(pair.text, pair.ground): pair.weight for pair in look.colour_pairs}
        assert pairs == {("#ffee00", "#102030"): 6, ("#202020", "#e0e0e0"): 3}  # the other has no two colours
        assert look.paired_colours == 0.5
        assert look.after.recolour.share == 0
    told = changes(recipe, found)
    assert "Colours: 2 pairs measured in the photos" in told
    assert "Paired colours from 0 to 50 %" in told
    assert with_colour_pairs(recipe, crops[-1:] * 20) is None


def test_a_recipe_that_was_fitted_gets_new_fitted_looks_and_keeps_its_broad_ones():
    recipe = PRESETS["scene text"]
    fitted = with_variety(recipe, recipe.changed(looks=[recipe.looks[0].changed(skew=3)] * 2), 0.3)
    for skew in range(4, 10):
        begun = fitted.changed(looks=begun_looks(fitted))
        assert len(begun.looks) == 2
        fitted = with_variety(fitted, begun.changed(looks=[look.changed(skew=skew) for look in begun.looks]), 0.3)
    assert fitted.name == "scene text, fitted"
    assert [look.skew for look in fitted.looks] == [9, 9, 8, 8]
    broad = [look for look in fitted.looks if not look.fitted]
    assert [look.changed(weight=1) for look in broad] == [look.changed(weight=1) for look in recipe.looks]
    assert sum(look.weight for look in broad) == pytest.approx(0.3)


@pytest.mark.parametrize("cls", [FitConfig, AdaptConfig])
def test_a_recipe_without_room_for_fitted_looks_is_refused_with_the_remedy(cls: type[Config]):
    looks = [Style(skew=number).plain() for number in range(26)]
    with pytest.raises(ConfigError, match=r"recipe: 26 looks .* 50 are the most\. Leave 25 or set the weight"):
        cls.parse({"path": "mine", "recipe": {"looks": looks}})
    cls.parse({"path": "mine", "recipe": {"looks": [*looks[:25], looks[25] | {"weight": 0}]}})
    cls.parse({"path": "mine", "recipe": {"looks": [look | {"fitted": look["skew"] % 2} for look in looks]}})


def drawn(rng: np.random.Generator, number: int, moved: float = 0.0) -> list[np.ndarray]:
    return [(rng.normal(size=(number, width)) + moved).astype(np.float32) for width in (5, 40)]


def test_the_distance_is_none_within_one_source_and_grows_with_what_differs():
    rng = np.random.default_rng(0)
    real, same, near, far = (drawn(rng, 150, by) for by in (0.0, 0.0, 0.5, 2.0))
    scale = Scale(real, same)
    known = RealImages(scale.of(real))
    found = [known.distance(scale.of(each)) for each in (same, near, far)]
    assert abs(found[0]) < 0.02
    assert found[0] < found[1] / 2 < found[2] / 4
    real[0][0, 0] = np.nan  # a measure that has no meaning there
    assert known.distance(Scale(real).of(far)) > 0.1


def judged(real: list[Any], before: list[Any], after: list[Any]) -> Judgement:
    return judge(real, before, after, range(len(real[0])))


def test_a_gain_is_told_and_chance_is_not():
    rng = np.random.default_rng(1)
    real, before, after, again = drawn(rng, 30), drawn(rng, 200, 1.0), drawn(rng, 200), drawn(rng, 200, 1.0)
    scale = Scale(real, before)
    real, before, after, again = (scale.of(each) for each in (real, before, after, again))
    assert judged(real, before, after).gained
    assert not judged(real, before, again).gained
    assert not judged(real, after, before).gained


@pytest.mark.parametrize("number", [FEWEST_JUDGES, 12])
def test_of_equally_far_recipes_hardly_any_is_told_to_gain(number: int):
    rng, fits = np.random.default_rng(2), 300
    told = 0
    for _ in range(fits):
        ways = rng.normal(size=(2, 12))
        ways *= 0.5 / np.linalg.norm(ways, axis=1, keepdims=True)
        real, before, after = (rng.normal(size=(many, 12)) / 12**0.5 for many in (number, 40, 40))
        told += judged([real], [before + ways[0]], [after + ways[1]]).gained
    assert told <= 0.025 * fits + 2 * (0.025 * 0.975 * fits) ** 0.5


def test_few_photos_tell_no_gain_and_words_of_one_photo_count_as_one():
    rng = np.random.default_rng(3)
    before, after = drawn(rng, 60, 1.0), drawn(rng, 60)
    few = judged(drawn(rng, FEWEST_JUDGES - 1), before, after)
    assert few.interval is None
    assert not few.gained
    assert few.gain > 0
    six = drawn(rng, FEWEST_JUDGES)
    twice = [np.repeat(group, 2, axis=0) for group in six]
    alone, both = judged(six, before, after), judge(twice, before, after, [n // 2 for n in range(2 * FEWEST_JUDGES)])
    assert alone.interval is not None
    assert both.interval is not None
    assert np.ptp(both.interval) > 0.9 * np.ptp(alone.interval)  # the same photos again narrow nothing


@pytest.mark.parametrize(
    ("places", "judges", "whole_photos"),
    [
        ([str(number) for number in range(29)], 5, True),
        ([str(number) for number in range(30)], 6, True),
        ([str(number // 2) for number in range(80)], 16, True),
        ([str(number // 10) for number in range(80)], 16, False),  # 8 photos cannot spare 6
    ],
)
def test_whole_photos_are_held_out_where_enough_are_left_to_judge(places: list[str], judges: int, whole_photos: bool):
    found = _held_out(places, 0.2, 0)
    assert sum(found.crops) == judges
    assert found.whole_photos == whole_photos
    photos = {place for place, out in zip(places, found.crops, strict=True) if out}
    split = photos & {place for place, out in zip(places, found.crops, strict=True) if not out}
    assert bool(split) != whole_photos


@pytest.mark.parametrize(
    ("figures", "told"),
    [
        ({"held_out": 2, "learned": 10, "interval": None}, "That takes 6: give 30 crops or more."),
        ({"held_out": 5, "learned": 45, "interval": None}, "That takes 6: set held_out higher."),
        ({"interval": (-0.005, 0.025)}, "would show with about 230 crops."),
        ({"interval": (-0.2, 0.22)}, "too small to show in 300 crops"),
        ({"gain": -0.001, "interval": (-0.011, 0.009)}, "95 % interval -0.011 to 0.009)."),
        ({"gain": -0.01, "interval": (-0.015, -0.005)}, "farther from your photos: leave it."),
        ({"interval": (-0.005, 0.025)}, "told from chance, so no recipe was changed."),
        ({"interval": (-0.005, 0.025), "recipe": "mine"}, "told from chance; the fitted recipe was saved all the same"),
    ],
)
def test_a_verdict_says_what_more_photos_would_tell(figures: dict[str, Any], told: str):
    summary = {"before": 0.03, "after": 0.02, "gain": 0.01, "held_out": 20, "learned": 80, "gained": False}
    assert told in verdict(FitSummary.model_validate(summary | figures))


def test_what_two_recipes_draw_alike_is_drawn_once():
    looks = PRESETS["scene text"].looks
    recipes = [
        Recipe(looks=tuple(look.changed(after=look.after.changed(jpeg=Jpeg(share=share))) for look in looks))
        for share in (0.0, 1.0)
    ]
    once = functools.lru_cache(draw)
    first, second = (
        [draw_sample(recipe, 0, index, drawer=once).image.tobytes() for index in range(4)] for recipe in recipes
    )
    assert once.cache_info().hits >= 4
    assert [draw_sample(recipes[1], 0, index).image.tobytes() for index in range(4)] == second != first


def test_a_search_comes_near_in_the_trials_that_it_has():
    goal, calls = np.linspace(0.2, 0.8, 20), []

    def evaluate(place: np.ndarray) -> float:
        calls.append(place)
        return 0.05 + float(((place - goal)[:6] ** 2).sum())

    start = Found(np.full(20, 0.5), evaluate(np.full(20, 0.5)))
    found = Search(start, lambda _, number: number < 15, evaluate, 120, 0).run()
    assert len(calls) == 121
    assert found.distance < 0.05 + 0.2 * (start.distance - 0.05)
    assert all((place[15:] == 0.5).all() for place in calls)


def test_changes_are_told_in_words_the_farthest_first():
    before = Recipe(looks=(Style(blur=(0.0, 1.8), after=Postprocess(crop=Crop(share=0.5))),))
    after = Recipe(
        looks=(
            Style(
                blur=(0.6, 2.4),
                skew=1,
                background=BackgroundWeights(noise=1, white=3),
                after=Postprocess(crop=Crop(share=0.1), jpeg=Jpeg(quality=(5, 9))),
            ),
        )
    )
    told = changes(before, after)
    assert told[0] == "Crop from 50 to 10 % of the images"
    signed = before.changed(looks=(before.looks[0].changed(after=Postprocess(contrast=Contrast(share=1))),))
    darker = before.changed(
        looks=(before.looks[0].changed(after=Postprocess(contrast=Contrast(share=1, brightness=(-60.0, -15.0)))),)
    )
    assert changes(signed, darker) == ["Contrast: brightness from −30…30 to −60…−15 levels"]
    assert "Blur from 0–1.8 to 0.6–2.4 px" in told
    assert "Background: noise from 50 % to 25 %, white from 50 % to 75 %" in told
    grey = before.changed(looks=(before.looks[0].changed(mode=ModeWeights(colour=1, grey=3)),))
    assert changes(before, grey) == ["Mode: colour from 100 % to 25 %, grey from 0 % to 75 %"]
    assert "Skew from 0 to 1 degrees either way" in told
    assert not any("Jpeg" in one for one in told)  # no image gets it
