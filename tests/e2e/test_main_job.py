"""The main job in a browser, as a person does it: tune, preview, generate, train, watch, read, compare."""

import io
import os
import re
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from bench.browser import ROOT, Server, dashboard
from engine.config.recipe_presets import PRESETS
from engine.jobs import State, list_jobs
from engine.synth import preview
from engine.workspace import Workspace
from tests.helpers import calls_out
from tests.helpers.labs import Lab, lab  # noqa: F401  the fixture: what is left of its jobs dies with the test

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]

MINUTE = 60_000
expect.set_options(timeout=MINUTE)  # how soon a page is there, bench.pages measures; a busy machine is no fault


@pytest.fixture
def server(workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """The dashboard under watch: neither it nor a job of its own may call another machine or look up a name."""
    if subprocess.run([*calls_out.through(tmp_path / "probe.txt"), "true"], cwd=ROOT).returncode:
        with dashboard(workspace) as running:  # this kernel lets nobody watch
            yield running
        return
    report, home = tmp_path / "calls.txt", tmp_path / "home"
    home.mkdir()
    for name in os.environ.keys() - (environment := calls_out.loud(home)).keys():
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", environment["HOME"])
    with dashboard(workspace, through=calls_out.through(report)) as running:
        yield running
    assert report.read_text(encoding="utf-8") == ""


def test_the_whole_main_job(page: Page, workspace: Workspace, lab: Lab):  # noqa: F811  the fixture
    expect(page.get_by_text("Train a reader in five minutes")).to_be_visible()
    tune_and_preview(page)
    generate(page)
    train(page)
    watch(page)
    wait_until(lambda: list_jobs(workspace, "runs")[0].state is State.finished, seconds=300)
    read(page)
    compare(page)


def tune_and_preview(page: Page) -> None:
    go(page, "Data")
    first = sources(page)
    page.get_by_role("tab", name="Look").click()
    slider = page.get_by_role("slider", name=re.compile("Skew"))
    slider.focus()
    for _ in range(6):
        slider.press("ArrowRight")
    expect(page.get_by_text("1 change", exact=True)).to_be_visible()
    wait_until(lambda: len(sources(page)) == 12 and sources(page) != first, seconds=30)


def generate(page: Page) -> None:
    images = page.get_by_role("spinbutton", name="Images")
    images.fill("600")
    images.press("Enter")
    page.get_by_role("button", name="Generate 600 images").dblclick()
    expect(page.get_by_text("600 images", exact=False).first).to_be_visible()
    expect(page.get_by_text("finished")).to_have_count(1, timeout=5 * MINUTE)
    expect(page.get_by_role("button", name="Train on it")).to_have_count(1)  # a double click made one dataset


def train(page: Page) -> None:
    page.get_by_role("button", name="Train on it").click()
    minutes = page.get_by_role("spinbutton", name="Minutes")
    minutes.fill("0.4")
    minutes.press("Enter")
    expect(page.get_by_text("1 changed from five minutes")).to_be_visible()
    page.get_by_role("button", name="Start on").click()


def watch(page: Page) -> None:
    expect(page.get_by_role("heading", name="Watch: is it learning?")).to_be_visible()
    wait_until(lambda: points(page) > 0, seconds=180)
    before = points(page)
    wait_until(lambda: points(page) > before, seconds=60)


def read(page: Page) -> None:
    go(page, "Read")
    (sample,) = preview(PRESETS["starter"], 1, seed=5)
    buffer = io.BytesIO()
    sample.image.save(buffer, "PNG")
    page.locator("input[type=file]").set_input_files(
        {"name": "word.png", "mimeType": "image/png", "buffer": buffer.getvalue()}
    )
    expect(page.get_by_role("img", name=re.compile("^word.png, "))).to_be_visible()
    # The samples shown before go away with the image's coming.
    expect(page.get_by_text(re.compile(r"^(.* sure|nothing was read) · .* ms$"))).to_have_count(1)
    expect(page.get_by_role("img", name=re.compile("^What the network saw"))).to_be_visible()


def compare(page: Page) -> None:
    go(page, "Compare")
    expect(page.get_by_text(re.compile(r"run 1 reads .* % .*of .* \(95 % interval"))).to_be_visible()
    expect(page.get_by_role("img", name=re.compile("^Reading time against word accuracy: run 1"))).to_be_visible()
    page.get_by_role("tab", name="Curves").click()
    wait_until(lambda: points(page) > 0, seconds=30)


def go(page: Page, name: str) -> None:
    page.get_by_role("link", name=name, exact=True).click()
    expect(page).to_have_title(f"{name} · Glyphlab")


def sources(page: Page) -> list[str]:
    """Return the addresses of the sample images, which change with their pixels."""
    return page.get_by_role("img", name="Sample that says").evaluate_all("all => all.map(image => image.src)")


def points(page: Page) -> int:
    """Return how many points the charts of the page show."""
    return page.evaluate(
        "() => [...document.querySelectorAll('.js-plotly-plot')]"
        ".flatMap(plot => (plot.calcdata ?? []).map(trace => trace.length)).reduce((a, b) => a + b, 0)"
    )


def wait_until(holds: Callable[[], bool], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.3)
