"""Write a dataset of scenes shard by shard, as `engine.datasets.shards` writes words, with a table of all regions.

A finished shard has two parts: the rows of its regions, and, written last, those of its scenes. `assemble_scenes` joins
the regions to one table and lets the manifest name it. This module draws nothing and reads no images.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from engine.datasets.manifest import DatasetManifest, RegionsEntry, Renderer, ShardEntry, Version
from engine.datasets.shards import (
    ShardName,
    ShardRecord,
    StoredSample,
    assemble,
    in_order,
    part_path,
    read_part,
    share_shard,
    unfinished,
    write_part,
    write_records,
)
from engine.datasets.tfrecord import ImageRecord
from engine.files import write_bytes
from engine.jobs import paths
from engine.regions.region import Region
from engine.tables import parquet_bytes, read_table, table_bytes
from glyphlab_read.parsing import canonical_json

REGION_SCHEMA = pa.schema(
    [
        ("scene", pa.int32()),
        ("polygon", pa.list_(pa.float32())),
        ("text", pa.string()),
        ("ignore", pa.bool_()),
        ("level", pa.dictionary(pa.int32(), pa.string())),
        ("language", pa.dictionary(pa.int32(), pa.string())),
    ]
)
"""Columns of the table of regions: the row number of the scene, x0, y0, x1, y1 … in px, and as in Region.

Files have no column of languages where no region names one.
"""


class StoredScene(NamedTuple):
    """One scene to be stored.

    Attributes:
        index: its number in the dataset.
        image: an encoded JPEG or PNG.
        width, height: of the image, in px.
        regions: its text; none is a scene without text.
        source: where it comes from, for people.
        factors: a column each.
    """

    index: int
    image: bytes
    width: int
    height: int
    regions: Sequence[Region]
    source: str
    factors: dict[str, Any]


def write_scene_shard(
    folder: Path,
    name: ShardName,
    scenes: Iterable[StoredScene],
    dropped: Counter[str],
    drawn_by: tuple[Renderer, ...] = (),
) -> None:
    """Write a shard of scenes, then its parts. `dropped` is read after the last scene was taken.

    Raises:
        SpaceError: the disk is full.
        ValueError: a corner of a region is not finite.
    """
    regions: list[dict[str, Any]] = []

    def samples() -> Iterator[StoredSample]:
        for row, scene in enumerate(scenes):
            regions.extend(_region_row(row, region) for region in scene.regions)
            record = ImageRecord(scene.image, "", scene.source)
            yield StoredSample(scene.index, record, scene.width, scene.height, scene.factors)

    entry, rows = write_records(folder, name, samples())
    _write_regions(folder, name, pa.Table.from_pylist(regions, REGION_SCHEMA))
    write_part(folder, name, ShardRecord(entry, dict(dropped), rows, drawn_by))


def share_scene_shard(
    folder: Path,
    name: ShardName,
    source: Path,
    entry: ShardEntry,
    rows: pa.Table,
    regions: pa.Table,
    drawn_by: tuple[Renderer, ...] = (),
) -> None:
    """Take over a finished shard of another dataset unchanged; see `engine.datasets.shards.share_shard`.

    Args:
        folder: the dataset's folder.
        name: the shard.
        source: the other dataset's folder.
        entry: what its manifest says of the shard.
        rows: what its table says of the shard's scenes.
        regions: the regions of those scenes, `scene` counted from the shard's first.
        drawn_by: what its manifest says of who drew it.

    Raises:
        DatasetError: its content is not what the manifest says.
        SpaceError: the disk is full.
    """
    _write_regions(folder, name, regions)
    share_shard(folder, name, source, entry, rows, drawn_by)


def has_scene_shard(folder: Path, name: ShardName) -> bool:
    """Say whether a shard and both its parts are whole."""
    return read_part(folder, name) is not None and _read_regions(folder, name) is not None


def assemble_scenes(
    folder: Path, names: list[ShardName], kind: str, recipe: dict[str, Any], seed: int, version: Version | None = None
) -> DatasetManifest:
    """Write the tables and the manifest of a dataset whose shards are all finished, and drop the parts.

    Args:
        folder: the dataset's folder.
        names: its shards.
        kind: "synthetic" or "imported".
        recipe: how it was made, as plain values.
        seed: of its generation; 0 for others.
        version: what it is a new version of, if it is.

    Raises:
        DatasetError: a shard is not finished, or was damaged meanwhile.
        SpaceError: the disk is full.
    """
    tables, first = [], 0
    for name in in_order(names):
        part, regions = read_part(folder, name), _read_regions(folder, name)
        if part is None or regions is None:
            raise unfinished()
        scenes = pc.add(regions["scene"], pa.scalar(first, pa.int32()))  # pyright: ignore[reportAttributeAccessIssue]
        tables.append(regions.set_column(0, "scene", scenes))
        first += part.shard.count
    table = pa.concat_tables([REGION_SCHEMA.empty_table(), *tables]).unify_dictionaries()
    if table["language"].null_count == len(table):
        table = table.drop_columns("language")
    content = parquet_bytes(table)
    write_bytes(folder / paths.REGIONS, content)
    entry = RegionsEntry(
        file=paths.REGIONS,
        bytes=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        count=len(table),
        content=region_digest(table),
    )
    return assemble(folder, names, kind, recipe, seed, version, entry)


def with_languages(stored: pa.Table) -> pa.Table:
    """Return a stored table of regions with all columns of REGION_SCHEMA. Raises ValueError for other columns."""
    if "language" not in stored.column_names:
        column = pa.nulls(len(stored), REGION_SCHEMA.field("language").type)
        stored = stored.append_column("language", column)
    return stored.cast(REGION_SCHEMA)


def region_digest(table: pa.Table) -> str:
    """Return the SHA-256 of a table of regions: of each row as canonical JSON, with the end of a line after it."""
    digest = hashlib.sha256()
    for batch in table.to_batches(max_chunksize=10_000):
        for row in batch.to_pylist():
            digest.update(canonical_json(row) + b"\n")
    return digest.hexdigest()


def _region_row(scene: int, region: Region) -> dict[str, Any]:
    corners = np.asarray(region.polygon, np.float32).ravel()
    if not np.isfinite(corners).all():
        raise ValueError(f"a corner of {json.dumps(region.text)} in scene {scene} of a shard is not finite")
    return {
        "scene": scene,
        "polygon": corners.tolist(),
        "text": region.text,
        "ignore": region.ignore,
        "level": region.level,
        "language": region.language,
    }


def _write_regions(folder: Path, name: ShardName, regions: pa.Table) -> None:
    path = _regions_path(folder, name)
    path.parent.mkdir(exist_ok=True)
    write_bytes(path, table_bytes(regions))


def _read_regions(folder: Path, name: ShardName) -> pa.Table | None:
    try:
        return with_languages(read_table(_regions_path(folder, name)))
    except (OSError, ValueError):  # missing or damaged (pyarrow's faults are ValueErrors)
        return None


def _regions_path(folder: Path, name: ShardName) -> Path:
    return part_path(folder, name).with_suffix(f".{paths.REGIONS}")
