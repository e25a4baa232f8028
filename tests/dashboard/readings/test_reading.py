"""The words under a reading."""

from dashboard.readings.reading import facts
from engine.reading.results import Character, Reading


def reading(text: str, shown: str | None) -> Reading:
    return Reading(text, 0.97, tuple(Character(char, 0.97, 0.1, 0.2) for char in text), 0.002, greedy_text=shown)


def test_it_is_told_when_a_likely_text_was_preferred_to_what_the_image_shows():
    assert facts(reading("deserve", "desenve")) == "97.0 % sure · likelier than “desenve” · 2 ms"
    assert "likelier than nothing" in facts(reading("1", ""))
    assert facts(reading("deserve", "deserve")) == facts(reading("deserve", None)) == "97.0 % sure · 2 ms"


def test_what_the_image_shows_is_text_whatever_it_is():
    assert "![" not in facts(reading("a", "![x](http://there)"))
