"""The search of a sweep: nearer to the best than chance, written by several at once, whole after a cut."""

import math
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from engine.config.sweeping import SweepConfig
from engine.config.variations import Combination
from engine.jobs import paths
from engine.sweeps.plan import Plan
from engine.sweeps.runs import SweepRun
from engine.sweeps.search import SweepStudy, importance, reads_worse

SPACE = [
    {"path": "learning_rate", "low": 0.0003, "high": 0.03, "scale": "log"},
    {"path": "batch", "low": 8, "high": 128, "scale": "log", "whole": True},
]
CONFIG = SweepConfig.parse(
    {"run": {"dataset": "0" * 26}, "space": SPACE, "strategy": "tpe", "runs": 60, "metric": "loss", "seed": 1}
)


def loss(combination: Combination) -> float:
    """Return a formula that is 0 at a rate of 0.0042 and a batch of 27, and hangs on the rate most."""
    rate, batch = (float(text) for _, text in combination)
    return math.log10(rate / 0.0042) ** 2 + math.log2(batch / 27) ** 2 / 90


def searched(folder: Path, runs: int) -> list[SweepRun]:
    """Take part in a search."""
    study, found = SweepStudy(folder, CONFIG), []
    for _ in range(runs):
        number, combination = study.ask()
        found.append(SweepRun(number=number, combination=combination, state="finished", value=loss(combination)))
        study.tell(found[-1])
    return found


def test_a_search_comes_nearer_to_the_best_than_chance_and_tells_what_matters(tmp_path: Path):
    found = searched(tmp_path, 40)
    plan, drawn = Plan(CONFIG), list[SweepRun]()
    for _ in range(40):
        run = plan.next(drawn)
        assert run is not None
        drawn.append(run)
    late = [run.value or 0.0 for run in found[20:]]
    assert float(np.median(late)) < float(np.median([loss(run.combination) for run in drawn])) / 2
    shares = importance(CONFIG, found)
    assert shares["learning_rate"] > shares["batch"]
    assert math.isclose(sum(shares.values()), 1)


def test_several_search_one_study_and_no_run_is_lost_or_doubled(tmp_path: Path):
    with ThreadPoolExecutor(4) as pool:
        found = [run for part in pool.map(searched, [tmp_path] * 4, [15] * 4) for run in part]
    assert sorted(run.number for run in found) == list(range(60))
    assert SweepStudy(tmp_path, CONFIG).finished_runs == 60


def test_a_study_whose_last_line_was_cut_off_goes_on_and_gives_a_run_its_settings_again(tmp_path: Path):
    searched(tmp_path, 3)
    number, combination = SweepStudy(tmp_path, CONFIG).ask()
    with (tmp_path / paths.STUDY).open("ab") as file:
        file.write(b'{"op_code": 4, "wor')
    study = SweepStudy(tmp_path, CONFIG)
    assert study.suggest(number) == combination
    study.tell(SweepRun(number=number, combination=combination, state="failed"))
    assert study.finished_runs == 3
    assert study.ask()[0] == 4


@pytest.mark.parametrize("strategy", ["random", "tpe"])
def test_where_the_seed_varies_no_run_comes_twice_and_none_when_all_were_tried(tmp_path: Path, strategy: str):
    space = [{"path": "seed", "values": [0, 1, 2]}, {"path": "batch", "values": [16, 32]}]
    config = SweepConfig.parse({**CONFIG.plain(), "space": space, "strategy": strategy})
    study = SweepStudy(tmp_path, config)
    plan, runs = Plan(config, study.suggest if strategy == "tpe" else None), list[SweepRun]()
    while run := plan.next(runs):
        runs.append(run.model_copy(update={"state": "finished", "value": float(run.number)}))
        study.add(runs[-1])
        study.tell(runs[-1])
    assert len(runs) == len({run.combination for run in runs}) == 6
    again = SweepStudy(tmp_path, config)
    assert [again.suggest(run.number) for run in runs] == [run.combination for run in runs]


def test_a_run_that_waited_and_went_on_is_told_once_and_keeps_the_numbers_of_the_others(tmp_path: Path):
    study = SweepStudy(tmp_path, CONFIG)
    runs = []
    for number in range(3):
        combination = study.suggest(number)
        assert combination is not None
        runs.append(SweepRun(number=number, combination=combination, state="waiting", value=1.0, validations=2))
        study.tell(runs[-1])
    for _ in range(2):
        study.tell(runs[1].model_copy(update={"state": "finished", "value": 0.1}))
    assert study.finished_runs == 1
    assert study.suggest(1) == runs[1].combination
    assert study.ask()[0] == 3
    assert SweepStudy(tmp_path, CONFIG).suggest(2) == runs[2].combination


def test_a_run_reads_worse_only_beyond_chance():
    rng = np.random.default_rng(0)
    best, luck = rng.uniform(0.4, 0.8, 80), rng.uniform(0, 0.2, 40)
    assert reads_worse(best - rng.uniform(0, 0.3, 80), best)
    assert not reads_worse(best + np.concatenate([luck, -luck]), best)
    assert not reads_worse(best, best)
