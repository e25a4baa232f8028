"""Untrusted text in Markdown: `literal` is the only way by which it may enter anything that Streamlit renders.

Streamlit renders texts, the labels and helps of all inputs, titles of panels, and the options of pills, segmented
controls, radios, menus and select sliders: names among these take `format_func`. Options of select boxes and
multiselects, placeholders and values are shown as they are: Markdown would stand there unrendered.
"""

import re

from engine.labels import visible

_JOINER = "\u2060"  # invisible; keeps Markdown from joining characters to links, arrows or icons
_JOINED = frozenset(":@-<>=~/")
_WWW = re.compile(r"www(?=\.)", re.IGNORECASE)


def literal(text: str) -> str:
    """Return Markdown that shows foreign text as it is: no link, image, formula, icon, emoji or format comes of it."""
    broken = _WWW.sub(rf"\g<0>{_JOINER}", visible(text))
    return "".join(_literal(character) for character in broken)


def _literal(character: str) -> str:
    if character.isalnum() or character == " ":
        return character
    return f"&#{ord(character)};{_JOINER if character in _JOINED else ''}"
