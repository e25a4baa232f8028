"""The main job of locators in a browser: photos come in, scenes are made, one learns from them and finds text."""

import io
import re
import zipfile

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Page, expect

from engine.config.scene_recipe import SCENE_PRESETS
from engine.jobs import State, list_jobs
from engine.synth import save_recipe
from engine.workspace import Workspace
from tests.e2e.test_main_job import MINUTE, go, wait_until
from tests.helpers.labs import Lab, lab  # noqa: F401  the fixture: what is left of its jobs dies with the test

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

PHOTOS, SCENES = 5, 20
TINY = {"width": 256, "height": 192, "text_height": (16, 40), "groups": (1, 3), "picture": 0.0, "distractors": (0, 2)}
expect.set_options(timeout=MINUTE)


def test_the_whole_job_of_a_locator(page: Page, workspace: Workspace, lab: Lab):  # noqa: F811  the fixture
    page.set_default_timeout(MINUTE)
    save_recipe(workspace, SCENE_PRESETS["street signs"].changed(**TINY), "tiny streets")
    bring_photos_in(page)
    preview_scenes(page)
    make_scenes(page)
    train(page)
    watch(page, workspace)
    find_text(page)


def bring_photos_in(page: Page) -> None:
    """Import labelled photos, of which one has a region whose outline crosses itself."""
    go(page, "Data")
    page.get_by_role("tab", name="Import", exact=True).click()
    page.get_by_text("Upload files", exact=True).click()
    page.locator("input[type=file]").set_input_files(
        {"name": "street.zip", "mimeType": "application/zip", "buffer": labelled_photos()}
    )
    expect(page.get_by_text(f"{PHOTOS} of {PHOTOS} photos come in")).to_be_visible()
    expect(page.get_by_text("1 region whose outline crosses itself")).to_be_visible()
    expect(page.get_by_role("img", name=re.compile(r"\.png, 1 region$")).first).to_be_visible()
    page.get_by_role("button", name=f"Import {PHOTOS} photos").click()
    expect(page.get_by_text(re.compile("finished$")).first).to_be_visible()


def preview_scenes(page: Page) -> None:
    """Choose a recipe of scenes, move a setting, and see six others."""
    page.get_by_role("tab", name="Make a dataset", exact=True).click()
    page.get_by_role("radio", name="Photos", exact=True).click()
    streets = other_scenes(page, [])  # a page that is drawn once more closes an open list
    page.get_by_role("combobox", name="Recipe").click()
    page.get_by_role("option", name="tiny streets (saved)").click()
    tiny = other_scenes(page, streets)
    page.get_by_role("slider", name="Tilt").press("End")
    expect(page.get_by_text("1 change", exact=True)).to_be_visible()
    other_scenes(page, tiny)


def other_scenes(page: Page, before: list[str]) -> list[str]:
    """Wait for six scenes that are not all as before, and return them; one without text stays as it is."""
    wait_until(lambda: len(scenes(page)) == 6 and set(scenes(page)) != set(before), seconds=60)
    return scenes(page)


def make_scenes(page: Page) -> None:
    images = page.get_by_role("spinbutton", name="Images")
    images.fill(str(SCENES))
    images.press("Enter")
    page.get_by_role("button", name=f"Generate {SCENES} photos").click()
    expect(page.get_by_text(f"{SCENES} photos", exact=False).first).to_be_visible(timeout=2 * MINUTE)
    expect(page.get_by_role("img", name=re.compile("^Photo ")).first).to_be_visible()


def train(page: Page) -> None:
    """Start a run of two steps of the smallest network."""
    page.get_by_role("button", name="Train on it").first.click()
    expect(page.get_by_text("Locator", exact=True).first).to_be_visible()
    page.get_by_text("More about the network", exact=True).click()
    lower(page, "Scale")
    side = page.get_by_role("spinbutton", name="Side (px)")
    side.fill("256")
    side.press("Enter")
    page.get_by_text("More about learning", exact=True).click()
    lower(page, "Crop (px)")
    epochs = page.get_by_role("spinbutton", name="Epochs", exact=True)
    epochs.fill("1")
    epochs.press("Enter")
    expect(page.get_by_text("4 changed from twenty minutes")).to_be_visible()
    page.get_by_role("button", name="Start on").click()


def lower(page: Page, name: str) -> None:
    """Lower a slider, and wait until the box beside it says so: a page that is being drawn may miss a key."""
    box, slider = page.get_by_role("spinbutton", name=name, exact=True), page.get_by_role("slider", name=name)
    before = box.input_value()

    def lowered() -> bool:
        slider.press("Home")
        page.wait_for_timeout(300)
        return box.input_value() != before

    wait_until(lowered, seconds=60)


def watch(page: Page, workspace: Workspace) -> None:
    expect(page.get_by_role("heading", name="Watch: is it learning?")).to_be_visible()
    wait_until(lambda: list_jobs(workspace, "runs")[0].state is State.finished, seconds=240)
    expect(page.get_by_role("img", name=re.compile("^Validation photo ")).first).to_be_visible()
    page.get_by_role("button", name="Find text with it").click()


def find_text(page: Page) -> None:
    """Drop a photo, which tells by its size what it is, and move the thresholds that its boxes are taken by."""
    page.locator("input[type=file]").set_input_files(
        {"name": "street.png", "mimeType": "image/png", "buffer": photo(0, (640, 480))}
    )
    picture = page.get_by_role("img", name=re.compile(r"^street\.png: \d+ words? found$"))
    expect(picture).to_be_visible()
    page.get_by_text("Thresholds", exact=True).click()
    page.get_by_role("slider", name="Box counts from").press("Home")
    for key, wanted in (("Home", r": [1-9]\d* words? found$"), ("End", ": 0 words found$")):
        page.get_by_role("slider", name="Pixel is text from").press(key)
        expect(page.get_by_role("img", name=re.compile(wanted))).to_be_visible()
    before = picture.get_attribute("src")
    page.get_by_role("slider", name="Text map").press("End")
    wait_until(lambda: picture.get_attribute("src") != before, seconds=30)


def scenes(page: Page) -> list[str]:
    """Return the addresses of the scenes of the preview, which change with their pixels."""
    return page.get_by_role("img", name=re.compile("^Scene ")).evaluate_all("all => all.map(image => image.src)")


def labelled_photos() -> bytes:
    """Return a zip file of photos with a sign each, outlined as ICDAR 2015 does; the last outline crosses itself."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as file:
        for number in range(PHOTOS):
            left, top, right, bottom = sign(number)
            corners = [(left, top), (right, top), (right, bottom), (left, bottom)]
            if number == PHOTOS - 1:
                corners = [corners[place] for place in (0, 2, 1, 3)]
            file.writestr(f"{number}.png", photo(number))
            file.writestr(f"gt_{number}.txt", ",".join(f"{x},{y}" for x, y in corners) + f",SIGN {number}\n")
    return packed.getvalue()


def sign(number: int) -> tuple[int, int, int, int]:
    return 40 + 10 * number, 60, 180 + 10 * number, 100


def photo(number: int, size: tuple[int, int] = (320, 240)) -> bytes:
    """Draw a sign on a wall."""
    image = Image.new("RGB", size, (90, 100 + 20 * number, 120))
    pen = ImageDraw.Draw(image)
    pen.rectangle(sign(number), fill="white")
    pen.text(sign(number)[:2], f" SIGN {number}", fill="black", font_size=28)
    content = io.BytesIO()
    image.save(content, "PNG")
    return content.getvalue()
