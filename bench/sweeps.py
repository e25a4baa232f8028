"""Sweeps under stress, and what they gain: `python -m bench.sweeps kills|writers|gain`.

`kills` starts a sweep of short real runs and kills (SIGKILL), at random moments, the dashboard, the sweep's worker and
runner, or those of a run at work, then resumes what died, and counts the runs in the end: each once. `writers` has
several processes search one study for the best of a formula, beside one alone. `gain` trains a whole grid of four
settings and a search with early stops over the same, and tells the scores of both on the test images, and their steps;
with `--workspace` what was trained is kept, so that it can be done in several sittings. Each prints a Markdown table.
"""

import argparse
import math
import os
import random
import signal
import tempfile
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from bench import browser, resume
from bench.command import run
from bench.machine import print_machine
from bench.race import finished, finished_before, made_once
from engine.config.generate import GenerateConfig
from engine.config.sweeping import SweepConfig
from engine.jobs import Job, State, list_jobs, load_job
from engine.jobs.summaries import run_summary, sweep_summary
from engine.sweeps.control import start_sweep
from engine.sweeps.runs import SweepRun, read_runs
from engine.workspace import Workspace

_LENGTHS: dict[str, dict[str, Any]] = {
    "kills": {"runs": 16, "images": 300, "epochs": 1, "scale": 0.125},
    "gain": {"runs": 24, "images": 10_000, "epochs": 8, "scale": 0.5},
    "writers": {},
}
"""Runs of the sweep (of gain: of the searches), images of the dataset, epochs of a run and scale of its network."""

_RANGE = {"path": "learning_rate", "low": 0.0003, "high": 0.03, "scale": "log"}
_FOUR = (
    {"path": "learning_rate", "values": [0.003, 0.01, 0.001]},
    {"path": "batch", "values": [32, 64, 16]},
    {"path": "optimiser", "values": ["muon", "adamw", "sgd"]},
    {"path": "augment", "values": [0.0, 0.25, 0.5]},
)
"""The settings of `gain`, each with its values, of which the first ones are tried."""


def main(arguments: list[str] | None = None) -> None:
    """Run one of the three."""
    parser = argparse.ArgumentParser(prog="python -m bench.sweeps", description=__doc__)
    parser.add_argument("what", choices=("kills", "writers", "gain"))
    parser.add_argument("--workspace", type=Path, help="where all stays; else it goes in the end")
    parser.add_argument("--runs", type=int, help="of kills (default: 16), of the searches of gain (default: 24)")
    parser.add_argument("--kills", type=int, default=10, help="of kills (default: 10)")
    parser.add_argument("--pause", type=float, default=60.0, help="s between two kills at most (default: 60)")
    parser.add_argument("--trials", type=int, default=1000, help="of writers (default: 1,000)")
    parser.add_argument("--writers", type=int, default=8, help="processes of writers (default: 8)")
    parser.add_argument("--images", type=int, help="of the dataset of kills (default: 300), of gain (default: 10,000)")
    parser.add_argument("--epochs", type=int, help="of each run of kills (default: 1), of gain (default: 8)")
    parser.add_argument("--scale", type=float, help="of the network of kills (default: 0.125), of gain (default: 0.5)")
    parser.add_argument("--values", type=int, default=3, choices=(2, 3), help="of each setting of gain (default: 3)")
    parser.add_argument("--spared", type=int, default=1, help="validations before halving in gain (default: 1)")
    parser.add_argument("--seed", type=int, default=0, help="of the random moments, and of the searches")
    options = parser.parse_args(arguments)
    for name, usual in _LENGTHS[options.what].items():
        if getattr(options, name) is None:
            setattr(options, name, usual)
    print_machine()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as temporary:
        workspace = Workspace((options.workspace or Path(temporary)).resolve())
        {"kills": kills, "writers": writers, "gain": gain}[options.what](workspace, options)


def kills(workspace: Workspace, options: argparse.Namespace) -> None:
    """Kill and resume a sweep and its runs, and count these."""
    moments = random.Random(options.seed)
    config = _config(workspace, options, space=[_RANGE], strategy="random", runs=options.runs, at_once=2)
    id = start_sweep(workspace, config, name="killed")
    done: Counter[str] = Counter()
    while done.total() < options.kills and load_job(workspace, "sweeps", id).state.live:
        victim = ("sweep", "run", "dashboard")[done.total() % 3]
        if victim == "dashboard":
            with browser.dashboard(workspace) as server:
                time.sleep(moments.uniform(0, 3))
                os.kill(server.pid, signal.SIGKILL)
            done[victim] += 1
        else:
            time.sleep(moments.uniform(0, options.pause))
            done[victim] += _kill(workspace, id, victim, moments)
        if not (job := load_job(workspace, "sweeps", id)).state.live and job.state.resumable:
            resume.resumed(workspace, "sweeps", id)
    sweep = finished(workspace, "sweeps", id)
    runs, there = read_runs(sweep.folder), list_jobs(workspace, "runs")
    print("| killed | runs asked for | runs told | run folders | finished | taken up again |\n" + "| --- " * 6 + "|")
    told = ", ".join(f"{victim} {count}" for victim, count in done.items())
    states = Counter(run.state for run in runs)
    resumed = sum(run.resumed for run in runs)
    print(f"| {told} | {options.runs} | {len(runs)} | {len(there)} | {states['finished']} | {resumed} |")


def _kill(workspace: Workspace, id: str, victim: str, moments: random.Random) -> bool:
    """Kill the worker, or the worker and the runner, of a sweep or of one of its runs; say whether one was at work."""
    there = list_jobs(workspace, "runs") if victim == "run" else [load_job(workspace, "sweeps", id)]
    at_work = [job for job in there if job.state is State.running]
    if not at_work:
        return False
    job = moments.choice(at_work)
    resume.kill(job, moments.choice([["worker"], ["worker", "runner"]]))
    while victim == "sweep" and load_job(workspace, job.collection, job.id).state.live:
        time.sleep(0.1)
    return True


def writers(workspace: Workspace, options: argparse.Namespace) -> None:
    """Search for the best of a formula with one process, and with several at once."""
    print("| processes | runs | faults | nearest to the best (0) | s |\n| --- | --- | --- | --- | --- |")
    for processes in (1, options.writers):
        folder = workspace.collection("sweeps") / f"writers-{processes}"
        folder.mkdir()
        shares = [options.trials // processes + (place < options.trials % processes) for place in range(processes)]
        began = time.perf_counter()
        with ProcessPoolExecutor(processes, get_context("spawn")) as pool:
            values = [value for found in pool.map(_search, [folder] * processes, shares) for value in found]
        seconds = time.perf_counter() - began
        faults = options.trials - len(values) + _faults(folder, options.trials)
        print(f"| {processes} | {len(values):,} | {faults} | {min(values):.4f} | {seconds:.0f} |", flush=True)


def _formula_config() -> SweepConfig:
    space = [_RANGE, {"path": "batch", "low": 8, "high": 128, "scale": "log", "whole": True}]
    values = {"run": {"dataset": "0" * 26}, "space": space, "strategy": "tpe", "runs": 1000, "metric": "loss"}
    return SweepConfig.parse(values)


def _search(folder: Path, runs: int) -> list[float]:
    """Take part in a search for so many runs; return the values found."""
    from engine.sweeps.search import SweepStudy  # loads Optuna

    study, values = SweepStudy(folder, _formula_config()), []
    for _ in range(runs):
        number, combination = study.ask()
        rate, batch = (float(text) for _, text in combination)
        values.append(math.log10(rate / 0.0042) ** 2 + math.log2(batch / 27) ** 2 / 9)
        study.tell(SweepRun(number=number, combination=combination, state="finished", value=values[-1]))
    return values


def _faults(folder: Path, runs: int) -> int:
    """Return how many runs a study lacks, or has too many, or without a value."""
    from engine.sweeps.search import SweepStudy

    return abs(runs - SweepStudy(folder, _formula_config()).finished_runs)


def gain(workspace: Workspace, options: argparse.Namespace) -> None:
    """Train a whole grid, and search the same settings with early stops."""
    space = [{**one, "values": one["values"][: options.values]} for one in _FOUR]
    length = f"{options.epochs} epochs of {options.images:,}, scale {options.scale:g}, {options.values} values"
    search, halving = {"strategy": "tpe", "runs": options.runs}, {"pruning": "halving", "spared": options.spared}
    halved = f"halving from validation {options.spared} on"
    ways: dict[str, dict[str, Any]] = {
        "whole grid": {"strategy": "grid"},
        f"grid, {halved}": {"strategy": "grid", **halving},
        f"search, {halved}": {**search, **halving},
        "search, early stops by Wilcoxon": {**search, "pruning": "wilcoxon"},
    }
    print("| way | runs | best, validation | its test score | steps | of the grid's |\n" + "| --- " * 6 + "|")
    whole = 0
    for name, settings in ways.items():
        sweep = finished_before(workspace, "sweeps", f"{name}, {length}")
        if sweep is None:
            config = _config(workspace, options, space=space, seed=options.seed, **settings)
            sweep = finished(workspace, "sweeps", start_sweep(workspace, config, name=f"{name}, {length}"))
        whole = whole or sweep_summary(sweep).steps
        print(_gained(workspace, name, sweep, whole), flush=True)


def _gained(workspace: Workspace, name: str, sweep: Job, whole: int) -> str:
    """Return a row of the table of gains."""
    told = sweep_summary(sweep)
    if told.best is None:
        return f"| {name} | {told.runs} | – | – | {told.steps:,} | {told.steps / whole:.2f} |"
    test = run_summary(load_job(workspace, "runs", told.best.run)).test
    score = f"{100 * test.word_accuracy:.1f} %" if test else "–"
    share = f"{told.steps:,} | {told.steps / whole:.2f}"
    return f"| {name} | {told.runs} | {100 * told.best.value:.1f} % | {score} | {share} |"


def _config(workspace: Workspace, options: argparse.Namespace, **settings: Any) -> SweepConfig:
    """Return a sweep over short runs of a tiny reader on a dataset that is drawn once."""
    config = GenerateConfig(images=options.images, validation=0.2, test=0.2)
    drawn = made_once(workspace, "generate", f"{options.images} words", config)
    values = {"dataset": drawn.id, "minutes": None, "epochs": options.epochs, "unfit": "skip"}
    values["reader"] = {"scale": options.scale, "max_length": 10, "max_width": 160}
    return SweepConfig.parse({"run": {**values, "device": "cpu"}, **settings})


if __name__ == "__main__":
    run(main)
