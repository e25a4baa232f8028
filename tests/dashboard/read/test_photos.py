"""Text in whole photos on Read: found by a chosen locator, its boxes redrawn as thresholds move."""

import io

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.read.page_text import saved_as
from dashboard.read.photos import words_on
from engine.workspace import STARTER, Workspace
from glyphlab_read.documents.page_reader import ReadBox, plain_quad
from glyphlab_read.reading.results import Character, Reading
from tests.dashboard.conftest import Open, said
from tests.documents.test_pdf_pages import pdf
from tests.helpers.rectangles import rectangle
from tests.helpers.sources import encoded
from tests.helpers.tiny_locators import paint, save_locator

BARS = [rectangle(60, 40, 60, 20), rectangle(180, 120, 60, 24)]


def photo(grey: int = 255) -> bytes:
    content = io.BytesIO()
    paint((256, 192), BARS, grey).save(content, "PNG")
    return content.getvalue()


def with_photo(app: AppTest, content: bytes, name: str = "street.png") -> AppTest:
    app.file_uploader(key="read-files").upload(name, content)
    app.run()
    return as_photos(app)


def as_photos(app: AppTest) -> AppTest:
    """Say of each image that it is a photo: those of these tests are as small as words."""
    while buttons := [button for button in app.button if button.label == "Find text in it"]:
        buttons[0].click().run()
    return app


def photos_page(open_page: Open) -> AppTest:
    return open_page("read")


def test_an_image_tells_by_its_size_whether_it_is_a_photo_and_a_click_has_it_the_other_way(
    workspace: Workspace, open_page: Open
):
    save_locator(workspace)
    app = photos_page(open_page)
    large = encoded(paint((640, 480), [rectangle(150, 100, 150, 50)]))
    app.file_uploader(key="read-files").upload("street.png", large).upload("word.png", encoded(paint((120, 40), [])))
    app.run()
    assert not app.exception
    assert "street.png · 1 word, 1 not readable · 640 × 480 px" in said(app)
    assert "word.png · 120 × 40 px" in said(app)
    assert len([button for button in app.button if button.label == "Find text in it"]) == 1
    next(button for button in app.button if button.label == "Read it as a word").click().run()
    assert not app.exception
    assert "street.png · 640 × 480 px" in said(app)
    assert "word.png · 0 words" in said(as_photos(app))


@pytest.mark.usefixtures("no_starter_locator")
def test_without_a_locator_every_image_is_read(workspace: Workspace, open_page: Open):
    app = photos_page(open_page)
    app.file_uploader(key="read-files").upload("street.png", encoded(paint((640, 480), [])))
    app.run()
    assert not app.exception
    assert "street.png · 640 × 480 px" in said(app)
    assert not [button for button in app.button if button.label == "Find text in it"]


def test_a_link_to_a_locator_shows_it_before_a_photo_is_there(workspace: Workspace, open_page: Open):
    first, _ = save_locator(workspace), save_locator(workspace)
    app = open_page("home")
    app.query_params["kind"], app.query_params["locator"] = "photos", first.name
    app.switch_page("app_pages/read.py").run()
    assert not app.exception
    assert app.selectbox(key="read-locator").value == first.name
    assert "No photo is here yet" in said(app)
    app.query_params["run"] = STARTER  # another link, to a reader
    app.switch_page("app_pages/read.py").run()
    assert "Until you drop one" in said(app)


def test_words_and_lines_are_found_in_a_dropped_photo(workspace: Workspace, open_page: Open):
    save_locator(workspace)
    app = with_photo(photos_page(open_page), photo())
    assert not app.exception
    assert "street.png · 2 words, 2 not readable · 256 × 192 px" in said(app)
    levels = next(group for group in app.button_group if list(group.options) == ["Words", "Lines"])
    levels.set_value("line").run()
    assert "lines, " in said(app) or "line, " in said(app)


def test_a_line_is_kept_whole_and_a_box_with_several_words_gives_each():
    boxes = [
        ReadBox(rectangle(100, 20 * number, 90, 10), told(text))
        for number, text in enumerate(("one word", "two", ""), 1)
    ]
    assert [word.text for word in words_on(boxes, "line")] == ["one word", "two", ""]
    assert [word.quad for word in words_on(boxes, "line")] == [plain_quad(box.quad) for box in boxes]
    assert [word.text for word in words_on(boxes, "word")] == ["one", "word", "two", ""]


def told(text: str) -> Reading:
    """Return a reading whose characters stand side by side."""
    share = 1 / max(len(text), 1)
    characters = tuple(Character(char, 0.9, share * at, share * (at + 1)) for at, char in enumerate(text))
    return Reading(text, 0.9 if text else 0.0, characters, 0.0)


def test_moving_a_threshold_redraws_the_boxes(workspace: Workspace, open_page: Open):
    """Bars of medium grey have a probability near one half, which the thresholds decide about."""
    bundle = save_locator(workspace)
    app = with_photo(photos_page(open_page), photo(215))
    key = f"read-{bundle.name}-7-word"
    counts = []
    assert {one.proto.label: one.proto.format for one in app.slider}["Least side (px)"] == "%.0f"
    for name, value in (("box", 0.0), ("smallest", 60.0)):
        app.slider(key=f"{key}-{name}").set_value(value).run()
        counts.append("2 words" in said(app))
    assert counts == [True, False]
    assert "0 words" in said(app)


def test_a_file_that_is_no_photo_is_named_and_the_others_are_searched(workspace: Workspace, open_page: Open):
    save_locator(workspace)
    app = photos_page(open_page)
    app.file_uploader(key="read-files").upload("notes.png", b"just text").upload("street.png", photo())
    app.run()
    words = said(as_photos(app))
    assert "notes.png" in words
    assert "no PNG, JPEG, WebP, BMP or TIFF image" in words
    assert "street.png · 2 words" in words


def test_the_same_photo_dropped_twice_is_shown_twice(workspace: Workspace, open_page: Open):
    save_locator(workspace)
    app = photos_page(open_page)
    app.file_uploader(key="read-files").upload("street.png", photo()).upload("street.png", photo())
    as_photos(app.run())
    assert not app.exception
    assert said(app).count("street.png · 2 words") == 2


def test_the_same_pdf_dropped_twice_shows_two_of_its_pages(workspace: Workspace, open_page: Open):
    save_locator(workspace)
    app, file = photos_page(open_page), pdf((200, 200), (300, 100))
    app.file_uploader(key="read-files").upload("scan.pdf", file).upload("scan.pdf", file)
    app.run()
    assert not app.exception
    app.number_input[1].set_value(2).run()
    assert not app.exception
    words = said(app)
    assert "scan.pdf, page 1 · " in words
    assert "scan.pdf, page 2 · " in words


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("scan.pdf, page 2", "scan-page-2.hocr"),
        ("scan.pdf", "scan.hocr"),
        ("two words.png", "two-words.hocr"),
        ("v1.2, b.PDF, page 12", "v1.2-b-page-12.hocr"),
        ("../../etc/x\n.png", "x.hocr"),
        ("", "file.hocr"),
    ],
)
def test_the_text_of_a_page_is_saved_by_its_name_and_number(name: str, file: str):
    assert saved_as(name, "hocr") == file


def test_a_photo_of_one_grey_holds_nothing(workspace: Workspace, open_page: Open):
    save_locator(workspace)
    content = io.BytesIO()
    paint((64, 64), []).save(content, "PNG")
    assert "empty.png · 0 words" in said(with_photo(photos_page(open_page), content.getvalue(), "empty.png"))
    assert np.asarray(paint((64, 64), [])).max() == 0
