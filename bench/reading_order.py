"""Reading order on pages whose order is known: `python -m bench.reading_order [--pages N]`.

Lays out pages of boxes at random: one to three columns, level with each other or not, a title over them, a sidebar, a
header and a footer, from right to left, from top to bottom, bills; with slant, boxes that are off by some px, and words
that were not found. Prints, for each layout, the mean share of pairs of words that stand in the right order, its worst
page, and the same for a sort from top to bottom in steps of half a line, which other programs do.
"""

import argparse
import itertools
import math
import random
from collections.abc import Callable, Iterator

import numpy as np
import numpy.typing as npt

from bench.command import run
from bench.machine import print_machine
from glyphlab_read.documents.document import Direction
from glyphlab_read.documents.frame import frame_of
from glyphlab_read.documents.order import reading_order
from glyphlab_read.regions.quads import Quads

Rectangle = tuple[float, float, float, float]
"""Left, top, width, height, px."""

_WIDTH, _HEIGHT, _MARGIN = 1654.0, 2339.0, 140.0  # px: A4 at 200 dpi


class PageLayout:
    """A page that is being filled; words are added in the order in which they are read."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.size = rng.uniform(18, 34)  # px, of a word's box
        self.words: list[Rectangle] = []

    def text(self, left: float, top: float, width: float, lines: int, size: float = 0.0, pitch: float = 0.0) -> float:
        """Add lines of words between two edges, some with a paragraph's end, and return where the next may begin."""
        rng, size = self.rng, size or self.size
        pitch = pitch or size * rng.uniform(1.15, 1.7)
        justified, y = rng.random() < 0.5, top
        for number in range(lines):
            full = number < lines - 1 and rng.random() > 0.15
            self._line(left, y, width if full else width * rng.uniform(0.2, 0.8), size, justified and full)
            y += pitch
            if not full and rng.random() < 0.5:
                y += pitch * rng.uniform(0.3, 0.8)
        return y

    def _line(self, left: float, top: float, width: float, size: float, justified: bool) -> None:
        rng, row, x = self.rng, [], 0.0
        while True:
            word = size * rng.choice((1, 1.5, 2, 2.5, 3, 4, 5))
            if x + word > width and row:
                break
            row.append((x, min(word, width)))
            x += word + size * rng.uniform(0.25, 0.4)
        spare = width - (row[-1][0] + row[-1][1])
        extra = min(spare / max(len(row) - 1, 1), 0.5 * size) if justified else 0.0
        self.words += [(left + x + number * extra, top, wide, size) for number, (x, wide) in enumerate(row)]


def columns(layout: PageLayout, count: int, top: float = _MARGIN) -> None:
    """Fill columns side by side, the last one shorter at times."""
    rng = layout.rng
    gutter = layout.size * rng.uniform(1.5, 3.5)
    width = (_WIDTH - 2 * _MARGIN - (count - 1) * gutter) / count
    lines, pitch = rng.randint(12, 36), layout.size * rng.uniform(1.15, 1.7) if rng.random() < 0.5 else 0.0
    for number in range(count):
        own = lines if number < count - 1 or rng.random() < 0.5 else rng.randint(2, lines)
        layout.text(_MARGIN + number * (width + gutter), top, width, own, pitch=pitch)


def titled(layout: PageLayout) -> None:
    """Fill two or three columns below a title, and at times a second group of them below a spanning line."""
    rng, size = layout.rng, layout.size
    y = layout.text(_MARGIN, _MARGIN, _WIDTH - 2 * _MARGIN, rng.randint(1, 2), size * rng.uniform(1.4, 2.4))
    if rng.random() < 0.5:  # an abstract over the whole width
        y = layout.text(_MARGIN, y + size, _WIDTH - 2 * _MARGIN, rng.randint(3, 6)) + size * rng.uniform(0.5, 1.5)
    columns(layout, rng.choice((2, 2, 3)), y + size * rng.uniform(0.5, 2))


def headed(layout: PageLayout) -> None:
    """Fill columns between a header with pieces at both ends and a footer."""
    rng, size = layout.rng, layout.size * 0.8
    layout.text(_MARGIN, _MARGIN / 2, layout.size * 8, 1, size)
    layout.text(_WIDTH - _MARGIN - layout.size * 4, _MARGIN / 2, layout.size * 4, 1, size)
    columns(layout, rng.choice((1, 2, 2, 3)), _MARGIN / 2 + layout.size * rng.uniform(2.5, 4))
    bottom = max(top + height for _, top, _, height in layout.words) + layout.size * rng.uniform(1.5, 4)
    layout.text(_WIDTH / 2 - layout.size, bottom, layout.size * 2, 1, size)


def sidebar(layout: PageLayout) -> None:
    """Fill a narrow column of smaller letters beside a wide one, on either side."""
    rng, narrow = layout.rng, _WIDTH * layout.rng.uniform(0.18, 0.28)
    gutter, small = layout.size * rng.uniform(1.8, 4), layout.size * rng.uniform(0.65, 0.9)
    wide = _WIDTH - 2 * _MARGIN - narrow - gutter
    lines = rng.randint(14, 34)
    if rng.random() < 0.5:
        layout.text(_MARGIN, _MARGIN, narrow, rng.randint(5, lines), small)
        layout.text(_MARGIN + narrow + gutter, _MARGIN, wide, lines)
    else:
        layout.text(_MARGIN, _MARGIN, wide, lines)
        layout.text(_MARGIN + wide + gutter, _MARGIN, narrow, rng.randint(5, lines), small)


def bill(layout: PageLayout) -> None:
    """Fill rows of a name at the left and a price at the right, below a heading."""
    rng, size = layout.rng, layout.size
    y = layout.text(_MARGIN, _MARGIN, size * 14, 2) + size
    for _ in range(rng.randint(6, 20)):
        layout.text(_MARGIN, y, size * rng.uniform(4, 12), 1, pitch=0.01)
        layout.text(_MARGIN + size * rng.uniform(17, 18), y, size * 2.5, 1, pitch=0.01)
        y += size * 1.5


LAYOUTS: dict[str, tuple[Callable[[PageLayout], None], Direction]] = {
    "one column": (lambda layout: columns(layout, 1), "ltr"),
    "two columns": (lambda layout: columns(layout, 2), "ltr"),
    "three columns": (lambda layout: columns(layout, 3), "ltr"),
    "title over columns": (titled, "ltr"),
    "header and footer": (headed, "ltr"),
    "sidebar": (sidebar, "ltr"),
    "bill": (bill, "ltr"),
    "right to left, two columns": (lambda layout: columns(layout, 2), "rtl"),
    "right to left, title": (titled, "rtl"),
    "top to bottom, two rows": (lambda layout: columns(layout, 2), "ttb"),
}


def quads_of(layout: PageLayout, direction: Direction, slant: float) -> Quads:
    """Return the boxes of a page as a locator would: turned by degrees, a little off, and some of them missing."""
    rng = layout.rng
    slack = layout.size * 0.06
    corners = []
    for left, top, width, height in layout.words:
        x0, y0, x1, y1 = (
            edge + rng.uniform(-slack, slack) + out
            for edge, out in zip(
                (left, top, left + width, top + height), (-slack, -2 * slack, slack, 2 * slack), strict=True
            )
        )
        if direction == "rtl":
            x0, x1 = _WIDTH - x1, _WIDTH - x0
        corner = [(x0, y0), (x1, y0), (x1, y1), (x0, y1)]
        if direction == "ttb":  # u runs down, v to the left
            x0, x1, y0, y1 = _WIDTH - y1, _WIDTH - y0, x0, x1
            corner = [(x0, y0), (x1, y0), (x1, y1), (x0, y1)]
        corners.append(corner)
    cosine, sine = math.cos(math.radians(slant)), math.sin(math.radians(slant))
    return (np.array(corners) @ np.array([[cosine, sine], [-sine, cosine]])).astype(np.float32)


def pairs_in_order(order: npt.NDArray[np.int64]) -> float:
    """Return the share of pairs that stand as they should, for a permutation of 0 to n - 1."""
    if len(order) < 2:
        return 1.0
    rank = np.argsort(order)
    later = np.triu(rank[:, None] < rank[None, :], 1).sum()
    return float(later) / (len(order) * (len(order) - 1) / 2)


def sorted_by_rows(quads: Quads, direction: Direction) -> npt.NDArray[np.int64]:
    """Return the order from top to bottom in steps of half a height, and along the direction of reading within one."""
    extents = frame_of(quads, direction=direction).extents(quads)
    step = float(np.median(extents.height)) / 2
    return np.lexsort((extents.left, np.round((extents.top + extents.bottom) / 2 / step)))


def _pages(name: str, count: int, seed: int) -> Iterator[tuple[Quads, Direction]]:
    fill, direction = LAYOUTS[name]
    for number in range(count):
        rng = random.Random(f"{seed} {name} {number}")
        layout = PageLayout(rng)
        fill(layout)
        quads = quads_of(layout, direction, rng.uniform(-4, 4))
        yield quads[[rng.random() > 0.03 for _ in quads]], direction


def main(arguments: list[str] | None = None) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m bench.reading_order", description=__doc__)
    parser.add_argument("--pages", type=int, default=100, help="of each layout")
    parser.add_argument("--seed", type=int, default=1, help="of the layouts")
    options = parser.parse_args(arguments)
    print_machine()
    print("| layout | pairs in order | worst page | sorted by rows |\n| --- | --- | --- | --- |")
    for name in LAYOUTS:
        ours, rows = [], []
        for quads, direction in _pages(name, options.pages, options.seed):
            order = reading_order(quads, frame_of(quads, direction=direction))
            ours.append(pairs_in_order(np.array(list(itertools.chain(*itertools.chain(*order))))))
            rows.append(pairs_in_order(sorted_by_rows(quads, direction)))
        print(f"| {name} | {np.mean(ours):.4f} | {min(ours):.3f} | {np.mean(rows):.3f} |", flush=True)


if __name__ == "__main__":
    run(main)
