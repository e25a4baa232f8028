"""An evaluation divided among the nodes of a Ray cluster: each part's rows are a file in the job's folder.

A part that is there is not read again, so that a node or the job's own process may die at any time.
"""

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pyarrow as pa

from engine.config.reading import EvaluateConfig
from engine.evaluation.evaluate import Evaluation, read_rows, sum_up
from engine.evaluation.test_sets import TestSample, samples_of
from engine.files import write_bytes
from engine.jobs import paths
from engine.jobs.context import JobContext
from engine.reading.bundle import open_reader
from engine.tables import table_bytes
from engine.workspace import Workspace
from glyphlab_read.reading.reader import Reader

_PART_IMAGES = 1024  # some seconds of reading: what a lost node costs


def evaluate_on_ray(config: EvaluateConfig, bundle: Path, count: int, job: JobContext) -> Evaluation:
    """Read a test set on the nodes of the workspace's Ray cluster.

    Args:
        config: of the job.
        bundle: folder of the reader.
        count: images of the test set.
        job: in whose folder the parts lie until they are summed up.

    Raises:
        ImageError, DatasetError: a sample cannot be opened.
        JobError: parts were lost again and again.
        Stopped: the user asked; finished parts are kept.
    """
    from engine.jobs.launchers.ray_cluster import follow, open_cluster

    folder = job.folder / paths.PARTS / bundle.name  # a resumed job may read with a newer one
    folder.mkdir(parents=True, exist_ok=True)
    starts = range(0, count, _PART_IMAGES)
    # Listed, not looked up: with NFS a machine may believe for a minute that a name is missing which it asked for once.
    there = {path.name for path in folder.iterdir()}
    missing = [start for start in starts if _part(folder, start).name not in there]
    before = count - sum(min(_PART_IMAGES, count - start) for start in missing)
    parts = open_cluster(job.workspace).divide(_ReadPart(config, bundle, folder, job.workspace), missing)
    follow(parts, job, "reading", before, count)
    return sum_up(pd.concat([pd.read_parquet(_part(folder, start)) for start in starts], ignore_index=True))


@dataclass(frozen=True)
class _ReadPart:
    """Reads the samples of a part on a node, writes their rows, and returns how many they are."""

    config: EvaluateConfig
    bundle: Path
    folder: Path
    workspace: Workspace

    def __call__(self, start: int) -> int:
        reader, samples = _opened(self.config.to_yaml(), self.bundle, self.workspace)
        rows = read_rows(reader, samples[start : start + _PART_IMAGES])
        write_bytes(_part(self.folder, start), table_bytes(pa.Table.from_pandas(rows)))
        return len(rows)


@functools.cache
def _opened(config: str, bundle: Path, workspace: Workspace) -> tuple[Reader, Sequence[TestSample]]:
    """Return what a node's process opens once and reads part after part with; `config` as YAML, which can be a key."""
    return open_reader(bundle, workspace), samples_of(EvaluateConfig.from_yaml(config), workspace)


def _part(folder: Path, start: int) -> Path:
    return folder / f"{start:09}.parquet"
