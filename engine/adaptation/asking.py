"""Readings of transcripts that people are asked about: the least sure of those that nobody has confirmed or corrected.

Labels come from anywhere: given here, by the command line, or carried over from an earlier transcript of the same
images. This module waits for nobody.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from engine.jobs import paths, read_events
from engine.sources.labelling import READING, SETTLED, labels_of


def open_images(folder: Path, names: Iterable[str]) -> list[str]:
    """Return those of some images of a transcript, given its folder, that wait for somebody's word."""
    labels = labels_of(folder)
    return [name for name in names if name not in labels or labels[name].state not in SETTLED]


def readable_images(folder: Path) -> list[str]:
    """Return the images of a transcript that were read, the least sure first; blank and damaged ones are not."""
    rows = [event for event in read_events(folder / paths.EVENTS)[0] if event.get("kind") == READING]
    return [str(row["image"]) for row in sorted(rows, key=_confidence) if not row.get("problem")]


def _confidence(row: dict[str, Any]) -> float:
    value = row.get("confidence")
    return float(value) if isinstance(value, int | float) else 0.0
