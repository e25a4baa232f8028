"""The text of a photo or page beside it: in reading order, to copy and to download, and in another order by numbers."""

from collections.abc import Callable, Sequence
from pathlib import PurePath

import streamlit as st
from PIL import Image

from dashboard.common.page import show_error, show_errors
from dashboard.read.photo_view import Stop
from engine.config.documents import DOCUMENT_FORMAT_NAMES
from engine.documents.writers import DOCUMENT_FORMATS, file_ending, written
from engine.errors import GlyphlabError, SourceError
from engine.formatting import count, percent
from engine.labels import file_name, visible
from glyphlab_read.documents.document import Document, Page

_LINES, _HEIGHT = 16, 420  # of a text that scrolls: more lines than these; px


def page_in_order(page: Page, key: str) -> Page:
    """Return a page with its blocks as the field of `order_field` says; as it is where that is wrong."""
    try:
        return _reordered(page, key)
    except GlyphlabError:
        return page


def _reordered(page: Page, key: str) -> Page:
    return page.in_order(_numbers(str(st.session_state.get(key, ""))) or range(len(page.blocks)))


def order_field(page: Page, key: str) -> None:
    """Draw the field for another order of a page's blocks, by their numbers on the photo."""
    usual = " ".join(str(number + 1) for number in range(len(page.blocks)))
    words = "The numbers on the photo, in the order to read. Or drag one of them onto another on the photo."
    st.text_input("Order of blocks", key=key, placeholder=usual, help=words)
    try:
        _reordered(page, key)
    except GlyphlabError as error:
        show_error(error)


def move_block(path: Sequence[Stop], moved: tuple[int, int], key: str) -> None:
    """Type into the field of `order_field` that the block at one place of the order is read at another."""
    numbers = [stop.number for stop in path]
    numbers.insert(moved[1], numbers.pop(moved[0]))
    st.session_state[key] = " ".join(map(str, numbers))


def page_text(page: Page, picture: Callable[[], Image.Image], key: str) -> None:
    """Draw the text of a page with its downloads; `picture` opens the page as it was read, for PDF."""
    words = sum(1 for _ in page.words)
    if not words:
        st.caption("No text was read here. Lower *Box counts from*, or choose another locator or reader.")
        return
    sure = sum(word.confidence for word in page.words) / words
    st.caption(f"{count(words, 'words')} in {count(len(page.blocks), 'blocks')} · {percent(sure)} sure on average")
    text = visible_lines(page.text)
    st.code(text, language=None, wrap_lines=True, height=_HEIGHT if text.count("\n") > _LINES else "content")
    with show_errors(), st.container(horizontal=True, vertical_alignment="bottom", gap="xsmall"):
        format = st.selectbox(
            "Save as",
            DOCUMENT_FORMAT_NAMES,
            format_func=lambda name: DOCUMENT_FORMATS[name].title,
            key=f"{key}-format",
            label_visibility="collapsed",
            persist_state="session",
        )
        document = Document((page,), page.name)
        st.download_button(
            "Download",
            lambda: written(document, format, (picture() for _ in document.pages)),
            file_name=saved_as(page.name, file_ending(1, format)),
            mime=DOCUMENT_FORMATS[format].mime,
            key=f"{key}-download",
            icon=":material/download:",
            on_click="ignore",
        )


def saved_as(name: str, ending: str) -> str:
    """Return a name for the file of a page's text: its photo's, or its PDF file's with the page's number."""
    path = PurePath(name)
    _, _, page = path.suffix.partition(",")  # as in ".pdf, page 2"
    return file_name(path.stem + page, ending)


def visible_lines(text: str) -> str:
    """Return lines of text without characters that are not to be seen."""
    return "\n".join(visible(line) for line in text.split("\n"))


def stops(page: Page, found: Page) -> Sequence[Stop]:
    """Return the middle of each block in its order, with the number that it has in the page as it was found."""
    numbers = {block: number for number, block in enumerate(found.blocks, 1)}
    boxes = [(block.bounds, numbers[block]) for block in page.blocks]
    return [
        Stop((box.left + box.right) / 2 / page.width, (box.top + box.bottom) / 2 / page.height, number)
        for box, number in boxes
    ]


def _numbers(text: str) -> list[int]:
    """Return the numbers typed, from 0. Raises SourceError where something else was typed."""
    pieces = text.replace(",", " ").split()
    if not all(piece.isdecimal() and len(piece) < 6 for piece in pieces):
        raise SourceError(f"Order: {text[:80]!r} was typed. Give the numbers on the photo, such as 2 1 3.")
    return [int(piece) - 1 for piece in pieces]
