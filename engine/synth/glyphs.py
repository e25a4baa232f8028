"""Glyphs of a font file, looked at one by one: whether each shows something, how large it is, and what it looks like.

Nothing is drawn before its size is known: a glyph may claim thousands of lines. This module knows no recipe;
`fonts.py` asks it.
"""

import functools
import re
import string
import unicodedata
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt
from fontTools.ttLib import TTFont
from PIL import Image, ImageFont

from engine.synth.glyph_size import OversizedGlyph, check_size
from engine.synth.trdg.adapter import FONTS

Case = Literal["", "upper", "lower"]
"""The only case that a font draws letters in; empty where it draws both."""

Pixels = tuple[tuple[int, int], bytes]
Shape = tuple[npt.NDArray[np.float64], float]

_FONTS_KNOWN = 4096  # whose facts are kept, a few kB each
_PROBE_HEIGHT = 32  # px; large enough for the thinnest stroke to show
_NONCHARACTER = "\U0010ffff"  # in no font, so it shows the box for missing characters
_LEAST_GAP = 0.05  # width of a space as a share of the font's size, below which words run together
_CODES = string.ascii_letters + string.digits
_DESCENT = 0.1  # of the font's size
_DIFFERENT = "abdeghnqrt"  # letters whose two cases differ in more than size
_REFERENCES = ("Lato-Regular", "Lato-Light", "OpenSans-BoldItalic")
_SHAPE_HEIGHT, _SHAPE_SIDE, _SHAPE_BLUR = 96, 24, 2  # px
_ASPECT_WEIGHT = 0.3  # of the difference in height by width, in logarithms, against the correlation of the ink
_STYLE_WORD = re.compile(
    "((extra|ultra|semi|demi)-?)?(thin|hairline|light|book|regular|roman|medium|bold|black|heavy|condensed|cond|narrow|"
    "extended|expanded|italic|oblique|slanted|outline|rg|lt|bd|it)",
    re.IGNORECASE,
)
_NEARER = 0.2  # by which letters of one case are on average more like those of the other
_AGREED, _NEARER_AGREED = 0.7, 0.1  # so much is enough where so large a share of the letters says the same


@functools.lru_cache(maxsize=_FONTS_KNOWN)
def character_map(path: Path) -> frozenset[int]:
    """Return the code points that a font's table of characters lists."""
    with TTFont(path, lazy=True) as font:
        # Glyphs need no names here; reading those that the font gives takes three times as long.
        font.setGlyphOrder([str(number) for number in range(font["maxp"].numGlyphs)])  # pyright: ignore[reportAttributeAccessIssue]
        return frozenset(font.getBestCmap() or ())


@functools.lru_cache(maxsize=_FONTS_KNOWN)
def family(path: Path) -> str:
    """Return the family that a font's file names, without words of weight, width and slant; empty where it has none."""
    with TTFont(path, lazy=True) as font:
        names = font.get("name")
        said = str((names and names.getBestFamilyName()) or "")  # pyright: ignore[reportAttributeAccessIssue]
    words = said.split()
    while len(words) > 1 and _STYLE_WORD.fullmatch(words[-1]):
        words.pop()
    return " ".join(words)


@functools.lru_cache(maxsize=1_000_000)
def shows(path: Path, character: str) -> bool:
    """Say whether a font draws something of its own for a character: no box, no blank, nothing without room."""
    if ord(character) not in character_map(path):
        return False
    kind = unicodedata.category(character)[0]
    if kind == "C":  # such as the soft hyphen, which shaping leaves out
        return False
    font, box = _probe(path)
    if kind != "M" and font.getlength(character) < 1:  # letters would lie on one another
        return False
    try:
        pixels = _pixels(font, character)
    except OversizedGlyph:
        return False
    return any(pixels[1]) and pixels != box


@functools.lru_cache(maxsize=_FONTS_KNOWN)
def has_gap(path: Path) -> bool:
    """Say whether a font's space is a gap: a glyph of its own, with a width and without ink."""
    font, _ = _probe(path)
    try:
        wide = font.getlength(" ") >= _LEAST_GAP * _PROBE_HEIGHT
        return ord(" ") in character_map(path) and wide and not any(_pixels(font, " ")[1])
    except OversizedGlyph:
        return False


def fault(path: Path, text: str) -> str:
    """Return why a font that lists the characters of a text must not draw them; empty where nothing is wrong."""
    font, _ = _probe(path)
    for character in dict.fromkeys(text):
        if ord(character) in character_map(path):
            try:
                check_size(font, character)
            except OversizedGlyph as error:
                return str(error)
    return ""


@functools.lru_cache(maxsize=_FONTS_KNOWN)
def alike(path: Path) -> tuple[str, ...]:
    """Return the groups of letters a to z and digits that a font draws by the very same pixels; two cases are none."""
    font, _ = _probe(path)
    boxes: dict[object, str] = {}
    for character in _CODES:  # few have a box in common, which takes less time to find than their pixels
        if ord(character) in character_map(path):
            box = font.getbbox(character)
            boxes[box] = boxes.get(box, "") + character
    groups: dict[Pixels, str] = {}
    for character in "".join(group for group in boxes.values() if len(set(group.upper())) > 1):
        if shows(path, character):
            pixels = _pixels(font, character)
            groups[pixels] = groups.get(pixels, "") + character
    return tuple(group for group in groups.values() if len(set(group.upper())) > 1)


@functools.lru_cache(maxsize=_FONTS_KNOWN)
def only_case(path: Path) -> Case:
    """Return the case in which a font draws all letters, told by their pixels and by what letters look like."""
    if _descends(path):
        return ""
    pairs = [character for character in _cased(path) if shows(path, character) and shows(path, character.upper())]
    if not pairs:
        return ""
    font, _ = _probe(path)
    equal = sum(_pixels(font, character) == _pixels(font, character.upper()) for character in pairs)
    looks = _looks_like(path)
    return "upper" if not looks and 2 * equal > len(pairs) else looks


def _descends(path: Path) -> bool:
    """Say whether small letters reach lower than their capitals, which they do in most fonts with two cases."""
    font, _ = _probe(path)
    reach = [font.getbbox(letter)[3] for letter in "gGpP" if ord(letter) in character_map(path)]
    return len(reach) == 4 and min(reach[0] - reach[1], reach[2] - reach[3]) > _DESCENT * _PROBE_HEIGHT


def _cased(path: Path) -> list[str]:
    """Return small letters of a font, those of a to z where it has them."""
    latin = [character for character in string.ascii_lowercase if ord(character) in character_map(path)]
    if latin:
        return latin
    known = (chr(code) for code in sorted(character_map(path)))
    return [character for character in known if character.islower() and len(character.upper()) == 1][:60]


def _looks_like(path: Path) -> Case:
    """Return the case that letters of both cases look like; empty where they look like two, or like no letters."""
    shapes = {each: _shape(path, each) for letter in _DIFFERENT for each in (letter, letter.upper())}
    found = []
    for letter in _DIFFERENT:
        low, high = shapes[letter], shapes[letter.upper()]
        if low is not None and high is not None:
            found.append((_nearer(low, letter.upper()), _nearer(high, letter)))
    if len(found) < len(_DIFFERENT) / 2:
        return ""
    as_upper, as_lower = np.array(found).T
    if _is_clear(as_upper, as_lower):
        return "upper"
    return "lower" if _is_clear(as_lower, as_upper) else ""


def _is_clear(toward: npt.NDArray[np.float64], away: npt.NDArray[np.float64]) -> bool:
    """Say whether letters look like one case: by how much those of the other case do, and its own do not, by letter."""
    mean, agreed = toward.mean(), ((toward > 0) & (away < 0)).mean()
    return bool(mean >= _NEARER or (mean >= _NEARER_AGREED and agreed >= _AGREED))


def _nearer(shape: Shape, letter: str) -> float:
    """Return by how much a shape is more like a letter than like its other case."""
    own, other = (
        max(float(shape[0] @ known[0]) - _ASPECT_WEIGHT * abs(shape[1] - known[1]) for known in _reference(each))
        for each in (letter, letter.swapcase())
    )
    return own - other


@functools.cache
def _reference(letter: str) -> list[Shape]:
    """Return what a letter looks like in fonts that are known to draw both cases."""
    shapes = (_shape(FONTS / "latin" / f"{name}.ttf", letter) for name in _REFERENCES)
    return [shape for shape in shapes if shape is not None]


def _shape(path: Path, letter: str) -> Shape | None:
    """Return the ink of a letter whatever its size, as a unit vector, and the logarithm of its width by height."""
    if not shows(path, letter):
        return None
    size, content = _pixels(_opened(path, _SHAPE_HEIGHT), letter)
    image = Image.frombytes("L", size, content)
    box = image.getbbox()
    if box is None:
        return None
    small = image.crop(box).resize((_SHAPE_SIDE, _SHAPE_SIDE), Image.Resampling.BOX)
    ink = np.asarray(small, np.float64)
    ink -= ink.mean()
    return ink.ravel() / (np.linalg.norm(ink) or 1.0), float(np.log((box[2] - box[0]) / (box[3] - box[1])))


def forget() -> None:
    """Close the fonts that were looked at, for who looks at hundreds once; some have megabytes."""
    _probe.cache_clear()


def _opened(path: Path, size: int) -> ImageFont.FreeTypeFont:
    # Single glyphs need no shaping, which takes longer than to draw them.
    return ImageFont.truetype(str(path), size, layout_engine=ImageFont.Layout.BASIC)


@functools.lru_cache(maxsize=256)
def _probe(path: Path) -> tuple[ImageFont.FreeTypeFont, Pixels]:
    font = _opened(path, _PROBE_HEIGHT)
    try:
        return font, _pixels(font, _NONCHARACTER)
    except OversizedGlyph:
        return font, ((0, 0), b"")


def _pixels(font: ImageFont.FreeTypeFont, character: str) -> Pixels:
    check_size(font, character)
    mask = font.getmask(character)
    return mask.size, bytes(mask)  # pyright: ignore[reportArgumentType]  # a buffer, which its stub does not say
