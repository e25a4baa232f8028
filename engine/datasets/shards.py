"""Write a dataset shard by shard, so that a generation that was interrupted keeps the shards it has.

A shard is one TFRecord file of one split. Beside it, until the dataset is complete, lies a part: the shard's rows of
the samples table with its counts in the metadata, written after it, so that a shard with a part is whole. `assemble`
turns the parts into the table and the manifest. This module draws nothing and reads no images.
"""

import contextlib
import hashlib
import json
import os
import shutil
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa

from engine.config.generate import Split
from engine.datasets.manifest import (
    DatasetManifest,
    FileEntry,
    RegionsEntry,
    Renderer,
    ShardEntry,
    Version,
    made_again,
    write_manifest,
)
from engine.datasets.splits import SPLITS
from engine.datasets.tfrecord import ImageRecord, encode_example, frame
from engine.errors import DatasetError
from engine.files import is_there, read_json, sha256, write_bytes, write_json
from engine.jobs import paths
from engine.tables import parquet_bytes, read_table, table_bytes
from glyphlab_read.parsing import parse_json

_FACTS = b"glyphlab"  # key of the metadata in which a part keeps its shard's entry and dropped counts


class ShardName(NamedTuple):
    """A shard of a split, counted from 0."""

    split: Split
    number: int

    @property
    def file(self) -> str:
        """Its path below the dataset's folder."""
        return f"{paths.SHARDS}/{self.split}-{self.number:05}.tfrecord"


class StoredSample(NamedTuple):
    """One sample to be stored: its record, the size of its image in px, and a column for each factor."""

    index: int
    record: ImageRecord
    width: int
    height: int
    factors: dict[str, Any]


@dataclass(frozen=True)
class ShardRecord:
    """A finished shard: its manifest entry, rejected tries by reason, its rows of the samples table, who drew it."""

    shard: ShardEntry
    dropped: dict[str, int]
    rows: pa.Table
    drawn_by: tuple[Renderer, ...] = ()


def write_shard(
    folder: Path,
    name: ShardName,
    samples: Iterable[StoredSample],
    dropped: Counter[str],
    drawn_by: tuple[Renderer, ...] = (),
) -> None:
    """Write a shard, then its part. `dropped` is read after the last sample was taken. Raises SpaceError."""
    entry, rows = write_records(folder, name, samples)
    write_part(folder, name, ShardRecord(entry, dict(dropped), rows, drawn_by))


def write_records(folder: Path, name: ShardName, samples: Iterable[StoredSample]) -> tuple[ShardEntry, pa.Table]:
    """Write a shard without its part; return its manifest entry and its rows. Raises SpaceError."""
    content, rows, offset = [], [], 0
    for sample in samples:
        record = frame(encode_example(sample.record))
        rows.append(_row(sample, name, offset, len(record)))
        content.append(record)
        offset += len(record)
    shard = b"".join(content)
    entry = ShardEntry(file=name.file, count=len(rows), bytes=offset, sha256=hashlib.sha256(shard).hexdigest())
    (folder / paths.SHARDS).mkdir(exist_ok=True)
    write_bytes(folder / name.file, shard)
    return entry, pa.Table.from_pylist(rows)


def share_shard(
    folder: Path,
    name: ShardName,
    source: Path,
    entry: ShardEntry,
    rows: pa.Table,
    drawn_by: tuple[Renderer, ...] = (),
) -> None:
    """Take over a finished shard of another dataset unchanged, then write its part.

    The two datasets share the file by a hard link, where the disk has them, so that it takes no room twice and stays
    when either is deleted. Neither is ever written again.

    Args:
        folder: the dataset's folder.
        name: the shard.
        source: the other dataset's folder.
        entry: what its manifest says of the shard.
        rows: what its table says of the shard's samples.
        drawn_by: what its manifest says of who drew it.

    Raises:
        DatasetError: its content is not what the manifest says.
        SpaceError: the disk is full.
    """
    (folder / paths.SHARDS).mkdir(exist_ok=True)
    (folder / name.file).unlink(missing_ok=True)
    if sha256(source / entry.file) != entry.sha256:
        raise damaged(source, entry.file, "its content was changed")
    try:
        os.link(source / entry.file, folder / name.file)
    except OSError:
        write_bytes(folder / name.file, (source / entry.file).read_bytes())
    write_part(folder, name, ShardRecord(entry, {}, rows, drawn_by))


def read_part(folder: Path, name: ShardName) -> ShardRecord | None:
    """Return what is known of a shard, or None when it is not finished, or it or its part was changed since."""
    path = part_path(folder, name)
    try:
        if not is_there(path):  # asked anew: a node may have made it since it was looked for here
            return None
        rows = read_table(path)
        facts = parse_json((rows.schema.metadata or {})[_FACTS])
        drawn_by = tuple(Renderer(**each) for each in facts.get("drawn_by", ()))
        rows = rows.replace_schema_metadata(None)
        part = ShardRecord(ShardEntry(**facts["shard"]), facts["dropped"], rows, drawn_by)
        return part if sha256(folder / name.file) == part.shard.sha256 else None
    except (OSError, KeyError, TypeError, ValueError):
        return None


def write_part(folder: Path, name: ShardName, part: ShardRecord) -> None:
    """Write the part of a shard that lies there whole. Raises SpaceError."""
    (folder / paths.PARTS).mkdir(exist_ok=True)
    drawn_by = [each.model_dump() for each in part.drawn_by]
    facts = json.dumps({"shard": part.shard.model_dump(), "dropped": part.dropped, "drawn_by": drawn_by}).encode()
    write_bytes(part_path(folder, name), table_bytes(part.rows.replace_schema_metadata({_FACTS: facts})))


def sweep(folder: Path) -> None:
    """Delete what a killed process left half written. Only for the job that holds the folder's lock."""
    for parent in (paths.SHARDS, paths.PARTS):
        for leftover in (folder / parent).glob(".*.tmp"):
            leftover.unlink(missing_ok=True)


def keep_shards(folder: Path, digest: str) -> bool:
    """Keep the shards of an earlier start that was made of the same; delete others, and return whether there were any.

    Args:
        folder: the dataset's folder; only the job that holds its lock may do this.
        digest: a hash of all that decides what the shards hold.
    """
    path, begun = folder / paths.SHARD_PLAN, (folder / paths.SHARDS).exists()
    with contextlib.suppress(OSError, ValueError):  # missing or damaged
        if read_json(path) == {"digest": digest}:
            sweep(folder)
            return False
    for part in (paths.SHARDS, paths.PARTS):
        shutil.rmtree(folder / part, ignore_errors=True)
    write_json(path, {"digest": digest})
    return begun


def in_order(names: Iterable[ShardName]) -> list[ShardName]:
    """Return shards in the order of a dataset's table: split by split, by their numbers."""
    return sorted(names, key=lambda name: (SPLITS.index(name.split), name.number))


def assemble(
    folder: Path,
    names: list[ShardName],
    kind: str,
    recipe: dict[str, Any],
    seed: int,
    version: Version | None = None,
    regions: RegionsEntry | None = None,
) -> DatasetManifest:
    """Write the samples table and the manifest of a dataset whose shards are all finished, and drop the parts.

    Args:
        folder: the dataset's folder.
        names: its shards.
        kind: "synthetic" or "imported".
        recipe: how it was made, as plain values.
        seed: of its generation; 0 for others.
        version: what it is a new version of, if it is.
        regions: the table of regions, of a dataset of scenes.

    Raises:
        DatasetError: a shard is not finished, or was damaged meanwhile.
        SpaceError: the disk is full.
    """
    parts = [read_part(folder, name) for name in in_order(names)]
    finished = [part for part in parts if part is not None]
    if len(finished) < len(parts):
        raise unfinished()
    table = pa.concat_tables([part.rows for part in finished], promote_options="default")
    content = parquet_bytes(table)
    write_bytes(folder / paths.SAMPLES, content)
    labels = table["label"].to_pylist()
    counts = Counter(table["split"].to_pylist())
    manifest = DatasetManifest(
        holds="words" if regions is None else "scenes",
        kind=kind,
        recipe=recipe,
        seed=seed,
        charset="".join(sorted(set().union(*labels))),
        max_length=max(map(len, labels), default=0),
        counts={split: counts[split] for split in SPLITS},
        dropped=dict(sorted(sum((Counter(part.dropped) for part in finished), Counter()).items())),
        shards=[part.shard for part in finished],
        samples=FileEntry(file=paths.SAMPLES, bytes=len(content), sha256=hashlib.sha256(content).hexdigest()),
        regions=regions,
        version=version,
        drawn_by=tuple(dict.fromkeys(each for part in finished for each in part.drawn_by)),
    )
    final = write_manifest(folder, manifest)
    shutil.rmtree(folder / paths.PARTS, ignore_errors=True)
    return final


def damaged(folder: Path, file: str, what: str) -> DatasetError:
    """Return the error of a damaged file of a dataset."""
    return DatasetError(f"{file} of dataset {folder.name} is damaged: {what}. {made_again(folder)}")


def unfinished() -> DatasetError:
    """Return the error of a dataset that lacks a shard when all were written."""
    return DatasetError("A shard was damaged on the disk while the dataset was made. Resume: it is made again.")


def _row(sample: StoredSample, name: ShardName, offset: int, size: int) -> dict[str, Any]:
    label = sample.record.label
    place = {"index": sample.index, "split": name.split, "shard": name.number, "offset": offset, "bytes": size}
    facts = {"label": label, "length": len(label), "width": sample.width, "height": sample.height}
    return {**place, **facts, **sample.factors}


def part_path(folder: Path, name: ShardName) -> Path:
    """Return the path of a shard's part."""
    return folder / paths.PARTS / f"{name.split}-{name.number:05}.parquet"
