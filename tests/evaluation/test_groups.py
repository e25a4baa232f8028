"""Groups of runs over seeds: what makes a group, and whether its statistics are the published ones and hold."""

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.evaluation.groups import effect, group_runs, mean_curve, seed_scores
from engine.files import read_json, write_json
from engine.jobs import list_jobs, paths
from engine.workspace import Workspace
from tests.dashboard import folders

FOREIGN = [[1], {"a": 1}, "<b>", None, 1e308, True]

SHARES = st.lists(st.floats(0, 1), min_size=2, max_size=6)


def test_runs_make_a_group_when_all_but_the_seed_is_alike(workspace: Workspace):
    for seed in (0, 1, 2):
        for rate in (0.003, 0.0005):
            folders.run(workspace, f"{rate} {seed}", seed=seed, learning_rate=rate, test_on=["1" * 26] * (seed == 1))
    runs = list_jobs(workspace, "runs")
    groups = group_runs(runs)
    assert [group.settings for group in groups] == [{"learning_rate": 0.0005}, {"learning_rate": 0.003}]
    assert [len(group.runs) for group in groups] == [3, 3]
    assert sorted(id for group in groups for id in group.runs) == sorted(run.id for run in runs)
    assert group_runs([]) == []


@pytest.mark.parametrize("seed", FOREIGN)
def test_a_run_that_somebody_copied_here_has_any_seed_and_breaks_no_group(workspace: Workspace, seed: object):
    copied, own = folders.run(workspace, "copied"), folders.run(workspace, "own", seed=7)
    config = read_json(copied.folder / paths.CONFIG)
    write_json(copied.folder / paths.CONFIG, {**config, "seed": seed})
    (group,) = group_runs(list_jobs(workspace, "runs"))
    assert set(group.runs) == {copied.id, own.id}


def test_of_runs_with_one_seed_the_newest_counts_alone(workspace: Workspace):
    first, again = (folders.run(workspace, name).id for name in ("first", "again"))
    other = folders.run(workspace, "other", seed=1).id
    (group,) = group_runs(list_jobs(workspace, "runs"))
    assert set(group.runs) == {again, other}
    assert group.repeated == 1
    assert first not in group.runs
    assert group.settings == {}


def test_runs_of_older_versions_without_a_seed_or_a_setting_are_grouped_too(workspace: Workspace):
    old = folders.run(workspace, "old")
    config = json.loads((old.folder / paths.CONFIG).read_text())
    (old.folder / paths.CONFIG).write_text(json.dumps({k: v for k, v in config.items() if k not in ("seed", "clip")}))
    folders.run(workspace, "new", clip=5.0)
    assert [group.settings for group in group_runs(list_jobs(workspace, "runs"))] == [{"clip": 5.0}, {"clip": None}]


def test_mean_deviation_and_interval_are_the_textbook_s():
    found = seed_scores([0.70, 0.76, 0.79])
    assert (found.mean, found.sd, found.n) == (pytest.approx(0.75), pytest.approx(0.0458258), 3)
    assert found.interval == pytest.approx((0.75 - 4.302653 * 0.0264575, 0.75 + 4.302653 * 0.0264575), abs=1e-6)
    assert seed_scores([0.5]) == seed_scores([0.5])
    assert (seed_scores([0.5]).sd, seed_scores([0.5]).interval) == (None, None)


def test_the_effect_over_runs_is_welch_s():
    """Against scipy.stats.ttest_ind with equal_var=False, by its confidence_interval."""
    found = effect([0.77, 0.74, 0.79], [0.12, 0.20, 0.10])
    assert found is not None
    assert found.difference == pytest.approx(0.626667, abs=1e-6)
    assert found.interval == pytest.approx((0.5159788, 0.7373545), abs=1e-6)
    assert found.significant
    assert not found.images
    assert effect([0.9], [0.1, 0.2]) is None


@given(SHARES, SHARES)
def test_an_effect_turns_with_its_groups_and_told_together_it_is_wider(first: list[float], second: list[float]):
    one, other = effect(first, second), effect(second, first)
    many = effect(first, second, told=3)
    assert one
    assert other
    assert many
    assert one.interval == pytest.approx((-other.interval[1], -other.interval[0]))
    assert many.interval[0] <= one.interval[0]
    assert many.interval[1] >= one.interval[1]
    assert one.significant == other.significant


def test_nothing_is_told_of_runs_that_all_read_nothing_or_all_the_same():
    for value in (0.0, 0.5):
        found = effect([value] * 3, [value] * 3)
        assert found is not None
        assert not found.significant


@pytest.mark.parametrize(("images", "spread"), [(60, 0.0), (60, 0.5), (400, 0.3)])
def test_the_interval_holds_its_level_over_simulated_seeds_and_images(images: int, spread: float):
    """Of 250 pairs of groups over random seeds and images, at least 93 in 100 intervals hold the true difference."""
    draw = np.random.default_rng(7)

    def learned(offset: float, ease: np.ndarray) -> pd.DataFrame:
        ability = offset + spread * draw.normal(size=3) + ease[:, None] + 0.5 * draw.normal(size=(len(ease), 1))
        return pd.DataFrame(draw.random(ability.shape) < 1 / (1 + np.exp(-ability)))

    many = draw.normal(size=20_000)
    true = np.mean([learned(0.8, many).to_numpy().mean() - learned(0.0, many).to_numpy().mean() for _ in range(30)])
    held = []
    for _ in range(250):
        ease = draw.normal(size=images)
        tables = learned(0.8, ease), learned(0.0, ease)
        first, second = (table.mean().tolist() for table in tables)
        found = effect(first, second, tables)
        assert found is not None
        held.append(found.interval[0] <= true <= found.interval[1])
    assert np.mean(held) > 0.93


def test_a_mean_curve_reaches_as_far_as_all_curves_and_passes_through_them():
    found = mean_curve([([10, 20, 30], [0.1, 0.2, 0.3]), ([15, 25, 60], [0.3, 0.5, 0.9])])
    assert found["x"].tolist() == [15, 20, 25, 30]
    assert found["mean"].tolist() == pytest.approx([(0.15 + 0.3) / 2, 0.3, 0.375, 0.428571], abs=1e-5)
    assert ((found["low"] <= found["mean"]) & (found["mean"] <= found["high"])).all()
    alone = mean_curve([([1, 2], [0.5, 0.6])])
    assert alone["low"].tolist() == alone["mean"].tolist() == [0.5, 0.6]
    assert mean_curve([]).empty
    assert mean_curve([([1, 2], [0, 0]), ([3, 4], [1, 1])]).empty
