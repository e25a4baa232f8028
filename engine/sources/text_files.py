"""Text files of a source: decoded in a given or detected encoding, in whole or by their first lines."""

import codecs

from engine.config.importing import Encoding
from engine.errors import SourceError
from engine.sources.image_index import ImageIndex
from engine.sources.tree import Tree

MAX_TEXT_BYTES = 256_000_000
_HEAD_BYTES = 64_000  # of a text file, to detect its format
_BYTE_ORDER_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",  # before that of UTF-16, with which it begins
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_MANY_ZEROS = 0.2  # of all bytes on one side of the pairs: UTF-16 of a text with some ASCII in it


class TextFiles:
    """The files of one source, listed once, its images by name and its texts decoded. It opens no image."""

    def __init__(self, tree: Tree, encoding: Encoding) -> None:
        self.tree = tree
        self.encoding = encoding
        self.names = [member.name for member in tree.members]
        self.images = ImageIndex(self.names)

    def head(self, name: str) -> list[str]:
        """Return the first whole lines of a text file, undecodable bytes replaced; none for a binary file.

        Raises:
            SourceError: it cannot be read.
        """
        content = self._read(name, _HEAD_BYTES)
        lines = _split_lines(content.decode(self._codec(content), errors="replace"))
        if "\0" in lines[0]:
            return []
        return lines if len(content) <= _HEAD_BYTES else lines[:-1]

    def lines(self, name: str) -> list[str]:
        """Return the lines of a text file, without their ends.

        Raises:
            SourceError: it cannot be read, is not in the config's encoding, or has over 256 MB.
        """
        return _split_lines(self.text(name))

    def text(self, name: str) -> str:
        """Return the content of a text file.

        Raises:
            SourceError: it cannot be read, is not in the config's encoding, or has over 256 MB.
        """
        content = self._read(name, MAX_TEXT_BYTES)
        if len(content) > MAX_TEXT_BYTES:
            raise SourceError(f"{name!r} has over {MAX_TEXT_BYTES // 10**6} MB, which no list of labels has. Split it.")
        try:
            return content.decode(self._codec(content))
        except UnicodeDecodeError:
            encoding = "UTF-8" if self.encoding == "auto" else self.encoding
            raise SourceError(f"{name!r} is not {encoding} text. Choose its encoding and try again.") from None

    def _read(self, name: str, max_bytes: int) -> bytes:
        try:
            return self.tree.read(name, max_bytes)
        except OSError as error:
            raise SourceError(f"{name!r} cannot be read ({error.strerror or error}). Check its permissions.") from None

    def _codec(self, content: bytes) -> str:
        encoding = self.encoding
        if encoding == "auto":
            marked = (codec for mark, codec in _BYTE_ORDER_MARKS.items() if content.startswith(mark))
            return next(marked, None) or _unmarked_utf16(content) or "utf-8"
        return "utf-8-sig" if encoding == "utf-8" else encoding


def _unmarked_utf16(content: bytes) -> str | None:
    """Return the codec of UTF-16 without a byte-order mark: every other byte of its ASCII is zero."""
    head = content[:4096]
    zeros = [head[side::2].count(0) / max(1, len(head) // 2) for side in (0, 1)]
    if max(zeros) < _MANY_ZEROS or min(zeros) > max(zeros) / 4:
        return None
    return "utf-16-le" if zeros[1] > zeros[0] else "utf-16-be"


def _split_lines(text: str) -> list[str]:
    """Split at line feeds: labels may hold what `str.splitlines` splits at. Without any, at carriage returns."""
    if "\n" not in text and "\r" in text:
        return text.split("\r")
    return [line.removesuffix("\r") for line in text.split("\n")]
