"""Count the faults of fonts, and the letters that our drawing cuts off: `python -m bench.fonts [--folder DIR …]`.

Each character of a font is drawn as a line of its own and between two others, and its ink compared with what Pillow
draws on a canvas with room on all sides. Takes the bundled fonts, and those below folders. Prints Markdown: what fonts
lack or draw alike as the engine sees it, ascents and control characters as their tables have them, then lost ink.
"""

import argparse
import string
import sys
import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from fontTools.ttLib import TTFont, TTLibError
from PIL import Image, ImageDraw, ImageFont

from bench.command import run
from engine.synth import glyphs
from engine.synth.fonts import Font, bundled_fonts
from engine.synth.trdg.lines import draw_line

CHARACTERS = string.ascii_letters + string.digits + ".,-/$%&#" + "ÄÅÇÉÑÖÜàçéîñöúŐŘŮẪỄ"
_ROOM = 3  # lines of text, on each side
_CUT = 0.001  # share of the ink whose loss counts


class Losses(NamedTuple):
    """Pairs of font and character that were compared, and those that lose ink."""

    pairs: int
    cut: list[tuple[str, str, float]]


def losses(fonts: Sequence[Font], size: int = 64) -> Losses:
    """Return which characters of which fonts lose ink when they are drawn alone, as a share of it."""
    pairs, cut = 0, []
    for font in fonts:
        for character in CHARACTERS:
            if not font.can_draw(character):
                continue
            pairs += 1
            lost = max(_lost(font, text, size) for text in (character, f"n{character}n"))
            if lost > _CUT:
                cut.append((font.id, character, lost))
    return Losses(pairs, cut)


def _lost(font: Font, text: str, size: int) -> float:
    """Return the share of a text's ink that our line lacks."""
    black = "#000000"
    ours, _ = draw_line(
        *(text, str(font.path), black, size, 0, 1.0, 0, False, False, 0, black),
        measure=lambda face, piece: round(face.getlength(piece)),
        masked=False,
        tracing=None,
    )
    whole = _ink(_by_pillow(font, text, size))
    return 1 - _ink(ours.getchannel("A")) / whole if whole else 0.0


def _by_pillow(font: Font, text: str, size: int) -> Image.Image:
    """Return a text in L as Pillow sets it letter by letter, at whole pixels, with room around it."""
    opened = ImageFont.truetype(str(font.path), size)
    room = _ROOM * size
    image = Image.new("L", (2 * room + sum(round(opened.getlength(each)) for each in text), 2 * room + 2 * size))
    pen, x = ImageDraw.Draw(image), room
    for character in text:
        pen.text((x, room), character, 255, opened)
        x += round(opened.getlength(character))
    return image


def _ink(coverage: Image.Image) -> int:
    return sum(level * count for level, count in enumerate(coverage.histogram()))


def faults(fonts: Sequence[Font]) -> dict[str, list[str]]:
    """Return the fonts that have a fault, by what it is."""
    found: dict[str, list[str]] = {
        what: [] for what in ("no space", "ascent 0", "capitals only", "small only", "alike", "controls", "unreadable")
    }
    for font in fonts:
        for what in _faults(font):
            found[what].append(font.id)
    return found


def _faults(font: Font) -> Iterator[str]:
    try:
        with TTFont(font.path, lazy=True) as tables:
            ascent, codes = tables["hhea"].ascent, tables.getBestCmap() or {}  # pyright: ignore[reportAttributeAccessIssue]
        case = glyphs.only_case(font.path)
        told = {
            "no space": not glyphs.has_gap(font.path),
            "ascent 0": ascent <= 0,
            "capitals only": case == "upper",
            "small only": case == "lower",
            "alike": bool(glyphs.alike(font.path)),
            "controls": any(unicodedata.category(chr(code)) == "Cc" for code in codes),
        }
    except (OSError, ValueError, KeyError, TTLibError):
        told = {"unreadable": True}
    yield from (what for what, holds in told.items() if holds)


def in_folder(folder: Path) -> Iterator[Font]:
    """Yield the .ttf and .otf fonts below a folder."""
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() in (".ttf", ".otf") and path.is_file():
            yield Font(path.name, path.stem, path)


def main(arguments: list[str] | None = None) -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(prog="python -m bench.fonts", description=__doc__)
    parser.add_argument("--folder", type=Path, nargs="*", default=[], help="other fonts to look at")
    parser.add_argument("--size", type=int, default=64, help="px [default: 64]")
    options = parser.parse_args(arguments)
    groups = [("bundled", bundled_fonts()), *((folder.name, list(in_folder(folder))) for folder in options.folder)]
    _print_faults(groups)
    print("\n| fonts | pairs of font and character | lose ink | worst |\n| --- | --- | --- | --- |")
    for name, fonts in groups:
        found = losses(fonts, options.size)
        worst = ", ".join(
            f"{id} {sign} {lost:.1%}" for id, sign, lost in sorted(found.cut, key=lambda row: -row[2])[:5]
        )
        print(f"| {name}: {len(fonts)} | {found.pairs:,} | {len(found.cut):,} | {worst} |", flush=True)


def _print_faults(groups: Sequence[tuple[str, Sequence[Font]]]) -> None:
    tables = {f"{name}: {len(fonts)}": faults(fonts) for name, fonts in groups}
    print(f"| fault | {' | '.join(tables)} |\n| --- |{' --- |' * len(tables)}")
    for what in next(iter(tables.values())):
        cells = [
            f"{len(found[what])} ({', '.join(found[what][:3])})" if found[what] else "0" for found in tables.values()
        ]
        print(f"| {what} | {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    run(lambda: main(sys.argv[1:]))
