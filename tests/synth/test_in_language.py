"""Recipes in other languages: what their texts are made of, and that they can be drawn."""

import string

import pytest

from bench.starter.recipe import HALVES, mixed
from engine.config import patterns
from engine.config.recipe import Recipe
from engine.config.recipe_presets import PRESETS
from engine.config.scene_recipe import SCENE_PRESETS
from engine.config.text_sources import Characters, Digits, FrequentWords, Pattern, ProperNames, TextSource, Words
from engine.errors import ConfigError
from engine.synth import in_language as module
from engine.synth.dictionaries import INCOMPLETE, dictionary
from engine.synth.in_language import in_language, letters_of, word_languages
from engine.synth.samples import draw_label, draw_sample


def translated(source: TextSource, language: str) -> TextSource:
    return in_language(Recipe(texts=(source,)), language).texts[0]


def languages_of(recipe: Recipe) -> set[str]:
    return {source.language for source in recipe.texts if isinstance(source, Words | FrequentWords)}


def labels(recipe: Recipe, count: int = 150) -> list[str]:
    return [draw_label(recipe, 1, index) for index in range(count)]


@pytest.mark.parametrize(
    ("language", "letters"), [("fr", "éèç"), ("de", "äöü"), ("es", "ñáó"), ("ru", "жщы"), ("el", "λως")]
)
def test_the_starters_recipe_draws_in_a_language(language: str, letters: str):
    recipe = in_language(mixed(HALVES[:1]), language)  # the other half asks for font packs
    assert set(letters) <= set(letters_of(language))
    assert languages_of(recipe) == {language}
    assert set("".join(labels(recipe)).lower()) & set(letters)
    assert all(draw_sample(in_language(PRESETS["TRDG words"], language), 0, index).label for index in range(8))


@pytest.mark.parametrize("language", ["ru", "uk", "bg", "el"])
def test_other_alphabets_are_not_mixed_with_look_alikes_of_latin_letters(language: str):
    recipe = Recipe(texts=(Characters(symbols="%"), Pattern(), ProperNames(weight=9)))
    drawn = "".join(labels(in_language(recipe, language), 60))
    assert not set(drawn) & set(string.ascii_letters)
    assert set(drawn) & {"%", "-"}


def test_patterns_name_an_alphabet_by_its_ranges():
    russian = translated(Pattern(pattern="[A-Z]{2}[a-z]?-[0-9]{3}"), "ru")
    assert russian == Pattern(pattern="[ЁА-Я]{2}[а-яё]?-[0-9]{3}")
    assert translated(Pattern(), "fr") == Pattern()
    assert translated(Pattern(pattern=r"\w{2}[\w-]\d\\w"), "ru") == Pattern(
        pattern=r"[а-яёЁА-Я0-9]{2}[а-яёЁА-Я0-9-]\d\\w"
    )
    arabic = translated(Pattern(pattern="[A-Z]{3}"), "ar")
    assert isinstance(arabic, Pattern)
    assert "ب" in patterns.alphabet(arabic.parts)


def test_random_characters_take_the_letters_and_go_back_to_english():
    source = Characters(lower=False, symbols=".%")
    german = translated(source, "de")
    assert isinstance(german, Characters)
    assert (german.lower, german.upper) == (False, True)
    assert {*".%ÄÖÜ"} <= {*german.symbols}
    assert not {*"äöüß"} & {*german.symbols}
    assert translated(translated(source, "ru"), "en") == source
    hebrew = translated(source, "he")  # has no capitals
    assert isinstance(hebrew, Characters)
    assert "ש" in hebrew.symbols


def test_turkish_capitals_have_an_i_with_a_dot():
    turkish = translated(Characters(), "tr")
    assert isinstance(turkish, Characters)
    assert {*"ığşİĞŞ"} <= {*turkish.symbols}


def test_a_recipe_in_english_stays_as_it_is():
    for name in ("TRDG words", "scene text", "scene text, various", "receipts"):
        assert in_language(PRESETS[name], "en") == PRESETS[name]


@pytest.mark.parametrize("language", INCOMPLETE)
def test_where_a_dictionary_lacks_letters_words_come_by_frequency(language: str):
    words = dictionary(language)
    listed = set(words.path.read_text("utf-8", "ignore").lower())
    assert not listed & set(INCOMPLETE[language])
    source = translated(Words(max_length=9, alphabet="ascii"), language)
    assert isinstance(source, FrequentWords)
    assert (source.max_length, source.alphabet) == (9, "any")
    assert set(letters_of(language)) & set(INCOMPLETE[language])


def test_words_that_have_no_frequencies_come_from_the_dictionary():
    assert isinstance(translated(FrequentWords(), "cy"), Words)
    assert isinstance(translated(FrequentWords(), "fr"), FrequentWords)
    assert isinstance(translated(Words(), "fr"), Words)


def test_chinese_words_stand_without_spaces_and_not_beside_random_strokes():
    recipe = in_language(Recipe(texts=(Words(min_words=2, max_words=2), Characters(), Digits())), "cn")
    assert [source.kind for source in recipe.texts] == ["frequent", "digits"]
    assert not any(" " in label for label in labels(recipe, 40))


def test_scenes_write_in_the_language_too():
    scenes = in_language(SCENE_PRESETS["street signs"], "fr")
    assert languages_of(scenes.words) == {"fr"}
    assert scenes.changed(words=SCENE_PRESETS["street signs"].words) == SCENE_PRESETS["street signs"]


def test_what_cannot_be_put_into_a_language_says_so():
    with pytest.raises(ConfigError, match="'xx' has no dictionary here"):
        in_language(PRESETS["TRDG words"], "xx")
    with pytest.raises(ConfigError, match=r"no text source of 'names' can be put into 'ru'. Add words to it"):
        in_language(Recipe(name="names", texts=(ProperNames(),)), "ru")


def test_all_languages_are_offered_once_with_the_font_they_need():
    known = word_languages()
    assert len({each.id for each in known}) == len(known) > 60
    assert {"fr", "el", "hi"} <= {each.id for each in known}
    assert next(each for each in known if each.id == "hi").needs == "Noto Sans Devanagari"


def test_letters_come_from_the_dictionary_where_frequencies_are_not_installed(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "has_frequencies", lambda: False)
    letters_of.cache_clear()
    assert {*"éèêî"} <= {*letters_of("fr")}
    letters_of.cache_clear()
