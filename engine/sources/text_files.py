"""Text files of a source: decoded in a given or detected encoding, in whole or by their first lines."""

import posixpath
from functools import cached_property

from engine.config.importing import Encoding
from engine.errors import SourceError
from engine.sources.encodings import codec_of
from engine.sources.image_index import ImageIndex
from engine.sources.tree import Tree

MAX_TEXT_BYTES = 256_000_000
_HEAD_BYTES = 64_000  # of a text file, to detect its format


class TextFiles:
    """The files of one source, listed once, its images by name and its texts decoded. It opens no image."""

    def __init__(self, tree: Tree, encoding: Encoding) -> None:
        self.tree = tree
        self.encoding: Encoding = encoding
        self.names = [member.name for member in tree.members]
        self.images = ImageIndex(self.names)

    def belongs_to_image(self, name: str) -> bool:
        """Say whether a file is named like an image, in any folder, with or without the ending of the image."""
        return posixpath.splitext(posixpath.basename(name))[0].casefold() in self._image_files

    @cached_property
    def _image_files(self) -> set[str]:
        files = {posixpath.basename(name).casefold() for name in self.images.names}
        return files | {posixpath.splitext(file)[0] for file in files}

    def head(self, name: str) -> list[str]:
        """Return the first whole lines of a text file, undecodable bytes replaced; none for a binary file.

        Raises:
            SourceError: it cannot be read.
        """
        content = self._read(name, _HEAD_BYTES)
        lines = _split_lines(content.decode(codec_of(content, self.encoding), errors="replace"))
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
            return content.decode(codec_of(content, self.encoding))
        except UnicodeDecodeError:
            encoding = "UTF-8" if self.encoding == "auto" else self.encoding
            raise SourceError(f"{name!r} is not {encoding} text. Choose its encoding and try again.") from None

    def _read(self, name: str, max_bytes: int) -> bytes:
        try:
            return self.tree.read(name, max_bytes)
        except OSError as error:
            raise SourceError(f"{name!r} cannot be read ({error.strerror or error}). Check its permissions.") from None


def _split_lines(text: str) -> list[str]:
    """Split at line feeds: labels may hold what `str.splitlines` splits at. Without any, at carriage returns."""
    if "\n" not in text and "\r" in text:
        return text.split("\r")
    return [line.removesuffix("\r") for line in text.split("\n")]
