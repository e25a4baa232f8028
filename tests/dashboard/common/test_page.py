"""Parts that all pages share, on a page of their own."""

from streamlit.testing.v1 import AppTest

from tests.dashboard.conftest import visible_words


def test_an_error_names_settings_as_forms_do():
    def page() -> None:
        from dashboard.common.page import show_errors
        from engine.config.recipe import Recipe

        with show_errors():
            Recipe.parse({"texts": [{"kind": "digits"}, {"kind": "words", "min_words": 0}], "looks": [{"blur": "*x*"}]})

    [told] = AppTest.from_function(page).run(timeout=60).error
    first, second = told.value.split("\n\n")
    assert first.startswith("**Texts 2")
    assert visible_words(first).startswith("Texts 2 › Words › Min words: 0 was given")
    assert visible_words(second).startswith("Looks 1 › Blur: ")
    assert "*x*" not in second
