"""Real fonts of a few characters, each a block of its own width, for tests of uploads."""

import copy
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

from fontTools.feaLib.builder import addOpenTypeFeaturesFromString
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont


def tiny_font(characters: str, family: str = "Tiny") -> bytes:
    """Return a TrueType font that draws these characters and a space."""
    names = {character: f"u{ord(character):04X}" for character in dict.fromkeys(characters)}
    order = [".notdef", "space", *names.values()]
    glyphs = {name: _block(0 if name == "space" else 200 + 40 * (number % 10)) for number, name in enumerate(order)}
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder(order)
    builder.setupCharacterMap({0x20: "space", 0xA0: "space", **{ord(c): name for c, name in names.items()}})
    builder.setupGlyf(glyphs)
    builder.setupHorizontalMetrics(dict.fromkeys(order, (700, 50)))
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupNameTable({"familyName": family, "styleName": "Regular", "fullName": f"{family} Regular"})
    builder.setupOS2(sTypoAscender=800, usWinAscent=800, usWinDescent=200)
    builder.setupPost()
    stored = io.BytesIO()
    builder.save(stored)
    return stored.getvalue()


def _block(width: int):
    pen = TTGlyphPen(None)
    if width:
        pen.moveTo((50, 0))
        pen.lineTo((50, 700))
        pen.lineTo((50 + width, 700))
        pen.lineTo((50 + width, 0))
        pen.closePath()
    return pen.glyph()


Change = Callable[[Any], None]


def changed(path: Path, *changes: Change) -> bytes:
    """Return the bytes of a font file after some changes."""
    with TTFont(path) as font:
        for change in changes:
            change(font)
        stored = io.BytesIO()
        font.save(stored)
    return stored.getvalue()


def mapped(**characters: int | None) -> Change:
    """Return a change that maps characters (named as `a` or `U000D`) to the glyphs of others; None takes them out."""

    def change(font: Any) -> None:
        for table in font["cmap"].tables:
            known = dict(table.cmap)
            for name, other in characters.items():
                code = int(name[1:], 16) if len(name) > 1 else ord(name)
                table.cmap.pop(code, None)
                if other is not None:
                    table.cmap[code] = known[other]

    return change


def small_capitals(letters: str) -> Change:
    """Return a change that draws small letters as their capitals, four fifths as large."""

    def change(font: Any) -> None:
        glyphs, names = font["glyf"], font.getBestCmap()
        for letter in letters:
            glyph = copy.deepcopy(glyphs[names[ord(letter.upper())]])
            glyph.coordinates.scale((0.8, 0.8))
            glyph.recalcBounds(glyphs)
            glyphs[names[ord(letter)]] = glyph

    return change


def advance(character: str, width: int) -> Change:
    """Return a change of how far a character reaches, in units of the font."""

    def change(font: Any) -> None:
        name = font.getBestCmap()[ord(character)]
        font["hmtx"][name] = (width, font["hmtx"][name][1])

    return change


def boxed(character: str, width: int, height: int) -> Change:
    """Return a change that makes a glyph a box of this size, in units of the font: at most 32,767."""

    def change(font: Any) -> None:
        pen = TTGlyphPen(None)
        pen.moveTo((0, 0))
        for corner in ((0, height), (width, height), (width, 0)):
            pen.lineTo(corner)
        pen.closePath()
        font["glyf"][font.getBestCmap()[ord(character)]] = pen.glyph()

    return change


def substituted(character: str, other: str) -> Change:
    """Return a change by which shaping replaces a glyph by another, whatever the table of characters says."""

    def change(font: Any) -> None:
        names = font.getBestCmap()
        rule = f"feature ccmp {{ sub {names[ord(character)]} by {names[ord(other)]}; }} ccmp;"
        addOpenTypeFeaturesFromString(font, rule)

    return change


def without_ascent(font: Any) -> None:
    """Set the ascender of a font to 0, wherever it stands."""
    font["hhea"].ascent = font["OS/2"].sTypoAscender = font["OS/2"].usWinAscent = 0
