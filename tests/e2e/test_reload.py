"""F5 at ten moments of the work, in a browser: what was typed, chosen and dropped is there again."""

import io
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from bench.browser import settled
from engine.config.recipe_presets import PRESETS
from engine.synth import preview
from engine.workspace import Workspace
from tests.dashboard.labs import ScoredLab, scored_lab
from tests.helpers.sources import png, save_files

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

expect.set_options(timeout=60_000)  # a busy machine is no fault


@pytest.fixture
def lab(workspace: Workspace) -> ScoredLab:
    made = scored_lab(workspace)
    made.run("a reader", lambda _, truth: truth)
    save_files(
        workspace.imports / "mine",
        {"a.png": png(1), "b.png": png(2), "labels.csv": "image,label\na.png,one\nb.png,two\n"},
    )
    return made


def test_a_reload_at_any_of_ten_moments_loses_nothing(lab: ScoredLab, page: Page, tmp_path: Path):
    page.set_default_timeout(60_000)
    base = page.url.rstrip("/")
    make_a_dataset(page, base)
    correct_labels(page, base, lab.dataset)
    bring_in(page, base)
    train(page, base)
    read(page, base, tmp_path)
    compare(page, base)


_TAKEN = 400  # ms in which the page has begun to run with what was typed; what is younger Streamlit drops


def typed(field: Locator, text: str) -> None:
    """Type into a field as people do, and press F5 as soon as the page stands still: Streamlit drops what waits."""
    settled(field.page)
    field.fill(text)
    field.press("Enter")
    field.page.wait_for_timeout(_TAKEN)
    settled(field.page)
    field.page.reload()
    settled(field.page)
    expect(field).to_have_value(text)


def make_a_dataset(page: Page, base: str) -> None:
    page.goto(f"{base}/data")
    slider = page.get_by_role("slider", name="Max length").first
    slider.focus()
    slider.press("ArrowLeft")
    expect(page.get_by_text("1 change", exact=True)).to_be_visible()
    page.reload()  # a recipe that is being tuned
    expect(page.get_by_text("1 change", exact=True)).to_be_visible()
    expect(page.get_by_text("Going on with your draft")).to_be_visible()
    typed(page.get_by_role("textbox", name="Name"), "tuned words")


def correct_labels(page: Page, base: str, dataset: str) -> None:
    page.goto(f"{base}/data?tab=datasets")
    page.get_by_role("button", name="Open", exact=True).click()
    typed(page.get_by_role("textbox", name="Label contains"), "abc")  # the dataset and its filter
    typed(page.get_by_role("textbox", name="Label of sample").first, "corrected")
    expect(page.get_by_text("1 label corrected")).to_be_visible()
    assert dataset in page.url


def bring_in(page: Page, base: str) -> None:
    page.goto(f"{base}/data?tab=import")
    page.get_by_role("combobox", name="Folder or zip file").click()
    page.get_by_role("option", name="mine").click()
    expect(page.get_by_text("2 of 2 images come in")).to_be_visible()
    typed(page.get_by_role("textbox", name="Name of the dataset"), "my crops")


def train(page: Page, base: str) -> None:
    page.goto(f"{base}/train")
    page.get_by_role("combobox", name="Preset").click()
    page.get_by_role("option", name="two minutes").click()
    expect(page.get_by_text("0 changed from two minutes")).to_be_visible()
    typed(page.get_by_role("textbox", name="Name of the run"), "my run")
    expect(page.get_by_text("0 changed from two minutes")).to_be_visible()
    page.get_by_role("link", name="Home", exact=True).click()
    expect(page.get_by_role("heading", name="Home: where am I?")).to_be_visible()
    page.get_by_role("link", name="Train", exact=True).click()
    expect(page.get_by_role("heading", name="Train: is this run worth starting?")).to_be_visible()
    page.reload()  # after another page was looked at
    expect(page.get_by_role("textbox", name="Name of the run")).to_have_value("my run")


def read(page: Page, base: str, folder: Path) -> None:
    (sample,) = preview(PRESETS["starter"], 1, seed=5)
    content = io.BytesIO()
    sample.image.save(content, "PNG")
    page.goto(f"{base}/read")
    page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(
        {"name": "word.png", "mimeType": "image/png", "buffer": content.getvalue()}
    )
    truth = page.get_by_role("textbox", name="What it really says")
    expect(truth).to_be_visible()
    page.reload()  # an image that was dropped
    typed(truth, "what it says")


def compare(page: Page, base: str) -> None:
    page.goto(f"{base}/compare")
    typed(page.get_by_role("textbox", name="Search", exact=True), "reader")
    page.get_by_role("tab", name="Settings").click()
    expect(page.get_by_role("tab", name="Settings")).to_have_attribute("aria-selected", "true")
    page.wait_for_timeout(_TAKEN)
    settled(page)
    page.reload()  # a view that was chosen
    expect(page.get_by_role("tab", name="Settings")).to_have_attribute("aria-selected", "true")
