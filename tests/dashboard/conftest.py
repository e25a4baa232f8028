"""Pages in a headless Streamlit, opened from the entry point as users open them."""

import html
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest

from engine.location import bundle
from engine.workspace import Workspace

APP = Path(__file__).parents[2] / "dashboard" / "shell.py"
FOREIGN = "![](http://evil.test/x.png)"
"""A name that would be a picture of another site where a page took it for Markdown."""
_RENDERED = {"body", "caption", "captions", "content", "help", "label", "options", "text", "title"}
_PLAIN = {("MultiSelect", "options"), ("Selectbox", "options"), ("Text", "body")}
PAGES = ("home", "data", "train", "watch", "read", "compare")

Open = Callable[[str], AppTest]


@pytest.fixture(scope="session", autouse=True)
def packages_are_scanned_once() -> Iterator[None]:
    """Have Streamlit look for components among the installed packages once, not for each page that is opened."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifest_scanner, "scan_component_manifests", cache(manifest_scanner.scan_component_manifests))
        yield


@pytest.fixture
def open_page(workspace: Workspace) -> Iterator[Open]:
    """Return a function that opens a page by its name, over the test's workspace."""

    def opened(name: str) -> AppTest:
        app = AppTest.from_file(str(APP), default_timeout=60)
        app = (app if name == "home" else app.switch_page(f"app_pages/{name}.py")).run()
        assert not app.exception
        return app

    yield opened
    st.cache_data.clear()
    st.cache_resource.clear()


@pytest.fixture
def no_starter_locator(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Take the starter locator away, so that those of the test stand alone."""
    monkeypatch.setattr(bundle, "LOCATOR_STARTER_FOLDER", tmp_path / "no starter")


def said(app: AppTest) -> str:
    """Return the words of a page as people see them: no directive, emphasis, icon or entity of Markdown is left."""
    return visible_words(markup(app))


def markup(app: AppTest) -> str:
    """Return a page's text as Streamlit gets it: headings, text, captions, faults and the labels of buttons."""
    kinds = (app.title, app.subheader, app.markdown, app.caption, app.error, app.text, app.code)
    words = [str(element.value) for kind in kinds for element in kind]
    bars = [bar.proto.text for bar in app.get("progress")]
    return "\n".join([*words, *bars, *(button.label for button in app.button)])


def rendered(app: AppTest) -> str:
    """Return all that a page has Streamlit render as Markdown: texts, labels, helps, titles and options, too."""
    return "\n".join(text for node in app.main if node.proto for text in _markdown(node.proto))


def _markdown(message: Any) -> Iterator[str]:
    for field, value in message.ListFields():
        if field.type == field.TYPE_MESSAGE:
            for inner in [value] if hasattr(value, "ListFields") else value:
                yield from _markdown(inner) if hasattr(inner, "ListFields") else ()
        elif field.name in _RENDERED and (message.DESCRIPTOR.name, field.name) not in _PLAIN:
            yield from [value] if isinstance(value, str) else value


def visible_words(markdown: str) -> str:
    """Return the words of Markdown as Streamlit shows it."""
    text = re.sub(r":material/\w+:|\u2060", "", markdown)
    before = ""
    while text != before:  # directives lie within each other
        before, text = text, re.sub(r":[a-z-]+\[([^\[\]]*)\](\{[^}]*\})?", r"\1", text)
    return html.unescape(re.sub(r"^#+ |\*\*|~~|(?<!\w)\*(?=\w)|(?<=\w)\*(?!\w)", "", text, flags=re.MULTILINE))
