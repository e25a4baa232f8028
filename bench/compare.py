"""Compare over 2,000 runs: how long until the table can be read, on a fresh server and again.

`python -m bench.compare WORKSPACE` copies the newest finished run of a workspace 2,000 times (its scores, but not its
weights) into a folder for the bench, and prints a table. Times are what a person waits, in a real browser, until the
page is whole: the chart of what the two chosen runs scored is drawn, too, if the copied run was tested.
"""

import itertools
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import psutil
from playwright.sync_api import Page, expect

from bench.browser import DESKTOP, chromium, dashboard, settled
from bench.command import run, tell, timed
from engine.errors import JobError
from engine.files import read_json, write_json
from engine.jobs import Job, State, list_jobs, paths
from engine.workspace import Workspace, new_id

RUNS = 2000
_ROUNDS = 3
_CHOSEN = 2  # the newest, which Compare sets side by side unasked
_COPIED = (paths.EXIT, paths.PROGRESS, paths.SUMMARY, paths.EVENTS, paths.HEARTBEAT, paths.PROCESS)
_BATCHES, _RATES = (16, 32, 64, 128), (0.001, 0.002, 0.004)


def main(source: Path) -> None:
    """Print the table over copies of the newest finished run of `source`."""
    finished = [run for run in list_jobs(Workspace(source.resolve()), "runs") if run.state is State.finished]
    if not finished:
        raise JobError(f"{source.name!r} holds no finished run to copy. Train one, or name another workspace.")
    with tempfile.TemporaryDirectory() as made:
        workspace = Workspace(Path(made))
        _multiply(finished[0], workspace)
        tell(f"{RUNS:,} folders read for the first time", timed(lambda: list_jobs(workspace, "runs")))
        tell("the same again", min(timed(lambda: list_jobs(workspace, "runs")) for _ in range(_ROUNDS)))
        with dashboard(workspace) as server, chromium() as browser:
            page = browser.new_page(viewport={"width": DESKTOP[0], "height": DESKTOP[1]})
            tell("Compare, first view of a fresh server", timed(lambda: _open(page, f"{server.url}/compare")))
            tell("Compare, opened again", min(timed(lambda: _open(page, f"{server.url}/compare")) for _ in range(3)))
            tell("Compare, from another page", min(timed(_from_home(page)) for _ in range(_ROUNDS)))
            tell("a search typed", timed(lambda: _search(page, "run 1999")))
            memory = psutil.Process(server.pid).memory_info().rss / 1e6
            print(f"{'memory of the server':<44} {memory:7.0f} MB")


def _multiply(run: Job, workspace: Workspace) -> None:
    """Write the run's small files RUNS times, each under an id, a name and settings of its own."""
    job, config = read_json(run.folder / paths.JOB), read_json(run.folder / paths.CONFIG)
    settings = itertools.cycle(itertools.product(_BATCHES, _RATES))
    for number, (batch, rate) in zip(range(RUNS), settings, strict=False):
        id = new_id()
        folder = workspace.folder("runs", id)
        folder.mkdir()
        write_json(folder / paths.JOB, job | {"id": id, "name": f"run {number}"}, durable=False)
        write_json(folder / paths.CONFIG, config | {"batch": batch, "learning_rate": rate}, durable=False)
        (folder / paths.LOCK).touch()
        for name in _COPIED:
            if (run.folder / name).exists():
                shutil.copyfile(run.folder / name, folder / name)
        if number >= RUNS - _CHOSEN and (run.folder / paths.TESTS).exists():
            shutil.copytree(run.folder / paths.TESTS, folder / paths.TESTS)


def _open(page: Page, address: str) -> None:
    page.goto(address)
    _whole(page)


def _from_home(page: Page) -> Callable[[], None]:
    page.get_by_role("link", name="Home", exact=True).click()
    expect(page).to_have_title("Home · Glyphlab")
    settled(page)

    def go() -> None:
        page.get_by_role("link", name="Compare", exact=True).click()
        _whole(page)

    return go


def _whole(page: Page) -> None:
    """Wait until the table and what is said of the chosen runs can be read."""
    expect(page).to_have_title("Compare · Glyphlab")
    page.get_by_test_id("stDataFrame").first.wait_for()
    page.get_by_role("tab", name="Scores").wait_for()
    settled(page)


def _search(page: Page, text: str) -> None:
    page.get_by_placeholder("Search names").fill(text)
    page.get_by_text(f"1 of {RUNS:,} runs shown").wait_for()


if __name__ == "__main__":
    run(lambda: main(Path(sys.argv[1]) if len(sys.argv) > 1 else Workspace.default().root))
