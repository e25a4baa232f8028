"""Annotation of one sample: a box and a mask for each character or word of its text.

Both are drawn on demand from the values that the sample was drawn from, without its blur. trdg's own masks are not
used: they lose thin letters when they are scaled.
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

_INK_COVERAGE = 64  # of 255: coverage from which a pixel belongs to a piece


class PieceBox(NamedTuple):
    """A piece of the text (a character, or a word where words are drawn whole) and its box in px, ends exclusive."""

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
        factors: the values that decided its style.
        dropped: the rejected tries before it, by reason.
        boxes: one for each visible piece, in reading order.
        mask: L, of the image's size: 0 beside the text, n on its n-th piece (from 1, spaces counted).
    """

    image: Image.Image
    label: str
    factors: dict[str, Any]
    dropped: dict[str, int]
    boxes: list[PieceBox]
    mask: Image.Image


def annotate_sample(recipe: Recipe, seed: int, index: int, workspace: Workspace | None = None) -> AnnotatedSample:
    """Draw sample `index` as a preview does, with its boxes and mask. Raises ConfigError as a preview does."""
    rendered = render_sample(recipe, seed, index, assets=AssetResolver(workspace))
    parts = pieces(rendered.drawing.text, rendered.drawing.word_split)
    covers = np.stack(
        [np.asarray(postprocess.warp(cover, rendered.plan, mask=True)) for cover in trace(rendered.drawing, len(parts))]
    )  # uint8 (pieces, H, W)
    mask = np.where(covers.max(axis=0) >= _INK_COVERAGE, covers.argmax(axis=0) + 1, 0).astype(np.uint8)
    boxes = [box for part, cover in zip(parts, covers, strict=True) if (box := _box(part, cover))]
    sample = rendered.sample
    return AnnotatedSample(
        sample.image, sample.label, sample.factors, dict(sample.dropped), boxes, Image.fromarray(mask)
    )


def _box(text: str, cover: NDArray[np.uint8]) -> PieceBox | None:
    inked = cover >= min(_INK_COVERAGE, max(1, int(cover.max())))  # the thinnest letters cover no pixel by half
    rows, columns = np.flatnonzero(inked.any(axis=1)), np.flatnonzero(inked.any(axis=0))
    if not len(rows):
        return None
    shown = text.replace(NO_BREAK, " ")
    return PieceBox(shown, int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1)
