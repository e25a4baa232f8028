"""A read document: pages of blocks of lines of words, in reading order, each word with its place and confidence.

The one model that page readers make and all writers take. Places are in px of the page, x to the right and y down; the
corner of the upper left pixel is (0, 0).
"""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Literal, NamedTuple, Self

from glyphlab_read.errors import SourceError

Direction = Literal["ltr", "rtl", "ttb"]
"""Of writing: left to right, right to left, or top to bottom in columns from right to left."""

Corner = tuple[float, float]
Quad = tuple[Corner, Corner, Corner, Corner]
"""Corners of a quadrangle, clockwise, the first where reading starts."""

DPI = 96.0
"""Pixels per inch of a page whose file does not say."""


class Bounds(NamedTuple):
    """The upright rectangle around something, px."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        """From left to right, px."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """From top to bottom, px."""
        return self.bottom - self.top

    @classmethod
    def around(cls, corners: Iterable[Corner]) -> Self:
        """Return the least rectangle around corners, of which there is at least one."""
        xs, ys = zip(*corners, strict=True)
        return cls(min(xs), min(ys), max(xs), max(ys))


@dataclass(frozen=True)
class Word:
    """A word, or in writing without spaces a line.

    Attributes:
        quad: where it stands.
        text: what it says, without spaces.
        confidence: 0…1.
    """

    quad: Quad
    text: str
    confidence: float = 1.0

    @property
    def bounds(self) -> Bounds:
        """The upright rectangle around it."""
        return Bounds.around(self.quad)

    @property
    def angle(self) -> float:
        """Of its reading direction, degrees clockwise from the page's own, -180 to 180."""
        (x0, y0), (x1, y1), (x2, y2), (x3, y3) = self.quad
        return math.degrees(math.atan2(y1 - y0 + y2 - y3, x1 - x0 + x2 - x3))

    def turned_back(self, width: float) -> "Word":
        """Return it after a quarter turn counter-clockwise of its page, which was so many px wide."""
        first, second, third, fourth = ((y, width - x) for x, y in self.quad)
        return replace(self, quad=(first, second, third, fourth))


@dataclass(frozen=True)
class TextLine:
    """A line of words, in reading order; there is at least one."""

    words: tuple[Word, ...]
    direction: Direction = "ltr"

    @property
    def text(self) -> str:
        """The words with a space between each two; those of a column, whose writing has none, follow without."""
        return ("" if self.direction == "ttb" else " ").join(word.text for word in self.words)

    @property
    def bounds(self) -> Bounds:
        """The upright rectangle around it."""
        return Bounds.around(corner for word in self.words for corner in word.quad)

    @property
    def confidence(self) -> float:
        """The mean of its words', 0…1."""
        return sum(word.confidence for word in self.words) / len(self.words)

    def turned_back(self, width: float) -> "TextLine":
        """Return it after a quarter turn counter-clockwise of its page, which was so many px wide."""
        return replace(self, words=tuple(word.turned_back(width) for word in self.words))


@dataclass(frozen=True)
class TextBlock:
    """Lines that stand together as a paragraph, in reading order; there is at least one."""

    lines: tuple[TextLine, ...]

    @property
    def text(self) -> str:
        """Its lines, each on its own."""
        return "\n".join(line.text for line in self.lines)

    @property
    def bounds(self) -> Bounds:
        """The upright rectangle around it."""
        return Bounds.around(corner for line in self.lines for word in line.words for corner in word.quad)


@dataclass(frozen=True)
class Page:
    """One photo or one page of a file.

    Attributes:
        width, height: px.
        blocks: in reading order; none where no text was found.
        name: of the image, or of the file it is a page of.
        number: of the page in that file, from 1.
        dpi: pixels per inch.
        turned: quarter turns clockwise that made the page upright before it was read; its px are those after them.
    """

    width: int
    height: int
    blocks: tuple[TextBlock, ...] = ()
    name: str = ""
    number: int = 1
    dpi: float = DPI
    turned: int = 0

    @property
    def lines(self) -> Iterator[TextLine]:
        """All lines, in reading order."""
        return (line for block in self.blocks for line in block.lines)

    @property
    def words(self) -> Iterator[Word]:
        """All words, in reading order."""
        return (word for line in self.lines for word in line.words)

    @property
    def text(self) -> str:
        """Its blocks, with an empty line between each two."""
        return "\n\n".join(block.text for block in self.blocks)

    def in_order(self, order: Iterable[int]) -> "Page":
        """Return the page with its blocks in another order, given by their numbers from 0, each once.

        Raises:
            SourceError: a number is missing, doubled or of no block.
        """
        numbers = list(order)
        if sorted(numbers) != list(range(len(self.blocks))):
            given = ", ".join(str(number + 1) for number in numbers)
            raise SourceError(
                f"Order: {given or 'nothing'} was given. The page has {len(self.blocks)} blocks, and each number from "
                f"1 to {len(self.blocks)} is needed once. Complete the list."
            )
        return replace(self, blocks=tuple(self.blocks[number] for number in numbers))

    def as_it_lay(self) -> "Page":
        """Return the page with its words where they stand in the image before that was turned upright."""
        page = self
        for _ in range(self.turned):
            blocks = tuple(
                TextBlock(tuple(line.turned_back(page.width) for line in block.lines)) for block in page.blocks
            )
            page = replace(page, width=page.height, height=page.width, blocks=blocks, turned=page.turned - 1)
        return page

    def plain(self) -> dict[str, Any]:
        """Return the page as JSON types, corners in hundredths of a pixel."""
        blocks = [
            {"lines": [{"direction": line.direction, "words": [_plain(word) for word in line.words]} for line in lines]}
            for lines in (block.lines for block in self.blocks)
        ]
        about = {"name": self.name, "number": self.number, "width": self.width, "height": self.height}
        return {**about, "dpi": self.dpi, "turned": self.turned, "blocks": blocks}

    @classmethod
    def from_plain(cls, plain: dict[str, Any]) -> "Page":
        """Return the page that `plain` made JSON of."""
        blocks = tuple(
            TextBlock(
                tuple(
                    TextLine(tuple(_word(word) for word in line["words"]), line["direction"]) for line in block["lines"]
                )
            )
            for block in plain["blocks"]
        )
        about = {name: plain[name] for name in ("name", "number", "width", "height", "dpi", "turned")}
        return cls(blocks=blocks, **about)


@dataclass(frozen=True)
class Document:
    """Pages in their order, and the title of the whole."""

    pages: tuple[Page, ...]
    title: str = field(default="", compare=False)


def _plain(word: Word) -> dict[str, Any]:
    quad = [[round(x, 2), round(y, 2)] for x, y in word.quad]
    return {"text": word.text, "confidence": round(word.confidence, 4), "quad": quad}


def _word(plain: dict[str, Any]) -> Word:
    first, second, third, fourth = ((float(x), float(y)) for x, y in plain["quad"])
    return Word((first, second, third, fourth), plain["text"], float(plain["confidence"]))
