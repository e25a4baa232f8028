"""Four numbers for an upright rectangle: two of its corners, or one and its size. Where both may be meant, we ask."""

from collections.abc import Iterable, Sequence
from typing import Any

from engine.config.scene_rules import BoxKind
from engine.datasets.scenes.importing.formats.base import FAULTS, box, number
from engine.sources.questions import ImportQuestion, Remedy
from glyphlab_read.regions.quads import Points

_ENOUGH = 2  # rectangles that cannot be corners, where there are more: one may be a slip


def box_kind(rows: Iterable[Sequence[Any]], wanted: BoxKind | str) -> BoxKind:
    """Return what the numbers of a source's rectangles are: what the user says, or what alone fits.

    Args:
        rows: four numbers each.
        wanted: the setting.

    Raises:
        SourceError: both may be meant, so that somebody has to say.
    """
    if wanted == "corners":
        return "corners"
    if wanted == "size":
        return "size"
    sizes, total, first = 0, 0, None
    for row in rows:
        try:
            left, top, third, fourth = map(number, row)
        except FAULTS:
            continue
        first = first or (left, top, third, fourth)
        total += 1
        sizes += third <= left or fourth <= top
    if sizes >= min(_ENOUGH, max(total, 1)):
        return "size"
    if first is None:
        return "corners"
    shown = ", ".join(f"{value:g}" for value in first)
    raise ImportQuestion(
        f"What the four numbers of a region are, first {shown}, is not sure. Say which:",
        [
            Remedy("left, top, right and bottom", "boxes", "corners"),
            Remedy("left, top, width and height", "boxes", "size"),
        ],
    )


def box_of(values: Sequence[Any], kind: BoxKind | str) -> Points:
    """Return the corners of an upright rectangle. Raises as `number` does."""
    left, top, third, fourth = map(number, values)
    return box(left, top, left + third, top + fourth) if kind == "size" else box(left, top, third, fourth)
