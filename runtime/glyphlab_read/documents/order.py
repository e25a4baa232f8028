"""Reading order of words on a page: blocks, lines and words by a recursive XY cut (Nagy and Seth 1984).

A region is cut where a clean gutter runs down all of it, into columns. Where none does because something spans them,
such as a title, its rows are gathered into groups that share gutters, and each group is cut by itself. What has no
gutter is a run of lines, which fall into paragraphs. Rows whose short cells stand side by side are a table, read row by
row. Distances are in heights of a word, so that the order does not depend on a page's size.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from glyphlab_read.documents.frame import Extents, Frame, direction_of
from glyphlab_read.regions.quads import Quads

_INNER = 0.2  # of its height that a word loses on either side before rows are told apart: boxes of close lines overlap
_GUTTER = 1.0  # heights: the least width of a gap that divides columns
_SHORT_GUTTER = 2.5  # the same where columns have two lines only, whose spaces may well stand above each other
_FAR = 2.0  # heights: a gap between rows that ends whatever is above it
_EDGE_FAR = 0.9  # the same for a single row at the top or at the bottom: a page's header or footer
_HEADING = 1.25  # times the usual height: a row of larger letters stands over what follows
_SAME_LINE = 0.5  # of the lesser height, by which words of one line overlap
_AS_LEVEL = 0.2  # of overlap by which two lines are beside a word alike
_PARAGRAPH = 1.6  # times the usual distance of lines, or _OWN_HEIGHT times the height: a new paragraph begins
_OWN_HEIGHT = 1.4
_APART = 2.5  # heights: words on one level further apart and of unlike height are two lines
_CELL_WORDS = 2.0  # words in a cell of the narrowest column of a table, on average, at most
_OFF_LEVEL = 0.4  # of the least height, by which the words of a table's row may stand off each other
_FILLED = 0.7  # of a table's cells, at least

Numbers = npt.NDArray[np.int64]
Order = list[list[list[int]]]
"""Blocks of lines of numbers of words."""


class _Gap(NamedTuple):
    """A clear interval along u."""

    begin: float
    end: float


@dataclass(frozen=True)
class _Row:
    """Words that one level line crosses, and where they reach along v."""

    words: Numbers
    top: float
    bottom: float


def reading_order(quads: Quads, frame: Frame, texts: Sequence[str] = ()) -> Order:
    """Return blocks, lines and words of a page in the order in which they are read.

    Args:
        quads: of N words (N, 4, 2), px.
        frame: of the page.
        texts: what the words say, where they were read: runs of the other direction within a line are turned round.

    Returns:
        Numbers of words, each once.
    """
    if not len(quads):
        return []
    cutter = _Cutter(frame.extents(quads))
    blocks = cutter.blocks(np.arange(len(quads)))
    if texts and frame.direction != "ttb":
        directions = [direction_of(text) for text in texts]
        blocks = [[_with_runs(line, directions, frame.direction) for line in lines] for lines in blocks]
    return blocks


def _with_runs(line: list[int], directions: Sequence[str | None], main: str) -> list[int]:
    """Turn round runs of two and more words that are written against the line's direction, with the numbers in them."""
    turned: list[int] = []
    run: list[int] = []
    for word in [*line, -1]:
        against = word >= 0 and directions[word] not in (None, main)
        neutral = word >= 0 and directions[word] is None
        if against or (neutral and run):
            run.append(word)
            continue
        trailing: list[int] = []
        while run and directions[run[-1]] is None:
            trailing.insert(0, run.pop())
        turned += [*reversed(run), *trailing]
        run = []
        if word >= 0:
            turned.append(word)
    return turned


class _Cutter:
    """The recursive cut of one page."""

    def __init__(self, extents: Extents) -> None:
        self._all = extents
        self._inner = _INNER * extents.height

    def blocks(self, words: Numbers) -> Order:
        """Return the blocks of a region in reading order."""
        rows = self._rows(words)
        height = float(np.median(self._all.height[words]))
        parts = self._far_apart(rows, height)
        if len(parts) > 1:
            return [block for part in parts for block in self.blocks(_joined(part))]
        found: Order = []
        flow: list[_Row] = []
        for group, gutters in self._groups(rows, height):
            columns = self._columns(_joined(group), gutters, height) if gutters else []
            if len(columns) > 1 and not self._is_table(group, columns):
                found += self._paragraphs(flow)
                flow = []
                for column in columns:
                    found += self.blocks(column)
            else:
                flow += group
        return found + self._paragraphs(flow)

    def _rows(self, words: Numbers) -> list[_Row]:
        """Return what no level line divides further, from the top down."""
        tops, bottoms = (self._all.top + self._inner)[words], (self._all.bottom - self._inner)[words]
        order = np.argsort(tops, kind="stable")
        reached = np.maximum.accumulate(bottoms[order])
        cuts = np.flatnonzero(tops[order][1:] >= reached[:-1]) + 1
        pieces = (words[order[part]] for part in np.split(np.arange(len(words)), cuts))
        return [
            _Row(piece, float(self._all.top[piece].min()), float(self._all.bottom[piece].max())) for piece in pieces
        ]

    def _far_apart(self, rows: list[_Row], height: float) -> list[list[_Row]]:
        """Return rows parted where so much space lies between them that what is above has ended."""
        parts: list[list[_Row]] = [[rows[0]]]
        for number, (above, row) in enumerate(itertools.pairwise(rows), 1):
            gap = (row.top - above.bottom) / height
            edges = [above] * (number == 1) + [row] * (number == len(rows) - 1)
            lone = gap >= _EDGE_FAR and any(map(self._is_one_line, edges))
            begins = gap >= 0 and self._is_heading(row, height) and not self._is_heading(above, height)
            if gap >= _FAR or lone or begins:
                parts.append([])
            parts[-1].append(row)
        return parts

    def _is_one_line(self, row: _Row) -> bool:
        return row.bottom - row.top < 2 * float(self._all.height[row.words].max())

    def _is_level(self, row: _Row) -> bool:
        """Say whether the words of a row stand on one line."""
        middles = (self._all.top[row.words] + self._all.bottom[row.words]) / 2
        return bool(np.ptp(middles) <= _OFF_LEVEL * self._all.height[row.words].min())

    def _is_heading(self, row: _Row, height: float) -> bool:
        return self._is_one_line(row) and float(np.median(self._all.height[row.words])) > _HEADING * height

    def _groups(self, rows: list[_Row], height: float) -> list[tuple[list[_Row], list[_Gap]]]:
        """Return runs of rows with the gutters that all of a run share; rows without any stand alone."""
        groups: list[tuple[list[_Row], list[_Gap]]] = []
        least = _GUTTER * height
        for row in rows:
            gaps = self._gaps(row.words, least)
            shared = _shared(groups[-1][1], gaps, least) if groups else []
            if shared and self._divides(_joined([*groups[-1][0], row]), shared):
                groups[-1] = ([*groups[-1][0], row], shared)
            else:
                groups.append(([row], gaps))
        return [(group, self._between(_joined(group), gaps)) for group, gaps in groups]

    def _gaps(self, words: Numbers, least: float) -> list[_Gap]:
        """Return clear intervals of at least a width, those before the first word and behind the last one included."""
        lefts, rights = self._all.left[words], self._all.right[words]
        order = np.argsort(lefts, kind="stable")
        begins = np.concatenate([[-np.inf], np.maximum.accumulate(rights[order])])
        ends = np.concatenate([lefts[order], [np.inf]])
        return [_Gap(float(begin), float(end)) for begin, end in zip(begins, ends, strict=True) if end - begin >= least]

    def _between(self, words: Numbers, gaps: list[_Gap]) -> list[_Gap]:
        """Return the gaps that have words on both sides."""
        left, right = self._all.left[words].min(), self._all.right[words].max()
        return [gap for gap in gaps if gap.begin > left and gap.end < right]

    def _divides(self, words: Numbers, gaps: list[_Gap]) -> bool:
        return bool(self._between(words, gaps))

    def _columns(self, words: Numbers, gutters: list[_Gap], height: float) -> list[Numbers]:
        """Return the words between gutters, from the first column to the last.

        A piece of a single row is no column of its own, and is left with what stands before it.
        """
        middles = (self._all.left[words] + self._all.right[words]) / 2
        while gutters:
            places = np.searchsorted([(gap.begin + gap.end) / 2 for gap in gutters], middles)
            columns = [words[places == place] for place in range(len(gutters) + 1)]
            depths = [len(self._rows(column)) for column in columns]
            least = _GUTTER if max(depths) > 2 else _SHORT_GUTTER
            weak = next((number for number, depth in enumerate(depths) if depth < 2), None)
            narrow = [gap for gap in gutters if gap.end - gap.begin < least * height]
            if weak is None and not narrow:
                return columns
            dropped = narrow[0] if weak is None else gutters[max(weak - 1, 0)]
            gutters = [gap for gap in gutters if gap is not dropped]
        return [words]

    def _is_table(self, rows: list[_Row], columns: list[Numbers]) -> bool:
        """Say whether rows of short cells stand level with each other, as in bills and lists of prices."""
        if len(rows) < 2 or not all(self._is_level(row) for row in rows):
            return False
        counts = np.array([[len(np.intersect1d(row.words, column)) for column in columns] for row in rows])
        words_per_cell = counts.sum(axis=0) / np.maximum((counts > 0).sum(axis=0), 1)
        return (counts > 0).mean() >= _FILLED and bool(words_per_cell.min() <= _CELL_WORDS)

    def _paragraphs(self, rows: list[_Row]) -> Order:
        """Return runs of lines, parted where their distance or the size of their letters changes."""
        if not rows:
            return []
        lines = self._lines(_joined(rows))
        tops = np.array([float(np.median(self._all.top[line])) for line in lines])
        bottoms = np.array([float(np.median(self._all.bottom[line])) for line in lines])
        heights = bottoms - tops
        middles = (tops + bottoms) / 2
        steps = np.diff(middles) / np.maximum((heights[:-1] + heights[1:]) / 2, 1e-6)
        usual = float(np.median(steps)) if len(steps) else 0.0
        blocks: Order = [[lines[0]]]
        for number, line in enumerate(lines[1:]):
            larger, smaller = max(heights[number : number + 2]), max(min(heights[number : number + 2]), 1e-6)
            if steps[number] > _PARAGRAPH * usual or larger > _OWN_HEIGHT * smaller or steps[number] <= 0:
                blocks.append([])
            blocks[-1].append(line)
        return blocks

    def _lines(self, words: Numbers) -> list[list[int]]:
        """Return words chained into lines, from the top down: each follows the nearest last word beside it."""
        lines: list[list[int]] = []
        for word in (int(number) for number in words[np.argsort(self._all.left[words], kind="stable")]):
            levels = [self._level(line[-1], word) for line in lines]
            least = max([_SAME_LINE, *(level - _AS_LEVEL for level in levels)])
            beside = [line for line, level in zip(lines, levels, strict=True) if level >= least]
            found = max(beside, key=lambda line: self._all.right[line[-1]], default=None)
            if found is not None and self._is_near(found[-1], word):
                found.append(word)
            else:
                lines.append([word])
        middles = [float(np.mean((self._all.top + self._all.bottom)[line])) for line in lines]
        return [lines[number] for number in np.argsort(middles, kind="stable")]

    def _level(self, one: int, other: int) -> float:
        """Return by how much two words stand side by side: their overlap along v as a share of the lesser height."""
        overlap = min(self._all.bottom[one], self._all.bottom[other]) - max(self._all.top[one], self._all.top[other])
        return float(overlap / max(min(self._all.height[one], self._all.height[other]), 1e-6))

    def _is_near(self, one: int, other: int) -> bool:
        """Say whether two words on one level belong to one line: near each other, or as high as each other."""
        heights = sorted((float(self._all.height[one]), float(self._all.height[other])))
        far = self._all.left[other] - self._all.right[one] > _APART * heights[1]
        return not (far and heights[1] > _OWN_HEIGHT * heights[0])


def _joined(rows: Sequence[_Row]) -> Numbers:
    return np.concatenate([row.words for row in rows])


def _shared(some: Sequence[_Gap], others: Sequence[_Gap], least: float) -> list[_Gap]:
    """Return the overlaps of two lists of gaps that are wide enough."""
    pairs = (_Gap(max(one.begin, other.begin), min(one.end, other.end)) for one in some for other in others)
    return [gap for gap in pairs if gap.end - gap.begin >= least]
