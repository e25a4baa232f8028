"""A reading on the page: its text with the confidence of each character, the next best texts, and differences.

The text comes from a network and from foreign images: it reaches the page as escaped characters only.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import streamlit as st
from rapidfuzz.distance import Levenshtein

from dashboard.common.colours import SURE, tint
from dashboard.common.images import drawing
from dashboard.common.markdown import literal
from dashboard.readings.alignment import strip, strip_words
from engine.formatting import decimal, percent
from engine.labels import visible_character
from glyphlab_read.charset import normalise
from glyphlab_read.reading.results import Character, Reading

LEGEND = (
    ":orange-background[ 60 to 90 % ]  :red-background[ under 60 % ]  sure of a character; the rest is surer.  "
    ":blue-background[**a**]  differs; :blue-background[**‸**]  something is missing here."
)
_BEST = 3
_RANKED = (
    "The three best texts, with what they are ranked by. CTC: the probability of the whole text, or, where the reader "
    "prefers likely texts, its share among those found. Attention: the mean probability of its characters."
)
_DOUBTS = 3  # characters that are named as the least sure


@dataclass(frozen=True)
class Differences:
    """Places at which a text differs from a reference.

    Attributes:
        changed: places of its characters that the reference has otherwise or not at all.
        missing: places before which characters of the reference are missing; its length: at the end.
    """

    changed: frozenset[int]
    missing: frozenset[int]

    def __bool__(self) -> bool:
        return bool(self.changed or self.missing)


NONE = Differences(frozenset(), frozenset())


def differences(text: str, reference: str) -> Differences:
    """Compare a text, which is in NFC as all readings are, with a reference in any form."""
    changed: set[int] = set()
    missing: set[int] = set()
    for step in Levenshtein.opcodes(normalise(reference), text):
        if step.tag in ("replace", "insert"):
            changed.update(range(step.dest_start, step.dest_end))
        elif step.tag == "delete":
            missing.add(step.dest_start)
    return Differences(frozenset(changed), frozenset(missing))


def draw_reading(reading: Reading, differs: Differences = NONE) -> None:
    """Draw what was read: large text, how sure, the three best readings, and the strip of what the network saw."""
    large = tinted(reading.characters, differs)
    st.markdown(f"# {large}" if large else "# :gray[–]", anchors=False)
    st.caption(facts(reading))
    if len(reading.candidates) > 1:
        st.markdown(candidates(reading), help=_RANKED)
    drawing(strip(reading, st.context.theme.type == "dark"), strip_words(reading))


def tinted(characters: Sequence[Character], differs: Differences = NONE) -> str:
    """Return Markdown of the characters, each on the ground that its confidence gives it; what differs is blue."""
    return marked((_text(one.char) for one in characters), differs, [tint(one.confidence) for one in characters])


def marked(texts: Iterable[str], differs: Differences, grounds: Sequence[str | None]) -> str:
    """Return Markdown of characters (already escaped) with what differs, and where something is missing, marked."""
    parts: list[str] = []
    for place, (text, ground) in enumerate(zip(texts, grounds, strict=True)):
        if place in differs.missing:
            parts.append(":blue-background[**‸**]")
        if place in differs.changed:
            parts.append(f":{ground or 'blue-background'}[:blue[**{text}**]]")
        else:
            parts.append(f":{ground}[{text}]" if ground else text)
    if len(grounds) in differs.missing:
        parts.append(":blue-background[**‸**]")
    return "".join(parts)


def diff_markdown(text: str, reference: str) -> str:
    """Return Markdown of a text with what differs from a reference marked."""
    return marked(map(_text, text), differences(text, reference), [None] * len(text))


def candidates(reading: Reading) -> str:
    """Return Markdown of the three best texts, a line each, with what differs from the best one marked."""
    lines = []
    for number, one in enumerate(reading.candidates[:_BEST], 1):
        text = diff_markdown(one.text, reading.text)
        share = percent(one.score) if one.score >= 0.0005 else "under 0.1 %"
        lines.append(f":gray[{number}.] {text or ':gray[nothing]'} :gray[{share}]")
    return "  \n".join(lines)


def facts(reading: Reading) -> str:
    """Return Markdown of how sure the reader is, of what it is not, what it made likelier, and how long it took."""
    took = decimal(1000 * reading.seconds, 2, "ms")
    if not reading.text:
        return f"{'the image is blank' if reading.blank else 'nothing was read'} · {took}"
    greedy = reading.greedy_text if reading.greedy_text != reading.text else None
    doubtful = sorted((one for one in reading.characters if one.confidence < SURE), key=lambda one: one.confidence)
    named = ", ".join(
        f"“{literal(one.char).strip() or 'space'}” {percent(one.confidence)}" for one in doubtful[:_DOUBTS]
    )
    parts = [
        f"{percent(reading.confidence)} sure",
        f"least of {named}" if named else "",
        "" if greedy is None else f"by the image alone {f'“{literal(greedy)}”' if greedy else 'nothing'}",
        _levelled(reading.skew),
        took,
    ]
    return " · ".join(part for part in parts if part)


def _levelled(skew: int) -> str:
    """Return how the image was levelled before it was read; nothing where it was read as it lies."""
    if abs(skew) == 90:
        return "turned upright"
    return f"levelled by {abs(skew)}°" if skew else ""


def _text(char: str) -> str:
    if char.isspace():
        return "&nbsp;"
    return literal(visible_character(char))
