"""The starters on pages drawn here, and what stands in boxes, by hand."""

import numpy as np
import pytest
from PIL import Image

from engine.errors import ConfigError
from engine.location.bundle import open_locator
from engine.reading.bundle import open_reader
from glyphlab_read.documents.document import Page
from glyphlab_read.documents.page_reader import PageReader, ReadBox, blocks_of, words_in
from glyphlab_read.location.bundle import LOCATOR_STARTER_FOLDER
from glyphlab_read.reading.bundle import STARTER_FOLDER
from glyphlab_read.reading.results import Character, Reading
from tests.helpers import sheets as drawn
from tests.helpers.rectangles import rectangle
from tests.helpers.sheets import COLUMNS, WORDS


def texts(page: Page) -> list[str]:
    """Return the words in small letters: a lone o is as round as a capital one."""
    return [word.text.lower() for word in page.words]


@pytest.fixture(scope="module")
def page_reader() -> PageReader:
    return PageReader(open_locator(LOCATOR_STARTER_FOLDER), open_reader(STARTER_FOLDER))


@pytest.fixture(scope="module")
def sheet() -> Image.Image:
    return drawn.sheet()


def test_a_page_is_read_column_by_column(page_reader, sheet):
    page = page_reader.read(sheet, "sheet.png", dpi=150)
    assert texts(page) == WORDS
    assert (page.width, page.height, page.name, page.turned) == (1000, 400, "sheet.png", 0)
    first = next(page.words)
    assert first.confidence > 0.8
    assert first.bounds.left == pytest.approx(60, abs=12)


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_a_page_that_lies_on_its_side_or_head_is_turned(page_reader, sheet, turns):
    lying = sheet.rotate(90 * turns, expand=True)
    page = page_reader.read(lying)
    assert page.turned == turns
    assert (page.width, page.height) == sheet.size
    assert texts(page) == WORDS
    there = page.as_it_lay()
    assert (there.width, there.height, there.turned) == (*lying.size, 0)
    ink = np.asarray(lying.convert("L")) < 128
    for word in there.words:  # more ink within its box than around it
        left, top, right, bottom = (max(0, round(edge)) for edge in word.bounds)
        assert ink[top:bottom, left:right].mean() > 2 * ink.mean()


def test_a_page_without_text_has_no_blocks(page_reader):
    page = page_reader.read(Image.new("RGB", (500, 500), "white"))
    assert (page.blocks, page.text) == ((), "")


def test_a_locator_without_lines_is_told_before_anything_is_read(page_reader):
    with pytest.raises(ConfigError, match="side: 7"):
        PageReader(page_reader.locator, page_reader.reader, side=7)


def reading(text: str, confidences: float = 0.9) -> Reading:
    """Return a reading whose characters are equally wide."""
    width = 1 / len(text)
    characters = tuple(
        Character(char, confidences, place * width, (place + 1) * width) for place, char in enumerate(text)
    )
    return Reading(text, confidences, characters, 0.0)


def test_a_line_that_was_read_at_once_falls_into_its_words():
    box = ReadBox(rectangle(100, 50, 200, 20), reading(" two words "))
    first, second = words_in(box)
    assert (first.text, second.text) == ("two", "words")
    assert first.bounds.left == pytest.approx(200 / 11, abs=0.1)
    assert first.bounds.right == pytest.approx(4 * 200 / 11, abs=0.1)
    assert second.bounds.right == pytest.approx(200 * 10 / 11, abs=0.1)
    assert second.confidence == pytest.approx(0.9)


def test_blocks_follow_the_order_of_reading():
    boxes = [
        ReadBox(rectangle(x, y, 80, 20), reading(text))
        for x, y, text in ((300, 100, "b"), (100, 200, "c"), (100, 100, "a"))
    ]
    assert [line.text for block in blocks_of(boxes) for line in block.lines] == ["a b", "c"]
    assert blocks_of([]) == ()


def test_a_word_that_runs_upwards_is_read_along_its_letters(page_reader, sheet):
    photo = Image.new("RGB", (800, 400), (250, 248, 240))
    photo.paste(sheet.crop((50, 85, 205, 150)).rotate(90, expand=True), (40, 100))  # "Winter"
    photo.paste(sheet.crop((520, 80, 960, 300)), (250, 80))
    words = list(page_reader.read(photo).words)
    assert {word.text for word in words} == {"Winter", *" ".join(COLUMNS[1]).split()}
    [upward] = [word for word in words if word.text == "Winter"]
    assert upward.angle == pytest.approx(-90, abs=5)
