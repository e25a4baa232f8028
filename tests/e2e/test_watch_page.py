"""The Watch page in a browser, over a live run's folder: what a refresh must leave alone, and the note when it ends."""

import json
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from engine.jobs import paths
from engine.workspace import Workspace
from tests.dashboard import folders

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

SECOND = 1000
REFRESH = 5 * SECOND  # from one drawing of the curves to the next
NOTES = """
window.notices = [];
window.Notification = class {
  constructor(title, about) { window.notices.push(`${title}: ${about.body}`); }
  static permission = "default";
  static requestPermission() { this.permission = "granted"; return Promise.resolve("granted"); }
};
"""


def test_a_zoom_outlives_refreshes_and_the_browser_tells_of_the_end(page: Page, workspace: Workspace):
    run = folders.run(workspace, "watched", None, folders.dataset(workspace).id)
    page.add_init_script(NOTES)
    page.reload()
    with folders.alive(run):
        page.get_by_role("link", name="Watch", exact=True).click()
        page.get_by_role("button", name="Tell me when a run ends").click()
        expect(page.get_by_role("button", name="Tells you when a run ends")).to_be_visible()
        assert page.url.endswith(f"run={run.id}")
        zoom(page)
        seen = drawn(page)
        assert seen["range"][0] > 0
        go_on(run)
        wait_until(page, lambda now: now["label"] != seen["label"])
        assert drawn(page)["range"] == pytest.approx(seen["range"])
    (run.folder / paths.EXIT).write_text('{"reason": "finished", "finished": "2026-01-01T00:00:00Z"}')
    page.wait_for_function("window.notices.length == 1", timeout=15 * SECOND)
    assert page.evaluate("window.notices") == ["watched: finished"]
    expect(page.get_by_role("button", name="Tells you when a run ends")).to_be_hidden()


def test_a_drag_outlives_refreshes(page: Page, workspace: Workspace):
    run = folders.run(workspace, "watched", None, folders.dataset(workspace).id)
    with folders.alive(run):
        page.get_by_role("link", name="Watch", exact=True).click()
        page.locator(".js-plotly-plot[data-zoom]").first.wait_for()
        seen = drawn(page)
        zoom(page, meanwhile=lambda: (go_on(run), page.wait_for_timeout(REFRESH + SECOND)))
        assert drawn(page)["range"][0] > 0
        wait_until(page, lambda now: now["label"] != seen["label"])  # what came meanwhile is drawn once it ends
        assert drawn(page)["range"][0] > 0


def go_on(run: folders.Made) -> None:
    """Let a run come further."""
    with (run.folder / paths.EVENTS).open("a") as file:
        file.write(json.dumps({"kind": "validation", "step": 400, "loss": 0.2, "seconds": 200}) + "\n")


def zoom(page: Page, meanwhile: Callable[[], object] = lambda: None) -> None:
    """Draw a box over the middle of the first chart, and wait until the page knows."""
    plot = page.locator(".js-plotly-plot[data-zoom]").first
    plot.wait_for(timeout=30 * SECOND)
    box = plot.locator(".nsewdrag").first.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 0.3 * box["width"], box["y"] + 0.2 * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + 0.5 * box["width"], box["y"] + 0.6 * box["height"], steps=5)
    meanwhile()
    page.mouse.move(box["x"] + 0.6 * box["width"], box["y"] + 0.8 * box["height"], steps=5)
    page.mouse.up()
    page.wait_for_timeout(SECOND)


def drawn(page: Page) -> dict:
    """Return the part of the x axis that the first chart shows, and what its curve's end says, once it is drawn."""
    found = page.wait_for_function(
        "() => { const layout = document.querySelector('.js-plotly-plot')?.layout, end = layout?.annotations?.[0];"
        " return end && { range: layout.xaxis.range, label: end.text }; }"
    )
    return found.json_value()


def wait_until(page: Page, holds) -> None:
    deadline = time.monotonic() + 20
    while not holds(drawn(page)):
        assert time.monotonic() < deadline, "the chart did not change"
        page.wait_for_timeout(200)
