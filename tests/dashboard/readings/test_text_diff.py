"""What differs between two texts."""

from hypothesis import given
from hypothesis import strategies as st

from dashboard.readings.reading import differences

TEXTS = st.text(alphabet="abc", max_size=8)


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
