"""Runs that were tested on one real dataset, for Compare: folders as jobs leave them, images and results included."""

import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from engine.config.generate import GenerateConfig
from engine.config.reading import EvaluateConfig
from engine.datasets.scenes.store import StoredScene, assemble_scenes, write_scene_shard
from engine.datasets.shards import ShardName
from engine.evaluation.locate import evaluate_locator, scene_samples, score_summary
from engine.files import read_json, write_json
from engine.jobs import paths
from engine.jobs.records import Exit, JobRecord
from engine.location.bundle import open_locator
from engine.regions.region import Region
from engine.workspace import Workspace
from tests.dashboard import folders
from tests.dashboard.folders import RUN_SUMMARY, Made
from tests.helpers.readings import evaluation
from tests.helpers.rectangles import rectangle
from tests.helpers.sources import encoded
from tests.helpers.tiny_datasets import save_dataset
from tests.helpers.tiny_locators import paint, save_locator

WORDS = [f"{first}{second}{third}" for first in "abc" for second in "abc" for third in "abcd"]


@dataclass(frozen=True)
class ScoredLab:
    """A dataset named "words", and what its test images say by their names."""

    workspace: Workspace
    dataset: str
    truths: dict[str, str]

    def run(
        self, name: str, read: Callable[[int, str], str], alone: Mapping[str, float] | None = None, **changes: object
    ) -> Made:
        """Write a finished run that read the test images so: by their place and what they say.

        Args:
            name: of the run.
            read: what it read.
            alone: figures by the image alone, where likely texts took part.
            changes: of its config.
        """
        made = folders.run(self.workspace, name, "finished", self.dataset, **changes)
        said = {key: (truth, read(place, truth)) for place, (key, truth) in enumerate(self.truths.items())}
        found = evaluation(said)
        found.save(made.folder / paths.TESTS / f"{self.dataset}.parquet")
        test = {"dataset": self.dataset, "dataset_name": "words", **found.score.plain(), **(alone or {})}
        figures = RUN_SUMMARY | {"dataset": self.dataset, "bundle_step": 300, "test": test, "tests": [test]}
        write_json(made.folder / paths.SUMMARY, figures | {"curve": [0.1, 0.5, 0.8]}, durable=False)
        return made

    def tested(self, run: str, read: Callable[[int, str], str]) -> Made:
        """Write an evaluation by the newest bundle of a run, or by the starter, that read the test images so."""
        config = EvaluateConfig(run=run, dataset=self.dataset)
        made = folders.job(self.workspace, "evaluations", "evaluate", "test", config, "finished")
        said = {key: (truth, read(place, truth)) for place, (key, truth) in enumerate(self.truths.items())}
        found = evaluation(said)
        found.save(made.folder / paths.READINGS)
        write_json(made.folder / paths.SUMMARY, {"run": run, "step": 10_000, **found.figures()}, durable=False)
        return made


@dataclass(frozen=True)
class LocatedLab:
    """A dataset named "bars" whose ten test photos hold two words each, one of them level, one turned."""

    workspace: Workspace
    dataset: str

    def run(self, name: str, tested: bool = True, **changes: Any) -> Made:
        """Write a finished run of a tiny locator, which finds all bright bars; by default it was tested on these.

        Args:
            name: of the run.
            tested: whether its test is there.
            changes: of its manifest.
        """
        made = folders.locator_run(self.workspace, name, self.dataset)
        save_locator(self.workspace, run=made.id, **changes)
        summary = read_json(made.folder / paths.SUMMARY) | {"bundle_step": 7, "dataset_name": "bars"}
        if tested:
            locator = open_locator(made.folder / paths.BUNDLES / "7", self.workspace)
            tables = evaluate_locator(locator, scene_samples(self.workspace.folder("datasets", self.dataset)))
            (made.folder / paths.TESTS).mkdir()
            tables.save(made.folder / paths.TESTS / self.dataset)
            score = score_summary(tables, locator, "bars", drawn=False)
            summary["tests"] = [{"dataset": self.dataset, "dataset_name": "bars", **score}]
        write_json(made.folder / paths.SUMMARY, summary, durable=False)
        return made


def located_lab(workspace: Workspace, kind: str = "imported") -> LocatedLab:
    """Write a dataset of ten photos of painted bars as an import leaves it, or a recipe: all are test photos."""
    made = folders.scenes(workspace, "bars", "import-scenes")
    words = [rectangle(60, 40, 60, 20), rectangle(180, 60, 50, 24, 12)]
    stored = []
    for index in range(10):
        seen = words if index < 6 else words[:1]  # of the last ones a word is not to be seen
        content = encoded(paint((256, 128), seen, 255 - 8 * index))
        regions = [Region(word, "word") for word in words]
        stored.append(StoredScene(index, content, 256, 128, regions, f"{index}.png", {"source": f"{index}.png"}))
    name = ShardName("test", 0)
    write_scene_shard(made.folder, name, stored, Counter())
    assemble_scenes(made.folder, [name], kind, {"name": "bars"}, 0)
    return LocatedLab(workspace, made.id)


def scored_lab(workspace: Workspace) -> ScoredLab:
    """Write a dataset of 36 test images that is also a finished job."""
    id = save_dataset(workspace, {"train": ["ab"], "validation": ["ba"], "test": WORDS})
    folder = workspace.folder("datasets", id)
    record = JobRecord(id=id, kind="generate", name="words", created=datetime.now(UTC), device=None)
    write_json(folder / paths.JOB, record.plain(), durable=False)
    write_json(folder / paths.CONFIG, GenerateConfig().plain(), durable=False)
    end = Exit(reason="finished", finished=datetime.now(UTC), seconds=3.0)
    (folder / paths.EXIT).write_text(json.dumps(end.plain()))
    return ScoredLab(workspace, id, {str(2 + place): word for place, word in enumerate(WORDS)})
