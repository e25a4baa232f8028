"""Sending past runs to a real MLflow server: `python -m bench.mlflow [--runs 100] [--points 1000] [--figures 1]`.

Makes an environment of its own and installs MLflow into it (or takes one that has it, by `--python`), starts its server
on this machine, writes the folders of so many runs with so many points each, sends all of them, and then once more. A
point is a step with `--figures` figures. Asked: 100 runs of 1,000 points within 60 s, and a second call that adds
nothing. What the server has in the end is counted by its own interface.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import requests

from bench.browser import HOST, free_port
from bench.command import run, tell
from engine.config.train import TrainConfig
from engine.files import write_json
from engine.jobs import list_jobs, paths
from engine.jobs.events import EventWriter
from engine.jobs.records import Exit, JobRecord
from engine.tracking.send import send_runs
from engine.workspace import Workspace, new_id

_MLFLOW = "mlflow==3.17.2"
_QUIET = {  # no calls home, and no second server for jobs, whose start takes longer than all runs do
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "DO_NOT_TRACK": "true",
    "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
}
_START = 120.0  # seconds that the server has to start
_STEP = 0.5  # seconds of work between two points


def main() -> None:
    """Print the seconds of both calls, and what the server has."""
    parser = argparse.ArgumentParser(prog="python -m bench.mlflow", description=__doc__)
    parser.add_argument("--runs", type=int, default=100)
    parser.add_argument("--points", type=int, default=1000)
    parser.add_argument("--figures", type=int, default=1)
    parser.add_argument("--python", type=Path, help="of an environment that has MLflow")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        python = given.python or _environment(Path(folder) / "environment")
        workspace = Workspace(Path(folder) / "artifacts")
        for number in range(given.runs):
            write_run(workspace, number, given.points, given.figures)
        with _server(python, Path(folder)) as address:
            for what in ("first", "second"):
                began = time.perf_counter()
                sent = send_runs(workspace, list_jobs(workspace, "runs"), address, "bench")
                tell(f"{what} call: {sent.created} new runs, {sent.points:,} figures", time.perf_counter() - began)
            print(f"the server has {count_figures(address):,} figures in its newest run")


def write_run(workspace: Workspace, number: int, points: int, figures: int) -> None:
    """Write the folder of a finished run whose curve has so many points."""
    id, ended = new_id(), datetime.now(UTC)
    folder = workspace.collection("runs") / id
    folder.mkdir()
    began = ended - timedelta(seconds=points * _STEP)
    job = JobRecord(id=id, number=number + 1, kind="train", name=f"run {number + 1}", created=began, device="cpu")
    write_json(folder / paths.JOB, job.plain(), durable=False)
    write_json(folder / paths.CONFIG, TrainConfig(dataset="0" * 26, seed=number).plain(), durable=False)
    writer = EventWriter(folder / paths.EVENTS)
    for step in range(1, points + 1):
        values = {f"loss {place}" if place else "loss": 3 / (step + place) for place in range(figures)}
        writer.append({"kind": "train", "step": step, "seconds": step * _STEP, **values})
    writer.close()
    write_json(folder / paths.EXIT, Exit(reason="finished", finished=ended, seconds=points * _STEP).plain())
    (folder / paths.LOCK).touch()


def count_figures(address: str) -> int:
    """Return how many points of the loss the server has of its newest run."""
    api = f"{address}/api/2.0/mlflow"
    found = requests.get(f"{api}/experiments/get-by-name", params={"experiment_name": "bench"}, timeout=60).json()
    wanted = {"experiment_ids": [found["experiment"]["experiment_id"]], "max_results": 1}
    newest = requests.post(f"{api}/runs/search", json=wanted, timeout=60).json()["runs"][0]["info"]["run_id"]
    asked = {"run_id": newest, "metric_key": "train/loss", "max_results": 25_000}
    return len(requests.get(f"{api}/metrics/get-history", params=asked, timeout=60).json()["metrics"])


def _environment(folder: Path) -> Path:
    began = time.perf_counter()
    venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    subprocess.run([python, "-m", "pip", "install", "--quiet", _MLFLOW], check=True)
    tell(f"an environment with {_MLFLOW}", time.perf_counter() - began)
    return python


@contextmanager
def _server(python: Path, folder: Path) -> Iterator[str]:
    port = free_port()
    address = f"http://{HOST}:{port}"
    command = [python, "-m", "mlflow", "server", "--host", HOST, "--port", str(port), "--workers", "1"]
    command += ["--backend-store-uri", f"sqlite:///{folder}/mlflow.db", "--artifacts-destination", f"{folder}/files"]
    log = folder / "mlflow.txt"
    environment = {**os.environ, **_QUIET}
    environment.pop("PYTHONPATH", None)
    with open(log, "wb") as file:
        server = subprocess.Popen(command, stdout=file, stderr=file, env=environment, start_new_session=True)
    try:
        _wait_for(f"{address}/health", server, log)
        yield address
    finally:
        os.killpg(server.pid, 15)
        server.wait(30)


def _wait_for(address: str, server: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + _START
    while time.monotonic() < deadline and server.poll() is None:
        try:
            if requests.get(address, timeout=5).ok:
                return
        except requests.RequestException:
            time.sleep(0.5)
    sys.exit(f"The MLflow server did not start:\n{log.read_text(errors='replace')[-2000:]}")


if __name__ == "__main__":
    run(main)
