"""Fonts: the bundled ones by language and id, the texts that a font can draw, and specimens for people who choose.

A character counts as drawable when the font's character map has it and its glyph shows something other than the box for
missing characters (`glyphs.py`). Uploaded fonts come from `asset_resolver`. This module draws no sample and knows no
recipe.
"""

import functools
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from engine.errors import ConfigError
from engine.labels import JOINERS
from engine.synth import glyphs
from engine.synth.glyph_size import OversizedGlyph, check_size
from engine.synth.trdg.adapter import FONTS

ONE_CASE = {"upper": "capitals only", "lower": "small letters only"}
"""Words for the only case that a font draws."""

_SPECIMEN_SIZE, _SPECIMEN_EDGE = 26, 6  # px
_NAMED = 8  # characters
_SHARED_GROUPS = {"ko": "cn"}  # Source Han Sans has the Korean syllables too


@dataclass(frozen=True)
class Font:
    """A font: its id in recipes, a name for people, and its file."""

    id: str
    label: str
    path: Path

    @property
    def family(self) -> str:
        """The family that its file names, by which faces of one design count as one; its own id where it has none."""
        return glyphs.family(self.path) or self.id

    def can_draw(self, text: str) -> bool:
        """Say whether every character of a text has a glyph of its own, and spaces are gaps; joiners need none."""
        if " " in text and not glyphs.has_gap(self.path):
            return False
        return all(each == " " or each in JOINERS or glyphs.shows(self.path, each) for each in text)

    def is_plain(self, text: str) -> bool:
        """Say whether a text looks like no other in this font: in the case that is drawn, and no 0 that is an O."""
        return self.as_drawn(text) == text and not self.ambiguous(text)

    def as_drawn(self, text: str) -> str:
        """Return a text in the case that the font draws: that of the text, but in fonts of one case."""
        if not text.isupper() and glyphs.only_case(self.path) == "upper":
            return "".join(each.upper() if len(each.upper()) == 1 else each for each in text)
        if not text.islower() and glyphs.only_case(self.path) == "lower":
            return "".join(each.lower() if len(each.lower()) == 1 else each for each in text)
        return text

    def ambiguous(self, text: str) -> str:
        """Return the characters of a text that the font draws like another letter or digit, sorted."""
        return "".join(sorted({each for group in glyphs.alike(self.path) for each in group if each in text}))

    def fault(self, text: str) -> str:
        """Return why the font must not draw a text though it lists the characters; empty where nothing is wrong."""
        return glyphs.fault(self.path, text)

    def unusable(self, why: object) -> ConfigError:
        """Return the error that tells why the font cannot be used."""
        return ConfigError(f"looks.fonts: {self.label!r} cannot be used: {why}. Delete it, or choose another font.")

    @property
    def remarks(self) -> list[str]:
        """Remarks for people who choose it, in a few words each."""
        case = glyphs.only_case(self.path)
        words = [ONE_CASE[case]] if case else []
        words += [f"draws {' and '.join(group)} alike" for group in glyphs.alike(self.path)]
        return words if glyphs.has_gap(self.path) else [*words, "no space between words"]


def fonts(language: str = "en") -> list[Font]:
    """Return the fonts meant for a language, sorted by id: its script's own, else the Latin ones."""
    group = _SHARED_GROUPS.get(language, language)
    return list(_fonts_of(group if group in _groups() else "latin"))


def bundled_fonts() -> list[Font]:
    """Return all fonts that came with trdg, sorted by id."""
    return list(_all().values())


def is_bundled(id: str) -> bool:
    """Say whether an id is of a group of fonts that came with trdg, be there such a font or not."""
    return id.partition("/")[0] in _groups()


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
    """Draw a text in a font, black on white: L, `width` px wide at most, all equally high; the rest is cut off.

    What a font would draw larger than any page is left out.
    """
    opened = ImageFont.truetype(str(font.path), _SPECIMEN_SIZE)
    try:
        check_size(opened, text or " ")
    except OversizedGlyph:
        text = ""
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


def why_left_out(font: Font, texts: Iterable[str]) -> str:
    """Return in a few words why a font is not taken for some of the texts; empty where it is for all.

    It may still be taken for one that looks like another in it, where no other font can draw that.
    """
    texts = list(texts)
    if missing := missing_characters(font, ["".join(text.split(" ")) for text in texts]):
        return f"lacks {' '.join(missing[:_NAMED])}{' …' if len(missing) > _NAMED else ''}"
    if any(not font.can_draw(text) for text in texts):
        return "no space between words"
    odd = [text for text in texts if not font.is_plain(text)]
    if any(font.as_drawn(text) != text for text in odd):
        return "one case only"
    alike = sorted({each for text in odd for each in font.ambiguous(text)})
    return f"draws {' '.join(alike[:_NAMED])} like other characters" if alike else ""


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
