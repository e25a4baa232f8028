"""Bundled fonts, and which texts they can draw without an empty box.

A character counts as drawable when the font's table of characters has it and its glyph shows something other than the
box that stands for missing ones. This module draws no sample and knows no recipe.
"""

import functools
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from fontTools.ttLib import TTFont
from PIL import ImageFont

from engine.errors import ConfigError
from engine.synth.trdg.adapter import FONTS

_PROBE_HEIGHT = 32  # px; large enough for the thinnest stroke to show
_LENT = {"ko": "cn"}  # Source Han Sans has the Korean syllables too
_NOBODYS = "\U0010ffff"  # no font may hold this one, so it shows the box of missing characters

Pixels = tuple[tuple[int, int], bytes]


@dataclass(frozen=True)
class Font:
    """A font: its id in recipes, a name for people, and its file."""

    id: str
    label: str
    path: Path

    def can_draw(self, text: str) -> bool:
        """Say whether every character of a text has a glyph of its own; a space needs none."""
        table = _table(self.path)
        return all(character == " " or (ord(character) in table and _shows(self.path, character)) for character in text)


def fonts(language: str = "en") -> list[Font]:
    """Return the fonts meant for a language, sorted by id: its script's own, else the Latin ones."""
    group = _LENT.get(language, language)
    return list(_group(group if group in _groups() else "latin"))


def bundled_fonts() -> list[Font]:
    """Return all fonts that came with trdg, sorted by id."""
    return list(_all().values())


def named(ids: Iterable[str]) -> list[Font]:
    """Return fonts by their ids.

    Raises:
        ConfigError: there is no such font.
    """
    known = _all()
    unknown = [id for id in ids if id not in known]
    if unknown:
        raise ConfigError(
            f"looks.fonts: {unknown[0][:80]!r} is no font here. Choose among those that the list offers, "
            "such as 'latin/Lato-Regular', or name none."
        )
    return [known[id] for id in ids]


@functools.cache
def _groups() -> list[str]:
    return sorted(path.name for path in FONTS.iterdir() if path.is_dir())


@functools.cache
def _group(name: str) -> tuple[Font, ...]:
    paths = sorted(path for path in (FONTS / name).iterdir() if path.suffix.lower() in {".ttf", ".otf"})
    return tuple(
        Font(f"{name}/{path.stem}", path.stem.replace("_", " ").replace("-", " ").strip(), path) for path in paths
    )


@functools.cache
def _all() -> dict[str, Font]:
    return {font.id: font for group in _groups() for font in _group(group)}


@functools.cache
def _table(path: Path) -> frozenset[int]:
    with TTFont(path, lazy=True) as font:
        # Glyphs need no names here; reading those that the font gives takes three times as long.
        font.setGlyphOrder([str(number) for number in range(font["maxp"].numGlyphs)])  # pyright: ignore[reportAttributeAccessIssue]
        return frozenset(font.getBestCmap() or ())


@functools.lru_cache(maxsize=256)
def _probe(path: Path) -> tuple[ImageFont.FreeTypeFont, Pixels]:
    # Single glyphs need no shaping, which takes longer than to draw them.
    font = ImageFont.truetype(str(path), _PROBE_HEIGHT, layout_engine=ImageFont.Layout.BASIC)
    return font, _pixels(font, _NOBODYS)


@functools.lru_cache(maxsize=200_000)
def _shows(path: Path, character: str) -> bool:
    if unicodedata.category(character)[0] == "C":  # such as the soft hyphen, which shaping leaves out
        return False
    font, box = _probe(path)
    pixels = _pixels(font, character)
    return any(pixels[1]) and pixels != box


def _pixels(font: ImageFont.FreeTypeFont, character: str) -> Pixels:
    mask = font.getmask(character)
    return mask.size, bytes(mask)  # pyright: ignore[reportArgumentType]  # a buffer, which its stub does not say
