"""Real fonts of a few characters, each a block of its own width, for tests of uploads."""

import io

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen


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
