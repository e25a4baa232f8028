"""Takes the pictures of the README from the running dashboard: every page, 1440 and 390 px wide, light and dark.

    python -m docs.make_pictures [--workspace FOLDER] [--real FOLDER]

Without a workspace it makes one, in three quarters of an hour: an import of real crops if a folder of them with labels
is given, a reader that learns from drawn words while the real ones are watched and one that starts from the starter,
and scenes with a locator that learned from them. Pictures go to docs/pictures; nothing in them is drawn by hand.
"""

import argparse
import io
import re
import shutil
import tempfile
import time
from pathlib import Path
from typing import Literal

from PIL import Image
from playwright.sync_api import Browser, Page

from bench.browser import DESKTOP, PHONE, Server, chromium, dashboard, settled
from bench.command import run
from engine.config.generate import GenerateConfig, GenerateScenesConfig
from engine.config.importing import ImportConfig
from engine.config.locator_presets import LOCATOR_PRESETS
from engine.config.presets import train_preset
from engine.config.recipe_presets import PRESETS
from engine.config.scene_recipe import SCENE_PRESETS
from engine.config.train import TrainConfig, TrainLocatorConfig
from engine.datasets.scenes.dataset import open_scenes
from engine.evaluation.starters import parent_network
from engine.images.encode import png_bytes
from engine.jobs import launch, list_jobs, load_job
from engine.synth import preview
from engine.workspace import STARTER, Collection, Workspace

PICTURES = Path(__file__).parent / "pictures"
PAGES = ("home", "data", "train", "watch", "read", "compare")
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


def main(arguments: list[str] | None = None) -> None:
    """Take all pictures over a workspace, or over one made for them."""
    parser = argparse.ArgumentParser(prog="python -m docs.make_pictures")
    parser.add_argument("--workspace", type=Path, help="one with a finished run")
    parser.add_argument("--real", type=Path, help="a folder of real crops with a labels.tsv, to be imported")
    options = parser.parse_args(arguments)
    PICTURES.mkdir(exist_ok=True)
    if options.workspace is not None:
        _take_all(Workspace(options.workspace.resolve()))
        return
    with tempfile.TemporaryDirectory() as made:
        workspace = Workspace(Path(made))
        with dashboard(workspace) as server, chromium() as browser:
            _take(browser, server, ("home",), "welcome")
        _fill(workspace, options.real)
        _take_all(workspace)
        for run in list_jobs(workspace, "runs"):
            _wait(workspace, "runs", run.id)


def _fill(workspace: Workspace, real: Path | None) -> None:
    """Make drawn words and import real ones, train two readers that are scored on both, and a locator."""
    drawn = GenerateConfig(recipe=PRESETS["TRDG words"], images=20_000)
    dataset = launch(workspace, "generate", drawn, name="TRDG words")
    _wait(workspace, "datasets", dataset)
    also: tuple[str, ...] = ()
    if real is not None:
        shutil.copytree(real, workspace.imports / real.name)
        config = ImportConfig(path=str(workspace.imports / real.name), use="testing")
        also = (launch(workspace, "import", config, name="real crops"),)
        _wait(workspace, "datasets", also[0])
    fresh = train_preset("five minutes", dataset).changed(watch_on=also, test_on=also)
    network = parent_network(workspace, TrainConfig, STARTER)
    started = fresh.changed(start_from=STARTER, reader={**fresh.reader.plain(), **network})
    for name, training in (("fresh", fresh), ("from the starter", started)):
        _wait(workspace, "runs", launch(workspace, "train", training, name=name))
    _locator(workspace)


def _locator(workspace: Workspace) -> None:
    """Make scenes, and a locator that learns from them for twenty minutes."""
    data = GenerateScenesConfig(recipe=SCENE_PRESETS["street signs"], images=120, validation=0.3, test=0.1)
    scenes = launch(workspace, "generate-scenes", data, name="streets")
    _wait(workspace, "datasets", scenes)
    config = TrainLocatorConfig.parse({**LOCATOR_PRESETS["twenty minutes"].values, "dataset": scenes})
    _wait(workspace, "runs", launch(workspace, "train-locator", config))


def _wait(workspace: Workspace, collection: Collection, id: str) -> None:
    while load_job(workspace, collection, id).state.live:
        time.sleep(2)


def _take_all(workspace: Workspace) -> None:
    with dashboard(workspace) as server, chromium() as browser:
        _take(browser, server, PAGES)
        _tour(browser, server)
        _labelling(browser, server)
        if any(job.kind == "train-locator" for job in list_jobs(workspace, "runs")):
            _photo_tour(browser, server, workspace)


def _take(browser: Browser, server: Server, pages: tuple[str, ...], name: str | None = None) -> None:
    for width, height in (DESKTOP, PHONE):
        for scheme in SCHEMES:
            context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
            page = context.new_page()
            for address in pages:
                _open(page, server, address)
                _save(page, PICTURES / f"{name or address}-{width}-{scheme}.png")
            context.close()


def _tour(browser: Browser, server: Server) -> None:
    """Walk through the Data page as a new user would."""
    page = browser.new_context(viewport={"width": DESKTOP[0], "height": DESKTOP[1]}, color_scheme="light").new_page()
    _open(page, server, "data")
    page.get_by_role("button", name=re.compile("^Enlarge ")).nth(3).click()
    _dialog(page, "tour-sample")
    page.get_by_role("tab", name="Look", exact=True).click()
    page.get_by_role("button", name=re.compile("Choose fonts")).click()
    _dialog(page, "tour-fonts")
    page.get_by_role("tab", name="Synthetic beside real", exact=True).click()
    page.get_by_text("samples drawn").wait_for()
    page.get_by_role("combobox", name="Real").click()
    page.get_by_role("option").filter(has_text="Dataset: ").first.click()
    page.get_by_text("What tells them apart").wait_for()
    _shoot(page, "tour-beside")
    page.get_by_role("tab", name="Datasets", exact=True).click()
    page.get_by_role("button", name="Open").filter(has_text="Open").first.click()
    page.get_by_text("Statistics", exact=True).click()
    _shoot(page, "tour-statistics")
    page.context.close()


def _labelling(browser: Browser, server: Server) -> None:
    """Drop images without labels, and label the first ones."""
    page = browser.new_context(viewport={"width": DESKTOP[0], "height": DESKTOP[1]}, color_scheme="light").new_page()
    _open(page, server, "read")
    crops = [png_bytes(sample.image) for sample in preview(PRESETS["number plates"], 12, seed=5)]
    files = [{"name": f"IMG_{4000 + n}.png", "mimeType": "image/png", "buffer": crop} for n, crop in enumerate(crops)]
    page.locator(".st-key-read-files input[type=file]").set_input_files(files)  # pyright: ignore[reportArgumentType]
    page.get_by_role("button", name="Label all 12").click()
    page.get_by_text("0 of 12 images labelled").wait_for()
    page.keyboard.press("Enter")
    page.get_by_text("1 of 12 images labelled").wait_for()
    _shoot(page, "tour-label")
    page.context.close()


def _photo_tour(browser: Browser, server: Server, workspace: Workspace) -> None:
    """Walk through what the pages show of whole photos and of a locator."""
    page = browser.new_context(viewport={"width": DESKTOP[0], "height": DESKTOP[1]}, color_scheme="light").new_page()
    _open(page, server, "data")
    page.get_by_role("radio", name="Photos", exact=True).click()
    page.get_by_role("img", name=re.compile("^Scene ")).nth(5).wait_for()
    _shoot(page, "tour-scenes")
    run = next(job for job in list_jobs(workspace, "runs") if job.kind == "train-locator")
    page.goto(f"{server.url}/watch?run={run.id}")
    page.get_by_role("img", name=re.compile("^Validation photo ")).first.wait_for()
    _shoot(page, "tour-locator")
    page.get_by_role("button", name="Find text with it").click()
    scenes = open_scenes(workspace.folder("datasets", run.config["dataset"]))
    full = max(scenes.numbers("test"), key=lambda number: len(scenes.regions(number)))
    page.locator("input[type=file]").set_input_files(
        {"name": "street.jpg", "mimeType": "image/jpeg", "buffer": scenes.image_bytes(full)}
    )
    page.get_by_role("img", name=re.compile(r"^street\.jpg: \d+ words? found$")).wait_for()
    _shoot(page, "tour-found")
    page.context.close()


def _dialog(page: Page, name: str) -> None:
    """Take a picture of a dialog that opens now, and close it."""
    page.get_by_role("dialog").wait_for()
    _shoot(page, name)
    page.keyboard.press("Escape")
    page.get_by_role("dialog").wait_for(state="detached")


def _shoot(page: Page, name: str) -> None:
    settled(page)
    page.wait_for_timeout(3000)  # pictures and charts fade in
    _save(page, PICTURES / f"{name}-{DESKTOP[0]}-light.png")


def _open(page: Page, server: Server, name: str) -> None:
    page.goto(f"{server.url}/{'' if name == 'home' else name}")
    page.get_by_role("heading").first.wait_for()
    settled(page)
    page.wait_for_timeout(1500)  # charts and images fade in


def _save(page: Page, path: Path) -> None:
    with Image.open(io.BytesIO(page.screenshot())) as shot:
        shot.convert("RGB").save(path, optimize=True)
    print(path.name, flush=True)


if __name__ == "__main__":
    run(main)
