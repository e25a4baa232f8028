"""The switch between words and photos: drawn where there are both, remembered, and chosen by a link."""

from streamlit.testing.v1 import AppTest


def page(kinds=("words", "photos")):  # AppTest copies this source into a module of its own, without our imports
    import streamlit as st

    from dashboard.common.kinds import kind_switch

    st.session_state["shown"] = kind_switch(st.container(), kinds)


def opened(*kinds: str, **session: str) -> AppTest:
    app = AppTest.from_function(page, args=(kinds,))
    for name, value in session.items():
        app.session_state[name] = value
    app.run()
    assert not app.exception
    return app


def test_words_are_shown_first_and_photos_once_chosen():
    app = opened("words", "photos")
    assert app.session_state["shown"] == "words"
    app.segmented_control(key="data-kind").set_value("photos").run()
    assert app.session_state["shown"] == "photos"
    assert app.run().session_state["shown"] == "photos"


def test_a_page_with_one_kind_shows_no_switch_and_forgets_no_choice():
    app = opened("words", **{"data-kind": "photos"})
    assert app.session_state["shown"] == "words"
    assert not app.segmented_control
    assert app.session_state["data-kind"] == "photos"


def test_a_page_without_anything_is_about_words():
    assert opened().session_state["shown"] == "words"


def test_a_link_chooses_once():
    app = AppTest.from_function(page)
    app.query_params["kind"] = "photos"
    app.run()
    assert app.session_state["shown"] == "photos"
    assert not app.warning
    app.segmented_control(key="data-kind").set_value("words").run()
    assert app.session_state["shown"] == "words"
