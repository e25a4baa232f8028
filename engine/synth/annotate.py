"""One sample taken apart: which piece of its text lies where, for people who look at it closely.

Boxes and mask are drawn anew from the very values that drew the sample, without its blur, and so cost nothing where
nobody asks. trdg's own masks lose thin letters when they are scaled.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from engine.config.recipe import Recipe
from engine.synth import postprocess
from engine.synth.asset_resolver import AssetResolver
from engine.synth.samples import render_sample
from engine.synth.scripts import NO_BREAK, pieces
from engine.synth.trdg.adapter import trace
from engine.workspace import Workspace

_INKED = 64  # of 255: from where on a pixel counts as the piece's


class PieceBox(NamedTuple):
    """A piece of the text (a character, or a word where words are drawn whole) and its box: px, ends outside it."""

    text: str
    left: int
    top: int
    right: int
    bottom: int


@dataclass(frozen=True)
class AnnotatedSample:
    """A sample with its boxes and mask.

    Attributes:
        image: RGB or L.
        label: the text.
        factors: what decided its look.
        dropped: the tries before it that gave no image, by reason.
        boxes: one for each piece that shows, in the order of reading.
        mask: L, of the image's size: 0 beside the text, n on the nth piece of the text (spaces count) from 1.
    """

    image: Image.Image
    label: str
    factors: dict[str, Any]
    dropped: dict[str, int]
    boxes: list[PieceBox]
    mask: Image.Image


def annotate_sample(recipe: Recipe, seed: int, index: int, workspace: Workspace | None = None) -> AnnotatedSample:
    """Draw sample `index` as a preview does, with its boxes and mask. Raises ConfigError as a preview does."""
    take = render_sample(recipe, seed, index, shelf=AssetResolver(workspace))
    parts = pieces(take.drawing.text, take.drawing.word_split)
    covers = np.stack(
        [np.asarray(postprocess.warp(cover, take.plan, mask=True)) for cover in trace(take.drawing, len(parts))]
    )  # uint8 (pieces, H, W)
    mask = np.where(covers.max(axis=0) >= _INKED, covers.argmax(axis=0) + 1, 0).astype(np.uint8)
    boxes = [box for part, cover in zip(parts, covers, strict=True) if (box := _box(part, cover))]
    sample = take.sample
    return AnnotatedSample(
        sample.image, sample.label, sample.factors, dict(sample.dropped), boxes, Image.fromarray(mask)
    )


def _box(text: str, cover: NDArray[np.uint8]) -> PieceBox | None:
    inked = cover >= min(_INKED, max(1, int(cover.max())))  # the thinnest letters cover no pixel by half
    rows, columns = np.flatnonzero(inked.any(axis=1)), np.flatnonzero(inked.any(axis=0))
    if not len(rows):
        return None
    shown = text.replace(NO_BREAK, " ")
    return PieceBox(shown, int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1)
