"""A check tells each fault of a recipe before anything is made, and none of a sound one."""

import pytest

from engine.config.generate import GenerateConfig
from engine.config.postprocess import Contrast, Postprocess
from engine.config.reader import ReaderConfig
from engine.config.recipe import Recipe
from engine.config.recipe_presets import PRESETS
from engine.config.style import BackgroundWeights, Colours, OrientationWeights, Style
from engine.config.text_sources import Characters, Digits, Pattern, Words
from engine.synth import RecipeCheck, check

LATO = ("latin/Lato-Regular",)
WHITE = BackgroundWeights(noise=0)


def checked(recipe: Recipe, reader: ReaderConfig | None = None) -> RecipeCheck:
    return check(GenerateConfig(recipe=recipe, images=1000), reader)


def kinds(result: RecipeCheck) -> set[str]:
    return {finding.kind for finding in result.findings}


def test_a_sound_recipe_has_no_findings_and_a_cost():
    result = checked(PRESETS["starter"])
    assert result.findings == []
    assert result.fonts == []
    assert result.longest <= 10
    assert set(result.characters) <= set("abcdefghijklmnopqrstuvwxyz0123456789")
    assert 1e5 < result.estimate.bytes < 1e7
    assert result.estimate.seconds > 0


def test_a_check_can_be_broken_off():
    looked = []

    def watch():
        looked.append(1)
        if len(looked) == 5:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        check(GenerateConfig(recipe=PRESETS["starter"]), watch=watch)
    assert len(looked) == 5


def test_fonts_without_glyphs_are_named_with_what_they_lack():
    result = checked(PRESETS["TRDG words"])
    (gap,) = result.fonts
    assert (gap.id, gap.missing) == ("latin/SEASRN__", "#%")
    assert 0 < gap.share < 0.1
    (finding,) = (finding for finding in result.findings if finding.kind == "fonts")
    assert "SEASRN (# %)" in finding.text


def test_texts_that_no_font_draws_are_told():
    recipe = Recipe(texts=(Digits(weight=3), Words(language="ru")), looks=(Style(fonts=("cn/SourceHanSans-Normal",)),))
    assert "signs" not in kinds(checked(recipe))  # a Chinese font with Cyrillic letters
    (finding,) = (
        each
        for each in checked(recipe.changed(looks=[Style(fonts=("latin/Aller_Rg",))])).findings
        if each.kind == "signs"
    )
    assert 0.15 < finding.share < 0.35
    assert "а" in finding.text


@pytest.mark.parametrize(
    ("kind", "recipe"),
    [
        ("long", Recipe(texts=(Words(min_words=6, max_words=9, max_length=80),))),
        ("squeezed", Recipe(texts=(Words(min_words=5, max_words=6, max_length=80),))),
        ("narrow", Recipe(looks=(Style(orientation=OrientationWeights(horizontal=0, vertical=1)),))),
        ("faint", Recipe(looks=(Style(colours=(Colours(low="#e0e0e0", high="#e0e0e0"),), background=WHITE),))),
        ("drops", Recipe(looks=(Style(colours=(Colours(high="#ffffff"),), least_contrast=120, background=WHITE),))),
    ],
)
def test_each_fault_is_found(kind: str, recipe: Recipe):
    assert kind in kinds(checked(recipe))


def test_drops_are_told_by_reason():
    look = Style(colours=(Colours(low="#606060", high="#606060"),), background=WHITE, least_contrast=100)
    faded = look.changed(after=Postprocess(contrast=Contrast(share=0.5, factor=0.5)))
    result = checked(Recipe(looks=(faded,)))
    assert list(result.dropped) == ["too little contrast in the end"]
    assert 0.2 < sum(result.dropped.values()) < 0.7


def test_the_limits_are_those_of_the_reader():
    recipe = Recipe(texts=(Characters(min_length=12, max_length=12),), looks=(Style(fonts=LATO),))
    assert kinds(checked(recipe, ReaderConfig(max_length=12))) == set()
    assert kinds(checked(recipe, ReaderConfig(max_length=11))) == {"long"}
    assert kinds(checked(recipe, ReaderConfig(max_width=128, max_length=12))) == {"squeezed"}


def test_right_to_left_texts_want_another_decoder():
    recipe = Recipe(texts=(Digits(), Pattern(pattern="[א-ת]{3}", weight=0.001)), looks=(Style(fonts=LATO),))
    half = recipe.changed(texts=[Digits(), Pattern(pattern="[א-ת]{3}")])
    with pytest.raises(Exception, match="no font has every character"):
        checked(half.changed(texts=[Pattern(pattern="[א-ת]{3}")]))
    assert "right_to_left" in kinds(checked(half))
    assert "right_to_left" not in kinds(checked(half, ReaderConfig(decoder="attention")))
