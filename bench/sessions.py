"""Is it still quick with many people at once? `python -m bench.sessions WORKSPACE [--sessions N] [--rounds N]`.

Copies a workspace with a dataset, launches three runs on it (one learns, the others wait for their turn), opens so many
browser sessions, and changes pages in one after the other, round after round, while all stay open and the live pages
refresh. Prints how long a page change takes, from the click to the page drawn whole, how much of a core the server took
meanwhile (the rest is browsers and learning), and its memory.
"""

import argparse
import functools
import itertools
import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from bench.browser import DESKTOP, chromium, dashboard, settled
from bench.command import run, timed
from bench.pages import PAGES, go
from engine.config.presets import train_preset
from engine.errors import JobError
from engine.jobs import State, launch, list_jobs, load_job, stop
from engine.workspace import Workspace

_RUNS = 3
_MINUTES = 30.0  # longer than this takes


def main(root: Path, sessions: int, rounds: int) -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as temporary:
        copy = shutil.copytree(root, Path(temporary) / "workspace")
        workspace = Workspace(copy)
        with _live_runs(workspace), dashboard(workspace) as server, chromium() as browser:
            process = psutil.Process(server.pid)
            pages = []
            for _ in range(sessions):
                context = browser.new_context(viewport={"width": DESKTOP[0], "height": DESKTOP[1]})
                page = context.new_page()
                page.goto(server.url)
                settled(page)
                pages.append(page)
            print(f"{sessions} sessions, {_RUNS} live runs; server after opening: {_megabytes(process)}")
            print("| round | median | 95th percentile | slowest | server's share of a core | its memory |")
            print("| --- | --- | --- | --- | --- | --- |")
            process.cpu_percent()
            names = itertools.cycle(PAGES)
            for number in range(1, rounds + 1):
                took = sorted(timed(functools.partial(go, page, next(names))) for page in pages)
                late = took[min(len(took) - 1, round(0.95 * len(took)))]
                print(
                    f"| {number} | {statistics.median(took):.2f} s | {late:.2f} s | {took[-1]:.2f} s | "
                    f"{process.cpu_percent():.0f} % | {_megabytes(process)} |",
                    flush=True,
                )
                next(names)  # so that each session meets another page in the next round


def _megabytes(process: psutil.Process) -> str:
    return f"{process.memory_info().rss / 1e6:,.0f} MB"


@contextmanager
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
    options = parser.parse_args()
    run(lambda: main(options.workspace, options.sessions, options.rounds))
