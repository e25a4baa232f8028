"""Takes the pictures of the README from the running dashboard: every page, 1440 and 390 px wide, light and dark.

    python -m docs.make_pictures [WORKSPACE]

Without a workspace it makes one, in a quarter of an hour: the quick start, then a second run that still learns while
the pictures are taken. Pictures go to docs/pictures; nothing in them is drawn by hand.
"""

import io
import sys
import tempfile
import time
from pathlib import Path
from typing import Literal

from PIL import Image
from playwright.sync_api import Browser, Page

from bench.browser import DESKTOP, PHONE, Server, chromium, dashboard, settled
from engine.errors import GlyphlabError
from engine.jobs import launch, list_jobs, load_job
from engine.quickstart import quick_start, starter_run
from engine.workspace import Collection, Workspace

PICTURES = Path(__file__).parent / "pictures"
PAGES = ("home", "data", "train", "watch", "read", "compare")
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


def main(root: Path | None) -> None:
    """Take all pictures over a workspace, or over one made for them."""
    PICTURES.mkdir(exist_ok=True)
    if root is not None:
        _take_all(Workspace(root))
        return
    with tempfile.TemporaryDirectory() as made:
        workspace = Workspace(Path(made))
        with dashboard(workspace) as server, chromium() as browser:
            _take(browser, server, ("home",), "welcome")
        _fill(workspace)
        _take_all(workspace)
        for run in list_jobs(workspace, "runs"):
            _wait(workspace, "runs", run.id)


def _fill(workspace: Workspace) -> None:
    """Make a dataset and a finished run by the quick start, and bring a second run halfway."""
    dataset, first = quick_start(workspace)
    _wait(workspace, "runs", first)
    faster = starter_run(dataset).changed(learning_rate=0.004)
    second = launch(workspace, "train", faster, name="faster steps")
    while (job := load_job(workspace, "runs", second)).state.live:
        if job.progress and job.progress.total and (job.progress.done or 0) > job.progress.total / 2:
            return
        time.sleep(2)


def _wait(workspace: Workspace, collection: Collection, id: str) -> None:
    while load_job(workspace, collection, id).state.live:
        time.sleep(2)


def _take_all(workspace: Workspace) -> None:
    with dashboard(workspace) as server, chromium() as browser:
        _take(browser, server, PAGES)


def _take(browser: Browser, server: Server, pages: tuple[str, ...], name: str | None = None) -> None:
    for width, height in (DESKTOP, PHONE):
        for scheme in SCHEMES:
            context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
            page = context.new_page()
            for address in pages:
                _open(page, server, address)
                _save(page, PICTURES / f"{name or address}-{width}-{scheme}.png")
            context.close()


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
    try:
        main(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
    except GlyphlabError as error:
        sys.exit(str(error))
