"""The page of `glyphlab-serve`: an image is dropped on it, and its text, boxes and confidences stand there."""

from pathlib import Path

import pytest

from bench.serving.server import reader_server
from tests.e2e.conftest import Opened

EXAMPLES = Path(__file__).parents[2] / "dashboard" / "home" / "example_images"

pytestmark = pytest.mark.browser


def test_a_photo_and_a_word_are_read_on_the_page(opened: Opened):
    with reader_server() as server:
        page = opened(f"{server.url}/")
        page.set_input_files("#file", EXAMPLES / "signs.jpg")
        page.wait_for_selector("polygon >> nth=3")
        assert "HEDONISM" in page.inner_text("#text")
        assert page.locator("polygon").count() == page.locator("#parts tbody tr").count()
        page.locator("#parts tbody tr", has_text="HEDONISM").hover()
        assert "HEDONISM (" in (page.locator("polygon.on title").text_content() or "")
        page.set_input_files("#file", EXAMPLES / "Silver.png")
        page.wait_for_selector("#shown.word")
        assert page.inner_text("#text") == "Silver"
        page.goto(f"{server.url}/docs")
        page.wait_for_selector("article >> nth=5")
        assert "POST /v1/read" in page.inner_text("#paths")
