"""A hundred million images on up to a thousand workers, simulated: `python -m bench.scale_simulation`.

Follows each shard through the parts that `bench.scale` measures (the defaults are those of docs/scale.md): a driver
hands it out, a worker draws it and writes it to a storage that all share, the driver takes it back; at the end a
process reads all shards of the dataset again and puts them together. Nodes die at random, which is noticed after a
while: what they were drawing is drawn by others. Prints a Markdown table. It measures nothing.
"""

import math
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from heapq import heappop, heappush
from itertools import count
from random import Random

from bench.command import run
from engine.formatting import duration

_WORKERS = (1, 4, 16, 64, 256, 1000)
_DATASETS = 10
_DEATHS, _SEEDS = 2, 20  # deaths per dataset that tell what one costs, in so many courses
_NODE_SECONDS = 86_400  # mean life of a node that the last column reckons with


@dataclass(frozen=True)
class Cluster:
    """A dataset and the cluster that draws it.

    Rates are in images/s of a worker, in bytes/s of the storage, in shards/s of the driver; `assembly_seconds` go into
    putting a shard together. Nodes live for `node_hours` in the mean; a death is noticed after `notice_seconds`.
    """

    workers: int
    shards: int = 20_000
    shard_images: int = 500
    image_bytes: float = 2219
    worker_rate: float = 1836
    storage_rate: float = 500e6
    driver_rate: float = 1180
    assembly_seconds: float = 0.0036
    start_seconds: float = 4
    workers_per_node: int = 16
    node_hours: float = math.inf
    notice_seconds: float = 30
    repair_seconds: float = 600

    @property
    def seconds(self) -> dict[str, float]:
        """Seconds that each part spends on a shard."""
        storage = self.shard_images * self.image_bytes / self.storage_rate
        return {"workers": self.shard_images / self.worker_rate, "storage": storage, "driver": 1 / self.driver_rate}

    def assembly(self, at_once: int = 1) -> float:
        """Return the seconds of putting a dataset together, as one of so many whose processes share the storage."""
        reading = self.seconds["storage"]
        return self.shards * max(self.assembly_seconds + reading, at_once * reading)


class Simulation:
    """Discrete events on a cluster, up to the one that takes the last shard back.

    Attributes:
        now: seconds since the start.
        busiest: the part that worked most of its time, and that share.
        deaths, lost: of nodes, and the shards that they were drawing then.
    """

    def __init__(self, cluster: Cluster, seed: int = 0) -> None:
        self._cluster, self._seconds, self._rng = cluster, cluster.seconds, Random(seed)
        self._size, self._waiting, self._left = cluster.workers_per_node, deque(range(cluster.shards)), cluster.shards
        self._lives = [0] * -(-cluster.workers // self._size)  # deaths of each node so far
        self._doing, self._idle = dict[int, int](), set[int]()  # shards by workers, and workers that have none
        self._free, self._spent = dict.fromkeys(self._seconds, 0.0), dict.fromkeys(self._seconds, 0.0)
        self._events: list[tuple[float, int, Callable[[int], None], int, int | None]] = []
        self.now, self.deaths, self.lost, self._order = cluster.start_seconds, 0, 0, count()
        for node in range(len(self._lives)):
            self._born(node)
        while self._left:
            self.now, _, act, who, life = heappop(self._events)
            if life is None or life == self._lives[who // self._size]:  # else the worker's node has died since
                act(who)
        shares = {part: spent / (self.now - cluster.start_seconds) for part, spent in self._spent.items()}
        shares["workers"] /= cluster.workers
        self.busiest = max(shares.items(), key=lambda item: item[1])

    def _at(self, seconds: float, act: Callable[[int], None], who: int, life: int | None = None) -> None:
        heappush(self._events, (seconds, next(self._order), act, who, life))

    def _at_worker(self, seconds: float, act: Callable[[int], None], worker: int) -> None:
        self._at(seconds, act, worker, self._lives[worker // self._size])

    def _serve(self, part: str) -> float:
        """Return when a part that serves one shard after the other will have served this one."""
        self._spent[part] += self._seconds[part]
        self._free[part] = max(self.now, self._free[part]) + self._seconds[part]
        return self._free[part]

    def _take(self, worker: int) -> None:
        if not self._waiting:
            self._idle.add(worker)
            return
        self._doing[worker] = self._waiting.popleft()
        self._at_worker(self.now + self._seconds["workers"], self._drawn, worker)

    def _drawn(self, worker: int) -> None:
        self._spent["workers"] += self._seconds["workers"]
        self._at_worker(self._serve("storage"), self._written, worker)

    def _written(self, worker: int) -> None:
        self._at_worker(self._serve("driver"), self._taken_back, worker)

    def _taken_back(self, worker: int) -> None:
        self._left -= 1
        del self._doing[worker]
        self._take(worker)

    def _noticed(self, shard: int) -> None:
        self._waiting.append(shard)
        if self._idle:
            self._take(self._idle.pop())

    def _workers(self, node: int) -> range:
        return range(self._size * node, min(self._size * (node + 1), self._cluster.workers))

    def _born(self, node: int) -> None:
        if self._cluster.node_hours < math.inf:
            self._at(self.now + self._rng.expovariate(1 / (3600 * self._cluster.node_hours)), self._died, node)
        for worker in self._workers(node):
            self._take(worker)

    def _died(self, node: int) -> None:
        self.deaths, self._lives[node] = self.deaths + 1, self._lives[node] + 1
        for worker in self._workers(node):
            self._idle.discard(worker)
            if worker in self._doing:
                self.lost += 1
                self._at(self.now + self._cluster.notice_seconds, self._noticed, self._doing.pop(worker))
        self._at(self.now + self._cluster.repair_seconds, self._born, node)


def table() -> Iterator[str]:
    """Yield the lines of the table: ten datasets, drawn one after another, and what the death of a node costs."""
    heads = ("workers", "drawing", "busiest then", "putting together", "all at once")
    yield f"| {' | '.join(heads)} | a node's death costs | if nodes live a day |"
    yield "| ---: | ---: | --- | ---: | ---: | --- | --- |"
    for cluster in map(Cluster, _WORKERS):
        whole, nodes = Simulation(cluster), -(-cluster.workers // cluster.workers_per_node)
        part, share = whole.busiest
        mortal = replace(cluster, node_hours=nodes * whole.now / _DEATHS / 3600)
        courses = [Simulation(mortal, seed) for seed in range(_SEEDS)]
        deaths = sum(each.deaths for each in courses)
        cost, lost = sum(each.now - whole.now for each in courses) / deaths, sum(each.lost for each in courses) / deaths
        expected = nodes * _DATASETS * whole.now / _NODE_SECONDS
        cells = [
            duration(_DATASETS * whole.now),
            f"{part}, {100 * share:.0f} %",
            duration(_DATASETS * cluster.assembly()),
            duration(cluster.assembly(_DATASETS)),
            f"{duration(cost)}, {lost:.0f} of its shards again",
            f"{expected:.2f} deaths: +{duration(expected * cost)}",
        ]
        yield f"| {cluster.workers:,} | {' | '.join(cells)} |"


if __name__ == "__main__":
    run(lambda: print("\n".join(table())))
