"""Links and Back work from a page's own address, and below a path; that each page opens so, test_accessibility says."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from bench.browser import Server, dashboard, settled
from engine.workspace import Workspace
from tests.dashboard import folders
from tests.e2e.conftest import Opened

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]


def test_links_and_back_work_from_a_bookmarked_run(workspace: Workspace, server: Server, opened: Opened):
    first = folders.run(workspace, "first").id
    folders.run(workspace, "second")
    page = opened(f"{server.url}/watch?run={first}")
    settled(page)
    expect(page).to_have_url(f"{server.url}/watch?run={first}")
    page.get_by_role("link", name="Data", exact=True).click()
    expect(page).to_have_title("Data · Glyphlab")
    expect(page).to_have_url(f"{server.url}/data")
    page.go_back()
    expect(page).to_have_title("Watch · Glyphlab")
    expect(page).to_have_url(f"{server.url}/watch?run={first}")


@pytest.fixture
def below(workspace: Workspace) -> Iterator[Server]:
    """A server whose pages lie below `/lab`, as behind another server."""
    with dashboard(workspace, "--server.baseUrlPath", "lab") as running:
        yield running


def test_pages_open_below_a_path(below: Server, opened: Opened):
    page = opened(f"{below.url}/lab/train")
    settled(page)
    page.get_by_role("link", name="Home", exact=True).click()
    expect(page).to_have_title("Home · Glyphlab")
    expect(page).to_have_url(f"{below.url}/lab/")
