"""Pictures of fonts, for people who choose among them. It draws no sample and chooses nothing."""

from collections.abc import Iterable

from PIL import Image, ImageDraw, ImageFont

from engine.synth.fonts import Font

_SIZE, _EDGE = 26, 6  # px


def specimen(font: Font, text: str, width: int = 220) -> Image.Image:
    """Draw a text in a font, black on white: L, `width` px wide at most, all equally high; the rest is cut off."""
    opened = ImageFont.truetype(str(font.path), _SIZE)
    left, top, right, bottom = opened.getbbox(text or " ")
    height = _SIZE + 2 * _EDGE
    image = Image.new("L", (max(1, min(width, round(right - left) + 2 * _EDGE)), height), 255)
    place = (_EDGE - left, (height - (bottom - top)) / 2 - top)  # in the middle, whatever the font's own line is
    ImageDraw.Draw(image).text(place, text, fill=0, font=opened)
    return image


def specimen_text(font: Font, texts: Iterable[str]) -> str:
    """Return the first text that a font can draw whole; empty when it can draw none."""
    return next((text for text in texts if font.can_draw(text)), "")


def lacking(font: Font, texts: Iterable[str]) -> str:
    """Return the characters of some texts that a font lacks, sorted."""
    return "".join(sorted(character for character in set().union(*texts) if not font.can_draw(character)))
