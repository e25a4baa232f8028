"""Cost of the Watch page: ten runs of 50,000 steps on one chart, each with a point at every step.

`python -m bench.watch [RUNS] [STEPS]` prints a table: the processor's time of a refresh after each run has gone on by a
step, then, with a real browser on a real server, bytes and processor time of a refresh while one run is live, and the
processor's share while none is. The runs are written here; nothing is trained.
"""

import json
import math
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import psutil
from playwright.sync_api import Page

from bench.browser import DESKTOP, Server, chromium, dashboard, settled
from bench.command import run
from dashboard.common.colours import OKABE_ITO
from dashboard.runs.charts import RunCurves, curves
from dashboard.runs.metrics import LOSS, WORD_ACCURACY, View
from engine.config.train import TrainConfig
from engine.evaluation.diagnosis import Frames
from engine.files import write_json
from engine.jobs import locks, paths, records
from engine.jobs.event_frames import EventLog
from engine.jobs.records import Exit, Heartbeat, JobRecord, ProcessRecord, Progress
from engine.workspace import Workspace, new_id

_REFRESHES = 20
_WATCHED = 20.0  # seconds
_EVERY = 5.0  # seconds between two drawings of the curves, as the page has it
_VALIDATIONS = 50


def main(runs: int = 10, steps: int = 50_000) -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as root:
        workspace = Workspace(Path(root))
        folders = [_write_run(workspace, number, steps) for number in range(runs)]
        print(f"{runs} runs of {steps:,} steps each")
        _computed(folders, steps)
        with dashboard(workspace) as server, chromium() as browser:
            page = browser.new_page(viewport={"width": DESKTOP[0], "height": DESKTOP[1]})
            address = f"{server.url}/watch?run={','.join(folder.name for folder in folders)}"
            _idle(page, server, address)
            with _alive(folders[-1]):
                _live(page, server, address, folders[-1], steps)


def _computed(folders: list[Path], steps: int) -> None:
    """Take the processor's time of what the server does for one refresh, in this process."""
    logs = [EventLog(folder / paths.EVENTS) for folder in folders]
    began = time.process_time()
    for log in logs:
        log.frames()
    _row("first reading of all events", 1000 * (time.process_time() - began), "ms")
    for name, view in (("a refresh", View()), ("a refresh, smoothed", View(smoothing=0.9))):
        took, size = [], 0
        for _ in range(_REFRESHES):
            steps += 1
            for folder in folders:
                _append(folder, _train(steps))
            began = time.process_time()
            size = _draw(logs, view)
            took.append(1000 * (time.process_time() - began))
        _row(f"{name}: read on, thin, draw two charts", statistics.median(took), "ms")
        _row(f"{name}: slowest of {_REFRESHES}", max(took), "ms")
        _row(f"{name}: both charts as sent", size / 1000, "kB")


def _draw(logs: list[EventLog], view: View) -> int:
    runs = [_curves(number, log.frames()) for number, log in enumerate(logs)]
    return sum(len(str(curves(runs, metric, view).to_json())) for metric in (LOSS, WORD_ACCURACY))


def _curves(number: int, frames: Frames) -> RunCurves:
    colour = OKABE_ITO[number % len(OKABE_ITO)]
    return RunCurves(str(number), f"run {number}", colour, frames["train"], frames["validation"])


def _idle(page: Page, server: Server, address: str) -> None:
    _open(page, address)
    own, browsers = _busy(server.pid), _busy(os.getpid())
    time.sleep(_WATCHED)
    _row("idle page: server's share of a core", 100 * (_busy(server.pid) - own) / _WATCHED, "%")
    both = _busy(os.getpid()) - browsers  # this process's children: the server and the browser
    _row("idle page: server's and browser's share", 100 * both / _WATCHED, "%")


def _live(page: Page, server: Server, address: str, run: Path, steps: int) -> None:
    received = [0]
    page.on("websocket", lambda socket: socket.on("framereceived", lambda frame: _count(received, frame)))
    _open(page, address)
    before, own, began = received[0], _busy(server.pid), time.monotonic()
    while time.monotonic() - began < _WATCHED:
        steps += 1
        _append(run, _train(steps))
        page.wait_for_timeout(500)
    refreshes = _WATCHED / _EVERY
    _row("one run live: bytes a refresh of the curves", (received[0] - before) / 1000 / refreshes, "kB")
    busy = _busy(server.pid) - own
    _row("one run live: server's time for all parts, in 5 s", 1000 * busy / refreshes, "ms")
    _row("one run live: server's share of a core", 100 * busy / _WATCHED, "%")


def _open(page: Page, address: str) -> None:
    page.goto(address)
    page.wait_for_selector(".js-plotly-plot")
    settled(page)
    page.wait_for_timeout(8000)  # what follows an opening: fonts, charts, the page's other scripts


def _count(received: list[int], frame: str | bytes) -> None:
    received[0] += len(frame)


def _busy(pid: int) -> float:
    """Return the seconds of processor time that a process and its living descendants have used."""
    process = psutil.Process(pid)
    return sum(sum(one.cpu_times()[:2]) for one in [process, *process.children(recursive=True)])


def _write_run(workspace: Workspace, number: int, steps: int) -> Path:
    folder = workspace.collection("runs") / new_id()
    folder.mkdir()
    record = JobRecord(id=folder.name, kind="train", name=f"run {number}", created=datetime.now(UTC), device="cpu")
    write_json(folder / paths.JOB, record.plain())
    write_json(folder / paths.CONFIG, TrainConfig.parse({"dataset": "0" * 26}).plain())
    write_json(folder / paths.EXIT, Exit(reason="finished", finished=datetime.now(UTC), seconds=steps / 3).plain())
    (folder / paths.LOCK).touch()
    events = [_train(step) for step in range(1, steps + 1)]
    events += [_validation(step) for step in range(steps // _VALIDATIONS, steps + 1, steps // _VALIDATIONS)]
    _append(folder, *sorted(events, key=lambda event: event["step"]))
    return folder


def _append(folder: Path, *events: dict) -> None:
    with (folder / paths.EVENTS).open("a") as file:
        file.writelines(json.dumps(event) + "\n" for event in events)


def _train(step: int) -> dict:
    loss = 3 * math.exp(-step / 8000) + 0.2 + 0.1 * math.sin(step)
    return {
        "kind": "train",
        "step": step,
        "seconds": step / 3,
        "epoch": step // 500,
        "loss": loss,
        "perplexity": math.exp(loss),
        "learning_rate": 1e-3,
        "images_per_second": 310.0,
        "waiting": 0.05,
        "cpu": 0.9,
        "memory_bytes": 10**9,
    }


def _validation(step: int) -> dict:
    accuracy = 0.8 * (1 - math.exp(-step / 9000))
    return {
        "kind": "validation",
        "step": step,
        "seconds": step / 3,
        "epoch": step // 500,
        "loss": 1.0,
        "perplexity": 2.7,
        "word_accuracy": accuracy,
        "cer": 1 - accuracy,
        "images": 500,
    }


@contextmanager
def _alive(folder: Path) -> Iterator[None]:
    """Make a run look as it does while its worker works."""
    (folder / paths.EXIT).unlink()
    lock = locks.take(folder / paths.LOCK)
    own, boot, now = records.identity(), records.boot_id(), time.monotonic()
    write_json(folder / paths.PROCESS, ProcessRecord(boot_id=boot, runner=own, worker=own).plain())
    write_json(folder / paths.HEARTBEAT, Heartbeat(boot_id=boot, monotonic=now, seconds=100.0).plain())
    write_json(folder / paths.PROGRESS, Progress(phase="training", boot_id=boot, monotonic=now).plain())
    try:
        yield
    finally:
        if lock is not None:
            os.close(lock)


def _row(what: str, figure: float, unit: str) -> None:
    print(f"{what:<52} {figure:8.1f} {unit}", flush=True)


if __name__ == "__main__":
    run(lambda: main(*map(int, sys.argv[1:])))
