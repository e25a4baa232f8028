"""The command that a page shows works on the page's own workspace, or says what it takes for that."""

import pytest
from streamlit.testing.v1 import AppTest

from engine.workspace import WORKSPACE_VARIABLE


def page() -> None:
    from dashboard.common.launch import same_command
    from engine.config.generate import GenerateConfig

    same_command("generate", GenerateConfig())


def test_a_command_says_where_its_workspace_has_to_be_named(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv(WORKSPACE_VARIABLE, "/elsewhere")
    app = AppTest.from_function(page).run(timeout=60)
    assert " -m engine generate" in app.code[0].value
    assert [note.value.startswith(f"Set {WORKSPACE_VARIABLE} first") for note in app.caption] == [True]
    monkeypatch.delenv(WORKSPACE_VARIABLE)
    assert not AppTest.from_function(page).run(timeout=60).caption
