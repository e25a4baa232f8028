"""Parts that writers of XML share: an element with attributes and text, and the file with its declaration.

Characters that XML 1.0 cannot hold (2.2, "Characters") become U+FFFD, so that a file is never refused for a reading.
"""

import re
from collections.abc import Iterable, Mapping
from xml.etree import ElementTree

from glyphlab_read.documents.document import Bounds, Corner

Element = ElementTree.Element
Attributes = Mapping[str, str | int | float]
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def element(parent: Element | None, tag: str, about: Attributes | None = None, text: str = "") -> Element:
    """Append an element with attributes and text, or begin a tree, and return it."""
    named = {name: allowed(str(value)) for name, value in (about or {}).items()}
    made = ElementTree.Element(tag, named) if parent is None else ElementTree.SubElement(parent, tag, named)
    made.text = allowed(text) or None
    return made


def xml_file(root: Element, doctype: str = "") -> bytes:
    """Return a file with its declaration."""
    head = '<?xml version="1.0" encoding="UTF-8"?>\n' + (f"{doctype}\n" if doctype else "")
    return head.encode() + ElementTree.tostring(root, encoding="utf-8") + b"\n"


def allowed(text: str) -> str:
    """Return a text without what XML cannot hold."""
    return _FORBIDDEN.sub("\ufffd", text)


def whole(bounds: Bounds) -> tuple[int, int, int, int]:
    """Return left, top, right and bottom in whole pixels, none below 0, nothing empty."""
    left, top = max(0, round(bounds.left)), max(0, round(bounds.top))
    return left, top, max(left + 1, round(bounds.right)), max(top + 1, round(bounds.bottom))


def points(corners: Iterable[Corner]) -> str:
    """Return corners as "x,y x,y", in whole pixels, none below 0."""
    return " ".join(f"{max(0, round(x))},{max(0, round(y))}" for x, y in corners)
