"""Check that labels are what was drawn: `python -m bench.labels [--images N] [--processes P] [--again N]`.

Samples of every preset, and of every bundled dictionary that can be drawn, go the generator's own way. Each is checked
by construction: the pieces that reach the image spell the label, character by character, and the stored record gives
it back. Some are drawn again in three ways: by trdg from the label, whose ink must be the sample's; laid on white and
blurred by Pillow, where the sample stands on white; and letter by letter with Pillow alone, without any part of ours,
which must be trdg's text before it is turned and bent. Nothing is written; prints a Markdown table, and fails on the
first sample that is not what it says.
"""

import argparse
import multiprocessing
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from bench.command import run
from engine.config.recipe import Recipe
from engine.config.recipe_presets import PRESETS
from engine.config.text_sources import Words
from engine.datasets.tfrecord import ImageRecord, decode_example, encode_example
from engine.errors import GlyphlabError
from engine.synth import composing, encoding, languages, samples, scripts
from engine.synth.samples import RenderedSample
from engine.synth.trdg import text_patches
from engine.synth.trdg.adapter import Drawing, draw

_LANGUAGES = Recipe(
    name="all dictionaries", texts=tuple(Words(language=each.id, max_length=40) for each in languages())
)
RECIPES: tuple[Recipe, ...] = (*PRESETS.values(), _LANGUAGES)
"""Recipes to draw, in turn."""

_BATCH = 500  # samples between two lines of progress


class WrongLabel(GlyphlabError):
    """A sample does not show its label."""


@contextmanager
def _pieces() -> Iterator[list[str]]:
    """Yield a list that holds, after each draw, the pieces of text that reached the image."""
    drawn: list[str] = []
    write, begin, compose = text_patches.Pen.text, samples.draw, composing.compose

    def written(self: text_patches.Pen, xy: tuple[int, int], text: str, *rest: Any, **named: Any) -> None:
        if type(self) is text_patches.Pen:  # the image's, not its mask's
            drawn.append(text)
        write(self, xy, text, *rest, **named)

    def begun(drawing: Drawing) -> Any:
        drawn.clear()
        return begin(drawing)

    def composed(drawing: Drawing, composition: composing.Composition) -> Any:
        drawn.clear()
        return compose(drawing, composition)

    text_patches.Pen.text, samples.draw, composing.compose = written, begun, composed
    try:
        yield drawn
    finally:
        text_patches.Pen.text, samples.draw, composing.compose = write, begin, compose


def check(first: int, count: int, seed: int, again: int) -> Counter[str]:
    """Check samples `first` to `first + count`, every `again`th by drawing it again; return what was checked how often.

    Raises:
        WrongLabel: one does not show its label.
    """
    found: Counter[str] = Counter()
    with _pieces() as drawn:
        for index in range(first, first + count):
            recipe = RECIPES[index % len(RECIPES)]
            rendered = samples.render_sample(recipe, seed, index)
            _spelt(recipe, index, rendered, drawn)
            found.update(samples=1, characters=len(rendered.sample.label))
            if index // len(RECIPES) % again == 0:
                found.update(_redrawn(recipe, index, rendered))
    return found


def _spelt(recipe: Recipe, index: int, rendered: RenderedSample, drawn: list[str]) -> None:
    label, content = rendered.sample.label, encoding.encode(rendered.sample.image)
    others = rendered.composition.neighbours if rendered.composition else ()
    if "".join(drawn) != scripts.for_drawing(label) + "".join(other.drawing.text for other in others):
        _wrong(recipe, index, label, f"the pieces drawn are {drawn}")
    if decode_example(encode_example(ImageRecord(content, label, ""))) != ImageRecord(content, label, ""):
        _wrong(recipe, index, label, "its record reads otherwise")


def _redrawn(recipe: Recipe, index: int, rendered: RenderedSample) -> Iterator[str]:
    """Yield the names of the checks that a sample allows and passes."""
    drawing, label = replace(rendered.drawing, text=scripts.for_drawing(rendered.sample.label)), rendered.sample.label
    plain = draw(replace(drawing, background="white", blur=0.0, mode="colour"))
    if not _same(plain.layer, rendered.drawn.layer) or plain.corner != rendered.drawn.corner:
        _wrong(recipe, index, label, "its ink is not that of its label")
    yield "drawn again by trdg"
    if drawing.background == "white" and rendered.composition is None:
        paper = Image.new("RGBA", rendered.drawn.image.size, "white")
        paper.paste(plain.layer, plain.corner, plain.layer)
        laid = paper.convert(rendered.drawn.image.mode).filter(ImageFilter.GaussianBlur(drawing.blur))
        if not _same(laid, rendered.drawn.image):
            _wrong(recipe, index, label, "it shows more, or less, than its label on white")
        yield "laid on white by Pillow"
    if drawing.orientation == "horizontal":
        upright = draw(replace(drawing, background="white", skew=0, distortion="none", blur=0.0, width=None))
        if not _same(_by_pillow(drawing, upright.layer.size), upright.layer):
            _wrong(recipe, index, label, "its letters are not those of its font")
        yield "drawn letter by letter by Pillow"


def _by_pillow(drawing: Drawing, size: tuple[int, int]) -> Image.Image:
    """Return the upright text, RGBA of this size (px), drawn whole by Pillow alone on a canvas with room around it."""
    font = ImageFont.truetype(drawing.font, drawing.height)
    parts = scripts.pieces(drawing.text, drawing.word_split)
    space = int(round(font.getlength(" ")) * drawing.space_width)
    widths = [space if part == " " else round(font.getlength(part)) for part in parts]
    spacing = 0 if drawing.word_split else drawing.character_spacing  # px between characters; words have spaces
    height = max(int(font.getbbox(part)[3]) for part in parts)
    room, width = 2 * drawing.height, sum(widths) + spacing * (len(parts) - 1)
    text = Image.new("RGBA", (width + 2 * room, height + 2 * room))
    pen, x = ImageDraw.Draw(text), room
    for part, advance in zip(parts, widths, strict=True):
        stroke = {"stroke_width": drawing.stroke_width, "stroke_fill": drawing.stroke_colour}
        pen.text((x, room), part, fill=drawing.colour, font=font, **stroke)
        x += advance + spacing
    ink = text.getbbox() or (room, room, room, room)
    corner, end = (min(ink[0], room), min(ink[1], room)), (max(ink[2], room + width), max(ink[3], room + height))
    cut = text.crop(ink if drawing.fit else (*corner, *end))
    return cut.resize(size, Image.Resampling.LANCZOS)


def _same(first: Image.Image, second: Image.Image) -> bool:
    return first.size == second.size and bool(np.array_equal(np.asarray(first), np.asarray(second)))


def _wrong(recipe: Recipe, index: int, label: str, what: str) -> None:
    raise WrongLabel(
        f"Sample {index} of {recipe.name!r} is labelled {label!r}, but {what}. The generator is at fault: report it."
    )


def _task(arguments: tuple[int, int, int, int]) -> Counter[str]:
    return check(*arguments)


def main(arguments: list[str] | None = None) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m bench.labels", description=__doc__)
    parser.add_argument("--images", type=int, default=100_000, help="samples checked (default: 100,000)")
    parser.add_argument("--processes", type=int, default=2, help="processes (default: 2)")
    parser.add_argument("--again", type=int, default=20, help="one in so many is drawn again (default: 20)")
    parser.add_argument("--seed", type=int, default=0, help="another seed checks other samples")
    options = parser.parse_args(arguments)
    starts = range(0, options.images, _BATCH)
    tasks = [(start, min(_BATCH, options.images - start), options.seed, options.again) for start in starts]
    found: Counter[str] = Counter()
    began = time.perf_counter()
    with multiprocessing.get_context("spawn").Pool(options.processes) as pool:
        for counted in pool.imap_unordered(_task, tasks):
            found += counted
            print(f"\r{found['samples']:,} of {options.images:,}", end="", file=sys.stderr)
    print(file=sys.stderr)
    print(f"| checked in {time.perf_counter() - began:,.0f} s, {len(RECIPES)} recipes | figure |\n| --- | --- |")
    print(f"| samples whose pieces spell their label | {found.pop('samples'):,} |")
    print(f"| characters of them | {found.pop('characters'):,} |")
    for what, count in found.items():
        print(f"| {what}: every pixel the same | {count:,} |")
    print("| wrong labels | 0 |")


if __name__ == "__main__":
    run(main)
