"""A strip lies where the reader looked, says how sure it was, and can neither run nor fetch anything."""

import base64
import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from dashboard.readings.alignment import strip, strip_words
from tests.helpers.tiny_bundles import Kind, draw, tiny_reader

SVG = "{http://www.w3.org/2000/svg}"


def traced(kind: Kind, text: str, **changes: object):
    return tiny_reader(kind, **changes).read_many([draw(text, frames_each=1)], 3, trace=True)[0]


@pytest.mark.parametrize("kind", ["ctc", "attention"])
def test_letters_stand_below_what_they_were_read_from(kind: Kind):
    reading = traced(kind, "dab")
    drawn = ET.fromstring(strip(reading, dark=False))
    letters = drawn.findall(f"{SVG}text")
    assert [letter.text for letter in letters] == ["d", "a", "b"]
    grounds = [rect for rect in drawn.findall(f"{SVG}rect") if rect.get("height") == "64"]
    assert [(rect.get("x"), rect.get("width")) for rect in grounds] == [("0.0", "8.0"), ("8.0", "8.0"), ("16.0", "8.0")]
    assert len({rect.get("fill") for rect in grounds}) == 3
    for number, letter in enumerate(letters):
        assert abs(float(letter.get("x", 0)) - (8 * number + 4)) <= 12  # neighbours make room for each other


def test_what_it_shows_is_told_in_words():
    words = strip_words(traced("ctc", "dab"))
    assert "d at 12 % of the width, 100.0 % sure; a at 38 %" in words


def test_of_nothing_only_the_image_is_drawn():
    reading = traced("ctc", "")
    drawn = ET.fromstring(strip(reading, dark=True))
    assert [part.tag for part in drawn] == [f"{SVG}image"]
    assert strip_words(reading) == "What the network saw; it read nothing"


def test_characters_are_text_whatever_they_are():
    reading = traced("ctc", "abcd", charset="<&\"'")
    content = strip(reading, dark=False)
    letters = ET.fromstring(content).findall(f"{SVG}text")
    assert [letter.text for letter in letters] == ["<", "&", '"', "'"]
    assert set(re.findall(r'href="([^"]{10})', content)) == {"data:image"}


def test_many_letters_keep_their_order_and_stay_within_the_strip():
    reading = traced("attention", "abcdabcdabcd")
    drawn = ET.fromstring(strip(reading, dark=False))
    places = [float(letter.get("x", 0)) for letter in drawn.findall(f"{SVG}text")]
    assert len(places) == 12
    assert places == sorted(places)
    assert 0 < places[0] < places[-1] < float(drawn.get("width", 0))


def test_a_reader_that_sees_colours_is_shown_them():
    reading = traced("ctc", "dab")
    assert reading.trace is not None
    coloured = replace(reading.trace, seen=np.stack([reading.trace.seen] * 3, axis=-1))
    drawn = strip(replace(reading, trace=coloured), dark=False)
    pixels = Image.open(BytesIO(base64.b64decode(drawn.split("base64,")[1].split('"')[0])))
    assert pixels.mode == "RGB"
    assert drawn.count("<rect") == strip(reading, dark=False).count("<rect")
