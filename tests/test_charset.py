import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import CharsetError
from glyphlab_read.charset import Charset, normalise

LETTERS = st.characters(exclude_categories=["Cc", "Cs", "Cf"]).filter(lambda c: normalise(c) == c)
CHARSETS = st.lists(LETTERS, min_size=1, max_size=40, unique=True).map("".join).map(Charset)


@given(st.data(), CHARSETS)
def test_decode_inverts_encode_for_every_charset(data, charset):
    text = normalise("".join(data.draw(st.lists(st.sampled_from(charset.characters), max_size=30))))
    if charset.missing(text):  # two of its characters may melt into a third under NFC
        with pytest.raises(CharsetError):
            charset.encode(text)
        return
    ids = charset.encode(text)
    assert ids.dtype.name == "int32"
    assert charset.decode(ids) == text
    assert all(0 <= id < charset.blank == charset.end == charset.classes - 1 for id in ids)


@given(st.text(alphabet="abcé", max_size=8))
def test_both_spellings_of_an_accent_are_the_same_text(text):
    charset = Charset("abcé")
    assert charset.encode(unicodedata.normalize("NFD", text)).tolist() == charset.encode(text).tolist()


@given(CHARSETS, LETTERS)
def test_a_stranger_is_named(charset, letter):
    if letter in charset.characters:
        assert charset.missing(letter) == ""
        return
    with pytest.raises(CharsetError) as error:
        charset.encode(charset.characters + letter)
    assert any(missing in str(error.value) for missing in charset.missing(charset.characters + letter))


@pytest.mark.parametrize(
    ("characters", "why"),
    [
        ("", "empty"),
        ("aba", "a comes twice"),
        ("a\n", "a line feed cannot be read from an image"),
        ("a\x00", "a control character"),
        ("a\u202e", "turns the text of a whole page round"),
        ("e\u2126", "NFC turns the ohm sign into omega, so it could never be encoded"),
        ("a\ud800", "half a surrogate pair is no character"),
    ],
)
def test_unfit_charsets_are_refused(characters, why):
    with pytest.raises(CharsetError):
        Charset(characters)


@pytest.mark.parametrize("id", [-1, 3, 99])
def test_a_class_beyond_the_characters_is_no_character(id):
    with pytest.raises(CharsetError, match=str(id)):
        Charset("abc").decode([0, id])


@given(st.lists(st.text(LETTERS, max_size=10), min_size=1).filter(any))
def test_the_charset_of_texts_covers_them_in_any_order(texts):
    charset = Charset.of(texts)
    assert charset == Charset.of(reversed(texts))
    assert not any(charset.missing(text) for text in texts)
    assert list(charset.characters) == sorted(charset.characters)
