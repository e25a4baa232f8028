"""A reading's strip: what the network saw, and over it where each character was read and how sure it is. As SVG.

Each character has a colour of its own. Its ground over the image is as strong as attention (or CTC's soft alignment)
was there; below stand the character, at its place, and a bar that is as high as its confidence. Pure: a reading in,
text out, with nothing in it that runs or is fetched.
"""

import math
from collections.abc import Iterator
from html import escape

from PIL import Image

from dashboard.common.colours import OKABE_ITO, SURE
from dashboard.common.images import png_url
from engine.formatting import percent
from engine.labels import visible
from glyphlab_read.reading.results import Character, Reading, Trace

_ROOM = 600  # px that a strip takes before it is shown at its true size instead of twice that
_LINE, _LETTER, _BAR = 5, 20, 16  # px: heights of the parts below the image
_STRONGEST = 0.6  # opacity of the ground where all of a character was read from one frame; half of it at a quarter
_GAP = 11.0  # px from one letter to the next, where there is room
_FAINT = 0.04  # weights below are not drawn
_INK = {False: "#1F2328", True: "#E6EAEC"}
_WAIT = {False: "#B45309", True: "#FBBF24"}


def strip(reading: Reading, dark: bool) -> str:
    """Return the SVG of a reading that was traced; `dark` is for a dark ground."""
    trace = reading.trace
    assert trace is not None  # noqa: S101  pages always ask for it
    rows, columns = trace.seen.shape[:2]
    times = 2 if 2 * columns <= _ROOM else 1
    width, below, seen = times * columns, times * rows, png_url(Image.fromarray(trace.seen))
    height = below + (_LINE + _LETTER + _BAR if reading.text else 0)
    return "".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}">',
            f'<image href="{seen}" width="{width}" height="{below}" style="image-rendering:pixelated"/>',
            *_grounds(trace, times),
            *_letters(reading.characters, width, below, dark),
            "</svg>",
        )
    )


def strip_words(reading: Reading) -> str:
    """Return the strip in words, for those who cannot see it."""
    if not reading.text:
        return "What the network saw; it read nothing"
    parts = (
        f"{visible(one.char).strip() or 'space'} at {100 * (one.start + one.end) / 2:.0f} % of the width, "
        f"{percent(one.confidence)} sure"
        for one in reading.characters
    )
    return f"What the network saw and where it read each character: {'; '.join(parts)}"


def _grounds(trace: Trace, times: int) -> Iterator[str]:
    rows, columns = trace.seen.shape[:2]
    for number, weights in enumerate(trace.weights):
        colour = OKABE_ITO[number % len(OKABE_ITO)]
        for frame, weight in enumerate(weights.tolist()):
            if weight < _FAINT:
                continue
            left = frame * trace.frame
            wide = min(trace.frame, columns - left)
            yield (
                f'<rect x="{times * left:.1f}" width="{times * wide:.1f}" height="{times * rows}" fill="{colour}" '
                f'opacity="{_STRONGEST * math.sqrt(weight):.2f}"/>'
            )


def _letters(characters: tuple[Character, ...], width: int, top: int, dark: bool) -> Iterator[str]:
    """Draw each character at its place: a line as wide as it lies, the character, and the bar of its confidence."""
    bottom = top + _LINE + _LETTER + _BAR
    gap = min(_GAP, width / max(len(characters), 1))
    places = _spread([width * (one.start + one.end) / 2 for one in characters], gap, width)
    for number, (one, middle) in enumerate(zip(characters, places, strict=True)):
        left, right, colour = width * one.start, width * one.end, OKABE_ITO[number % len(OKABE_ITO)]
        sure = _INK[dark] if one.confidence >= SURE else _WAIT[dark]
        tall = max(1.0, _BAR * one.confidence)
        yield (
            f'<rect x="{left:.1f}" y="{top + 1}" width="{right - left:.1f}" height="3" fill="{colour}"/>'
            f'<text x="{middle:.1f}" y="{top + _LINE + 14}" font-family="sans-serif" font-size="{1.3 * gap:.0f}" '
            f'text-anchor="middle" fill="{sure}">{escape(visible(one.char).strip() or "␣")}</text>'
            f'<rect x="{middle - 2:.1f}" y="{bottom - _BAR}" width="4" height="{_BAR}" fill="{sure}" opacity="0.15"/>'
            f'<rect x="{middle - 2:.1f}" y="{bottom - tall:.1f}" width="4" height="{tall:.1f}" fill="{sure}"/>'
        )


def _spread(places: list[float], gap: float, width: float) -> list[float]:
    """Move places apart until neighbours, in their order, are `gap` px from each other, all within the width."""
    spread: list[float] = []
    for place in places:
        spread.append(max(place, spread[-1] + gap if spread else gap / 2))
    furthest = width - gap / 2
    for number in reversed(range(len(spread))):
        spread[number] = min(spread[number], furthest)
        furthest = spread[number] - gap
    return spread
