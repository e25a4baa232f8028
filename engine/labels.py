"""Cleaning of foreign text: names that people type, labels of images, and whatever is shown on a page.

A cleaned name stays a label: no path or argument is made of one.
"""

import unicodedata

LONGEST = 80  # characters

# Direction marks and a stray byte-order mark: no image shows them, and a charset cannot hold them.
_INVISIBLE = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")


def label(text: str) -> str:
    """Return a name as it may be shown anywhere: one line, no control or direction characters, at most 80 long."""
    visible = "".join(" " if unicodedata.category(c) in ("Cc", "Zl", "Zp") else c for c in text)
    visible = "".join(c for c in visible if unicodedata.category(c) not in ("Cf", "Cs", "Co", "Cn"))
    return " ".join(visible.split())[:LONGEST].strip()


def visible(text: str) -> str:
    """Drop control and direction characters, which could hide or reorder what stands beside them; spaces stay."""
    spaced = "".join(" " if character.isspace() else character for character in text)
    return "".join(character for character in spaced if unicodedata.category(character) not in ("Cc", "Cf"))


def clean_label(text: str) -> str:
    """Return an image's label in NFC, on one line, without control and direction characters or surrounding spaces."""
    kept = []
    for character in unicodedata.normalize("NFC", text):
        category = unicodedata.category(character)
        if category in ("Cc", "Zl", "Zp"):
            kept.append(" ")
        elif category != "Cs" and character not in _INVISIBLE:
            kept.append(character)
    return unicodedata.normalize("NFC", "".join(kept)).strip()
