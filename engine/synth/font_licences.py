"""Licences of fonts by their short names: as a font's file states it, or the `copyright` file of a Debian package.

This module judges no licence, and knows no pack.
"""

import re
from pathlib import Path

from fontTools.ttLib import TTFont, TTLibError

from glyphlab_read.formatting import cut

_LICENCES = {
    "OFL-1.1": r"open font licen[cs]e|\bofl\b",
    "Apache-2.0": r"apache",
    "UFL-1.0": r"ubuntu font licen[cs]e",
    "GPL": r"\bgpl\b|general public licen[cs]e",
    "public domain": r"public domain|creative commons zero|\bcc0\b",
}
"""Words of the licences that fonts name, by the names of the licences."""

_LONGEST = 80  # characters of a licence that is none of these
_OWN_TERMS = re.compile(r"\S*special\S*|permissive", re.IGNORECASE)  # names that Debian gives to an author's own words


def font_licence(path: Path) -> str:
    """Return the licence that a font's file names, by its usual name; in its own words if it is none of the known."""
    try:
        with open(path, "rb") as file, TTFont(file, lazy=True, fontNumber=0) as font:
            names = font["name"]
            said = " ".join(str(names.getDebugName(number) or "") for number in (13, 14, 0))  # pyright: ignore[reportAttributeAccessIssue]
    except (OSError, TTLibError, KeyError, ValueError):
        return "unknown"
    return _known(said) or cut(" ".join(said.split()), _LONGEST) or "unknown"


def package_licence(copyright: str) -> str:
    """Return the licence of a package's files by the text of its `copyright` file, Debian's own work left aside."""
    for paragraph in re.split(r"\n\s*\n", copyright):
        if re.match(r"Files:\s*\*", paragraph) and (named := re.search(r"^License:[ \t]*(\S.*)$", paragraph, re.M)):
            short = named[1].strip()
            return "its author's own terms" if _OWN_TERMS.fullmatch(short) else cut(short, _LONGEST)
    return _known(copyright) or "as its copyright file says"


def _known(text: str) -> str:
    return next((licence for licence, words in _LICENCES.items() if re.search(words, text, re.IGNORECASE)), "")
