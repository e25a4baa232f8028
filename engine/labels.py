"""Names that people type, made fit to be shown anywhere. They stay labels: no path or argument is made of one."""

import unicodedata

LONGEST = 80  # characters


def label(text: str) -> str:
    """Return a name as it may be shown anywhere: one line, no control or direction characters, at most 80 long."""
    visible = "".join(" " if unicodedata.category(c) in ("Cc", "Zl", "Zp") else c for c in text)
    visible = "".join(c for c in visible if unicodedata.category(c) not in ("Cf", "Cs", "Co", "Cn"))
    return " ".join(visible.split())[:LONGEST].strip()


def visible(text: str) -> str:
    """Drop control and direction characters, which could hide or reorder what stands beside them; spaces stay."""
    spaced = "".join(" " if character.isspace() else character for character in text)
    return "".join(character for character in spaced if unicodedata.category(character) not in ("Cc", "Cf"))
