"""From a label as listed to one that can be stored: cleaned, then changed or refused by the rules. Opens no files."""

import unicodedata
from typing import Literal

from engine.charset import normalise
from engine.config.importing import Rules

LabelReason = Literal["empty", "outside", "too_long"]

# Direction marks and a stray byte-order mark: no image shows them, and a charset cannot hold them.
_INVISIBLE = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")


def clean(text: str) -> str:
    """Return a label in NFC, on one line, without control and direction characters, without spaces around it."""
    visible = []
    for character in normalise(text):
        category = unicodedata.category(character)
        if category in ("Cc", "Zl", "Zp"):
            visible.append(" ")
        elif category != "Cs" and character not in _INVISIBLE:
            visible.append(character)
    return normalise("".join(visible)).strip()


def ruled(text: str, rules: Rules) -> tuple[str, list[LabelReason], LabelReason | None]:
    """Put a label under the rules.

    Returns:
        The label as it is to be stored, what is odd about it, and why its image is left out, None if it is not.
    """
    label = clean(_CASES[rules.case](text))
    problems: list[LabelReason] = []
    if not label:
        return "", ["empty"], "empty"
    if rules.charset and not set(label) <= set(rules.charset):
        problems.append("outside")
        if rules.outside == "skip":
            return label, problems, "outside"
        label = _within(label, rules)
        if not label:
            return label, problems, "outside"
    if len(label) > rules.max_length:
        problems.append("too_long")
        if rules.too_long == "skip":
            return label, problems, "too_long"
        if rules.too_long == "cut":
            label = label[: rules.max_length].strip()
    return label, problems, None


_CASES = {"listed": str, "lower": str.lower, "upper": str.upper}


def _within(label: str, rules: Rules) -> str:
    if rules.outside == "keep":
        return label
    instead = rules.replacement if rules.outside == "replace" else ""
    return "".join(character if character in rules.charset else instead for character in label).strip()
