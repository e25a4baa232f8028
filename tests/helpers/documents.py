"""Documents by hand and by hypothesis, for the tests of writers and of what reads them."""

import math

from hypothesis import strategies as st

from glyphlab_read.documents.document import Document, Page, Quad, TextBlock, TextLine, Word

LETTERS = "aäßñЖλשםمח中文あ한9.,&<>\"'%()-"


def quad(left: float, top: float, width: float, height: float, degrees: float = 0.0) -> Quad:
    """Return a rectangle turned clockwise around its lower left corner."""
    x0, y0, turn = left, top + height, math.radians(degrees)
    corners = [(left, top), (left + width, top), (left + width, top + height), (left, top + height)]
    first, second, third, fourth = (
        (
            x0 + (x - x0) * math.cos(turn) - (y - y0) * math.sin(turn),
            y0 + (x - x0) * math.sin(turn) + (y - y0) * math.cos(turn),
        )
        for x, y in corners
    )
    return first, second, third, fourth


def line(text: str, left: float = 100.0, top: float = 100.0, height: float = 40.0, degrees: float = 0.0) -> TextLine:
    """Return a line of words whose letters are half as wide as high, with a space between two."""
    words, x = [], left
    for word in text.split():
        width = height / 2 * len(word)
        turn = math.radians(degrees)
        down = (x - left) * math.tan(turn) if abs(degrees) < 80 else 0.0
        words.append(Word(quad(x, top + down, width, height, degrees), word, 0.875))
        x += width + height / 2
    return TextLine(tuple(words))


def page(*blocks: tuple[str, ...], name: str = "scan 1.png", dpi: float = 150.0) -> Page:
    """Return an A4 page of blocks, each of lines."""
    made, top = [], 100.0
    for texts in blocks:
        lines = []
        for text in texts:
            lines.append(line(text, top=top))
            top += 60
        made.append(TextBlock(tuple(lines)))
        top += 60
    return Page(1240, 1754, tuple(made), name, 1, dpi)


def documents() -> st.SearchStrategy[Document]:
    """Return a strategy of documents of any words, at any places."""
    place = st.floats(0, 1000, width=32).map(lambda value: round(value, 2))
    corner = st.tuples(place, place)
    words = st.builds(
        Word,
        st.tuples(corner, corner, corner, corner),
        st.text(LETTERS, min_size=1, max_size=6),
        st.integers(0, 10_000).map(lambda value: value / 10_000),
    )
    lines = st.builds(
        TextLine, st.lists(words, min_size=1, max_size=3).map(tuple), st.sampled_from(["ltr", "rtl", "ttb"])
    )
    blocks = st.builds(TextBlock, st.lists(lines, min_size=1, max_size=2).map(tuple))
    pages = st.builds(
        Page,
        st.integers(1, 5000),
        st.integers(1, 5000),
        st.lists(blocks, max_size=2).map(tuple),
        st.text(LETTERS, max_size=5),
        st.integers(1, 9),
        st.sampled_from([96.0, 200.0, 153.4]),
        st.integers(0, 3),
    )
    return st.builds(Document, st.lists(pages, min_size=1, max_size=2).map(tuple), st.text(LETTERS, max_size=5))
