"""An evaluation divided among the nodes of a Ray cluster: each part's tables are files in the job's folder.

A part that is there is not done again, so that a node or the job's own process may die at any time.
"""

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa

from engine.config.documents import EvaluatePagesConfig
from engine.config.locating import EvaluateLocatorConfig
from engine.config.reading import EvaluateConfig
from engine.evaluation.end_to_end import EndToEndTables, read_photos
from engine.evaluation.evaluate import Evaluation, read_rows, sum_up
from engine.evaluation.locate import LocationTables, SceneSample, evaluate_locator, scene_samples
from engine.evaluation.test_sets import TestSample, samples_of
from engine.files import write_bytes
from engine.jobs import paths
from engine.jobs.context import JobContext
from engine.location.bundle import open_locator
from engine.reading.bundle import open_reader
from engine.tables import read_table, table_bytes
from engine.workspace import Workspace
from glyphlab_read.documents.page_reader import PageReader
from glyphlab_read.location.locator import Locator
from glyphlab_read.reading.reader import Reader

Tables = Sequence[pa.Table]


class _Work(NamedTuple):
    """The work of an evaluation that is done in parts.

    Attributes:
        phase: the work in words.
        unit: what is counted, in the plural.
        part: samples of a part: some seconds of work, which a lost node costs.
        tables: number of tables that are made of each part.
        models: name the folder of the parts: a resumed job may work with newer ones.
    """

    phase: str
    unit: str
    part: int
    tables: int
    models: Sequence[Path]


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
    work = _Work("reading", "images", 1024, 1, [bundle])
    [rows] = _divided(_ReadPart(config.to_yaml(), bundle, job.workspace), work, count, job)
    return sum_up(rows.to_pandas())


def locate_on_ray(config: EvaluateLocatorConfig, bundle: Path, count: int, job: JobContext) -> LocationTables:
    """Search the photos of a test set likewise; `bundle` is the folder of the locator. Raises as for reading."""
    work = _Work("locating", "photos", 32, 3, [bundle])
    tables = _divided(_LocatePart(config.to_yaml(), bundle, job.workspace), work, count, job)
    return LocationTables.of(tables)


def read_photos_on_ray(
    config: EvaluatePagesConfig, locator: Path, reader: Path, count: int, job: JobContext
) -> EndToEndTables:
    """Locate and read the photos of a test set likewise; two folders of bundles are given. Raises as for reading."""
    work = _Work("reading", "photos", 16, 2, [locator, reader])
    tables = _divided(_PagesPart(config.to_yaml(), locator, reader, job.workspace), work, count, job)
    return EndToEndTables.of(tables)


def _divided(tables_of: Callable[[int, int], Tables], work: _Work, count: int, job: JobContext) -> Tables:
    """Have the tables made of samples `start` to `end` on the nodes; return those of all, in the samples' order."""
    from engine.jobs.launchers.ray_cluster import follow, open_cluster

    folder = job.folder / paths.PARTS / "-".join(model.name for model in work.models)
    folder.mkdir(parents=True, exist_ok=True)
    starts = range(0, count, work.part)
    # Listed, not looked up: with NFS a machine may believe for a minute that a name is missing which it asked for once.
    there = {path.name for path in folder.iterdir()}
    missing = [start for start in starts if _file(start, work.tables - 1) not in there]
    before = count - sum(min(work.part, count - start) for start in missing)
    parts = open_cluster(job.workspace).divide(_Part(tables_of, folder, work.part, count), missing)
    follow(parts, job, work.phase, before, count, work.unit)
    return [
        pa.concat_tables((read_table(folder / _file(start, number)) for start in starts), promote_options="permissive")
        for number in range(work.tables)
    ]


@dataclass(frozen=True)
class _Part:
    """Makes the tables of a part on a node, writes them one after another, and returns the number of its samples."""

    tables_of: Callable[[int, int], Tables]
    folder: Path
    size: int
    count: int

    def __call__(self, start: int) -> int:
        end = min(start + self.size, self.count)
        for number, table in enumerate(self.tables_of(start, end)):
            write_bytes(self.folder / _file(start, number), table_bytes(table))
        return end - start


def _file(start: int, number: int) -> str:
    """Return the name of a table of the part that begins with a sample; a part is done where its last one is there."""
    return f"{start:09}-{number}.parquet"


@dataclass(frozen=True)
class _ReadPart:
    config: str  # as YAML, which can be a key
    bundle: Path
    workspace: Workspace

    def __call__(self, start: int, end: int) -> Tables:
        reader, samples = _reader(self.config, self.bundle, self.workspace)
        return [pa.Table.from_pandas(read_rows(reader, samples[start:end]), preserve_index=False)]


@dataclass(frozen=True)
class _LocatePart:
    config: str
    bundle: Path
    workspace: Workspace

    def __call__(self, start: int, end: int) -> Tables:
        config = EvaluateLocatorConfig.from_yaml(self.config)
        locator, samples = _locator(self.config, self.bundle, self.workspace)
        return evaluate_locator(locator, samples[start:end], config.level, config.side).arrow()


@dataclass(frozen=True)
class _PagesPart:
    config: str
    locator: Path
    reader: Path
    workspace: Workspace

    def __call__(self, start: int, end: int) -> Tables:
        reader, samples = _page_reader(self.config, self.locator, self.reader, self.workspace)
        return read_photos(reader, samples[start:end]).arrow()


def open_page_reader(
    config: EvaluatePagesConfig, locator: Path, reader: Path, workspace: Workspace, threads: int = 1
) -> PageReader:
    """Open what a config reads pages with: the bundles in two folders. Raises BundleError and ConfigError."""
    opened = open_locator(locator, workspace, threads), open_reader(reader, workspace, threads)
    return PageReader(*opened, config.level, side=config.side)


# Each process of a node opens these once, and makes part after part with them.


@functools.cache
def _reader(config: str, bundle: Path, workspace: Workspace) -> tuple[Reader, Sequence[TestSample]]:
    return open_reader(bundle, workspace), samples_of(EvaluateConfig.from_yaml(config), workspace)


@functools.cache
def _locator(config: str, bundle: Path, workspace: Workspace) -> tuple[Locator, Sequence[SceneSample]]:
    asked = EvaluateLocatorConfig.from_yaml(config)
    samples = scene_samples(workspace.folder("datasets", asked.dataset), asked.split)
    return open_locator(bundle, workspace), samples


@functools.cache
def _page_reader(
    config: str, locator: Path, reader: Path, workspace: Workspace
) -> tuple[PageReader, Sequence[SceneSample]]:
    asked = EvaluatePagesConfig.from_yaml(config)
    samples = scene_samples(workspace.folder("datasets", asked.dataset), asked.split)
    return open_page_reader(asked, locator, reader, workspace), samples
