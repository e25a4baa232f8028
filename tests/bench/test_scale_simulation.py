"""The simulation of many workers against arithmetic, and what deaths of nodes cost."""

from dataclasses import replace

import pytest

from bench.scale_simulation import Cluster, Simulation

SMALL = Cluster(16, shards=3200, start_seconds=0)
ENDLESS = replace(SMALL, storage_rate=1e18, driver_rate=1e12)


@pytest.mark.parametrize("workers", [1, 4, 16, 64, 1000])
def test_without_deaths_and_with_endless_parts_it_is_the_division(workers: int):
    done = Simulation(replace(ENDLESS, workers=workers))
    rounds = -(-ENDLESS.shards // workers)
    assert done.now == pytest.approx(rounds * ENDLESS.shard_images / ENDLESS.worker_rate)
    assert (done.deaths, done.lost) == (0, 0)
    assert replace(ENDLESS, workers=workers).assembly() == pytest.approx(3200 * ENDLESS.assembly_seconds)


@pytest.mark.parametrize("part", ["storage", "driver"])
def test_with_more_workers_than_a_part_bears_it_is_that_part_that_counts(part: str):
    narrow = replace(SMALL, workers=1000, driver_rate=1180 if part == "driver" else 1e12)
    narrow = replace(narrow, storage_rate=500e6 if part == "storage" else 1e18)
    done = Simulation(narrow)
    first = narrow.shard_images / narrow.worker_rate  # the part waits for the first shards
    assert done.now == pytest.approx(first + narrow.shards * narrow.seconds[part], rel=1e-6)
    assert done.busiest[0] == part


def test_a_death_costs_what_was_being_drawn_and_the_time_until_it_is_noticed():
    whole = Simulation(ENDLESS)
    dying = [Simulation(replace(ENDLESS, node_hours=whole.now / 3600), seed) for seed in range(20)]
    assert any(each.deaths for each in dying)
    for each in dying:
        assert each.lost <= 16 * each.deaths
        # All workers are of one node, so that nothing is drawn until it is back; its shards are noticed long before.
        drawing = ENDLESS.shard_images / ENDLESS.worker_rate
        down = each.deaths * ENDLESS.repair_seconds
        assert whole.now + down - 1e-6 <= each.now <= whole.now + down + each.deaths * drawing + 1e-6


def test_the_same_seed_gives_the_same_course():
    mortal = replace(SMALL, workers=64, node_hours=0.01)
    assert Simulation(mortal, 5).now == Simulation(mortal, 5).now != Simulation(mortal, 6).now
