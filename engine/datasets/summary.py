"""Summaries of finished datasets, as lists of datasets show them."""

import contextlib
from pathlib import Path
from typing import Any

from engine.datasets.dataset import Dataset, open_dataset
from engine.errors import DatasetError

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
        "labels": [dataset.label(i) for i in range(min(_SHOWN_LABELS, len(dataset)))],
    }


def is_complete(folder: Path) -> bool:
    """Say whether a folder holds a complete dataset."""
    with contextlib.suppress(DatasetError):
        open_dataset(folder)
        return True
    return False
