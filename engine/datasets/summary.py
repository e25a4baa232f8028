"""Summaries of finished datasets, as lists of datasets show them."""

import contextlib
from collections import Counter
from pathlib import Path
from typing import Any

from engine.datasets.dataset import Dataset, open_dataset
from engine.datasets.manifest import read_manifest
from engine.datasets.scenes.dataset import SceneDataset, open_scenes
from engine.errors import DatasetError
from engine.jobs.context import JobContext

_SHOWN_LABELS = 12


def summarize(dataset: Dataset) -> dict[str, Any]:
    """Return a dataset's summary as plain values."""
    manifest = dataset.manifest
    return {
        "kind": manifest.kind,
        "images": manifest.images,
        "counts": dict(manifest.counts),
        "bytes": sum(shard.bytes for shard in manifest.shards) + manifest.samples.bytes,
        "dropped": sum(manifest.dropped.values()),
        "charset_size": len(manifest.charset),
        "max_length": manifest.max_length,
        "hash": manifest.hash,
        "drawn_by": [renderer.words for renderer in manifest.drawn_by],
        "labels": [dataset.label(i) for i in range(min(_SHOWN_LABELS, len(dataset)))],
    }


def summarize_scenes(dataset: SceneDataset) -> dict[str, Any]:
    """Return the summary of a dataset of scenes as plain values; levels count the regions of each."""
    manifest, table = dataset.manifest, dataset.region_table
    tables = manifest.samples.bytes + (manifest.regions.bytes if manifest.regions else 0)
    return {
        "kind": manifest.kind,
        "holds": manifest.holds,
        "images": manifest.images,
        "counts": dict(manifest.counts),
        "bytes": sum(shard.bytes for shard in manifest.shards) + tables,
        "dropped": sum(manifest.dropped.values()),
        "regions": len(table),
        "ignored": sum(table["ignore"].to_pylist()),
        "levels": dict(Counter(table["level"].to_pylist()).most_common()),
        "hash": manifest.hash,
        "drawn_by": [renderer.words for renderer in manifest.drawn_by],
    }


def sum_up(job: JobContext, **own: Any) -> None:
    """Check the dataset that a job made in its folder, and write its summary.

    Args:
        job: the job.
        own: figures of this kind of job, beside those of every dataset and of every new version.

    Raises:
        DatasetError: the dataset is not whole.
        SpaceError: the disk is full.
    """
    scenes = read_manifest(job.folder).holds == "scenes"
    figures = summarize_scenes(open_scenes(job.folder)) if scenes else summarize(open_dataset(job.folder))
    if version := read_manifest(job.folder).version:
        edits = {"corrected": len(version.corrected) + len(version.regions), "removed": len(version.removed)}
        figures |= {"parent": version.parent, **edits}
    job.summary(**figures, seconds=round(job.seconds, 3), **own)


def is_complete(folder: Path) -> bool:
    """Say whether a folder holds a complete dataset, of words or of scenes."""
    with contextlib.suppress(DatasetError):
        if read_manifest(folder).holds == "scenes":
            open_scenes(folder)
        else:
            open_dataset(folder)
        return True
    return False
