"""Documents as searchable PDF: each page's picture, and its text on top of it that is found and copied but not seen.

One run a word, stretched over the word's place and turned with it, and a space between two words of a line. The font
has no outlines, only a glyph for each character of the document, so that text of any script can be found; its metrics
make the box that programs see around a word the word's own. Text follows in reading order.
"""

import io
import math
from collections.abc import Iterable, Iterator
from itertools import repeat
from tempfile import NamedTemporaryFile
from typing import NamedTuple

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fpdf import FPDF
from fpdf.bidi import BidiParagraph
from fpdf.enums import TextMode
from PIL import Image

from glyphlab_read.documents.document import Document, Page, TextLine, Word
from glyphlab_read.documents.frame import direction_of

_FAMILY = "Glyphless"
_UNITS, _ADVANCE, _ASCENT, _DESCENT = 1000, 500, 800, -200  # per em: a box as high as the letters are large
_POINTS = 72.0  # per inch
_QUALITY = 85  # of JPEG
_MOST_BYTES, _MOST_PAGES = 200_000_000, 500  # of pictures in a file, of which thrice as much is in memory; pages
_APART = 0.2  # of a word's height, that the next one on its line begins after it at least
_LEAN = 0.02  # points, by which a word that runs up or down leans: PDFium finds none that leans by less than 0.01


def pdf_file(document: Document, pictures: Iterable[Image.Image | None] | None) -> bytes:
    """Return one file of all pages, of which there is at least one.

    Args:
        document: what was read.
        pictures: of its pages, as they were read (RGB or grey); taken one after the other, so that few are in memory.
            None in place of one, or of all: the text alone, to be laid over pages that are there already.
    """
    [content] = pdf_files(document, pictures, math.inf, math.inf)
    return content


def pdf_files(
    document: Document,
    pictures: Iterable[Image.Image | None] | None,
    most_bytes: float = _MOST_BYTES,
    most_pages: float = _MOST_PAGES,
) -> Iterator[bytes]:
    """Yield files of at most so many bytes of pictures and so many pages each; a page is never divided.

    A file is in memory until it is whole, so that this limits the memory that a document of any length takes.
    """
    characters = {char for page in document.pages for word in page.words for char in word.text}
    with NamedTemporaryFile(suffix=".ttf") as font:
        font.write(_glyphless_font(characters | {" "}))
        font.flush()
        pdf, held = _empty_pdf(document.title, font.name), 0
        for page, picture in zip(document.pages, pictures or repeat(None, len(document.pages)), strict=True):
            jpeg = None if picture is None else _jpeg(picture)
            size = len(jpeg or b"")
            if pdf.pages and (held + size > most_bytes or len(pdf.pages) >= most_pages):
                yield bytes(pdf.output())
                pdf, held = _empty_pdf(document.title, font.name), 0
            _page(pdf, page, jpeg)
            held += size
        if pdf.pages:
            yield bytes(pdf.output())


def _empty_pdf(title: str, font: str) -> FPDF:
    pdf = FPDF(unit="pt")
    pdf.set_auto_page_break(False)
    pdf.set_margin(0)
    pdf.set_title(title or "Document")
    pdf.set_creator("Glyphlab")
    pdf.add_font(_FAMILY, fname=font)
    return pdf


def _page(pdf: FPDF, page: Page, jpeg: bytes | None) -> None:
    scale = _POINTS / page.dpi
    pdf.add_page(format=(page.width * scale, page.height * scale))
    if jpeg is not None:
        pdf.image(io.BytesIO(jpeg), 0, 0, page.width * scale, page.height * scale)
    pdf.text_mode = TextMode.INVISIBLE
    for line in page.lines:
        _line(pdf, line, scale)


def _line(pdf: FPDF, line: TextLine, scale: float) -> None:
    """Write a line, its words in the order of reading, each followed by a space up to the next."""
    for word, following in zip(line.words, (*line.words[1:], None), strict=True):
        _word(pdf, word, following, scale)


def _word(pdf: FPDF, word: Word, following: Word | None, scale: float) -> None:
    first, second, third, fourth = ((x * scale, y * scale) for x, y in word.quad)
    width = (math.dist(first, second) + math.dist(fourth, third)) / 2
    height = (math.dist(first, fourth) + math.dist(second, third)) / 2
    angle = math.radians(word.angle)
    along = math.cos(angle), math.sin(angle)
    room = _room(word, following, along, width / scale, _APART * height / scale)
    width = max(width - room.shorter * scale, width / 4)
    lone = following is None and len(word.text) == 1  # it has a space, too: PDFium finds no run of one glyph
    leftward = room.leftward or (lone and direction_of(word.text) == "rtl")
    space = width / len(word.text) if leftward else 0.0  # it stands where the next word is
    x, y = (start + (room.later * scale - space) * step for start, step in zip(fourth, along, strict=True))
    pdf.set_font(_FAMILY, size=max(height * _UNITS / (_ASCENT - _DESCENT), 0.1))
    pdf.set_stretching(100 * max(width, 0.1) / (len(word.text) * pdf.font_size_pt * _ADVANCE / _UNITS))
    with pdf.rotation(-_leaning(word.angle, width), x, y):
        baseline = y + pdf.font_size_pt * _DESCENT / _UNITS
        seen = _as_seen(word.text)
        pdf.text(x, baseline, f" {seen}" if leftward else f"{seen} " if following or lone else seen)


def _leaning(angle: float, width: float) -> float:
    """Return the angle at which a word so many points wide is written."""
    if abs(math.cos(math.radians(angle))) * width >= _LEAN:
        return angle
    return math.copysign(90, angle) + math.degrees(math.asin(min(1.0, _LEAN / max(width, _LEAN))))


class _Room(NamedTuple):
    """The place that a word gives up so that the next one on its line stands apart, px.

    Attributes:
        later: by how much it begins later.
        shorter: by how much it is shorter.
        leftward: whether the next word stands at its left.
    """

    later: float = 0.0
    shorter: float = 0.0
    leftward: bool = False


def _room(word: Word, following: Word | None, along: tuple[float, float], width: float, apart: float) -> _Room:
    """Return the place that a word gives up: boxes of neighbours may touch, and programs tell words by their gap."""
    if following is None:
        return _Room()
    (x, y), begins, ends = word.quad[3], following.quad[3], following.quad[2]
    next_left, next_right = ((one[0] - x) * along[0] + (one[1] - y) * along[1] for one in (begins, ends))
    if next_left > 0:
        return _Room(shorter=min(max(0.0, width + apart - next_left), width))
    late = min(max(0.0, next_right + apart), width)
    return _Room(late, late, leftward=True)


def _as_seen(text: str) -> str:
    """Return a word's characters from left to right, from which programs work out the order of reading."""
    return BidiParagraph(text).get_reordered_string() if direction_of(text) == "rtl" else text


def _jpeg(picture: Image.Image) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=_QUALITY)
    return buffer.getvalue()


def _glyphless_font(characters: Iterable[str]) -> bytes:
    """Return a TrueType font with an empty glyph of one width for each character."""
    codes = sorted(map(ord, characters))
    names = [".notdef", *(f"u{code:04X}" for code in codes)]
    builder = FontBuilder(_UNITS, isTTF=True)
    builder.setupGlyphOrder(names)
    builder.setupCharacterMap(dict(zip(codes, names[1:], strict=True)))
    nothing = TTGlyphPen(None).glyph()
    builder.setupGlyf(dict.fromkeys(names, nothing))
    builder.setupHorizontalMetrics(dict.fromkeys(names, (_ADVANCE, 0)))
    builder.setupHorizontalHeader(ascent=_ASCENT, descent=_DESCENT)
    builder.setupNameTable({"familyName": _FAMILY, "styleName": "Regular"})
    builder.setupOS2(sTypoAscender=_ASCENT, sTypoDescender=_DESCENT, usWinAscent=_ASCENT, usWinDescent=-_DESCENT)
    builder.setupPost()
    buffer = io.BytesIO()
    builder.save(buffer)
    return buffer.getvalue()
