"""A real browser on a real server, and the gate that every browser test passes through."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, Page, Request

from bench.browser import DESKTOP, HOST, NoBrowser, Server, chromium, dashboard
from engine.workspace import Workspace


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    try:
        with chromium() as running:
            yield running
    except NoBrowser as missing:
        pytest.skip(str(missing))


@dataclass
class Gate:
    """What a page must never do: report an error to the console, or ask another machine for anything."""

    faults: list[str] = field(default_factory=list)

    def guard(self, page: Page) -> None:
        page.on("console", lambda message: self._note(message.type == "error", message.text))
        page.on("pageerror", lambda error: self._note(True, str(error)))
        page.on("request", self._request)

    def _request(self, request: Request) -> None:
        local = request.url.startswith((f"http://{HOST}:", f"ws://{HOST}:", "data:", "blob:"))
        self._note(not local, f"asked for {request.url}")

    def _note(self, wrong: bool, words: str) -> None:
        if wrong:
            self.faults.append(words)


@pytest.fixture
def server(workspace: Workspace) -> Iterator[Server]:
    with dashboard(workspace) as running:
        yield running


@pytest.fixture
def page(browser: Browser, server: Server) -> Iterator[Page]:
    """Home on a desktop's screen; the test fails if any page broke the gate."""
    gate = Gate()
    context = browser.new_context(viewport={"width": DESKTOP[0], "height": DESKTOP[1]})
    opened = context.new_page()
    opened.set_default_timeout(30_000)
    gate.guard(opened)
    opened.goto(server.url)
    yield opened
    context.close()
    assert not gate.faults, gate.faults
