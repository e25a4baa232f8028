"""Validation of an uploaded font; run as a program, in a process that may die of it.

Reads the font from stdin, and writes its name and its number of characters as JSON. Parsing and drawing happen under
limits of memory and time, so that a font made to harm, or damaged, ends this process and no other. It needs nothing of
Glyphlab.
"""

import io
import json
import resource
import sys

from fontTools.ttLib import TTFont
from PIL import Image, ImageDraw, ImageFont

_MEMORY = 2_000_000_000  # bytes
_SECONDS = 20
_DRAWN = 400  # characters tried, spread over all it has


def main() -> None:
    """Check the font on stdin; exit with a message if it cannot be used."""
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS))
    content = sys.stdin.buffer.read()
    with TTFont(io.BytesIO(content), lazy=True) as font:
        table = sorted(font.getBestCmap() or ())
        family = str(font["name"].getBestFullName() or font["name"].getBestFamilyName() or "")
    if not table:
        sys.exit("it has no table of Unicode characters")
    for size in (16, 64):
        _draw(ImageFont.truetype(io.BytesIO(content), size), table)
    json.dump({"family": family[:200], "characters": len(table)}, sys.stdout)


def _draw(font: ImageFont.FreeTypeFont, table: list[int]) -> None:
    image = Image.new("L", (128, 128))
    for code in table[:: max(1, len(table) // _DRAWN)]:
        ImageDraw.Draw(image).text((32, 32), chr(code), fill=255, font=font)
        left, top, right, bottom = font.getbbox(chr(code))
        if max(right - left, bottom - top) > 4096:
            sys.exit("one of its characters is larger than any page")
    if image.getbbox() is None:
        sys.exit("none of its characters shows anything")


if __name__ == "__main__":
    main()
