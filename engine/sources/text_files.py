"""Text files of a source: decoded in a given or detected encoding, in whole or by their first lines."""

import codecs

from engine.config.importing import Encoding
from engine.errors import SourceError
from engine.sources.tree import ImageIndex, Tree

MAX_TEXT_BYTES = 256_000_000
_HEAD_BYTES = 64_000  # of a text file, to detect its format
_BYTE_ORDER_MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}


class TextFiles:
    """The files of one source, listed once, its images by name and its texts decoded. It opens no image."""

    def __init__(self, tree: Tree, encoding: Encoding) -> None:
        self.tree = tree
        self.encoding = encoding
        self.images = ImageIndex(tree)
        self.names = [member.name for member in tree.members]

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
        content = self._read(name, MAX_TEXT_BYTES)
        if len(content) > MAX_TEXT_BYTES:
            raise SourceError(f"{name!r} has over {MAX_TEXT_BYTES // 10**6} MB, which no list of labels has. Split it.")
        try:
            return _split_lines(content.decode(self._codec(content)))
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
            return next((codec for mark, codec in _BYTE_ORDER_MARKS.items() if content.startswith(mark)), "utf-8")
        return "utf-8-sig" if encoding == "utf-8" else encoding


def _split_lines(text: str) -> list[str]:
    """Split at line feeds only: labels may hold the other characters that `str.splitlines` splits at."""
    return [line.removesuffix("\r") for line in text.split("\n")]
