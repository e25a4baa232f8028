"""Level views of slanted and sideways words: how their slant is found, and what readers make of them."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from glyphlab_read.reading.deskew import level_views
from glyphlab_read.reading.reader import Reader

_GROUND = (225, 220, 210)


@pytest.fixture(scope="module")
def reader():
    return Reader.open()


def _word(text: str) -> Image.Image:
    font = ImageFont.load_default(40)
    left, top, right, bottom = font.getbbox(text)
    image = Image.new("RGB", (round(right - left) + 8, round(bottom - top) + 8), _GROUND)
    ImageDraw.Draw(image).text((4 - left, 4 - top), text, (40, 45, 60), font)
    return image


def _slanted(word: Image.Image, degrees: float) -> Image.Image:
    """Return what an upright rectangle around a word shows that falls by so many degrees clockwise."""
    return word.rotate(-degrees, Image.Resampling.BICUBIC, expand=True, fillcolor=_GROUND)


@pytest.mark.parametrize("degrees", [-30, -20, 15, 25])
def test_a_slant_is_found_and_levelled(degrees):
    image = _slanted(_word("Station"), degrees)
    views = list(level_views(image))
    assert [view.skew for view in views] == [pytest.approx(degrees, abs=4)] * 2
    assert all(view.image.height < 0.8 * image.height for view in views)


def test_a_tall_image_is_turned_both_ways():
    image = _word("Station").transpose(Image.Transpose.ROTATE_270)
    assert [view.skew for view in level_views(image)][:2] == [90, -90]


@pytest.mark.parametrize("text", ["Station", "The long way home"])
def test_of_a_level_word_and_of_a_long_one_there_are_no_views(text):
    assert list(level_views(_word(text))) == []


@pytest.mark.parametrize("degrees", [-90, -35, -25, 25, 35, 90])
@pytest.mark.parametrize("text", ["Station", "Market", "Bakery"])
def test_slanted_and_sideways_words_are_read(reader, degrees, text):
    reading = reader.read(_slanted(_word(text), degrees))
    assert reading.text == text
    assert reading.skew == 0 or math.copysign(1, reading.skew) == math.copysign(1, degrees)


def test_a_word_that_is_read_surely_is_read_once(reader):
    [level] = reader.read_many([_word("Station")])
    [once] = reader.read_as_they_lie([_word("Station")])
    assert (level.text, level.skew, level.characters) == ("Station", 0, once.characters)


def test_without_deskew_a_sideways_word_is_read_as_it_lies(reader):
    image = _slanted(_word("Station"), 90)
    reader.deskew = False
    try:
        reading = reader.read(image)
    finally:
        reader.deskew = True
    assert reading.skew == 0
    assert reading.text != "Station"


def test_a_trace_of_a_levelled_word_shows_the_level_view(reader):
    reading = reader.read(_slanted(_word("Station"), 90), trace=True)
    assert reading.skew == 90
    assert reading.trace.seen.shape[1] > reading.trace.seen.shape[0]


@given(st.integers(1, 400), st.integers(1, 400), st.sampled_from(["L", "RGB", "RGBA", "P", "1", "I;16", "F"]))
def test_any_size_and_mode_has_views_of_bounded_size(width, height, mode):
    noise = Image.effect_noise((width, height), 80)
    for view in level_views(noise.convert("I").convert("I;16") if mode == "I;16" else noise.convert(mode)):
        assert min(view.image.size) >= 1
        assert abs(view.skew) <= 90
        assert view.image.height <= max(160, width)


def test_where_nothing_is_read_a_level_view_is_not_guessed_at(reader):
    """Rough walls, of which narrow pieces are taken for sideways words."""
    walls = [
        Image.effect_noise((30, 70), 30 + step).filter(ImageFilter.GaussianBlur(2 + step % 4)) for step in range(20)
    ]
    lying, read = reader.read_as_they_lie(walls), reader.read_many(walls)
    filled = [now for before, now in zip(lying, read, strict=True) if now.text and not before.text]
    assert all(one.confidence > 0.5 for one in filled)
