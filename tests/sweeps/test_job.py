"""A sweep at work over toy runs: each of its runs once whatever dies, early stops, seeds, extensions, its budget."""

import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from engine import jobs
from engine.config.sweeping import SweepConfig
from engine.errors import JobError
from engine.files import read_json
from engine.jobs import Job, JobContext, State, Stopped, control, paths
from engine.jobs.records import Reason
from engine.jobs.summaries import sweep_summary
from engine.sweeps import job as sweep_job
from engine.sweeps.control import extend, train_longer
from engine.sweeps.runs import SweepRun, read_runs, write_runs
from engine.workspace import Workspace
from tests.dashboard import folders
from tests.sweeps.conftest import Toys


def loaded(folder: Path) -> Job:
    return jobs.load_job(Workspace(folder.parent.parent), "sweeps", folder.name)


class Died(BaseException):
    """What a test kills a sweep with."""


@pytest.mark.parametrize("strategy", ["random", "tpe"])
def test_a_sweep_that_dies_at_any_moment_has_each_of_its_runs_once(
    toys: Toys, monkeypatch: pytest.MonkeyPatch, strategy: str
):
    folder = toys.sweep(strategy=strategy, runs=16, at_once=3, pruning="halving")
    toys.dies = lambda begun: begun % 5 == 0  # and some of its runs, too
    writes = 0

    def deadly(place: Path, runs: list[SweepRun]) -> None:
        nonlocal writes
        writes += 1
        if writes % 14 == 0:
            raise Died
        write_runs(place, runs)
        if writes % 14 == 7:
            raise Died

    monkeypatch.setattr(sweep_job, "write_runs", deadly)
    deaths = 0
    while True:
        try:
            toys.work(folder)
            break
        except Died:
            deaths += 1
    runs = read_runs(folder)
    assert deaths >= 6
    assert [run.number for run in runs] == list(range(16))
    assert {run.run for run in runs} == {run.id for run in toys.runs()}
    assert {run.state for run in runs} <= {"finished", "pruned"}
    assert sum(run.resumed for run in runs)
    assert {run.group for run in toys.runs()} == {folder.name}
    assert all(
        run.config["learning_rate"] == float(dict(row.combination)["learning_rate"])
        for run, row in zip(sorted(toys.runs(), key=lambda run: run.number or 0), runs, strict=True)
    )


@pytest.mark.parametrize("pruning", ["halving", "wilcoxon"])
def test_runs_that_fall_behind_are_stopped_early_and_say_so(toys: Toys, pruning: str):
    toys.pace = 0.015
    folder = toys.sweep(strategy="grid", pruning=pruning, at_once=2)
    toys.work(folder)
    runs = read_runs(folder)
    pruned = [run for run in runs if run.state == "pruned"]
    assert len(runs) == 16
    assert len(pruned) >= 4
    figures = sweep_summary(loaded(folder))
    assert figures.pruned == len(pruned)
    assert figures.steps + figures.steps_saved == 16 * 120
    assert figures.best is not None
    assert figures.best.combination == {"learning_rate": "0.006463", "batch": "32"}
    stopped = jobs.load_job(toys.workspace, "runs", pruned[0].run or "")
    assert stopped.message.startswith("Stopped early by its sweep: ")


@pytest.mark.parametrize("metric", ["word_accuracy", "loss"])
def test_runs_are_judged_by_the_metric_that_was_asked_for(toys: Toys, metric: str):
    folder = toys.sweep(space=[{"path": "batch", "values": [8, 32]}], metric=metric)
    toys.work(folder)
    summary = sweep_summary(loaded(folder))
    assert summary.best is not None
    assert summary.best.combination == {"batch": "32"}


def test_wilcoxon_compares_only_runs_that_read_the_same_images(toys: Toys):
    toys.judged, toys.luck = (2, 3), 0.3
    folder = toys.sweep(space=[{"path": "seed", "values": [0, 1]}], pruning="wilcoxon")
    toys.work(folder)
    assert [run.state for run in read_runs(folder)] == ["finished"] * 2  # though the second one reads much less


def test_a_sweep_forgets_the_events_of_runs_that_have_ended(toys: Toys):
    folder = toys.sweep(space=[{"path": "batch", "values": [32, 16, 8]}], pruning="wilcoxon")
    with JobContext(folder) as job:
        sweep = sweep_job.Sweep(SweepConfig.parse(read_json(folder / paths.CONFIG)), job)
        sweep.run()
    assert not sweep._logs


def test_a_run_that_waited_goes_on_where_it_was_once_worse_ones_have_come(toys: Toys):
    toys.judged = (1, 4)
    space = [{"path": "learning_rate", "values": [0.004, 0.003, 0.03, 0.02, 0.015, 0.0003, 0.0004, 0.0005]}]
    folder = toys.sweep(space=space, pruning="halving", spared=1)
    toys.work(folder)
    runs = read_runs(folder)
    assert [run.state for run in runs] == ["pruned", "finished", *["pruned"] * 6]
    assert toys.begun == len(runs) + 3  # the first two went on after judgement 1, the second one after 2, too
    assert [len(run.judged) for run in runs] == [2, 2, 1, 1, 1, 1, 1, 1]
    assert toys.seen is not None
    assert "3 waiting to go on" in {note for *_, note in toys.seen.told}
    assert {run.message.rpartition(",")[0] for run in runs if run.state == "pruned"} == {
        "Stopped early by its sweep: it was not among the best quarter"
    }


@pytest.mark.parametrize("stopped_before", [False, True])
def test_a_run_is_stopped_early_however_near_to_its_stop_the_sweep_dies(
    toys: Toys, monkeypatch: pytest.MonkeyPatch, *, stopped_before: bool
):
    toys.judged = (1, 2)
    folder = toys.sweep(space=[{"path": "learning_rate", "values": [0.03]}], pruning="halving", spared=1)
    stop = jobs.stop

    def deadly(*arguments: Any) -> None:
        if stopped_before:
            stop(*arguments)
        raise Died

    monkeypatch.setattr(sweep_job, "stop", deadly)
    with pytest.raises(Died):
        toys.work(folder)
    monkeypatch.setattr(sweep_job, "stop", stop)
    toys.work(folder)
    (run,) = read_runs(folder)
    notes = [event["text"] for event in jobs.read_events(folder / paths.EVENTS)[0] if event["kind"] == "note"]
    assert "waiting" in notes[0]
    assert run.judged
    assert run.state == "finished"


def test_a_stopped_sweep_stops_its_runs_and_goes_on_with_them(toys: Toys):
    folder = toys.sweep(strategy="random", runs=4, at_once=2)
    toys.pace = 0.05

    def stop_after_two(begun: int) -> bool:
        if begun == 2:
            (folder / paths.STOP).touch()
        return False

    toys.dies = stop_after_two
    with pytest.raises(Stopped):
        toys.work(folder)
    toys.end()
    assert [run.message for run in toys.runs()] == [sweep_job.STOPPED] * 2
    (folder / paths.STOP).unlink()
    toys.pace = 0.0
    toys.work(folder)
    assert [(run.state, run.resumed) for run in read_runs(folder)] == [("finished", 0)] * 4
    assert len(toys.runs()) == 4


def test_seeds_of_a_setting_are_one_group_and_an_extension_adds_more(toys: Toys, monkeypatch: pytest.MonkeyPatch):
    folder = toys.sweep(space=[{"path": "batch", "values": [16, 32]}], seeds=2)
    toys.work(folder)
    told = [(run.config["batch"], run.config["seed"]) for run in toys.runs()]
    assert told == [(16, 0), (32, 0), (16, 1), (32, 1)]
    resumed: list[Any] = []
    monkeypatch.setattr("engine.sweeps.control.resume", lambda *_, **options: resumed.append(options))
    extend(toys.workspace, loaded(folder), 3)
    assert resumed == [{"again": True}]
    toys.work(folder)
    assert Counter(run.config["batch"] for run in toys.runs()) == {16: 4, 32: 3}
    assert len({(run.config["batch"], run.config["seed"]) for run in toys.runs()}) == 7
    longer = jobs.load_job(toys.workspace, "runs", train_longer(toys.workspace, loaded(folder), 3))
    assert longer.config["minutes"] == 15.0
    assert longer.config["batch"] == 32
    assert longer.group is None


def test_an_extension_of_a_sweep_that_is_just_ending_goes_on(toys: Toys, monkeypatch: pytest.MonkeyPatch):
    folder = toys.sweep(space=[{"path": "batch", "values": [16, 32]}])
    toys.work(folder)
    resumed: list[Any] = []
    monkeypatch.setattr("engine.sweeps.control.resume", lambda *_, **options: resumed.append(options))
    extending = threading.Thread(target=lambda: extend(toys.workspace, loaded(folder), 3))
    with folders.alive(folders.Made(folder.name, folder)):  # it has looked for the last time, and writes its end
        assert loaded(folder).state.live
        extending.start()
        while not (folder / paths.EXTENDED).exists():
            time.sleep(0.01)
        assert not resumed
        folders.end(folder)
    extending.join()
    assert resumed == [{"again": True}]


def test_runs_of_equal_recipes_share_a_dataset_and_all_are_judged_on_the_same_images(toys: Toys):
    space = [{"path": "recipe.looks.0.skew", "values": [0, [2, 8]]}, {"path": "batch", "values": [16, 32]}]
    folder = toys.sweep(space=space, at_once=2)
    toys.work(folder)
    base, *drawn = jobs.list_jobs(toys.workspace, "datasets")[::-1]
    assert [each.config["recipe"]["looks"][0]["skew"] for each in drawn] == [0, [2, 8]]
    assert {**drawn[0].config, "recipe": None} == {**base.config, "recipe": None}
    learned = [(run.config["dataset"], run.config["batch"]) for run in toys.runs()]
    assert learned == [(each.id, batch) for each in drawn for batch in (16, 32)]
    assert {(run.config["validate_on"], *run.config["test_on"]) for run in toys.runs()} == {(base.id, base.id)}


def test_runs_that_learn_from_other_datasets_are_judged_on_the_one_of_their_sweep(toys: Toys):
    own, other, third = (folders.dataset(toys.workspace, name).id for name in ("own", "other", "third"))
    run = {"dataset": own, "test_on": [third]}
    folder = toys.sweep(run=run, space=[{"path": "dataset", "values": [own, other]}])
    toys.work(folder)
    told = [(run.config["dataset"], run.config["validate_on"] or own, run.config["test_on"]) for run in toys.runs()]
    assert told == [(own, own, [third]), (other, own, [third, own])]


@pytest.mark.parametrize("reason", [None, "killed", "stopped"])
def test_a_drawn_dataset_that_was_interrupted_is_drawn_to_its_end_and_its_run_goes_on(
    toys: Toys, reason: Reason | None
):
    folder = toys.sweep(space=[{"path": "recipe.looks.0.skew", "values": [0, 5]}])

    def loses_its_dataset(config: dict[str, Any]) -> bool:
        if toys.begun == 1:
            folders.end(toys.workspace.folder("datasets", config["dataset"]), reason)
        return toys.begun == 1

    toys.fails = loses_its_dataset
    toys.work(folder)
    assert [(run.state, run.resumed) for run in read_runs(folder)] == [("finished", 1), ("finished", 0)]
    assert {each.state for each in jobs.list_jobs(toys.workspace, "datasets")} == {State.finished}


def test_a_run_that_starts_has_a_dataset_that_was_interrupted_drawn_to_its_end(
    toys: Toys, monkeypatch: pytest.MonkeyPatch
):
    folder = toys.sweep(space=[{"path": "recipe.looks.0.skew", "values": [0]}, {"path": "batch", "values": [16, 32]}])
    drawn: list[Path] = []

    def detach(place: Path, lock: int) -> None:
        if place.parent.name == "datasets":
            drawn.append(place)
        if len(drawn) != 1 or place.parent.name == "runs":  # the first time it dies at once
            toys.detach(place, lock)

    monkeypatch.setattr(control, "_detach", detach)
    toys.work(folder)
    assert [run.state for run in read_runs(folder)] == ["finished"] * 2
    assert len(drawn) == 2
    assert len(set(drawn)) == 1


def test_a_sweep_whose_first_run_takes_long_looks_alive(toys: Toys):
    folder, told = toys.sweep(strategy="random", runs=1), set[float]()
    toys.pace = 0.15

    def look() -> None:
        while not (folder / paths.SUMMARY).exists() or not sweep_summary(loaded(folder)).runs:
            progress = loaded(folder).progress
            told.add(progress.monotonic if progress else 0.0)
            time.sleep(0.02)

    looking = threading.Thread(target=look)
    looking.start()
    toys.work(folder)
    looking.join()
    assert len(told) > 2


def test_no_run_starts_when_the_time_is_over(toys: Toys):
    folder = toys.sweep(strategy="random", runs=1000, most_minutes=0.01)
    toys.work(folder)
    assert 1 <= len(toys.runs()) < 1000


def test_a_sweep_whose_first_runs_all_fail_ends_with_the_reason(toys: Toys):
    folder = toys.sweep(strategy="random", runs=16)
    dataset = jobs.list_jobs(toys.workspace, "datasets")[0]
    (dataset.folder / paths.EXIT).unlink()
    with pytest.raises(JobError, match="first 3 runs all failed; the last one: The dataset 'letters' is lost"):
        toys.work(folder)
    folders.end(dataset.folder)
    toys.work(folder)  # mended, as the message says
    assert [run.state for run in read_runs(folder)] == ["finished"] * 16


def test_runs_that_all_failed_at_work_are_resumed_with_their_sweep(toys: Toys):
    folder = toys.sweep(space=[{"path": "batch", "values": [8, 16, 32]}])
    toys.fails = lambda _: True
    with pytest.raises(JobError, match="first 3 runs all failed; the last one: No GPU"):
        toys.work(folder)
    toys.fails = lambda _: False
    toys.work(folder)
    assert [run.state for run in read_runs(folder)] == ["finished"] * 3
    assert len(toys.runs()) == 3


def test_a_sweep_that_gives_up_stops_its_runs_at_work_and_goes_on_with_them(toys: Toys):
    folder = toys.sweep(space=[{"path": "batch", "values": [32, 8, 16, 64]}], at_once=4)
    toys.fails, toys.pace = (lambda config: config["batch"] != 32), 0.05
    with pytest.raises(JobError, match="first 3 runs all failed"):
        toys.work(folder)
    toys.end()
    assert toys.runs()[0].message == sweep_job.STOPPED
    toys.fails, toys.pace = (lambda _: False), 0.0
    toys.work(folder)
    assert [run.state for run in read_runs(folder)] == ["finished"] * 4
    assert len(toys.runs()) == 4
