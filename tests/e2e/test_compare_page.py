"""Compare in a browser: ticking, the address, deleting and taking back, and a report that opens without a network."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from bench.browser import settled
from engine.jobs import list_jobs
from engine.workspace import Workspace
from tests.dashboard.labs import ScoredLab, scored_lab

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

ROW = 36  # px a row of the table takes
expect.set_options(timeout=60_000)  # how soon a page is there, bench.compare measures; a busy machine is no fault


@pytest.fixture
def lab(workspace: Workspace) -> ScoredLab:
    made = scored_lab(workspace)
    made.run("worse", lambda place, truth: truth if place % 2 else f"x{truth[1:]}")
    made.run("better", lambda place, truth: truth)
    made.run("other", lambda place, truth: truth if place % 4 else "")
    return made


def test_runs_are_ticked_compared_linked_deleted_and_reported(lab: ScoredLab, page: Page, tmp_path: Path):
    other, better, worse = (run.id for run in list_jobs(lab.workspace, "runs"))
    page.get_by_role("link", name="Compare", exact=True).click()
    expect(page.get_by_text(re.compile("better reads 25.0 points more of words than other"))).to_be_visible()
    tick(page, 2)
    expect(page.get_by_text(re.compile("Best of 3"))).to_be_visible()
    tick(page, 0)
    expect(page.get_by_text(re.compile("better reads 50.0 points more of words than worse"))).to_be_visible()
    assert set(re.findall("[0-9a-z]{26}", page.url)) == {better, worse}
    with page.context.expect_page() as opened:
        page.evaluate("window.open(location.href)")
    expect(opened.value.get_by_text(re.compile("better reads 50.0 points more"))).to_be_visible()
    opened.value.close()
    page.get_by_role("tab", name="Better and worse").click()
    expect(page.get_by_role("img", name=re.compile("^Sample .*, which says aaa$"))).to_be_visible()
    report(page, tmp_path / "comparison.html")
    delete_and_undo(lab, page)
    assert {run.id for run in list_jobs(lab.workspace, "runs")} == {better, worse, other}


def tick(page: Page, row: int) -> None:
    """Click the box of a row; the grid is a canvas, its boxes lie at the left edge."""
    settled(page)
    page.get_by_test_id("stDataFrame").first.click(position={"x": 16, "y": ROW * (row + 1) + ROW / 2})
    expect(page.get_by_role("button", name="Search: Runs")).to_be_visible()
    expect(page.get_by_label("Download as CSV")).to_be_hidden()  # it has no guard against formulas
    settled(page)


def report(page: Page, path: Path) -> None:
    """Take the report and open it where there is no network at all."""
    page.get_by_role("button", name="Report").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="HTML, with plots and pictures").click()
    download.value.save_as(path)
    page.keyboard.press("Escape")
    assert page.context.browser is not None
    alone = page.context.browser.new_context(offline=True, java_script_enabled=False)
    opened, asked = alone.new_page(), []
    opened.on("request", lambda request: asked.append(request.url))
    opened.goto(path.as_uri())
    expect(opened.get_by_role("img", name="Word accuracy with 95 % intervals")).to_be_visible()
    width = "image => image.naturalWidth"
    assert opened.get_by_role("img", name="aaa", exact=True).evaluate(width) > 0
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    alone.close()


def delete_and_undo(lab: ScoredLab, page: Page) -> None:
    page.get_by_role("button", name="Delete").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete", exact=True).click()
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    assert len(list_jobs(lab.workspace, "runs")) == 1
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("button", name="Undo")).not_to_be_visible()
