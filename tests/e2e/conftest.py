"""A real browser on a real server, and the gate that every browser test passes through."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, Page, Request, Response

from bench.browser import DESKTOP, HOST, NoBrowser, Server, chromium, dashboard
from engine.workspace import Workspace

Opened = Callable[[str], Page]
_LEFT = "net::ERR_ABORTED"  # the page went on before an answer came


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    try:
        with chromium() as running:
            yield running
    except NoBrowser as missing:
        if os.environ.get("CI") == "true":  # what is not tested there is tested nowhere
            pytest.fail(str(missing))
        pytest.skip(str(missing))


@dataclass
class Gate:
    """Notes each error a page reports, each request for what is not there, and each to another machine: all faults."""

    faults: list[str] = field(default_factory=list)

    def guard(self, page: Page) -> None:
        page.on("console", lambda message: self._note(message.type == "error", message.text))
        page.on("pageerror", lambda error: self._note(True, str(error)))
        page.on("request", self._request)
        page.on("requestfailed", lambda request: self._note(request.failure != _LEFT, f"no answer for {request.url}"))
        page.on("response", self._response)

    def _request(self, request: Request) -> None:
        local = request.url.startswith((f"http://{HOST}:", f"ws://{HOST}:", "data:", "blob:"))
        self._note(not local, f"asked for {request.url}")

    def _response(self, response: Response) -> None:
        self._note(response.status >= 400, f"{response.status} for {response.url}")

    def _note(self, wrong: bool, words: str) -> None:
        if wrong:
            self.faults.append(words)


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """A workspace that the tests of a file share, empty at first; also for children that look it up by environment."""
    root = tmp_path_factory.mktemp("e2e") / "artifacts"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GLYPHLAB_WORKSPACE", str(root))
        yield Workspace(root)


@pytest.fixture(scope="module")
def server(workspace: Workspace) -> Iterator[Server]:
    """The dashboard of the workspace, which the tests of a file share: it takes seconds to start."""
    with dashboard(workspace) as running:
        yield running


@pytest.fixture
def opened(browser: Browser) -> Iterator[Opened]:
    """Return a function that opens an address on a desktop's screen; the test fails if any page broke the gate."""
    gate = Gate()
    context = browser.new_context(viewport={"width": DESKTOP[0], "height": DESKTOP[1]})

    def open_page(address: str) -> Page:
        page = context.new_page()
        page.set_default_timeout(30_000)
        gate.guard(page)
        page.goto(address)
        return page

    yield open_page
    context.close()
    assert not gate.faults, gate.faults


@pytest.fixture
def page(server: Server, opened: Opened) -> Page:
    """Home on a desktop's screen."""
    return opened(server.url)
