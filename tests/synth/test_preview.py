"""A preview is quick, repeatable, and moves only in what was changed."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from engine.config.recipe import Recipe
from engine.config.recipe_presets import PRESETS
from engine.config.style import Style
from engine.config.text_sources import Digits, Words
from engine.errors import ConfigError
from engine.synth import Sample, estimate, fonts, languages, preview


def pixels(samples: list[Sample]) -> list[tuple[str, bytes]]:
    return [(sample.label, sample.image.tobytes()) for sample in samples]


@pytest.mark.parametrize("name", PRESETS)
def test_a_preview_is_the_same_each_time_and_another_seed_differs(name: str):
    first = pixels(preview(PRESETS[name], 12, seed=3))
    assert pixels(preview(PRESETS[name], 12, seed=3)) == first
    assert pixels(preview(PRESETS[name], 12, seed=4)) != first


def test_threads_do_not_disturb_each_other():
    recipes = [PRESETS["TRDG words"], PRESETS["starter"]] * 2
    alone = [pixels(preview(recipe, 8, seed=1)) for recipe in recipes]
    with ThreadPoolExecutor(4) as threads:
        together = list(threads.map(lambda recipe: pixels(preview(recipe, 8, seed=1)), recipes))
    assert together == alone


def test_a_moved_setting_changes_only_what_it_governs():
    look = Style(height=40)
    still = preview(Recipe(looks=(look,)), 8, seed=0)
    skewed = preview(Recipe(looks=(look.changed(skew=10),)), 8, seed=0)
    for before, after in zip(still, skewed, strict=True):
        assert after.label == before.label
        assert {**after.factors, "skew": 0} == before.factors
    assert any(sample.factors["skew"] for sample in skewed)


def test_an_estimate_grows_with_the_number_of_images():
    small, large = (estimate(PRESETS["starter"], images) for images in (1000, 10_000))
    assert 0 < small.bytes * 9 < large.bytes
    assert small.images_per_second > 0
    assert small.seconds > 0


@pytest.mark.parametrize(
    ("recipe", "words"),
    [
        (Recipe(looks=(Style(fonts=("latin/Nobodys",)),)), ["latin/Nobodys", "Choose"]),
        (Recipe(texts=(Words(language="klingon"),)), ["klingon", "Choose"]),
        (Recipe(texts=(Words(language="ar"),)), ["'ar'", "fonts"]),
        (Recipe(texts=(Words(alphabet="letters", language="ru"),)), ["ru", "letters"]),
    ],
)
def test_a_recipe_that_cannot_be_drawn_says_why(recipe: Recipe, words: list[str]):
    with pytest.raises(ConfigError) as caught:
        preview(recipe, 1, seed=0)
    assert all(word in str(caught.value) for word in words)


def test_every_offered_language_draws_and_has_fonts():
    for language in languages():
        assert fonts(language.id)
        (sample,) = preview(Recipe(texts=(Words(language=language.id),)), 1, seed=0)
        assert sample.label


def test_texts_stay_within_the_bounds_of_their_source():
    recipe = Recipe(texts=(Digits(min_length=3, max_length=5), Words(min_words=2, max_words=2, max_length=9, cut=True)))
    for sample in preview(recipe, 60, seed=2):
        if sample.factors["source"] == 0:
            assert sample.label.isdecimal()
            assert 3 <= len(sample.label) <= 5
        else:
            assert 1 <= len(sample.label) <= 9
        assert sample.label == sample.label.strip()


def test_the_light_half_stays_light():
    code = "import sys, engine.synth; print(*sys.modules)"
    child = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert not {"tensorflow", "keras", "wikipedia", "streamlit"} & set(child.stdout.split())
