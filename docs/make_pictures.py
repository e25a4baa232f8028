"""Takes the pictures of the README from the running dashboard: every page, 1440 and 390 px wide, light and dark.

    python -m docs.make_pictures [--workspace FOLDER] [--real FOLDER]

Without a workspace it makes one, in three quarters of an hour: the quick start, an import of real crops if a folder of
them with labels is given, scenes and a locator that learned from them, and a second reader that still learns while the
pictures are taken. Pictures go to docs/pictures; nothing in them is drawn by hand.
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
from engine.config.generate import GenerateScenesConfig
from engine.config.importing import ImportConfig
from engine.config.locator_presets import LOCATOR_PRESETS
from engine.config.scene_recipe import SCENE_PRESETS
from engine.config.train import TrainLocatorConfig
from engine.datasets.scenes.dataset import open_scenes
from engine.jobs import launch, list_jobs, load_job
from engine.quick_start import quick_start, starter_run
from engine.workspace import Collection, Workspace

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
    """Make a dataset and a finished run by the quick start, import real crops, and bring a second run halfway."""
    dataset, first = quick_start(workspace)
    _wait(workspace, "runs", first)
    if real is not None:
        shutil.copytree(real, workspace.imports / real.name)
        config = ImportConfig(path=str(workspace.imports / real.name))
        _wait(workspace, "datasets", launch(workspace, "import", config, name="real crops"))
    _locator(workspace)
    faster = starter_run(dataset).changed(learning_rate=0.004)
    second = launch(workspace, "train", faster, name="faster steps")
    while (job := load_job(workspace, "runs", second)).state.live:
        if job.progress and job.progress.total and (job.progress.done or 0) > job.progress.total / 2:
            return
        time.sleep(2)


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
