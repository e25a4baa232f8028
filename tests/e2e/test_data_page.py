"""The Data page in a browser: tune, mix, enlarge, save, bring images in, set them beside the recipe, take them out."""

import csv
import io
import re
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from engine.config.recipe import Recipe
from engine.config.recipe_presets import PRESETS
from engine.jobs import paths
from engine.synth import preview, saved_recipes
from engine.workspace import Workspace
from tests.e2e.test_main_job import MINUTE, go, sources, wait_until
from tests.helpers.labs import Lab, lab  # noqa: F401  the fixture: what is left of its jobs dies with the test

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

IMAGES = 12


def test_the_whole_data_page(page: Page, workspace: Workspace, lab: Lab, tmp_path: Path):  # noqa: F811  the fixture
    go(page, "Data")
    tune_and_mix(page)
    enlarge(page)
    save(page, workspace)
    bring_in(page)
    set_beside(page)
    take_out(page, tmp_path)


def test_the_sign_that_a_page_is_at_work_lies_beside_the_glossary(page: Page):
    go(page, "Data")
    page.get_by_text("Photos", exact=True).click()
    sign = page.get_by_test_id("stStatusWidget").bounding_box()  # waits for it
    glossary = page.locator(".st-key-glossary").bounding_box()
    assert sign
    assert glossary
    assert sign["x"] + sign["width"] <= glossary["x"]


def tune_and_mix(page: Page) -> None:
    first = sources(page)
    page.get_by_role("tab", name="Look", exact=True).click()
    slider = page.get_by_role("slider", name=re.compile("Skew"))
    slider.focus()
    for _ in range(4):
        slider.press("ArrowRight")
    expect(page.get_by_text("1 change", exact=True)).to_be_visible()
    wait_until(lambda: len(sources(page)) == 12 and sources(page) != first, seconds=30)
    page.get_by_role("tab", name="Text", exact=True).click()
    page.get_by_role("button", name="Add a text source").click()
    page.get_by_text("Dates and times of day", exact=True).click()
    expect(page.get_by_text("2 changes", exact=True)).to_be_visible()
    expect(page.get_by_text(re.compile(r"images/s$"))).to_be_visible()  # what will go wrong, and the cost


def enlarge(page: Page) -> None:
    page.get_by_role("button", name=re.compile("^Enlarge ")).first.click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("Where each character lies")).to_be_visible()
    expect(dialog.get_by_role("img", name="The mask of the sample")).to_be_visible()
    expect(dialog.get_by_text("Skew", exact=True)).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)


def save(page: Page, workspace: Workspace) -> None:
    page.get_by_role("button", name="Save", exact=False).first.click()
    form = page.get_by_test_id("stPopoverBody")
    name = form.get_by_label("Name")
    name.fill("tilted words and dates")
    name.press("Enter")
    form.get_by_role("button", name="Save").click()
    wait_until(
        lambda: [saved.name for saved in saved_recipes(workspace, Recipe)] == ["tilted words and dates"], seconds=30
    )
    expect(page.get_by_text("No changes", exact=True)).to_be_visible()
    page.keyboard.press("Escape")


def bring_in(page: Page) -> None:
    page.get_by_role("tab", name="Import", exact=True).click()
    page.get_by_text("Upload files", exact=True).click()
    page.locator("input[type=file]").set_input_files(
        {"name": "words.zip", "mimeType": "application/zip", "buffer": archive()}
    )
    expect(page.get_by_text(f"{IMAGES} of {IMAGES} images come in")).to_be_visible()
    page.get_by_role("button", name=f"Import {IMAGES} images").click()
    expect(page.get_by_text(re.compile("finished$")).first).to_be_visible(timeout=MINUTE)


def archive() -> bytes:
    """Return a zip file of images that say what their labels.csv says."""
    table, packed = io.StringIO(), io.BytesIO()
    writer = csv.writer(table)
    writer.writerow(["image", "label"])
    with zipfile.ZipFile(packed, "w") as file:
        for number, sample in enumerate(preview(PRESETS["clean print"], IMAGES, seed=5)):
            pixels = io.BytesIO()
            sample.image.save(pixels, "PNG")
            file.writestr(f"{number}.png", pixels.getvalue())
            writer.writerow([f"{number}.png", sample.label])
        file.writestr("labels.csv", table.getvalue())
    return packed.getvalue()


def set_beside(page: Page) -> None:
    page.get_by_role("tab", name="Synthetic beside real", exact=True).click()
    expect(page.get_by_text("60 samples drawn")).to_be_visible()
    page.get_by_role("combobox", name="Real").click()
    page.get_by_role("option").filter(has_text="Dataset: ").click()
    expect(page.get_by_text("What tells them apart, the farthest first")).to_be_visible()
    expect(page.get_by_text(re.compile("^1. .* distance"))).to_be_visible()


def take_out(page: Page, folder: Path) -> None:
    page.get_by_role("tab", name="Datasets", exact=True).click()
    page.get_by_role("button", name="Open").filter(has_text="Open").click()
    page.get_by_text("Export", exact=True).click()
    page.get_by_role("button", name=re.compile("^.*Export as PNG")).click()
    with page.expect_download() as waiting:
        page.get_by_role("button", name=re.compile("Download")).click()
    path = folder / paths.EXPORT_ARCHIVE
    waiting.value.save_as(path)
    with zipfile.ZipFile(path) as packed:
        tables = [name for name in packed.namelist() if name.endswith("labels.csv")]
        pictures = [name for name in packed.namelist() if name.endswith(".png")]
    assert tables
    assert len(pictures) == IMAGES
