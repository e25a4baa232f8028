"""The text files of a source, decoded: byte-order marks, other encodings, and ends of lines of any system.

This module knows nothing of what stands on a line.
"""

import codecs

from engine.config.importing import Encoding
from engine.errors import SourceError
from engine.sources.tree import Tree

MAX_TEXT_BYTES = 256_000_000
_HEAD = 64_000  # bytes that tell what a text file is
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


def read_lines(tree: Tree, name: str, encoding: Encoding) -> list[str]:
    """Return the lines of a text file, without their ends.

    Raises:
        SourceError: it cannot be read, is not in that encoding, or has over 256 MB.
    """
    content = _read(tree, name, MAX_TEXT_BYTES)
    if len(content) > MAX_TEXT_BYTES:
        raise SourceError(f"{name!r} has over {MAX_TEXT_BYTES // 10**6} MB, which no list of labels has. Split it.")
    try:
        return _lines(content.decode(_codec(content, encoding)))
    except UnicodeDecodeError:
        raise SourceError(
            f"{name!r} is not {'UTF-8' if encoding == 'auto' else encoding} text. Choose its encoding and try again."
        ) from None


def first_lines(tree: Tree, name: str, encoding: Encoding) -> list[str]:
    """Return the first whole lines of a text file, decoded as well as may be; none for what is no text."""
    content = _read(tree, name, _HEAD)
    lines = _lines(content.decode(_codec(content, encoding), errors="replace"))
    if "\0" in lines[0]:
        return []
    return lines if len(content) <= _HEAD else lines[:-1]


def _read(tree: Tree, name: str, most: int) -> bytes:
    try:
        return tree.read(name, most)
    except OSError as error:
        raise SourceError(f"{name!r} cannot be read ({error.strerror or error}). Check its permissions.") from None


def _codec(content: bytes, encoding: Encoding) -> str:
    if encoding == "auto":
        return next((codec for mark, codec in _MARKS if content.startswith(mark)), "utf-8")
    return "utf-8-sig" if encoding == "utf-8" else encoding


def _lines(text: str) -> list[str]:
    """Part a text at line feeds alone: other characters that Python takes for ends of lines may stand in labels."""
    return [line.removesuffix("\r") for line in text.split("\n")]
