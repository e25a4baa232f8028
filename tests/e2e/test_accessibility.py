"""Every page of an empty workspace: no error in the console, no failed request, no serious finding of axe-core."""

import pytest
from playwright.sync_api import Browser, Page, expect

from bench.accessibility import PAGES, SCHEMES, findings
from bench.browser import Server, settled
from engine.workspace import Workspace
from tests.dashboard import folders
from tests.e2e.conftest import Opened

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]


def lasting_findings(page: Page) -> list[str]:
    """Return what is found three times: colours that fade in on a busy machine are not what people read."""
    found: list[str] = []
    for _ in range(3):
        found = findings(page)
        if not found:
            break
        page.wait_for_timeout(1000)
    return found


def test_each_page_opens_by_its_address_without_any_error_and_keeps_nobody_from_using_it(
    server: Server, opened: Opened
):
    found = {}
    for name in PAGES:
        page = opened(f"{server.url}/{name}")
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            settled(page)
            found[name or "home", scheme] = lasting_findings(page)
        expect(page).to_have_title(f"{(name or 'home').title()} · Glyphlab")
        page.reload()
        settled(page)
        page.close()
    assert not any(found.values()), found


def test_colours_in_captions_are_not_faded(browser: Browser, server: Server):
    context = browser.new_context()
    page = context.new_page()
    page.goto(server.url)
    settled(page)
    caption = page.get_by_test_id("stCaptionContainer").first
    assert caption.evaluate("one => getComputedStyle(one).opacity") == "1"
    context.close()


def test_chosen_values_are_read_on_the_accent_in_the_dark(browser: Browser, server: Server, workspace: Workspace):
    other, _ = folders.dataset(workspace, "other"), folders.dataset(workspace, "newest")
    context = browser.new_context(color_scheme="dark")
    page = context.new_page()
    page.goto(f"{server.url}/train?test_on={other.id}")
    tag = page.get_by_test_id("stMultiSelect").locator("[data-tag]").first
    assert tag.evaluate("one => getComputedStyle(one).color") == "rgb(15, 20, 22)"
    context.close()
