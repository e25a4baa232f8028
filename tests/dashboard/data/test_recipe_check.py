"""What the card of a recipe says of the texts and images to come, by as many of them as people wait for."""

import pytest
from streamlit.testing.v1 import AppTest

from engine.workspace import Workspace
from tests.dashboard.conftest import Open, said
from tests.dashboard.data.test_recipe import chosen, draft, press, tab, unfold


@pytest.fixture(autouse=True)
def short_check() -> None:
    """Look at all texts and images: what is found in them is what is tested here."""


@pytest.fixture
def page(workspace: Workspace, open_page: Open) -> AppTest:
    return open_page("data")


def test_what_will_go_wrong_is_told_before_it_is_made(page: AppTest):
    assert "Every font has every glyph" in said(page)
    chosen(page, "TRDG words")
    text = said(page)
    assert "left out there" in text
    assert "images/s" in text
    tab(page, "Ground and ink")
    mark = draft(page).looks[0].mark
    assert "hardly read them" in text
    page.number_input(key=f"{mark}.least_contrast").set_value(40).run()
    assert "hardly read them" not in said(page)


def test_labels_longer_than_a_reader_writes_are_told(page: AppTest):
    second = draft(page).texts[1]
    unfold(page, second)
    page.slider(key=f"{second.mark}.max_length").set_value(90).run()
    assert "the most this reader" in said(page)


def test_a_dictionary_without_some_letters_says_so_and_gives_way_to_frequent_words(page: AppTest):
    chosen(page, "clean print")
    part = draft(page).texts[0]
    page.selectbox(key=f"{part.mark}.language").set_value("pl").run()
    assert "This dictionary has no word with ć ń ś ź ż, so a reader never learns them" in said(page)
    press(page, f"{part.mark}-frequent")
    now = draft(page).texts[0].plain()
    assert (now["kind"], now["language"], now["max_length"]) == ("frequent", "pl", part.values["max_length"])
    assert "has no word with" not in said(page)
