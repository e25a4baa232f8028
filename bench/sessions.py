"""Is it still quick with many people at once? `python -m bench.sessions WORKSPACE [--sessions N] [--browsers]`.

Copies a workspace with a dataset and launches three runs on it (one learns, the others wait for their turn). Of so many
sessions one is a real browser, in which each page is opened once a round: timed from the click to the page drawn whole.
The others are people whose browsers are on machines of their own (bench/people.py): each changes pages every ten
seconds, and its live pages refresh. With `--browsers` all are real pages in one browser on this machine, which change
in turn; then most of the time is the browser's own work for twenty. Prints, too, how much of a core the server took
(the rest is browsers and learning), and its memory.
"""

import argparse
import contextlib
import functools
import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import psutil
from playwright.sync_api import Browser, Page

from bench import accessibility
from bench.browser import DESKTOP, Server, chromium, dashboard, settled
from bench.command import run, timed
from bench.pages import PAGES, go
from bench.people import crowd
from engine.config.presets import train_preset
from engine.errors import JobError
from engine.jobs import State, launch, list_jobs, load_job, stop
from engine.workspace import Workspace

_RUNS = 3
_MINUTES = 30.0  # longer than this takes
_PAUSE = 10.0  # seconds that each of the others stays on a page
_LOOK = 500  # ms before the next change in the browser here

Turn = tuple[Page, str]


def main(root: Path, sessions: int, rounds: int, browsers: bool) -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as temporary:
        workspace = Workspace(shutil.copytree(root, Path(temporary) / "workspace"))
        with _live_runs(workspace), dashboard(workspace) as server, chromium() as browser:
            pages = [_opened(browser, server) for _ in range(sessions if browsers else 1)]
            with crowd(server, sessions - len(pages), accessibility.PAGES, _PAUSE) as others:
                print(f"{sessions} sessions, {len(pages)} of them in the browser here; {_RUNS} live runs")
                _table(server, [_turns(pages, number) for number in range(rounds)], others)


def _opened(browser: Browser, server: Server) -> Page:
    """Open Home as somebody who was never here."""
    page = browser.new_context(viewport={"width": DESKTOP[0], "height": DESKTOP[1]}).new_page()
    page.goto(server.url)
    settled(page)
    return page


def _turns(pages: Sequence[Page], number: int) -> list[Turn]:
    """Return who opens which page in a round: a single browser all of them, of several each another one each round."""
    if len(pages) == 1:
        return [(pages[0], name) for name in (*PAGES[1:], PAGES[0])]
    return [(page, PAGES[(1 + place % (len(PAGES) - 1) + number) % len(PAGES)]) for place, page in enumerate(pages)]


def _table(server: Server, rounds: Sequence[Sequence[Turn]], others: list[float]) -> None:
    process = psutil.Process(server.pid)
    print(f"memory of the server after opening: {_megabytes(process):.0f} MB")
    print("| round | median | 95th percentile | slowest | others, from the server | server's share | its memory |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    process.cpu_percent()
    every: list[float] = []
    shares = []
    for number, turns in enumerate(rounds, 1):
        took = [_change(page, name) for page, name in turns]
        shares.append(process.cpu_percent())
        _row(str(number), took, others, shares[-1], process)
        every += took
    _row("all", every, others, statistics.mean(shares), process)


def _change(page: Page, name: str) -> float:
    seconds = timed(functools.partial(go, page, name))
    page.wait_for_timeout(_LOOK)
    return seconds


def _row(name: str, took: Sequence[float], others: Sequence[float], share: float, process: psutil.Process) -> None:
    seconds = [f"{figure:.2f} s" for figure in (statistics.median(took), _late(took), max(took))]
    waited = f"{_late(others):.2f} s" if others else ""
    print(f"| {' | '.join([name, *seconds, waited, f'{share:.0f} %', f'{_megabytes(process):.0f} MB'])} |", flush=True)


def _megabytes(process: psutil.Process) -> float:
    return process.memory_info().rss / 1e6


def _late(took: Sequence[float]) -> float:
    """Return the 95th percentile of what people waited."""
    return sorted(took)[min(len(took) - 1, round(0.95 * len(took)))]


@contextlib.contextmanager
def _live_runs(workspace: Workspace) -> Iterator[None]:
    """Keep three runs alive while the block runs. Raises JobError where there is no dataset to learn from."""
    datasets = [job for job in list_jobs(workspace, "datasets") if job.state is State.finished]
    if not datasets:
        raise JobError("The workspace has no finished dataset to train on. Give one that has.")
    config = train_preset("five minutes", datasets[0].id).changed(minutes=_MINUTES)
    runs = [launch(workspace, "train", config) for _ in range(_RUNS)]
    try:
        yield
    finally:
        for run in reversed(runs):
            stop(workspace, "runs", run)
        while any(load_job(workspace, "runs", run).state.live for run in runs):
            time.sleep(0.2)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m bench.sessions", description=__doc__)
    parser.add_argument("workspace", type=Path)
    parser.add_argument("--sessions", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--browsers", action="store_true", help="all sessions are real pages on this machine")
    options = parser.parse_args()
    run(lambda: main(options.workspace, options.sessions, options.rounds, options.browsers))
