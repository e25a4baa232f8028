"""Findings of axe-core on each page, light and dark: `python -m bench.accessibility [--workspace FOLDER]`.

Opens every page in Chromium and prints what axe-core (its rules stand in WCAG 2.2) calls serious or critical, of which
there should be nothing. A rule sees what is on the screen: dialogs and folded parts are
not opened.
"""

import argparse
import sys
from pathlib import Path
from typing import Literal

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from bench.browser import DESKTOP, chromium, dashboard, settled
from bench.command import run
from engine.workspace import Workspace

PAGES = ("", "data", "train", "watch", "read", "compare")
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
_GRAVE = {"serious", "critical"}
_FADED = 400  # ms until what fades in has its full colour
_LOOKS = 4
# Streamlit pales what a running script has not drawn again, and lets colours fade; spinners turn for ever.
_AT_REST = """() => !document.querySelector('[data-stale="true"]') && document.getAnimations().every(
    one => one.playState !== "running" || one.effect.getComputedTiming().endTime === Infinity)"""


def findings(page: Page) -> list[str]:
    """Return the serious findings on an open page: the rule, what it asks, and where it is broken.

    What is found is looked for again, as a busy machine takes its time to draw.
    """
    broken: list[str] = []
    for _ in range(_LOOKS):
        page.wait_for_timeout(_FADED)
        page.wait_for_function(_AT_REST)
        broken = [
            f"{rule['id']}: {rule['help']} ({len(rule['nodes'])} ×, as {rule['nodes'][0]['html'][:160]})"
            for rule in Axe().run(page).response["violations"]
            if rule["impact"] in _GRAVE
        ]
        if not broken:
            break
    return broken


def main(arguments: list[str] | None = None) -> int:
    """Print the findings of all pages, and return how many pages have some."""
    parser = argparse.ArgumentParser(prog="python -m bench.accessibility", description=__doc__)
    parser.add_argument("--workspace", type=Path, help="one with runs and datasets")
    options = parser.parse_args(arguments)
    workspace = Workspace(options.workspace.resolve()) if options.workspace else Workspace.default()
    failed = 0
    with dashboard(workspace) as server, chromium() as browser:
        for scheme in SCHEMES:
            context = browser.new_context(viewport={"width": DESKTOP[0], "height": DESKTOP[1]}, color_scheme=scheme)
            page = context.new_page()
            for name in PAGES:
                page.goto(f"{server.url}/{name}")
                settled(page)
                found = findings(page)
                failed += bool(found)
                said = f"{name or 'home'}, {scheme}: {len(found) or 'no'} serious findings"
                print(said, *found, sep="\n  ", flush=True)
            context.close()
    return failed


if __name__ == "__main__":
    run(lambda: sys.exit(main()))
