"""Time that pages take in a real browser, and memory of the dashboard's server.

`python -m bench.pages [WORKSPACE]` prints a table; without a workspace it opens an empty one. Times are what a person
waits: from the click to the page drawn whole, images and charts included, best of three after one to warm up.
"""

import time
from pathlib import Path

import psutil
from playwright.sync_api import Page, expect

from bench.browser import DESKTOP, Server, chromium, dashboard, settled
from bench.command import run_over_workspace, tell, timed
from engine.workspace import Workspace

PAGES = ("Home", "Data", "Train", "Watch", "Read", "Compare")
_ROUNDS = 3
_SAMPLES = "Sample that says"


def main(root: Path) -> None:
    """Print the table over one workspace."""
    with dashboard(Workspace(root)) as server, chromium() as browser:
        page = browser.new_page(viewport={"width": DESKTOP[0], "height": DESKTOP[1]})
        tell("Home painted, first visit to a fresh server", timed(lambda: _paint(page, server)))
        settled(page)
        tell("Home painted, opened again", min(timed(lambda: _paint(page, server)) for _ in range(_ROUNDS)))
        for name in PAGES:
            tell(f"{name}, first time", timed(lambda name=name: go(page, name)))
        for name in PAGES:
            tell(f"{name}, from another page", min(_changed(page, name) for _ in range(_ROUNDS)))
        tell("12 samples redrawn after a setting", min(_preview(page) for _ in range(_ROUNDS)))
        memory = psutil.Process(server.pid).memory_info().rss / 1e6
        print(f"{'memory of the server':<44} {memory:7.0f} MB")


def _paint(page: Page, server: Server) -> None:
    """Open Home and wait until its heading and its first card can be read."""
    page.goto(server.url)
    expect(page.get_by_role("heading").first).to_be_visible()
    expect(page.locator('[class*="st-key-card"]').first).to_be_visible()


def go(page: Page, name: str) -> None:
    """Change to a page by its link, and wait until it is drawn whole."""
    page.get_by_role("link", name=name, exact=True).click()
    expect(page).to_have_title(f"{name} · Glyphlab", timeout=30_000)  # many sessions at once are slow
    settled(page)


def _changed(page: Page, name: str) -> float:
    go(page, "Train" if name != "Train" else "Home")
    return timed(lambda: go(page, name))


def _preview(page: Page) -> float:
    """Move the height of the images by one notch; return the seconds until all twelve samples are other pictures."""
    go(page, "Data")
    page.get_by_role("tab", name="Look").click()
    slider = page.get_by_role("slider", name="Height")
    slider.focus()
    before = _sources(page)
    began = time.perf_counter()
    slider.press("ArrowRight")
    while len(set(_sources(page)) - set(before)) < len(before) or not _drawn(page):
        if time.perf_counter() - began > 30:
            raise RuntimeError("the samples did not change within half a minute")
        time.sleep(0.01)
    return time.perf_counter() - began


def _sources(page: Page) -> list[str]:
    return page.get_by_role("img", name=_SAMPLES).evaluate_all("all => all.map(image => image.src)")


def _drawn(page: Page) -> bool:
    return page.get_by_role("img", name=_SAMPLES).evaluate_all("all => all.every(image => image.complete)")


if __name__ == "__main__":
    run_over_workspace(main)
