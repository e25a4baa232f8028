"""CSV cells that no spreadsheet takes for a formula: an apostrophe in front, which can be taken off again.

A text that begins with an apostrophe gets one more, so that escaping is always reversible. Only tables with our own
headings are escaped; a program that trains from a table must see the labels unchanged.
"""

HEADINGS = ("image", "label", "split")
"""Of an exported dataset."""

READINGS = ("image", "text", "confidence", "weakest", "problem")
"""Of a transcript."""

ESCAPED = (HEADINGS, READINGS)
_ESCAPE = "'"
_RISKY = ("=", "+", "-", "@", "\t", "\r", _ESCAPE)


def escape_formula(text: str) -> str:
    """Return a text as a cell that no spreadsheet computes; `unescape_formula` is the inverse."""
    return _ESCAPE + text if text.startswith(_RISKY) else text


def unescape_formula(cell: str) -> str:
    """Return the text of an escaped cell; other cells are returned unchanged."""
    return cell[1:] if cell.startswith(_ESCAPE) and cell[1:].startswith(_RISKY) else cell
