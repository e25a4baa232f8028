"""Validation of a font; of an uploaded one run as a program, in a process that may die of it.

Reads the font from stdin, and writes its name and its number of characters as JSON. Its arguments are how far up or
down and how far along its line a character may reach from its origin, in sizes of the font, and the id of the process
that asks, with which it ends. Parsing and drawing happen
under limits of memory and time, so that a font made to harm, or damaged, ends this process and no other. It needs
nothing of Glyphlab.
"""

import ctypes
import io
import json
import os
import resource
import signal
import sys
import unicodedata
from typing import Any

from fontTools.ttLib import TTFont
from PIL import Image, ImageDraw, ImageFont

_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG
_MEMORY = 2_000_000_000  # bytes
_SECONDS = 20
_DRAWN = 400  # characters tried, spread over all it has
_MEASURED = 32  # px
_SHOWN = "LNPS"  # categories of characters that take up room


def main() -> None:
    """Check the font on stdin; exit with a message if it cannot be used."""
    *limits, parent = map(int, sys.argv[1:])
    _end_with(parent)
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS))
    json.dump(font_facts(sys.stdin.buffer.read(), *limits), sys.stdout)


def font_facts(content: bytes, highest: int, widest: int) -> dict[str, Any]:
    """Return the name and the number of characters of a font; the limits are in sizes of it.

    Raises SystemExit, with the reason, where it cannot be used, and other errors where it is damaged.
    """
    with TTFont(io.BytesIO(content), lazy=True) as font:
        table = [code for code in sorted(font.getBestCmap() or ()) if _is_text(code)]
        names = font.get("name")
        family = str((names and (names.getBestFullName() or names.getBestFamilyName())) or "")  # pyright: ignore[reportAttributeAccessIssue]
    if not table:
        sys.exit("it has no table of Unicode characters")
    measured = ImageFont.truetype(io.BytesIO(content), _MEASURED, layout_engine=ImageFont.Layout.BASIC)
    _measure(measured, table, highest * _MEASURED, widest * _MEASURED)
    for size in (16, 64):
        _draw(ImageFont.truetype(io.BytesIO(content), size), table)
    return {"family": family[:200], "characters": len(table)}


def _end_with(parent: int) -> None:
    """Have the system kill this process when the one that asks dies."""
    ctypes.CDLL(None).prctl(_DEATH_SIGNAL, signal.SIGKILL)
    if os.getppid() != parent:
        sys.exit("nobody waits for it any more")


def _is_text(code: int) -> bool:
    """Say whether a text may hold a character: fonts list line ends and such, which cannot be laid out."""
    kind = unicodedata.category(chr(code))
    return kind[0] != "C" and kind not in ("Zl", "Zp")


def _measure(font: ImageFont.FreeTypeFont, table: list[int], highest: int, widest: int) -> None:
    """Look at the size of every character without drawing it; the limits are in px."""
    if font.getmetrics()[0] <= 0:
        sys.exit("its ascender is 0, so that lines of it would lie on one another")
    room = 0.0
    for code in table:
        left, top, right, bottom = font.getbbox(chr(code), anchor="ls")
        if max(-top, bottom) > highest or max(-left, right) > widest:
            sys.exit(f"its character U+{code:04X} is larger than any page")
        if unicodedata.category(chr(code))[0] in _SHOWN:
            room = max(room, font.getlength(chr(code)))
    if room < 1:
        sys.exit("none of its characters shows anything that takes up room")


def _draw(font: ImageFont.FreeTypeFont, table: list[int]) -> None:
    image = Image.new("L", (128, 128))
    for code in table[:: max(1, len(table) // _DRAWN)]:
        ImageDraw.Draw(image).text((32, 32), chr(code), fill=255, font=font)
    if image.getbbox() is None:
        sys.exit("none of its characters shows anything")


if __name__ == "__main__":
    main()
