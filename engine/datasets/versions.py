"""New versions of a dataset: labels corrected, samples left out, the parent untouched.

Shards without an edit are shared with the parent; the others are written again. The manifest names the parent and lists
every edit. A corrected text stays on its side of the split, so that scores before and after can be compared; whether it
now leaks, `duplicates.py` tells.
"""

import contextlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa

from engine.config.editing import EditConfig
from engine.datasets.dataset import Dataset, StoredImages, open_dataset
from engine.datasets.manifest import Corrected, DatasetManifest, Removed, ShardEntry, Version, read_manifest
from engine.datasets.shards import ShardName, StoredSample, assemble, read_part, share_shard, sweep, write_shard
from engine.datasets.summary import is_complete, sum_up
from engine.errors import DatasetError, GlyphlabError
from engine.jobs import load_job
from engine.jobs.context import JobContext
from engine.labels import clean_label
from engine.workspace import Workspace

_COLUMNS = ("index", "split", "shard", "offset", "bytes", "label", "length", "width", "height")


@dataclass(frozen=True)
class Edits:
    """Edits of a dataset: new labels by sample, and samples to leave out; numbers are those of the parent."""

    corrections: dict[int, str]
    removals: frozenset[int]

    @classmethod
    def of(cls, config: EditConfig, parent: Dataset) -> "Edits":
        """Return the edits that a config asks for; corrections that change nothing are dropped.

        Raises:
            DatasetError: a sample does not exist, a label is empty once cleaned, nothing would change, or all would go.
        """
        asked = {correction.sample: clean_label(correction.label) for correction in config.corrections}
        beyond = max([*asked, *config.removals])
        if beyond >= len(parent):
            raise DatasetError(
                f"Sample {beyond} does not exist: the dataset's are 0 to {len(parent) - 1}. Choose again."
            )
        empty = [sample for sample, label in asked.items() if not label]
        if empty:
            raise DatasetError(
                f"The new label of sample {empty[0]} shows nothing. Type its text, or remove the sample."
            )
        if len(config.removals) == len(parent):
            raise DatasetError(
                f"All {len(parent):,} samples would be removed. Delete the dataset, or keep some of them."
            )
        corrections = {sample: label for sample, label in asked.items() if label != parent.label(sample)}
        if not corrections and not config.removals:
            raise DatasetError("The corrected labels are those that the dataset has, so nothing would change.")
        return cls(corrections, frozenset(config.removals))

    def version(self, parent: Dataset) -> Version:
        """Return these edits as the manifest records them."""
        return Version(
            parent=parent.folder.name,
            parent_hash=parent.manifest.hash,
            corrected=[
                Corrected(sample=sample, before=parent.label(sample), after=after)
                for sample, after in sorted(self.corrections.items())
            ],
            removed=[Removed(sample=sample, label=parent.label(sample)) for sample in sorted(self.removals)],
        )


def work(config: EditConfig, job: JobContext) -> None:
    """Make the version that a config asks for in the folder of a job.

    Raises:
        DatasetError: the parent is damaged, or cannot be edited so.
        SpaceError: the disk is full.
        Stopped: the user asked; finished shards are kept.
    """
    if not (job.resuming and is_complete(job.folder)):
        parent = open_dataset(job.workspace.folder("datasets", config.dataset))
        edits = Edits.of(config, parent)
        job.phase("copying")
        sweep(job.folder)
        write_version(parent, edits, job.folder, partial(job.advance, unit="images"))
    sum_up(job)


def write_version(parent: Dataset, edits: Edits, folder: Path, watch: Callable[[int, int], None]) -> DatasetManifest:
    """Write a version of a dataset into a folder; shards that are there from an earlier beginning are kept.

    Args:
        parent: the dataset; nothing of it is written.
        edits: what differs.
        folder: where the version comes to lie, beside other files of its job.
        watch: called after each shard with samples done and in all; what it raises ends the writing.

    Returns:
        The version's manifest.

    Raises:
        DatasetError: a record of the parent is damaged.
        SpaceError: the disk is full.
    """
    names, touched, former = [], edits.removals | edits.corrections.keys(), parent.manifest
    for shard in stored_shards(parent):
        kept = [i for i in shard.samples if i not in edits.removals]
        if kept:
            names.append(shard.name)
        if kept and read_part(folder, shard.name) is None:
            if touched.isdisjoint(shard.samples):
                share_shard(folder, shard.name, parent.folder, shard.entry, shard.rows, former.drawn_by)
            else:
                samples = _edited(parent, shard, kept, edits.corrections)
                write_shard(folder, shard.name, samples, Counter(), former.drawn_by)
        watch(shard.samples.stop, len(parent))
    return assemble(folder, names, former.kind, former.recipe, former.seed, edits.version(parent))


def ancestors(workspace: Workspace, id: str) -> list[str]:
    """Return the ids of the datasets that one is a version of, its parent first, as far as they still exist."""
    found: list[str] = []
    with contextlib.suppress(GlyphlabError):
        while (parent := _parent(workspace, id)) is not None:
            id = parent
            if id in found or not workspace.folder("datasets", id).is_dir():
                break
            found.append(id)
    return found


def _parent(workspace: Workspace, id: str) -> str | None:
    """Return the id of the dataset that one was edited from, or that its import follows. Raises GlyphlabError."""
    version = read_manifest(workspace.folder("datasets", id)).version
    return version.parent if version else load_job(workspace, "datasets", id).config.get("follows")


class StoredShard(NamedTuple):
    """A shard of a dataset: its name, what the manifest says of it, its samples' numbers, and their rows."""

    name: ShardName
    entry: ShardEntry
    samples: range
    rows: pa.Table


def stored_shards(dataset: StoredImages) -> Iterator[StoredShard]:
    """Yield a dataset's shards with the numbers of their samples: the table holds them one after the other."""
    start = 0
    for entry in dataset.manifest.shards:
        rows = dataset.table.slice(start, entry.count)
        name = ShardName(rows["split"][0].as_py(), rows["shard"][0].as_py())
        yield StoredShard(name, entry, range(start, start + entry.count), rows)
        start += entry.count


def factors_of(row: dict[str, Any]) -> dict[str, Any]:
    """Return the factors of a row of the samples table: the columns that only some datasets have."""
    return {name: value for name, value in row.items() if name not in _COLUMNS}


def _edited(
    parent: Dataset, shard: StoredShard, kept: list[int], corrections: dict[int, str]
) -> Iterator[StoredSample]:
    rows = shard.rows.to_pylist()
    for i in kept:
        row, record = rows[i - shard.samples.start], parent.record(i)
        record = record._replace(label=corrections.get(i, record.label))
        yield StoredSample(row["index"], record, row["width"], row["height"], factors_of(row))
