"""Text in whole photos on Read: found by a chosen locator, its boxes redrawn as thresholds move."""

import io

import numpy as np
from streamlit.testing.v1 import AppTest

from engine.workspace import Workspace
from tests.dashboard.conftest import Open, said
from tests.helpers.rectangles import rectangle
from tests.helpers.tiny_locators import paint, save_locator

BARS = [rectangle(60, 40, 60, 20), rectangle(180, 120, 60, 24)]


def photo(grey: int = 255) -> bytes:
    content = io.BytesIO()
    paint((256, 192), BARS, grey).save(content, "PNG")
    return content.getvalue()


def with_photo(app: AppTest, content: bytes, name: str = "street.png") -> AppTest:
    app.file_uploader(key="read-photos").upload(name, content)
    return app.run()


def photos_page(open_page: Open) -> AppTest:
    app = open_page("read")
    app.session_state["read-tab"] = "Photos"
    return app.run()


def test_without_a_locator_it_says_how_to_get_one(workspace: Workspace, open_page: Open):
    assert "No locator yet. Train one" in said(photos_page(open_page))


def test_words_and_lines_are_found_in_a_dropped_photo(workspace: Workspace, open_page: Open):
    save_locator(workspace)
    app = with_photo(photos_page(open_page), photo())
    assert not app.exception
    assert "street.png · 2 words · 256 × 192 px" in said(app)
    levels = next(group for group in app.button_group if list(group.options) == ["Words", "Lines"])
    levels.set_value("line").run()
    assert "lines ·" in said(app) or "line ·" in said(app)


def test_moving_a_threshold_redraws_the_boxes(workspace: Workspace, open_page: Open):
    """Bars of medium grey have a probability near one half, which the thresholds decide about."""
    bundle = save_locator(workspace)
    app = with_photo(photos_page(open_page), photo(215))
    key = f"read-{bundle.name}-7-word"
    counts = []
    for name, value in (("box", 0.0), ("smallest", 60.0)):
        app.slider(key=f"{key}-{name}").set_value(value).run()
        counts.append("2 words" in said(app))
    assert counts == [True, False]
    assert "0 words" in said(app)


def test_a_file_that_is_no_photo_is_named_and_the_others_are_searched(workspace: Workspace, open_page: Open):
    save_locator(workspace)
    app = photos_page(open_page)
    app.file_uploader(key="read-photos").upload("notes.png", b"just text").upload("street.png", photo())
    app.run()
    words = said(app)
    assert "notes.png" in words
    assert "no PNG, JPEG, WebP or BMP image" in words
    assert "street.png · 2 words" in words


def test_the_same_photo_dropped_twice_is_shown_twice(workspace: Workspace, open_page: Open):
    save_locator(workspace)
    app = photos_page(open_page)
    app.file_uploader(key="read-photos").upload("street.png", photo()).upload("street.png", photo())
    app.run()
    assert not app.exception
    assert said(app).count("street.png · 2 words") == 2


def test_a_photo_of_one_grey_holds_nothing(workspace: Workspace, open_page: Open):
    save_locator(workspace)
    content = io.BytesIO()
    paint((64, 64), []).save(content, "PNG")
    assert "empty.png · 0 words" in said(with_photo(photos_page(open_page), content.getvalue(), "empty.png"))
    assert np.asarray(paint((64, 64), [])).max() == 0
