"""Words by frequency, and names of people, places and brands."""

import unicodedata
from collections import Counter
from pathlib import Path

import pytest
import wordfreq

from engine.config.recipe import Recipe
from engine.config.text_sources import CaseWeights, FrequentWords, NameWeights, ProperNames, TextSource
from engine.errors import ConfigError
from engine.publishing.training_data import _texts
from engine.synth import frequencies
from engine.synth.frequencies import frequency_languages, frequent_words
from engine.synth.samples import draw_label, draw_sample
from engine.workspace import Workspace

COUNT = 150
COMMON = {"the", "to", "and", "of", "a", "in", "i", "is", "for", "that", "you", "it", "on", "with", "this", "was", "be"}


def labels(source: TextSource, count: int = COUNT) -> list[str]:
    return [draw_label(Recipe(texts=(source,)), 1, index) for index in range(count)]


def test_words_come_as_often_as_the_exponent_says():
    shares = [sum(label in COMMON for label in labels(FrequentWords(frequency=each))) for each in (0.0, 0.5, 1.0)]
    assert shares[0] == 0
    assert shares[0] <= shares[1] < shares[2]
    assert 0.15 < shares[2] / COUNT < 0.5


def test_words_keep_to_their_lengths_and_are_words():
    found = labels(FrequentWords(min_word_length=6, max_length=8, frequency=0.3))
    assert all(6 <= len(label) <= 8 for label in found)
    words = frequent_words("en", 0.3)
    characters = set().union(*(words[place] for place in range(len(words))))
    assert not [each for each in characters if each == "_" or unicodedata.category(each)[0] in "NS"]
    assert all(len(label) >= 18 for label in labels(FrequentWords(min_word_length=18, max_length=25), 10))
    with pytest.raises(ConfigError, match="with 20 characters or more have 20 characters, and 12 are allowed"):
        labels(FrequentWords(min_word_length=20, max_length=12), 1)


def test_some_forty_languages_have_frequencies_and_greek_ends_in_its_own_sigma():
    languages = [language.id for language in frequency_languages()]
    assert len(languages) >= 40
    assert {frequencies.wordfreq_code(id) for id in languages} <= {*wordfreq.available_languages("best")}
    found = labels(FrequentWords(language="el", alphabet="any", min_word_length=3), 40)
    assert any(label.endswith("ς") for label in found)
    assert not any(label.endswith("σ") for label in found)
    sample = draw_sample(Recipe(texts=(FrequentWords(language="cn"),)), 0, 0)
    assert str(sample.factors["font"]).startswith("cn/")


def test_without_wordfreq_a_recipe_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(frequencies.importlib.util, "find_spec", lambda name: None)
    frequent_words.cache_clear()
    with pytest.raises(ConfigError, match=r"wordfreq, which is not installed here. Install it: `make words`"):
        labels(FrequentWords(), 1)
    with pytest.raises(ConfigError, match="'xx' has no frequencies"):
        labels(FrequentWords(language="xx"), 1)


@pytest.mark.parametrize(
    ("name", "known"), [("given", "Anna"), ("family", "Smith"), ("places", "Paris"), ("brands", "Acer")]
)
def test_names_come_from_the_lists_with_a_weight(name: str, known: str):
    only = NameWeights(**{each: float(each == name) for each in NameWeights.model_fields})
    words = frequencies.names(only)
    listed = {words[place] for place in range(len(words))}
    assert known in listed
    assert 3000 < len(listed) == len(words)
    assert set(labels(ProperNames(lists=only, case=CaseWeights(listed=1), max_length=25), 20)) <= listed


def test_every_list_is_drawn_by_its_weight_however_long_it_is():
    lists = {
        name: frequencies.names(NameWeights(**{each: float(each == name) for each in NameWeights.model_fields}))
        for name in ("places", "brands")
    }
    found = Counter[str]()
    places = {lists["places"][place] for place in range(len(lists["places"]))}
    for label in labels(ProperNames(lists=NameWeights(given=0, family=0, places=1, brands=1), max_length=25)):
        found["places" if label in places else "brands"] += 1
    assert 0.3 < found["brands"] / COUNT < 0.7


def test_a_model_card_names_the_licences_of_words(tmp_path: Path):
    recipe = Recipe(texts=(FrequentWords(language="fi"), ProperNames(lists=NameWeights(given=0, family=0)))).plain()
    words, codes = _texts(Workspace(tmp_path), recipe)
    assert words == (
        "words by frequency: Finnish (wordfreq 3, data CC BY-SA 4.0)",
        "places (GeoNames, CC BY 4.0)",
        "brands (Simple Icons, CC0-1.0)",
    )
    assert codes == ("fi",)
