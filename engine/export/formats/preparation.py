"""`Preprocessing.prepare` and `pad_batch` as operators of ONNX, in front of a network, for programs that do neither.

Those programs hand over images of one height in one batch, padded to the right. The images are resized as Pillow does
(BILINEAR: a triangle as wide as the step), their contrast is stretched, light text on dark is inverted, and what is
padding becomes the grey that the network takes for it. Legend: N images, C channels, H rows and W columns as handed
over, h rows and w columns as the network sees them. This module decodes nothing.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.export.formats.operators import BYTE, DOUBLE, FLOAT, INTEGER, Operators
from glyphlab_read.reading.preprocess import PADDING, Preprocessing

_GREY = (19595.0, 38470.0, 7471.0)  # of 65,536, as Pillow weighs red, green and blue
_ONE_COLOUR = 6.0  # grey levels; see glyphlab_read.images.blank


@dataclass(frozen=True)
class PreparedBatch:
    """The names of what `add_preparation` leaves in a graph.

    Attributes:
        image: uint8 (N, h, w, C), as the network takes it.
        widths: of the images in it without their padding, float32 (N, 1); 0 where an image is of one colour.
        columns: w, float32 ().
    """

    image: str
    widths: str
    columns: str


def add_preparation(ops: Operators, rgb: str, inside: str, rows: int, preprocessing: Preprocessing) -> PreparedBatch:
    """Add the operators that prepare a batch.

    Args:
        ops: where they go.
        rgb: pixels, float32 (N, 3, H, W), whole numbers from 0 to 255.
        inside: float32 (N, W), 1 for the columns of an image and 0 for its padding.
        rows: H.
        preprocessing: of the reader.
    """
    height, channels = preprocessing.height, preprocessing.channels
    given = ops.add("Max", _last_column(ops, inside), 1.0)  # (N, 1)
    kept = ops.add("Mul", given, height / rows)
    widened = ops.add("Max", kept, ops.add("Sqrt", ops.add("Mul", kept, float(preprocessing.widen_below))))
    widths = ops.add("Clip", ops.add("Round", widened), float(height // 2), float(preprocessing.max_width))
    most = ops.add("ReduceMax", widths, axes=[0, 1], keepdims=0)
    batches = ops.add("Ceil", ops.add("Div", most, float(preprocessing.multiple)))
    columns = ops.add("Mul", batches, float(preprocessing.multiple))
    pixels = rgb if channels == 3 else _grey(ops, rgb)
    places = ops.numbers(ops.cast(columns, INTEGER))
    pixels = _rounded(ops, ops.add("MatMul", pixels, _across(ops, inside, given, widths, places)))
    if rows != height:
        pixels = _rounded(ops, ops.add("MatMul", _triangles(rows, height), pixels))
    mask = ops.add("Less", ops.add("Unsqueeze", places, [0]), widths)  # (N, w)
    mask = ops.add("Unsqueeze", mask, [1, 2])  # (N, 1, 1, w)
    levels = ops.add("Mul", widths, float(channels * height))  # pixels of each image, all channels
    stretched = _stretched(ops, pixels, mask, levels)
    upright = _dark_on_light(ops, stretched, mask, widths, channels, height)
    padded = ops.add("Where", mask, upright, float(PADDING))
    image = ops.add("Transpose", ops.cast(padded, BYTE), perm=[0, 2, 3, 1])
    return PreparedBatch(image, ops.add("Mul", widths, _shows_something(ops, pixels, mask)), columns)


def _last_column(ops: Operators, inside: str) -> str:
    """Return the number of columns up to the last one inside, float32 (N, 1)."""
    numbers = ops.add("Add", ops.numbers(ops.length(inside, 1)), 1.0)
    return ops.add("ReduceMax", ops.add("Mul", inside, numbers), axes=[1], keepdims=1)


def _grey(ops: Operators, rgb: str) -> str:
    weights = np.array(_GREY, np.float32).reshape(1, 3, 1, 1)
    summed = ops.add("ReduceSum", ops.add("Mul", rgb, weights), [1], keepdims=1)
    return ops.add("Floor", ops.add("Div", ops.add("Add", summed, 32768.0), 65536.0))


def _rounded(ops: Operators, pixels: str) -> str:
    return ops.add("Floor", ops.add("Add", pixels, 0.5))


def _across(ops: Operators, inside: str, given: str, widths: str, places: str) -> str:
    """Return the weights by which columns are resized, each image by its own factor: (N, 1, W, w)."""
    step = ops.add("Div", given, widths)  # (N, 1)
    targets = ops.add("Add", ops.add("Unsqueeze", places, [0]), 0.5)
    centres = ops.add("Sub", ops.add("Mul", targets, step), 0.5)  # (N, w)
    sources = ops.add("Unsqueeze", ops.numbers(ops.length(inside, 1)), [0, 2])  # (1, W, 1)
    apart = ops.add("Abs", ops.add("Sub", sources, ops.add("Unsqueeze", centres, [1])))  # (N, W, w)
    reach = ops.add("Unsqueeze", ops.add("Max", step, 1.0), [2])
    triangles = ops.add("Max", ops.add("Sub", 1.0, ops.add("Div", apart, reach)), 0.0)
    own = ops.add("LessOrEqual", ops.add("Add", sources, 1.0), ops.add("Unsqueeze", given, [2]))
    triangles = ops.add("Mul", triangles, ops.cast(own, FLOAT))
    summed = ops.add("Max", ops.add("ReduceSum", triangles, [1], keepdims=1), 1e-6)
    return ops.add("Unsqueeze", ops.add("Div", triangles, summed), [1])


def _triangles(rows: int, height: int) -> npt.NDArray[np.float32]:
    """Return the weights by which rows are resized, (h, H)."""
    step = rows / height
    centres = (np.arange(height) + 0.5) * step - 0.5
    weights = np.maximum(1 - np.abs(np.arange(rows) - centres[:, None]) / max(step, 1.0), 0)
    return (weights / weights.sum(axis=1, keepdims=True)).astype(np.float32)


def _stretched(ops: Operators, pixels: str, mask: str, count: str) -> str:
    """Spread the levels of each image as `Preprocessing.prepare` does; float32, whole numbers.

    The level behind 1 % of the pixels is the one at that place of the sorted levels, of which a few at each end do.
    """
    exact = ops.cast(count, DOUBLE)
    below = ops.add("Floor", ops.add("Mul", exact, np.array(0.01)))
    above = ops.add("Sub", exact, ops.add("Ceil", ops.add("Mul", exact, np.array(0.99))))
    kept = ops.add("Add", ops.add("ReduceMax", below, axes=[0, 1], keepdims=0), np.array(2.0))
    kept = ops.add("Unsqueeze", ops.cast(kept, INTEGER), [0])
    low = _at(ops, ops.add("Where", mask, pixels, 1e3), below, kept, largest=0)
    high = _at(ops, ops.add("Where", mask, pixels, -1e3), above, kept, largest=1)
    span = ops.add("Max", ops.add("Sub", high, low), np.array(1.0))
    gain = ops.add("Unsqueeze", ops.add("Min", ops.add("Div", np.array(255.0), span), np.array(4.0)), [2, 3])
    middle = ops.add("Unsqueeze", ops.add("Mul", ops.add("Add", low, high), np.array(0.5)), [2, 3])
    spread = ops.add("Mul", ops.add("Sub", ops.cast(pixels, DOUBLE), middle), gain)
    clipped = ops.add("Clip", ops.add("Add", spread, np.array(127.5)), np.array(0.0), np.array(255.0))
    return ops.cast(ops.add("Round", clipped), FLOAT)


def _at(ops: Operators, pixels: str, place: str, kept: str, largest: int) -> str:
    """Return the level at a place of the sorted levels of each image, float64 (N, 1)."""
    flat = ops.add("Flatten", pixels, axis=1)
    ends = ops.add("TopK", flat, kept, axis=1, largest=largest, sorted=1)
    return ops.cast(ops.add("GatherElements", ends, ops.cast(place, INTEGER), axis=1), DOUBLE)


def _dark_on_light(ops: Operators, pixels: str, mask: str, widths: str, channels: int, height: int) -> str:
    """Invert the images whose edge is dark in the median: of its two middle levels where their number is even."""
    edge, on_edge = _edge(ops, pixels, mask, widths)
    low = ops.add("Less", edge, 127.5)
    dark, light = ops.add("And", low, on_edge), ops.add("And", ops.add("Not", low), on_edge)
    twice = ops.add("Mul", ops.add("ReduceSum", ops.cast(dark, FLOAT), [1], keepdims=1), 2.0)
    count = ops.add("Mul", ops.add("Add", widths, float(height)), 2.0 * channels)
    darkest = ops.add("ReduceMax", ops.add("Where", dark, edge, -1e6), axes=[1], keepdims=1)
    lightest = ops.add("ReduceMin", ops.add("Where", light, edge, 1e6), axes=[1], keepdims=1)
    middle_dark = ops.add("Less", ops.add("Add", darkest, lightest), 255.0)
    halved = ops.add("And", ops.add("Equal", twice, count), middle_dark)
    inverts = ops.add("Unsqueeze", ops.add("Or", ops.add("Greater", twice, count), halved), [2, 3])
    return ops.add("Where", inverts, ops.add("Sub", 255.0, pixels), pixels)


def _edge(ops: Operators, pixels: str, mask: str, widths: str) -> tuple[str, str]:
    """Return the pixels of all four edges of each image, (N, M), and which of them count."""
    top, bottom = ops.add("Gather", pixels, [0], axis=2), ops.add("Gather", pixels, [-1], axis=2)
    columns = ops.add("Cast", ops.add("Sub", widths, 1.0), to=INTEGER)  # (N, 1): the last of each
    spots = ops.add("Add", ops.add("Mul", ops.add("Gather", pixels, [0], axis=3), 0.0), 1.0)  # (N, C, h, 1)
    last = ops.cast(ops.add("Mul", spots, ops.cast(ops.add("Unsqueeze", columns, [2, 3]), FLOAT)), INTEGER)
    sides = [ops.add("Gather", pixels, [0], axis=3), ops.add("GatherElements", pixels, last, axis=3)]
    parts = [ops.add("Flatten", part, axis=1) for part in (top, bottom, *sides)]
    row = ops.cast(ops.add("Mul", ops.add("Add", ops.add("Mul", top, 0.0), 1.0), ops.cast(mask, FLOAT)), FLOAT)
    flags = [ops.add("Flatten", part, axis=1) for part in (row, row, spots, spots)]
    counted = ops.add("Greater", ops.add("Concat", *flags, axis=1), 0.5)
    return ops.add("Concat", *parts, axis=1), counted


def _shows_something(ops: Operators, pixels: str, mask: str) -> str:
    """Return 1 for an image of several levels and 0 for one of one colour, float32 (N, 1)."""
    lightest = ops.add("ReduceMax", ops.add("Where", mask, pixels, -1e3), axes=[2, 3], keepdims=0)
    darkest = ops.add("ReduceMin", ops.add("Where", mask, pixels, 1e3), axes=[2, 3], keepdims=0)
    span = ops.add("ReduceMax", ops.add("Sub", lightest, darkest), axes=[1], keepdims=1)
    return ops.cast(ops.add("Greater", span, _ONE_COLOUR), FLOAT)
