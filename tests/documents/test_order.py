import itertools
import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.reading_order import LAYOUTS, PageLayout, pairs_in_order, quads_of
from glyphlab_read.documents.frame import direction_of, frame_of
from glyphlab_read.documents.order import Order, reading_order
from glyphlab_read.regions.quads import Quads
from tests.helpers.rectangles import rectangle, rectangles


def flat(order: Order) -> list[int]:
    return list(itertools.chain(*itertools.chain(*order)))


def boxes(*places: tuple[float, float, float, float]) -> Quads:
    """Return rectangles by left, top, width and height."""
    return np.array([rectangle(x + w / 2, y + h / 2, w, h) for x, y, w, h in places], np.float32)


@pytest.mark.parametrize("name", LAYOUTS)
def test_pages_of_every_layout_are_read_in_order(name):
    fill, direction = LAYOUTS[name]
    shares = []
    for seed in range(3):
        layout = PageLayout(random.Random(f"test {name} {seed}"))
        fill(layout)
        quads = quads_of(layout, direction, slant=3 * seed - 3)
        shares.append(pairs_in_order(np.array(flat(reading_order(quads, frame_of(quads, direction=direction))))))
    assert min(shares) > 0.97
    assert np.mean(shares) > 0.98


@given(st.lists(rectangles(), min_size=0, max_size=40), st.sampled_from(["ltr", "rtl", "ttb"]))
def test_every_word_stands_in_the_order_once(quads, direction):
    array = np.array(quads, np.float32).reshape(-1, 4, 2)
    order = reading_order(array, frame_of(array, direction=direction))
    assert sorted(flat(order)) == list(range(len(quads)))
    assert all(line for block in order for line in block)


@given(st.floats(0.2, 5), st.floats(-300, 300), st.integers(0, 10))
@settings(max_examples=6)
def test_the_order_depends_on_neither_size_nor_place(scale, shift, seed):
    layout = PageLayout(random.Random(seed))
    LAYOUTS["title over columns"][0](layout)
    quads = quads_of(layout, "ltr", 0.0)
    moved = (quads * np.float32(scale) + np.float32(shift)).astype(np.float32)
    assert reading_order(quads, frame_of(quads)) == reading_order(moved, frame_of(moved))


def test_a_word_follows_its_nearest_neighbour_not_another_line_on_its_level():
    line = boxes((0, 0, 90, 40), (0, 60, 90, 25), (300, 52, 80, 40), (390, 56, 80, 34))  # far apart
    order = flat(reading_order(line, frame_of(line)))
    assert order.index(3) == order.index(2) + 1


def test_a_bill_is_read_row_by_row_and_two_signs_one_after_the_other():
    bill = boxes(*((x, 40 * row, w, 20) for row in range(4) for x, w in ((0, 90), (300, 50))))
    assert flat(reading_order(bill, frame_of(bill))) == list(range(8))
    signs = boxes((0, 0, 100, 30), (0, 40, 100, 30), (0, 80, 100, 30), (300, 10, 90, 40), (300, 60, 90, 40))
    assert flat(reading_order(signs, frame_of(signs))) == list(range(5))


def test_paragraphs_part_where_the_distance_of_lines_grows():
    tops = (0, 30, 60, 120, 150)
    quads = boxes(*((0, top, 200, 20) for top in tops))
    assert reading_order(quads, frame_of(quads)) == [[[0], [1], [2]], [[3], [4]]]


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["one", "two", "three"], [0, 1, 2]),
        (["one", "שלום", "עולם", "two"], [0, 2, 1, 3]),  # a run against the line's direction
        (["one", "שלום", "12", "עולם", "two"], [0, 3, 2, 1, 4]),
        (["one", "שלום", "12"], [0, 1, 2]),
    ],
)
def test_words_of_the_other_direction_within_a_line_follow_each_other_as_they_are_read(texts, expected):
    quads = boxes(*((60 * number, 0, 50, 20) for number in range(len(texts))))
    assert flat(reading_order(quads, frame_of(quads, texts, "ltr"), texts)) == expected


def test_a_page_of_hebrew_is_read_from_the_right_and_latin_words_in_it_from_the_left():
    quads = boxes((180, 0, 50, 20), (120, 0, 50, 20), (60, 0, 50, 20), (0, 0, 50, 20))
    texts = ["ספר", "שלום", "world", "hello"]  # from the right to the left of the page
    frame = frame_of(quads, texts)
    assert frame.direction == "rtl"
    assert [texts[number] for number in flat(reading_order(quads, frame, texts))] == ["ספר", "שלום", "hello", "world"]


def test_tall_columns_of_chinese_are_read_from_the_right():
    quads = boxes((200, 0, 30, 200), (150, 0, 30, 200), (100, 0, 30, 120))
    texts = ["第一行文字", "第二行文字", "第三行"]
    frame = frame_of(quads, texts)
    assert frame.direction == "ttb"
    assert flat(reading_order(quads, frame, texts)) == [0, 1, 2]
    level = boxes((0, 0, 200, 30), (0, 50, 200, 30))
    assert frame_of(level, texts[:2]).direction == "ltr"


@pytest.mark.parametrize(("text", "direction"), [("12 שלום", "rtl"), ("a", "ltr"), ("12", None), ("", None)])
def test_a_text_has_the_direction_of_its_first_letter(text, direction):
    assert direction_of(text) == direction


@given(st.floats(-40, 40))
def test_the_slant_of_a_page_is_found(degrees):
    quads = np.array([rectangle(100 * number, 37 * number, 80, 20, degrees) for number in range(6)], np.float32)
    assert frame_of(quads).angle == pytest.approx(degrees, abs=0.1)
