"""Cleaning of foreign text: names that people type, labels of images, and whatever is shown on a page.

A cleaned name stays a label: no path or argument is made of one, but by `file_name`.
"""

import unicodedata
from collections.abc import Collection

from engine.formatting import rough

LONGEST = 80  # characters

JOINERS = "\u200c\u200d"
"""Non-joiner and joiner: they change how the letters beside them are drawn."""
_DRAWN_FORMATS = frozenset("\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u0890\u0891\u08e2\U000110bd\U000110cd")
"""Format characters that are drawn: signs around Arabic and Kaithi numbers."""
_EMPTY = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0")
"""Letters and marks without any ink, by which other programs fill a place."""
_COMPLEX = "\u0590"  # from here on there are scripts whose letters join, and pictures that do
_TAGS = range(0xE0020, 0xE0080)  # they say which flag an emoji is


def label(text: str) -> str:
    """Return a name as it may be shown anywhere: one line, no control or direction characters, at most 80 long."""
    visible = "".join(" " if unicodedata.category(c) in ("Cc", "Zl", "Zp") else c for c in text)
    visible = "".join(c for c in visible if unicodedata.category(c) not in ("Cf", "Cs", "Co", "Cn"))
    return " ".join(visible.split())[:LONGEST].strip()


def file_name(name: str, ending: str) -> str:
    """Return a name for a file of something: letters, digits and simple marks of its name, so that it is no path."""
    kept = "".join(char if char.isalnum() or char in "-_." else " " for char in name)
    return f"{'-'.join(kept.split()).strip('-.')[:LONGEST] or 'file'}.{ending}"


def visible(text: str) -> str:
    """Drop control and direction characters, which could hide or reorder what stands beside them; spaces stay."""
    if text.isprintable():
        return text
    spaced = "".join(" " if character.isspace() else character for character in text)
    return "".join(character for character in spaced if unicodedata.category(character) not in ("Cc", "Cf"))


def visible_character(character: str) -> str:
    """Return a character as it can be seen: itself, or the number of one that hides or reorders, as "U+202E"."""
    return character if visible(character) else f"U+{ord(character):04X}"


def runs_left(text: str) -> bool:
    """Say whether a text has letters that are read from right to left."""
    return not text.isascii() and any(unicodedata.bidirectional(character) in ("R", "AL") for character in text)


def right_to_left_warning(texts: Collection[str]) -> str:
    """Return the sentence for texts from which a CTC reader is to learn, or their charset; empty where none runs left.

    CTC pairs the characters of a label with what stands in the image from left to right, in this order.
    """
    count = sum(map(runs_left, texts))
    if not count:
        return ""
    share = rough(count / len(texts)) if count >= len(texts) / 200 else f"{count:,}"
    return (
        f"{share} of the texts are read from right to left, and a CTC reader writes from left to right. Train one with "
        "an attention decoder."
    )


def clean_label(text: str) -> str:
    """Return an image's label as an image can show it: NFC, one line, plain spaces, none around it.

    Direction marks, zero-width spaces, soft hyphens and the like go; joiners stay where they change what is drawn.
    """
    cleaned = _cleaned(text)
    while (again := _cleaned(cleaned)) != cleaned:  # what is gone may have kept apart what composes
        cleaned = again
    return cleaned


def _cleaned(text: str) -> str:
    shown = "".join(map(_shown, unicodedata.normalize("NFC", text)))
    kept = [
        character
        for place, character in enumerate(shown)
        if character not in JOINERS or _joins(shown[:place][-1:], shown[place + 1 : place + 2])
    ]
    return unicodedata.normalize("NFC", "".join(kept)).strip()


def _shown(character: str) -> str:
    """Return what an image shows of a character: itself, a plain space, or nothing."""
    category = unicodedata.category(character)
    if category in ("Cc", "Zl", "Zp", "Zs") or character == "\u2800":  # an empty Braille cell
        return " "
    drawn = character in _DRAWN_FORMATS or character in JOINERS or ord(character) in _TAGS
    return "" if category == "Cs" or character in _EMPTY or (category == "Cf" and not drawn) else character


def _joins(before: str, after: str) -> bool:
    """Say whether a joiner between two characters can change what is drawn; behind a virama, also at the end."""
    if before < _COMPLEX or before in JOINERS:
        return False
    return after >= _COMPLEX or (not after and unicodedata.category(before) in ("Mn", "Mc"))
