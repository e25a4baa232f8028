"""Bounded reading of HTML that people bring, however careless, in time that grows with its length alone.

Scripts, styles and comments are left out; no entity is followed but those of HTML. Only elements, their attributes and
texts are made of it: this module knows no format of labels.
"""

import html
import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element, TreeBuilder

from glyphlab_read.parsing import ParseFault

MAX_HTML_BYTES = 20_000_000
_MAX_TAGS = 300_000
_MAX_DEPTH = 100
_MAX_TAG = 20_000  # characters
_NAME = re.compile(r"/?([a-zA-Z][\w:.-]*)")
_ATTRIBUTE = re.compile(r"""(?<![^\s"'/])([a-zA-Z_:][\w:.-]*+)\s*+=\s*+(?:"([^"]*+)"|'([^']*+)'|([^\s"'>]++))""")
_VOID = frozenset(("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"))
_HEAD = 2_000  # bytes at whose beginning the encoding is stated
_STATED = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([\w.:-]{1,40})""", re.IGNORECASE)
_RAW = ("script", "style")


def parse_html(content: bytes, encoding: str = "") -> Element:
    """Return the root of a page, an element named html around all that is there, names in lower case.

    Args:
        content: the page.
        encoding: of its text, where it does not say one itself; else UTF-8.

    Raises:
        ParseFault: it is over a limit, or in another encoding.
    """
    text = html_text(content, encoding)
    if len(content) > MAX_HTML_BYTES or text.count("<") > _MAX_TAGS:
        raise ParseFault(f"it has over {MAX_HTML_BYTES / 1e6:.0f} MB or {_MAX_TAGS:,} tags")
    builder, path = TreeBuilder(), ["html"]
    builder.start("html", {})
    for tag, data in _parts(text):
        match = _NAME.match(tag)
        name = match[1].lower().rpartition(":")[2] if match else ""
        if match and tag.startswith("/"):
            _close(builder, path, name)
        elif match and name != "html":
            builder.start(name, _attributes(tag[match.end() :]))
            path.append(name)
            if name in _VOID or tag.endswith("/"):
                _close(builder, path, name)
        if len(path) > _MAX_DEPTH:
            raise ParseFault(f"its elements are over {_MAX_DEPTH} deep")
        builder.data(_plain(data))
    while path:
        builder.end(path.pop())
    return builder.close()


def html_text(content: bytes, encoding: str = "") -> str:
    """Return the text of a page; see `parse_html`. Raises ParseFault where it is in another encoding."""
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        said = "utf-16"
    else:
        stated = _STATED.search(content[:_HEAD])
        said = encoding or (stated[1].decode("ascii") if stated else "utf-8-sig")
    try:
        return content.decode(said)
    except (UnicodeDecodeError, LookupError):
        raise ParseFault(f"it is not in the encoding {said[:20].removesuffix('-sig')}, give the right one") from None


def _parts(text: str) -> Iterator[tuple[str, str]]:
    """Yield each tag without its brackets, with the text up to the next; comments, scripts and styles are left out."""
    place, lower = text.find("<"), text.lower()
    while place >= 0:
        if text.startswith("<!--", place):
            end = text.find("-->", place + 4)
            place = -1 if end < 0 else end + 2
        tag_end = text.find(">", place) if place >= 0 else -1
        if tag_end < 0:
            return
        following = text.find("<", tag_end)
        tag = text[place + 1 : tag_end] if text[place] == "<" else ""
        yield tag[:_MAX_TAG], text[tag_end + 1 : following if following >= 0 else None]
        raw = next((name for name in _RAW if tag[: len(name)].lower() == name), None)
        place = lower.find(f"</{raw}", tag_end) if raw else following


def _attributes(text: str) -> dict[str, str]:
    """Return the attributes of a tag, names in lower case; the first of a name counts."""
    found: dict[str, str] = {}
    for name, *values in _ATTRIBUTE.findall(text):
        found.setdefault(name.lower(), _plain(next((value for value in values if value), "")))
    return found


def _plain(text: str) -> str:
    """Return a text with its entities as characters; as it stands where a number has thousands of digits."""
    try:
        return html.unescape(text)
    except ValueError:
        return text


def _close(builder: TreeBuilder, path: list[str], name: str) -> None:
    """Close the elements up to the nearest of a name; nothing where none is open."""
    if name in path[1:]:
        while path[-1] != name:
            builder.end(path.pop())
        builder.end(path.pop())
