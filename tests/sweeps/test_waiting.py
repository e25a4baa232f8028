"""A sweep at work whose runs wait: with several seeds, and whatever somebody does to it or to a run meanwhile."""

import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from engine import jobs
from engine.cli.scores import score_lines
from engine.files import write_json
from engine.jobs import Stopped, paths
from engine.jobs.summaries import sweep_summary
from engine.sweeps.control import extend
from engine.sweeps.runs import read_runs
from tests.dashboard import folders
from tests.sweeps.conftest import VALIDATIONS, Toys
from tests.sweeps.test_job import loaded

BATCHES = [{"path": "batch", "values": [8, 16, 32, 64]}]


def at_launch(toys: Toys, number: int, act: Callable[[], None]) -> None:
    """Have something done when the run of a number of launches and resumes begins."""

    def begun(count: int) -> bool:
        if count == number:
            act()
        return False

    toys.dies = begun


def states(folder: Path) -> list[tuple[str, int | None, str]]:
    return [(dict(run.combination)["batch"], run.seed, run.state) for run in read_runs(folder)]


def test_further_seeds_of_the_settings_that_came_through_tell_chance_and_are_not_judged(toys: Toys):
    toys.judged = (1, 4)
    folder = toys.sweep(space=BATCHES, seeds=3, pruning="halving", spared=1)
    toys.work(folder)
    told = states(folder)
    assert told[:4] == [("8", 0, "pruned"), ("16", 0, "pruned"), ("32", 0, "finished"), ("64", 0, "pruned")]
    assert told[4:] == [("32", 1, "finished"), ("32", 2, "finished")]  # though both read less well than the first
    best = sweep_summary(loaded(folder)).best
    assert best is not None
    assert (best.combination, best.seeds) == ({"batch": "32"}, 3)
    folders.end(folder)
    told = score_lines(toys.workspace, loaded(folder))
    assert told[:2] == [
        "best: batch 32",
        "  word accuracy 85.4 % on its validation images, the mean of 3 seeds; the best of them: run "
        f"{read_runs(folder)[2].run}",
    ]


def test_the_best_of_few_runs_goes_on_to_its_end_and_is_not_stopped_at_each_judgement(toys: Toys):
    toys.judged = (1, 4)
    folder = toys.sweep(space=[{"path": "batch", "values": [32, 16, 64]}], pruning="halving", spared=1)
    toys.work(folder)
    assert [state for *_, state in states(folder)] == ["finished", "pruned", "pruned"]
    assert toys.begun == 3 + 1


def test_runs_that_read_no_word_yet_are_told_apart_by_their_loss(toys: Toys):
    toys.judged, toys.silent = (1, 4), 4
    folder = toys.sweep(space=BATCHES, pruning="halving", spared=1)
    toys.work(folder)
    assert states(folder)[2] == ("32", 0, "finished")


def test_settings_drawn_at_random_get_their_seeds_when_their_first_run_has_come_through(toys: Toys):
    toys.judged = (1, 4)
    folder = toys.sweep(strategy="random", runs=12, seeds=2, pruning="halving", spared=1)
    toys.work(folder)
    runs = read_runs(folder)
    assert {run.state for run in runs if run.seed} == {"finished"}
    assert sum(not run.seed for run in runs) == 10  # of twelve: two were kept for seeds of a quarter


def test_wilcoxon_stops_no_further_seed_of_settings_that_came_through(toys: Toys):
    toys.judged, toys.luck = (2, 3), 0.05
    folder = toys.sweep(space=[{"path": "batch", "values": [32, 8]}], seeds=2, pruning="wilcoxon")
    toys.work(folder)
    assert states(folder) == [("32", 0, "finished"), ("8", 0, "pruned"), ("32", 1, "finished")]
    assert sweep_summary(loaded(folder)).best is not None


def test_a_best_run_that_is_deleted_while_it_waits_leaves_its_place_to_the_next(toys: Toys):
    toys.judged = (1, 4)
    folder = toys.sweep(space=[{"path": "batch", "values": [32, 16, 64]}], pruning="halving", spared=1)
    at_launch(toys, 3, lambda: shutil.rmtree(toys.workspace.folder("runs", read_runs(folder)[0].run or "")))
    toys.work(folder)
    assert [state for *_, state in states(folder)] == ["stopped", "finished", "pruned"]
    assert read_runs(folder)[0].message == "Its run was deleted."


def test_a_waiting_run_whose_dataset_is_deleted_ends_with_that_as_its_reason(toys: Toys):
    toys.judged = (1, 4)
    folder = toys.sweep(space=[{"path": "batch", "values": [32, 16, 64]}], pruning="halving", spared=1)
    at_launch(toys, 3, lambda: shutil.rmtree(next(toys.workspace.collection("datasets").iterdir())))
    toys.work(folder)
    best = read_runs(folder)[0]
    assert best.state == "stopped"
    assert "dataset" in best.message
    assert "not among the best" not in best.message


def test_a_sweep_that_is_stopped_leaves_a_run_that_is_about_to_wait_its_reason(
    toys: Toys, monkeypatch: pytest.MonkeyPatch
):
    folder = toys.sweep(space=BATCHES, pruning="halving", spared=1)
    ask = jobs.stop

    def ask_both(*given: str) -> None:
        ask(*given)  # type: ignore[arg-type]
        (folder / paths.STOP).touch()  # in the same moment

    monkeypatch.setattr("engine.sweeps.job.stop", ask_both)
    toys.pace = 0.2
    with pytest.raises(Stopped):
        toys.work(folder)
    toys.end()
    assert toys.runs()[0].message.startswith("Stopped early by its sweep: ")


def test_a_waiting_run_that_somebody_resumed_counts_once_it_has_finished(toys: Toys):
    toys.judged = (1, 4)
    folder = toys.sweep(space=BATCHES, pruning="halving", spared=1)

    at_launch(toys, 4, lambda: jobs.resume(toys.workspace, "runs", read_runs(folder)[0].run or ""))
    toys.work(folder)
    runs = read_runs(folder)
    assert [run.state for run in runs] == ["finished", "pruned", "finished", "pruned"]
    assert runs[0].validations == VALIDATIONS


def test_a_run_that_wilcoxon_stopped_counts_once_somebody_resumed_it_and_it_has_finished(toys: Toys):
    toys.judged = (2, 3)
    rates = [{"path": "learning_rate", "values": [0.004, 0.03, 0.003]}]
    folder = toys.sweep(space=rates, pruning="wilcoxon")

    def finish_the_second() -> None:
        second = read_runs(folder)[1]
        assert second.state == "pruned"
        jobs.resume(toys.workspace, "runs", second.run or "")
        while jobs.load_job(toys.workspace, "runs", second.run or "").state.live:
            time.sleep(0.005)

    at_launch(toys, 3, finish_the_second)
    toys.work(folder)
    assert [run.state for run in read_runs(folder)] == ["finished"] * 3
    assert sweep_summary(loaded(folder)).pruned == 0


def test_an_extended_sweep_lets_runs_go_on_that_were_stopped_early(toys: Toys):
    toys.judged = (1, 4)
    space = [{"path": "learning_rate", "low": 0.0003, "high": 0.03, "scale": "log"}]
    folder = toys.sweep(space=space, strategy="random", seed=1, runs=4, pruning="halving", spared=1)
    toys.work(folder)
    assert [len(run.judged) for run in read_runs(folder)] == [2, 1, 1, 1]
    write_json(folder / paths.EXTENDED, {"more": 4})
    toys.work(folder)
    runs = read_runs(folder)
    assert [len(run.judged) for run in runs] == [2, 1, 2, 1, 1, 1, 1, 1]  # now the second best is among the quarter
    assert {run.state for run in runs} == {"finished", "pruned"}


def test_a_sweep_that_is_extended_at_work_has_so_many_more_runs_than_it_would_have_had(toys: Toys):
    toys.judged = (1, 4)
    folder = toys.sweep(space=BATCHES, seeds=3, pruning="halving", spared=1)
    at_launch(toys, 4, lambda: extend(toys.workspace, loaded(folder), 2))
    with folders.alive(folders.Made(folder.name, folder)):
        toys.work(folder)
    assert len(read_runs(folder)) == 4 + 2 + 2  # the settings, further seeds of the ones that came through, and these
