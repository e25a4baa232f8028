"""The size of what a font would draw, measured before it is drawn.

A font of a few bytes can hold a glyph as large as thousands of pages, or one that FreeType cannot draw at all; a check
at the upload sees characters, and what shaping makes of them only shows where they are drawn.
"""

from PIL import ImageFont

from engine.errors import ConfigError

HIGHEST, WIDEST = 8, 40
"""The distance that a character may reach from the baseline, and along it, in sizes of the font."""
_LARGEST = 64  # area of a character, in squares of the font's size


class OversizedGlyph(ConfigError):
    """A font would draw a text larger than any page."""


def check_size(font: ImageFont.FreeTypeFont, text: str) -> None:
    """Raise OversizedGlyph where a font would draw a text larger than any text is; measures without drawing."""
    left, top, right, bottom = (side / font.size for side in font.getbbox(text, anchor="ls"))
    across = WIDEST * max(1, len(text))
    too_large = (right - left) * (bottom - top) > _LARGEST * max(1, len(text))
    if too_large or max(-top, bottom) > HIGHEST or max(-left, right) > across:
        codes = " ".join(f"U+{ord(character):04X}" for character in text[:8])
        raise OversizedGlyph(f"it draws {text[:8]!r} ({codes}) larger than any page")
