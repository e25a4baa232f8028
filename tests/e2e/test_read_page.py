"""Read in a browser: drop, paste, correct, keep, make a dataset of what was kept; a zip file into a table."""

import base64
import io
import json
import re
import zipfile

import numpy as np
import pytest
from fpdf import FPDF
from playwright.sync_api import Page, expect

from bench.browser import settled
from engine.config.recipe_presets import PRESETS
from engine.datasets.corrections import list_corrections
from engine.datasets.scenes.kept import list_kept_photos
from engine.jobs import list_jobs
from engine.sources.labelling import labels_of
from engine.synth import preview
from engine.workspace import Workspace
from tests.helpers.labs import Lab, lab  # noqa: F401  the fixture: what is left of its jobs dies with the test

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

MINUTE = 60_000
TRUTH = "What it really says"
EVIL = "<img src=x onerror=alert(1)>.png"
PASTE = """(data) => {
  const bytes = Uint8Array.from(atob(data), (character) => character.charCodeAt(0));
  const clipboardData = new DataTransfer();
  clipboardData.items.add(new File([bytes], "image.png", { type: "image/png" }));
  document.body.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
}"""
expect.set_options(timeout=MINUTE)


def words(count: int) -> list[bytes]:
    """Draw images of words as PNG files."""
    files = []
    for sample in preview(PRESETS["starter"], count, seed=11):
        buffer = io.BytesIO()
        sample.image.save(buffer, "PNG")
        files.append(buffer.getvalue())
    return files


def test_the_whole_read_page(page: Page, workspace: Workspace, lab: Lab):  # noqa: F811  the fixture
    page.on("dialog", lambda dialog: pytest.fail(dialog.message))
    page.get_by_role("link", name="Read", exact=True).click()
    expect(page).to_have_title("Read · Glyphlab")
    settled(page)  # a file dropped on a page that is still being built is lost with its first uploader
    drop_and_paste(page)
    correct(page, workspace)
    make_a_dataset(page)
    read_a_zip_file(page)
    label_by_keyboard(page, workspace)
    read_a_page(page, workspace)


def drop_and_paste(page: Page) -> None:
    first, second, third = words(3)
    page.locator("input[type=file]").set_input_files(
        [
            {"name": EVIL, "mimeType": "image/png", "buffer": first},
            {"name": "b.png", "mimeType": "image/png", "buffer": second},
        ]
    )
    truths = page.get_by_label(TRUTH)
    expect(truths).to_have_count(2)
    expect(page.get_by_role("img", name=f"{EVIL}, ")).to_be_visible()
    page.evaluate(PASTE, base64.b64encode(third).decode())
    expect(truths).to_have_count(3)


def correct(page: Page, workspace: Workspace) -> None:
    truth = page.get_by_label(TRUTH).nth(2)
    truth.fill("<b>&amp; *so*")
    truth.press("Enter")
    expect(page.get_by_text("kept as “")).to_contain_text("&amp; *so*”")
    expect(page.get_by_text(re.compile("CER .* %"))).to_be_visible()
    assert [kept.text for kept in list_corrections(workspace)] == ["<b>&amp; *so*"]


def make_a_dataset(page: Page) -> None:
    page.get_by_role("tab", name="Corrections").click()
    page.get_by_role("button", name="Make version 1").dblclick()
    expect(page.get_by_text("finished")).to_have_count(1)
    page.get_by_role("tab", name="Images").click()
    expect(page.get_by_label(TRUTH)).to_have_count(3)


def read_a_zip_file(page: Page) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for number, content in enumerate(words(5)):
            archive.writestr(f"{number}.png", content)
    page.get_by_role("tab", name="A folder or zip").click()
    page.get_by_role("radio", name="Upload files").click()
    page.locator(".st-key-read-source-file input[type=file]").set_input_files(
        {"name": "words.zip", "mimeType": "application/zip", "buffer": buffer.getvalue()}
    )
    page.get_by_role("button", name="Read all of them").click()
    expect(page.get_by_text("5 images", exact=False)).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="JSON").click()
    rows = json.loads(download.value.path().read_text())
    assert [row["image"] for row in rows] == [f"{number}.png" for number in range(5)]
    assert all(row["text"] and 0 < row["confidence"] <= 1 for row in rows)


def read_a_page(page: Page, workspace: Workspace) -> None:
    """Drop a PDF page of two blocks: boxes, text, a word by a click, another order, a file, a word drawn by hand."""
    page.get_by_role("tab", name="Images").click()
    pdf = FPDF(unit="pt")
    pdf.set_font("helvetica", size=24)
    pdf.add_page(format=(300, 300))
    for row, text in enumerate(("Winter comes again", "Summer storms will")):
        pdf.text(30, 60 + 40 * row, text)
    pdf.text(30, 240, "Autumn leaves")
    page.locator(".st-key-read-files input[type=file]").set_input_files(
        {"name": "scan.pdf", "mimeType": "application/pdf", "buffer": bytes(pdf.output())}
    )
    expect(page.get_by_role("img", name="scan.pdf: 8 words found")).to_be_visible()
    expect(page.get_by_text("Winter comes again")).to_be_visible()
    page.get_by_role("button", name=re.compile("^storms, ")).hover()
    expect(page.get_by_text(re.compile(r"^storms · \d"))).to_be_visible()
    page.get_by_role("button", name=re.compile("^storms, ")).click()
    expect(page.get_by_role("img", name=re.compile(r"^storms, \d+ by \d+ pixels$"))).to_be_visible()
    page.get_by_text("Order of reading").click()
    second = page.get_by_role("button", name=re.compile("^Block 2, read as number 2"))
    second.drag_to(page.get_by_role("button", name=re.compile("^Block 1, ")))
    expect(page.get_by_role("textbox", name="Order of blocks")).to_have_value("2 1")
    expect(page.get_by_role("img", name=re.compile(r"^storms, \d+ by \d+ pixels$"))).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download", exact=True).click()
    assert download.value.suggested_filename == "scan.txt"
    assert download.value.path().read_text().lower() == "autumn leaves\n\nwinter comes again\nsummer storms will\n"
    page.get_by_role("button", name=re.compile("^Block 2, read as number 1")).press("ArrowRight")
    expect(page.get_by_role("textbox", name="Order of blocks")).to_have_value("1 2")
    page.get_by_text("Draw a missed word").click()
    expect(page.locator("svg.drawing")).to_be_visible()
    photo = page.get_by_role("img", name="scan.pdf: 8 words found").bounding_box()
    assert photo
    corners = [(photo["x"] + share * photo["width"], photo["y"] + share * photo["height"]) for share in (0.5, 0.6)]
    page.mouse.move(*corners[0])
    page.mouse.down()
    page.mouse.move(*corners[1], steps=3)
    page.mouse.up()
    expect(page.get_by_role("img", name="scan.pdf: 9 words found")).to_be_visible()
    expect(page.get_by_text("kept as a scene: 9 words, 1 without a text")).to_be_visible()
    (kept,) = list_kept_photos(workspace)
    shares = kept.regions[-1].polygon / np.array(kept.size)
    assert np.abs(shares - [[0.5, 0.5], [0.6, 0.5], [0.6, 0.6], [0.5, 0.6]]).max() < 0.01


def label_by_keyboard(page: Page, workspace: Workspace) -> None:
    """Label the five images of the zip file without the mouse, and correct one in the table."""
    page.get_by_role("button", name="Label them").click()
    field, images = page.get_by_label("What it says"), page.locator(".st-key-card-label img")
    (transcript,) = list_jobs(workspace, "transcripts")

    def pressed(*keys: str) -> str:
        """Press keys, wait for the next image, and return the name of the one before."""
        before = str(images.get_attribute("alt"))
        for key in keys:
            page.keyboard.press(key)
        expect(images).not_to_have_attribute("alt", before)
        settled(page)
        return before.partition(",")[0]

    def said(image: str) -> tuple[str, str]:
        label = labels_of(transcript.folder)[image]
        return label.state, label.text

    expect(field).not_to_be_empty()
    page.get_by_role("radio", name="as they come").click()
    settled(page)
    read = field.input_value()
    assert said(pressed("Enter")) == ("right", read)
    page.keyboard.type("rc12")  # in place of what was read: neither a rerun nor a candidate
    expect(field).to_have_value("rc12")
    while ("typed", "rc12") not in map(said, labels_of(transcript.folder)):
        page.wait_for_timeout(100)
    page.reload()
    settled(page)
    expect(field).to_have_value("rc12")
    expect(page.get_by_text("Backspace corrects it")).to_be_visible()  # the hint comes with the keys that it tells
    assert said(pressed("Backspace", "Enter")) == ("right", "rc1")
    out = pressed("Delete")
    assert said(out)[0] == "out"
    pressed("ArrowUp")
    assert said(pressed("1"))[0] == "right"
    page.keyboard.press("Space")
    page.keyboard.type("12")  # figures, where a figure alone would take a candidate
    expect(field).to_have_value("12")
    page.get_by_role("radio", name="table").click()
    cell = page.locator("#glide-cell-1-0")
    expect(cell).to_be_attached()
    place = page.get_by_test_id("stDataFrame").bounding_box()
    assert place
    editor = page.locator("textarea.gdg-input")
    while not editor.count():  # a table that is drawn once more forgets that it was clicked
        page.mouse.dblclick(place["x"] + place["width"] * 0.35, place["y"] + 35 + 26)
        page.wait_for_timeout(500)
    editor.fill("typed over")
    editor.press("Enter")
    expect(page.get_by_text("of 5 images labelled")).to_be_visible()
    expect(cell).to_have_text("typed over")
    page.get_by_role("button", name="Keep 3 images").click()
    expect(page.get_by_role("button", name="Train on it")).to_be_visible()
    assert ("right", "typed over") in [(label.state, label.text) for label in labels_of(transcript.folder).values()]
