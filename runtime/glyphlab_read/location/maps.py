"""Names of a locator's maps, and the levels of text that they find. This module opens and computes nothing."""

from collections.abc import Sequence
from typing import Literal

MapName = Literal["kernel", "region", "line"]
"""kernel: words, shrunk; region: all of the text; line: lines of text, shrunk."""

TextLevel = Literal["word", "line"]
"""The level of a box: a word or a line."""


def levels_of(names: Sequence[str]) -> tuple[TextLevel, ...]:
    """Return what the maps of these names can find: words, from "kernel" or else "region", and lines from "line"."""
    words = ("word",) if {"kernel", "region"} & set(names) else ()
    return (*words, "line") if "line" in names else words
