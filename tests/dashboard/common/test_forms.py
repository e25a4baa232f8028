"""Forms over a reload: a second session over the same workspace shows what the first typed, and says so quietly."""

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.common.forms import keys, plain, unplain


@pytest.mark.parametrize(
    "value", [1, 0.5, "a", None, True, [], ["a", 1], (2, 5), (0.1, 0.2), {"a": (1, 2), "b": [3]}, [(1, 2)]]
)
def test_what_inputs_hold_comes_back_with_its_type(value: Any):
    back = unplain(plain(value))
    assert (back, type(back)) == (value, type(value))


@pytest.mark.parametrize(
    ("key", "held"),
    [("name", True), ("train.a.b", True), ("train.a.b-switch", False), ("train.x-out", False), ("names", False)],
)
def test_a_form_holds_its_inputs_and_no_buttons(key: str, held: bool):
    assert keys("name", starts=("train.",), but=("-out",))(key) is held


def page() -> None:
    """A page with one form, as the shell runs it."""
    import streamlit as st

    from dashboard.caches.files import workspace
    from dashboard.common.forms import Form, end_form, form_line, kept_forms, keys, open_form

    form = Form("probe", keys("name", starts=("probe.",)), asked=("like",))
    with kept_forms(workspace()):
        open_form(workspace(), form)
        form_line(workspace(), form)
        kind = st.selectbox("Kind", ["a", "b"], key="probe.kind", persist_state="session")
        st.text_input("Name", f"of {kind}", key="name", persist_state="session")
        st.slider("Ends", 0, 10, (0, 10), key=f"probe.{kind}.ends", persist_state="session")
        if st.button("Start", key="start"):
            end_form(workspace(), form)
        if st.session_state.get("probe.kind") == "b" and st.session_state["name"] == "broken":
            raise RuntimeError("a page of another version")


@pytest.fixture
def opened(workspace: Any) -> Any:
    def run(**asked: str) -> AppTest:
        app = AppTest.from_function(page, default_timeout=30)
        for name, value in asked.items():
            app.query_params[name] = value
        app.run()
        assert not app.exception
        return app

    return run


def held(app: AppTest) -> tuple[Any, ...]:
    kind = app.selectbox(key="probe.kind").value
    return kind, app.text_input(key="name").value, tuple(app.slider(key=f"probe.{kind}.ends").value)


def lines(app: AppTest) -> str:
    return " ".join(caption.value for caption in app.caption)


def press(app: AppTest, label: str) -> None:
    next(button for button in app.button if button.label == label).click().run()


def test_a_form_is_kept_offered_put_aside_taken_up_and_ended(opened: Any, workspace: Any):
    first = opened()
    assert not list(workspace.drafts.glob("*.json"))
    assert not first.button(key="start").value
    first.selectbox(key="probe.kind").set_value("b").run()
    first.text_input(key="name").set_value("mine").run()
    first.slider(key="probe.b.ends").set_range(2, 5).run()
    typed = ("b", "mine", (2, 5))
    again = opened()
    assert held(again) == typed
    assert "Going on with your draft of" in lines(again)
    press(again, "Start afresh")
    assert held(again) == ("a", "of a", (0, 10))
    assert not lines(again)
    assert held(opened()) == ("a", "of a", (0, 10))
    press(again, "Go on with it")
    assert held(again) == typed
    assert held(opened(like="that")) == ("a", "of a", (0, 10))
    again.button(key="start").click().run()
    assert held(again) == typed
    assert held(opened()) == ("a", "of a", (0, 10))


def test_two_tabs_keep_what_each_typed_and_the_address_tells_them_apart(opened: Any):
    first = opened()
    first.text_input(key="name").set_value("begun").run()
    second = opened()
    second.text_input(key="name").set_value("second").run()
    first.text_input(key="name").set_value("first").run()
    assert "Another tab went on" in lines(first)
    assert "Another tab" not in lines(second)
    for tab, name in ((first, "first"), (second, "second")):
        assert held(opened(draft=str(tab.query_params["draft"])))[1] == name


def test_a_draft_with_which_a_page_fails_is_put_aside(opened: Any, workspace: Any):
    first = opened()
    first.text_input(key="name").set_value("broken").run()
    first.selectbox(key="probe.kind").set_value("b").run()
    assert first.exception
    assert held(opened()) == ("a", "of a", (0, 10))
    assert held(opened()) == ("a", "of a", (0, 10))
    assert len(list(workspace.drafts.glob("probe-*.json"))) == 1
