"""Labels in CSV files that a spreadsheet may open: a cell that it would take for a formula gets an apostrophe in front.

A label that begins with an apostrophe gets one more, so that the guard can always be taken off again. Only tables with
our own headings are guarded; a program that trains from a table must see the labels as they are.
"""

HEADINGS = ("image", "label", "split")
_GUARD = "'"
_RISKY = ("=", "+", "-", "@", "\t", "\r", _GUARD)


def guard(text: str) -> str:
    """Return a text as a cell that no spreadsheet computes; `unguard` is its inverse."""
    return _GUARD + text if text.startswith(_RISKY) else text


def unguard(cell: str) -> str:
    """Return the text of a guarded cell; cells without a guard are returned as they are."""
    return cell[1:] if cell.startswith(_GUARD) and cell[1:].startswith(_RISKY) else cell
