"""The page reader: from a photo or a page to its text in reading order, by a locator and a reader.

Boxes are found, straightened and read in batches. A page that lies on its side or upside down is turned first, where a
few of its words read clearly better that way. One page reader may serve several threads.
"""

import math
import os
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from PIL import Image

from glyphlab_read.bundles.files import has_part
from glyphlab_read.bundles.folder import LOCATOR
from glyphlab_read.documents.document import DPI, Direction, Page, Quad, TextBlock, TextLine, Word
from glyphlab_read.documents.frame import frame_of
from glyphlab_read.documents.order import reading_order
from glyphlab_read.images.sources import Source, as_image
from glyphlab_read.location.bundle import LOCATOR_STARTER_FOLDER
from glyphlab_read.location.locator import Locator
from glyphlab_read.location.maps import TextLevel
from glyphlab_read.location.text_map import TextMap
from glyphlab_read.reading.bundle import STARTER_FOLDER
from glyphlab_read.reading.reader import Reader
from glyphlab_read.reading.results import Reading
from glyphlab_read.regions.boxes import Box
from glyphlab_read.regions.quads import Points, Quads, sides
from glyphlab_read.regions.straighten import straightened
from glyphlab_read.regions.thresholds import Thresholds

TURNS = {1: Image.Transpose.ROTATE_270, 2: Image.Transpose.ROTATE_180, 3: Image.Transpose.ROTATE_90}
"""Quarter turns clockwise, as Pillow calls them."""

_TRIED = 16  # words read both ways to tell whether a page stands upright
_LONG = 1.5  # times its other side: a box that shows which way its text runs
_TALL = 2.0  # times its width: a box whose text may run up or down
_CLEARLY = 0.15  # of mean confidence that a turned page must read better by

Pixels = npt.NDArray[np.uint8]


class ReadBox(NamedTuple):
    """A box that was found, and what stands in it."""

    quad: Points
    reading: Reading


class SearchedPage(NamedTuple):
    """The text map of a page that stands upright, and the quarter turns clockwise that made it so."""

    text_map: TextMap
    turned: int


class PageReader:
    """Reads whole photos and pages.

    Args:
        locator: finds the text.
        reader: reads it.
        level: what is cut out and read at once: words, or lines for a reader of lines.
        thresholds: of boxes, in place of the locator's own.
        side: longer side at which pages are searched, px; None: the locator's own.
        direction: of writing; None: told by the text.

    Raises:
        ConfigError: the locator has no map of this level, or photos cannot be searched at this side.
    """

    def __init__(
        self,
        locator: Locator,
        reader: Reader,
        level: TextLevel = "word",
        thresholds: Thresholds | None = None,
        side: int | None = None,
        direction: Direction | None = None,
    ) -> None:
        locator.check(level, side)
        self.locator, self.reader = locator, reader
        self.level: TextLevel = level
        self.side = side
        self.direction: Direction | None = direction
        self.thresholds = thresholds or locator.thresholds(level)

    @classmethod
    def open(
        cls,
        reader: Reader | str | os.PathLike[str] | None = None,
        locator: Locator | str | os.PathLike[str] | None = None,
        level: TextLevel = "word",
        side: int | None = None,
        direction: Direction | None = None,
        threads: int = 1,
    ) -> "PageReader":
        """Return the page reader of two bundles.

        Args:
            reader: an open one, its bundle's folder, or a model file; None: the starter.
            locator: likewise; None: that of the reader's model file where it has one, else the starter.
            level: see the class, as for the next two.
            side: see there.
            direction: see there.
            threads: cores one call may use of what is opened here.

        Raises:
            BundleError: a bundle is incomplete, damaged, of another kind or format.
            ConfigError: as the class does.
        """
        if locator is None and isinstance(reader, str | os.PathLike) and has_part(Path(reader), LOCATOR):
            locator = reader
        if not isinstance(reader, Reader):
            reader = Reader.open(STARTER_FOLDER if reader is None else reader, threads)
        if not isinstance(locator, Locator):
            locator = Locator.open(LOCATOR_STARTER_FOLDER if locator is None else locator, threads)
        return cls(locator, reader, level, None, side, direction)

    def read(self, source: Source, name: str = "", number: int = 1, dpi: float = DPI) -> Page:
        """Return the page that an image of any mode and size shows.

        Args:
            source: the photo or page, or its file.
            name: of its file; empty: that of a path.
            number: of the page in that file, from 1.
            dpi: pixels per inch.

        Raises:
            ImageError: it cannot be opened.
        """
        image = as_image(source)
        if not name and isinstance(source, str | os.PathLike):
            name = os.path.basename(os.fspath(source))
        found = self.search(image)
        upright = image.transpose(TURNS[found.turned]) if found.turned else image
        return self.page(upright, found, name, number, dpi)

    def search(self, image: Image.Image) -> SearchedPage:
        """Return where an image holds text, the image turned as its words read best."""
        text_map = self.locator.text_map(image, self.side)
        turned = self._quarter_turns(image, text_map)
        return SearchedPage(
            self.locator.text_map(image.transpose(TURNS[turned]), self.side) if turned else text_map, turned
        )

    def page(self, image: Image.Image, found: SearchedPage, name: str = "", number: int = 1, dpi: float = DPI) -> Page:
        """Return the page of an image that was searched, and turned upright after that."""
        boxes = self.read_boxes(image, found.text_map.boxes(self.level, self.thresholds))
        return Page(image.width, image.height, blocks_of(boxes, self.direction), name, number, dpi, found.turned)

    def read_boxes(self, image: Image.Image, boxes: Sequence[Box]) -> list[ReadBox]:
        """Read what stands in boxes, in their order; the text may be empty."""
        photo = np.asarray(image.convert("RGB"))
        tall = [index for index, box in enumerate(boxes) if _is_tall(box.quad)]
        ways = [[box.quad] for box in boxes]
        for index in tall:  # a sign's word that runs up or down, if it is no single tall letter
            ways[index] += [np.roll(boxes[index].quad, turn, axis=0) for turn in (-1, 1)]
        readings = iter(self._read([straightened(photo, quad) for quads in ways for quad in quads]))
        return [max((ReadBox(quad, next(readings)) for quad in quads), key=_confidence) for quads in ways]

    def _read(self, crops: Sequence[Pixels]) -> list[Reading]:
        return self.reader.read_as_they_lie([Image.fromarray(crop) for crop in crops])

    def _quarter_turns(self, image: Image.Image, found: TextMap) -> int:
        """Return the quarter turns clockwise that make a page upright, as a few of its longest words tell."""
        quads = [box.quad for box in found.boxes(self.level, self.thresholds)]
        long = [quad for quad in quads if max(sides(quad)) > _LONG * min(sides(quad))]
        if not long:
            return 0
        upended = sum(sides(quad)[1] > sides(quad)[0] for quad in long) * 2 > len(long)
        tried = sorted(long, key=lambda quad: max(sides(quad)) / min(sides(quad)), reverse=True)[:_TRIED]
        photo = np.asarray(image.convert("RGB"))
        by_turn = {
            turn: self._read([straightened(photo, np.roll(quad, turn, axis=0)) for quad in tried])
            for turn in ((0, 1, 3) if upended else (0, 2))
        }
        means = {turn: float(np.mean([one.confidence for one in readings])) for turn, readings in by_turn.items()}
        best = max(means, key=means.__getitem__)
        return best if means[best] > means[0] + _CLEARLY else 0


def blocks_of(boxes: Sequence[ReadBox], direction: Direction | None = None) -> tuple[TextBlock, ...]:
    """Return what was read as blocks in reading order; boxes without text are left out."""
    words = [word for box in boxes if box.reading.text.strip() for word in words_in(box)]
    if not words:
        return ()
    quads: Quads = np.array([word.quad for word in words], np.float32)
    texts = [word.text for word in words]
    frame = frame_of(quads, texts, direction)
    return tuple(
        TextBlock(tuple(TextLine(tuple(words[number] for number in line), frame.direction) for line in lines))
        for lines in reading_order(quads, frame, texts)
    )


def words_in(box: ReadBox) -> list[Word]:
    """Return the words of a box: its whole text, or the pieces between spaces, each where it was read."""
    reading = box.reading
    pieces = _pieces(reading)
    if len(pieces) == 1:
        return [Word(plain_quad(box.quad), reading.text.strip(), reading.confidence)]
    corners = box.quad.astype(np.float64)
    words = []
    for begin, end in pieces:
        characters = reading.characters[begin:end]
        left, right = characters[0].start, characters[-1].end
        upper, lower = corners[1] - corners[0], corners[2] - corners[3]
        quad = np.array(
            [
                corners[0] + left * upper,
                corners[0] + right * upper,
                corners[3] + right * lower,
                corners[3] + left * lower,
            ]
        )
        logs = [math.log(max(one.confidence, 1e-12)) for one in characters]
        text = "".join(one.char for one in characters)
        words.append(Word(plain_quad(quad), text, math.exp(sum(logs) / len(logs))))
    return words


def _pieces(reading: Reading) -> list[tuple[int, int]]:
    """Return the runs of characters between spaces, as begin and end."""
    pieces, begin = [], None
    for index, one in enumerate(reading.characters):
        if one.char.isspace():
            if begin is not None:
                pieces.append((begin, index))
            begin = None
        elif begin is None:
            begin = index
    if begin is not None:
        pieces.append((begin, len(reading.characters)))
    return pieces


def _is_tall(quad: Points) -> bool:
    width, height = sides(quad)
    return height > _TALL * width


def _confidence(box: ReadBox) -> float:
    return box.reading.confidence


def plain_quad(quad: npt.NDArray[np.floating]) -> Quad:
    """Return four corners (4, 2) as plain numbers."""
    first, second, third, fourth = ((float(x), float(y)) for x, y in quad)
    return (first, second, third, fourth)
