"""Fonts: the bundled ones by language and id, the texts that a font can draw, and specimens for people who choose.

A character counts as drawable when the font's character map has it and its glyph shows something other than the box for
missing characters. Uploaded fonts come from `asset_resolver`. This module draws no sample and knows no recipe.
"""

import functools
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from fontTools.ttLib import TTFont
from PIL import Image, ImageDraw, ImageFont

from engine.errors import ConfigError
from engine.synth.trdg.adapter import FONTS

_SPECIMEN_SIZE, _SPECIMEN_EDGE = 26, 6  # px
_PROBE_HEIGHT = 32  # px; large enough for the thinnest stroke to show
_SHARED_GROUPS = {"ko": "cn"}  # Source Han Sans has the Korean syllables too
_NONCHARACTER = "\U0010ffff"  # in no font, so it shows the box for missing characters

Pixels = tuple[tuple[int, int], bytes]


@dataclass(frozen=True)
class Font:
    """A font: its id in recipes, a name for people, and its file."""

    id: str
    label: str
    path: Path

    def can_draw(self, text: str) -> bool:
        """Say whether every character of a text has a glyph of its own; a space needs none."""
        known = _character_map(self.path)
        return all(character == " " or (ord(character) in known and _shows(self.path, character)) for character in text)


def fonts(language: str = "en") -> list[Font]:
    """Return the fonts meant for a language, sorted by id: its script's own, else the Latin ones."""
    group = _SHARED_GROUPS.get(language, language)
    return list(_fonts_of(group if group in _groups() else "latin"))


def bundled_fonts() -> list[Font]:
    """Return all fonts that came with trdg, sorted by id."""
    return list(_all().values())


def fonts_by_id(ids: Iterable[str]) -> list[Font]:
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


def specimen(font: Font, text: str, width: int = 220) -> Image.Image:
    """Draw a text in a font, black on white: L, `width` px wide at most, all equally high; the rest is cut off."""
    opened = ImageFont.truetype(str(font.path), _SPECIMEN_SIZE)
    left, top, right, bottom = opened.getbbox(text or " ")
    height = _SPECIMEN_SIZE + 2 * _SPECIMEN_EDGE
    image = Image.new("L", (max(1, min(width, round(right - left) + 2 * _SPECIMEN_EDGE)), height), 255)
    place = (
        _SPECIMEN_EDGE - left,
        (height - (bottom - top)) / 2 - top,
    )  # in the middle, whatever the font's own line is
    ImageDraw.Draw(image).text(place, text, fill=0, font=opened)
    return image


def specimen_text(font: Font, texts: Iterable[str]) -> str:
    """Return the first text that a font can draw whole; empty when it can draw none."""
    return next((text for text in texts if font.can_draw(text)), "")


def missing_characters(font: Font, texts: Iterable[str]) -> str:
    """Return the characters of some texts that a font lacks, sorted."""
    return "".join(sorted(character for character in set().union(*texts) if not font.can_draw(character)))


@functools.cache
def _groups() -> list[str]:
    return sorted(path.name for path in FONTS.iterdir() if path.is_dir())


@functools.cache
def _fonts_of(name: str) -> tuple[Font, ...]:
    paths = sorted(path for path in (FONTS / name).iterdir() if path.suffix.lower() in {".ttf", ".otf"})
    return tuple(
        Font(f"{name}/{path.stem}", path.stem.replace("_", " ").replace("-", " ").strip(), path) for path in paths
    )


@functools.cache
def _all() -> dict[str, Font]:
    return {font.id: font for group in _groups() for font in _fonts_of(group)}


@functools.cache
def _character_map(path: Path) -> frozenset[int]:
    with TTFont(path, lazy=True) as font:
        # Glyphs need no names here; reading those that the font gives takes three times as long.
        font.setGlyphOrder([str(number) for number in range(font["maxp"].numGlyphs)])  # pyright: ignore[reportAttributeAccessIssue]
        return frozenset(font.getBestCmap() or ())


@functools.lru_cache(maxsize=256)
def _probe(path: Path) -> tuple[ImageFont.FreeTypeFont, Pixels]:
    # Single glyphs need no shaping, which takes longer than to draw them.
    font = ImageFont.truetype(str(path), _PROBE_HEIGHT, layout_engine=ImageFont.Layout.BASIC)
    return font, _pixels(font, _NONCHARACTER)


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
