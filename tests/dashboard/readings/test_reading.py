"""Words under a reading, and differences between two texts."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from dashboard.readings.reading import differences, facts
from glyphlab_read.reading.results import Character, Reading

TEXTS = st.text(alphabet="abc", max_size=8)


def reading(text: str, shown: str | None) -> Reading:
    return Reading(text, 0.97, tuple(Character(char, 0.97, 0.1, 0.2) for char in text), 0.002, greedy_text=shown)


def test_the_words_say_when_a_likelier_text_was_preferred_to_what_the_image_shows():
    assert facts(reading("deserve", "desenve")) == "97.0 % sure · by the image alone “desenve” · 2 ms"
    assert "by the image alone nothing" in facts(reading("1", ""))
    assert facts(reading("deserve", "deserve")) == facts(reading("deserve", None)) == "97.0 % sure · 2 ms"


def test_the_words_say_when_an_image_was_levelled():
    assert facts(replace(reading("Station", None), skew=-21)) == "97.0 % sure · levelled by 21° · 2 ms"
    assert facts(replace(reading("Station", None), skew=90)) == "97.0 % sure · turned upright · 2 ms"


def test_what_the_image_shows_is_text_whatever_it_is():
    assert "![" not in facts(reading("a", "![x](http://there)"))


def test_changed_added_and_missing_characters_are_told_apart():
    assert differences("hello", "hello") == differences("", "")
    found = differences("hxllo", "hello")
    assert (found.changed, found.missing) == ({1}, set())
    found = differences("helo", "hello")
    assert (found.changed, len(found.missing)) == (set(), 1)
    assert differences("he", "hello").missing == {2}
    assert differences("Café", "Cafe\u0301") == differences("a", "a")


@given(TEXTS, TEXTS)
def test_equal_texts_alone_do_not_differ_and_places_lie_within(text: str, reference: str):
    found = differences(text, reference)
    assert bool(found) == (text != reference)
    assert all(0 <= place < len(text) for place in found.changed)
    assert all(0 <= place <= len(text) for place in found.missing)
