"""Runs that were tested on one real dataset, for Compare: folders as jobs leave them, images and readings included."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from engine.config.generate import GenerateConfig
from engine.files import write_json
from engine.jobs import paths
from engine.jobs.records import Exit, JobRecord
from engine.workspace import Workspace
from tests.dashboard import folders
from tests.dashboard.folders import RUN_SUMMARY, Made
from tests.helpers.readings import evaluation
from tests.helpers.tiny_datasets import save_dataset

WORDS = [f"{first}{second}{third}" for first in "abc" for second in "abc" for third in "abcd"]


@dataclass(frozen=True)
class ScoredLab:
    """A dataset named "words", and what its test images say by their names."""

    workspace: Workspace
    dataset: str
    truths: dict[str, str]

    def run(self, name: str, read: Callable[[int, str], str], **changes: object) -> Made:
        """Write a finished run that read the test images so: by their place and what they say."""
        made = folders.run(self.workspace, name, "finished", self.dataset, **changes)
        said = {key: (truth, read(place, truth)) for place, (key, truth) in enumerate(self.truths.items())}
        found = evaluation(said)
        found.save(made.folder / paths.TESTS / f"{self.dataset}.parquet")
        test = {"dataset": self.dataset, "dataset_name": "words", **found.score.plain()}
        figures = RUN_SUMMARY | {"dataset": self.dataset, "bundle_step": 300, "test": test, "tests": [test]}
        write_json(made.folder / paths.SUMMARY, figures | {"curve": [0.1, 0.5, 0.8]}, durable=False)
        return made


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
