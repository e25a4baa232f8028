"""Waiting time on Read: 20 images dropped at once, until each is read on its card.

`python -m bench.read [WORKSPACE]` prints the seconds from the drop to the last picture and the last strip drawn, in a
real browser, over several rounds; without a workspace it asks the starter reader alone. Each round draws new images, so
that nothing is cached of them.
"""

import time
from pathlib import Path

import psutil
from playwright.sync_api import FilePayload, Page, expect

from bench.browser import DESKTOP, Server, chromium, dashboard, settled
from bench.command import run_over_workspace
from engine.config.recipe_presets import PRESETS
from engine.images.encode import png_bytes
from engine.synth import preview
from engine.workspace import Workspace

IMAGES, _ROUNDS = 20, 5
_ANSWERED = """([count, last]) => {
  const strips = [...document.querySelectorAll('img[alt^="What the network saw"]')];
  const pictures = [...document.querySelectorAll(`img[alt^="${last}"]`)];
  return pictures.length === 1 && strips.length === count && [...strips, ...pictures].every((image) => image.complete);
}"""


def main(root: Path) -> None:
    """Print the seconds of each round over one workspace."""
    with dashboard(Workspace(root)) as server, chromium() as browser:
        page = browser.new_page(viewport={"width": DESKTOP[0], "height": DESKTOP[1]})
        page.goto(server.url)
        settled(page)
        before = _computed(server)
        took = [_round(page, number) for number in range(_ROUNDS)]
        computed = (_computed(server) - before) / _ROUNDS
    again = f"{min(took[1:]):.2f} to {max(took[1:]):.2f} s"
    print(f"{IMAGES} images dropped at once: first time {took[0]:.2f} s, then {again}")
    print(f"the server computes {computed:.2f} s per round, the change of pages before each drop included")


def _computed(server: Server) -> float:
    """Return the seconds of processor time that the server and its children have used."""
    process = psutil.Process(server.pid)
    times = [one.cpu_times() for one in (process, *process.children(recursive=True))]
    return sum(each.user + each.system for each in times)


def _round(page: Page, number: int) -> float:
    """Drop images on a freshly opened page; return the seconds until all of them are read."""
    page.get_by_role("link", name="Home", exact=True).click()
    settled(page)
    page.get_by_role("link", name="Read", exact=True).click()
    expect(page).to_have_title("Read · Glyphlab")
    settled(page)
    files = _files(number)
    began = time.perf_counter()
    page.locator("input[type=file]").set_input_files(files)
    # By selectors: finding pictures by their names again and again would cost the browser more than drawing them.
    page.wait_for_function(_ANSWERED, arg=[IMAGES, f"{files[-1]['name']}, "])
    return time.perf_counter() - began


def _files(seed: int) -> list[FilePayload]:
    return [
        {"name": f"word {seed}-{number}.png", "mimeType": "image/png", "buffer": png_bytes(sample.image)}
        for number, sample in enumerate(preview(PRESETS["starter"], IMAGES, seed))
    ]


if __name__ == "__main__":
    run_over_workspace(main)
