"""Settings moved towards real images: which value is found, where, and that nothing gets worse."""

from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import pytest

from engine.config.recipe import Recipe
from engine.config.scene_recipe import SCENE_PRESETS, SceneRecipe
from engine.config.style import Style
from engine.config.text_sources import Digits, Pattern, Words
from engine.errors import ConfigError
from engine.measures import MEASURES, PHOTO_MEASURES
from engine.synth.levers import LEVERS, SCENE_LEVERS, Lever, Move, levers_of, nearest_move, setting_of

SPREAD = np.linspace(0, 1, 21)


def between(span: Any) -> np.ndarray:
    low, high = span if isinstance(span, tuple) else (span, span)
    return float(low) + (float(high) - float(low)) * SPREAD


def blurs(recipe: Recipe) -> pd.DataFrame:
    """Measure samples whose blur is exactly what the recipe says."""
    return pd.DataFrame({"blur": np.concatenate([between(look.blur) for look in recipe.looks])})


def real(low: float, high: float, name: str = "blur") -> pd.DataFrame:
    return pd.DataFrame({name: np.linspace(low, high, 40)})


@pytest.mark.parametrize("values", [(2.0, 3.0), (0.0, 8.0), (5.0, 5.5)], ids=["more", "wider", "much more"])
@pytest.mark.parametrize("blur", [0.4, (0.2, 0.6)])
def test_a_value_is_found_that_brings_samples_nearer(values: tuple[float, float], blur: Any):
    recipe = Recipe(texts=(Words(),), looks=(Style(blur=blur), Style(blur=0.5, weight=2)))
    move = nearest_move(recipe, "blur", real(*values), blurs, LEVERS["blur"])
    assert move is not None
    assert move.distance <= move.former
    assert [look.blur != before.blur for look, before in zip(move.recipe.looks, recipe.looks, strict=True)] == [
        True
    ] * 2
    assert move.recipe.texts == recipe.texts  # nothing else moves
    assert move.recipe.looks[0].changed(blur=recipe.looks[0].blur) == recipe.looks[0]


def test_less_is_found_as_well_and_nothing_where_it_is_right_already():
    recipe = Recipe(texts=(Words(),), looks=(Style(blur=(3.0, 4.0)),))
    move = nearest_move(recipe, "blur", real(0.2, 0.4), blurs, LEVERS["blur"])
    assert move is not None
    assert between(move.recipe.looks[0].blur).mean() < 2
    assert nearest_move(recipe, "blur", real(3.0, 4.0), blurs, LEVERS["blur"]) is None
    assert nearest_move(recipe, "blur", real(3.0, 4.0, "noise"), blurs, LEVERS["blur"]) is None
    assert nearest_move(recipe, "blur", real(3.0, 4.0).head(2), blurs, LEVERS["blur"]) is None


def test_a_recipe_of_patterns_has_no_longest_word():
    both = Recipe(texts=(Words(), Pattern()), looks=(Style(),))
    assert [lever.path for lever in levers_of(both, "length", LEVERS)] == ["max_length"]
    assert not levers_of(both.changed(texts=(Pattern(),)), "length", LEVERS)
    assert levers_of(both, "blur", LEVERS)


def test_what_other_measures_lose_by_a_move_is_told():
    recipe = Recipe(texts=(Words(),), looks=(Style(blur=0.4),))
    level = np.linspace(0, 1, 40)
    goal = real(2.0, 3.0).assign(noise=level, contrast=level)

    def drawn(one: Recipe, cost: float) -> pd.DataFrame:
        found = blurs(one)
        lost = SPREAD + cost * (found.blur - 0.4)
        return found.assign(noise=lost, contrast=lost)

    for cost in (0.0, 1.0):
        move = nearest_move(recipe, "blur", goal, partial(drawn, cost=cost), LEVERS["blur"])
        assert move is not None
        assert move.is_doubtful == (move.whole > move.former_whole) == (cost > 0)


def test_what_a_measure_counts_itself_is_set_to_the_range_of_the_real_ones():
    recipe = SCENE_PRESETS["documents"]

    def heights(one: SceneRecipe) -> pd.DataFrame:
        return pd.DataFrame({"text height": between(one.text_height)})

    move = nearest_move(recipe, "text height", real(50, 150, "text height"), heights, SCENE_LEVERS["text height"])
    assert move is not None
    assert move.recipe.text_height == (60, 140)  # four of five
    assert move.recipe.changed(text_height=recipe.text_height) == recipe


def test_a_step_that_is_off_gets_a_share_with_its_setting():
    recipe = Recipe(texts=(Words(),), looks=(Style(),))

    def noise(one: Recipe) -> pd.DataFrame:
        step = one.looks[0].after.scan_noise
        return pd.DataFrame({"noise": between(step.grain) * (step.share == 1)})

    move = nearest_move(recipe, "noise", real(8, 20, "noise"), noise, LEVERS["noise"])
    assert move is not None
    assert (move.lever.path, move.recipe.looks[0].after.scan_noise.share) == ("after.scan_noise.grain", 1.0)


def test_only_texts_that_have_a_setting_are_moved_and_refused_values_are_passed_over():
    recipe = Recipe(texts=(Words(max_length=12), Digits(min_length=3, max_length=4)), looks=(Style(),))

    def aspect(one: Recipe) -> pd.DataFrame:
        longest = one.plain()["texts"][0]["max_length"]
        if longest > 40:
            raise ConfigError("No text is so long")
        return pd.DataFrame({"aspect": longest * 0.4 + SPREAD})

    move = nearest_move(recipe, "aspect", real(1, 2, "aspect"), aspect, LEVERS["aspect"])
    assert move is not None
    assert move.recipe.plain()["texts"][1]["max_length"] >= 3  # shorter than its least would be refused
    longer = nearest_move(recipe, "aspect", real(9, 10, "aspect"), aspect, LEVERS["aspect"])
    assert longer is not None
    assert 12 < longer.recipe.plain()["texts"][0]["max_length"] <= 40


def move_to(move: Move, low: int, high: int) -> bool:
    """Say whether all looks are turned either way by a number of degrees between these."""
    skews = [look.skew for look in move.recipe.looks]
    return all(isinstance(skew, int) and low <= skew <= high for skew in skews)


@pytest.mark.parametrize("skew", [1, (-1, 1)])
def test_text_that_is_turned_either_way_stays_so(skew: Any):
    recipe = Recipe(texts=(Words(),), looks=(Style(skew=skew),))

    def tilt(one: Recipe) -> pd.DataFrame:
        (look,) = one.looks
        return pd.DataFrame({"tilt": between(look.skew if isinstance(look.skew, tuple) else (0, look.skew))})

    more = nearest_move(recipe, "tilt", real(2, 5, "tilt"), tilt, LEVERS["tilt"])
    assert more is not None
    assert move_to(more, 4, 10)
    none = nearest_move(recipe.changed(looks=(Style(skew=4),)), "tilt", real(0, 0.1, "tilt"), tilt, LEVERS["tilt"])
    assert none is not None
    assert move_to(none, 0, 0)


def test_a_setting_that_one_look_has_to_the_full_already_is_moved_in_the_others():
    full, none = (Style.parse({"after": {"shadow": {"share": share}}}) for share in (1, 0))
    recipe = Recipe(texts=(Words(),), looks=(full, none))

    def unevenness(one: Recipe) -> pd.DataFrame:
        shares = [look.after.shadow.share for look in one.looks]
        return pd.DataFrame({"unevenness": np.concatenate([share + SPREAD for share in shares])})

    move = nearest_move(recipe, "unevenness", real(1, 2, "unevenness"), unevenness, LEVERS["unevenness"])
    assert move is not None
    assert (move.before, move.after) == (0, 1)
    assert [look.after.shadow.share for look in move.recipe.looks] == [1, 1]


def test_a_weight_is_moved_as_the_share_that_it_is():
    recipe = Recipe(texts=(Words(),), looks=(Style.parse({"background": {"noise": 3, "white": 3, "picture": 4}}),))

    def unevenness(one: Recipe) -> pd.DataFrame:
        weights = one.looks[0].background.plain()
        return pd.DataFrame({"unevenness": weights["picture"] / sum(weights.values()) + SPREAD})

    goal = real(0.78, 1.78, "unevenness")
    move = nearest_move(recipe, "unevenness", goal, unevenness, [Lever("looks", "background.picture")])
    assert move is not None
    after = move.recipe.looks[0].background
    assert move.before == 0.4
    assert 0.7 < move.after < 1
    assert after.picture == move.after
    assert after.noise == after.white > 0
    alone = recipe.changed(looks=(Style.parse({"background": {"noise": 0, "white": 0, "picture": 4}}),))
    low = real(0.1, 1.1, "unevenness")
    assert nearest_move(alone, "unevenness", low, unevenness, [Lever("looks", "background.picture")]) is None


@pytest.mark.parametrize(
    "lever",
    [lever for levers in (*LEVERS.values(), *SCENE_LEVERS.values()) for lever in levers],
    ids=lambda lever: lever.path,
)
def test_every_lever_is_a_setting_of_a_recipe(lever: Lever):
    assert setting_of(lever).description


def test_every_measure_with_a_lever_is_one():
    assert set(LEVERS) - {"length"} == set(MEASURES) - {"slant"}
    assert set(SCENE_LEVERS) == set(PHOTO_MEASURES)
