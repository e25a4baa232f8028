"""Scans of pages drawn from fonts: two columns of dictionary words under a title, with a scanner's noise and slant."""

import io
import random
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from fpdf import FPDF
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from engine.synth.dictionaries import dictionary
from engine.synth.fonts import fonts_by_id

DPI = 200
SIZE = 1654, 2339  # px: A4 at 200 dpi
_FONTS = ("Lato-Regular", "Roboto-Regular", "OpenSans-Semibold", "DroidSans", "Raleway-Medium")
_MARGIN, _GUTTER, _LETTERS, _PITCH = 130, 70, 29, 43  # px
_SLANT, _NOISE, _BLUR = 0.5, 5.0, 0.5  # degrees at most, grey levels, px
_POINTS = 72


class DrawnPage(NamedTuple):
    """A scan, grey, and its words in the order in which they are read."""

    image: Image.Image
    words: list[str]


def drawn_page(words: int, seed: int = 0) -> DrawnPage:
    """Return a page of so many words, at most some 450; the same seed draws the same page."""
    stream = random.Random(f"page {seed}")
    source, drawn = dictionary("en"), []
    image = Image.new("L", SIZE, 247)
    draw = ImageDraw.Draw(image)
    path = fonts_by_id([f"latin/{stream.choice(_FONTS)}"])[0].path
    title, body = (ImageFont.truetype(path, size) for size in (2 * _LETTERS, _LETTERS))
    width = (SIZE[0] - 2 * _MARGIN - _GUTTER) / 2
    places = [(_MARGIN, _MARGIN, SIZE[0] - 2 * _MARGIN, title)]
    tops = range(_MARGIN + 3 * _PITCH, SIZE[1] - _MARGIN, _PITCH)
    places += [(left, top, width, body) for left in (_MARGIN, _MARGIN + width + _GUTTER) for top in tops]
    for left, top, room, font in places:  # a line each
        x = 0.0
        while len(drawn) < words:
            word = (
                source.draw(stream, lambda text: 2 <= len(text) <= 12 and text.isascii() and text.isalpha()) or "word"
            )
            long = font.getlength(word)
            if x + long > room:
                break
            draw.text((left + x, top), word, fill=30, font=font)
            drawn.append(word)
            x += long + font.getlength(" ")
    image = image.rotate(stream.uniform(-_SLANT, _SLANT), Image.Resampling.BICUBIC, fillcolor=247)
    pixels = np.asarray(image.filter(ImageFilter.GaussianBlur(_BLUR)), np.float32)
    noise = np.random.default_rng(seed).normal(0, _NOISE, pixels.shape)
    return DrawnPage(Image.fromarray((pixels + noise).clip(0, 255).astype(np.uint8)), drawn)


def _is_word(text: str) -> bool:
    return 2 <= len(text) <= 12 and text.isascii() and text.isalpha()


def pdf_of(pages: Iterable[Image.Image]) -> bytes:
    """Return a PDF file of scans, as a scanner would make it."""
    file = FPDF(unit="pt")
    for page in pages:
        buffer = io.BytesIO()
        page.save(buffer, "JPEG", quality=75)
        size = page.width * _POINTS / DPI, page.height * _POINTS / DPI
        file.add_page(format=size)
        file.image(buffer, 0, 0, *size)
    return bytes(file.output())
