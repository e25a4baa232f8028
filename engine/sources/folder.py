"""A folder on the server as a source. Links are listed as refused and never followed; no path leads out of it.

A folder below it that cannot be listed, such as the lost+found of a disk, is refused, too, and the others are read.
"""

import contextlib
import os
import stat
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

from engine.config.importing import Encoding
from engine.errors import SourceError
from engine.sources.encodings import codec_of_names
from engine.sources.tree import LISTS, MAX_LIST_BYTES, MAX_LISTS, Member, Refused, Span, is_system_file, plain_name

MAX_FILES = 5_000_000
_FLAGS = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_FOLDER_FLAGS = os.O_RDONLY | os.O_NOFOLLOW | os.O_DIRECTORY | os.O_CLOEXEC


class FolderTree:
    """The regular files below one folder, in folders of any depth.

    Names that are not UTF-8, as archives unpacked elsewhere leave them, are decoded as `encodings.py` finds out.

    Args:
        root: the folder.
        encoding: what a person says of such names.
    """

    def __init__(self, root: Path, encoding: Encoding = "auto") -> None:
        self._root = root.resolve(strict=True)
        self._encoding: Encoding = encoding
        self._paths: dict[str, str] = {}
        self._undecoded: dict[str, bytes] = {}

    @property
    def title(self) -> str:
        """The folder's own name."""
        return plain_name(self._root.name)

    @property
    def members(self) -> list[Member]:
        """The files, sorted by name. Raises SourceError for too many, or where the folder itself cannot be listed."""
        return self._listing[0]

    @property
    def refused(self) -> list[Refused]:
        """The links, and the folders that cannot be listed."""
        return self._listing[1]

    @property
    def undecoded(self) -> dict[str, bytes]:
        """The names whose encoding nothing tells; see Tree."""
        _ = self._listing
        return self._undecoded

    def read(self, name: str, max_bytes: int, span: Span | None = None) -> bytes:
        """Return a file's first `most` + 1 bytes, or one span of it. Raises OSError; see Tree."""
        _ = self._listing  # fills the paths of names that differ from theirs
        descriptor = self._open(self._paths.get(name, name))
        with open(descriptor, "rb", buffering=0) as file:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise PermissionError(f"{name!r} is no file")
            file.seek(span.offset if span else 0)
            return _read_up_to(descriptor, min(span.bytes, max_bytes + 1) if span else max_bytes + 1)

    def _open(self, path: str) -> int:
        """Open a file folder by folder from the root, so that a link on the way is an error whenever it was created."""
        *folders, file = path.split("/")
        if ".." in (*folders, file):
            raise PermissionError(f"{path!r} leads out of the folder")
        parent = os.open(self._root, _FOLDER_FLAGS)
        try:
            for folder in folders:
                child = os.open(folder, _FOLDER_FLAGS, dir_fd=parent)
                os.close(parent)
                parent = child
            return os.open(file, _FLAGS, dir_fd=parent)
        finally:
            os.close(parent)

    @cached_property
    def _listing(self) -> tuple[list[Member], list[Refused]]:
        files, refused, folders = [], [], [""]
        while folders:
            parent = folders.pop()
            try:
                links, below = self._entries(parent, files)
            except OSError as error:
                if not parent:
                    raise SourceError(
                        f"{self.title!r} cannot be listed ({error.strerror or error}). Check who may read the folder."
                    ) from None
                refused.append(Refused(plain_name(parent), "closed"))
                continue
            refused += (Refused(plain_name(path), "link") for path in links)
            folders += below
            if len(files) > MAX_FILES:
                raise SourceError(f"{self.title!r} holds over {MAX_FILES:,} files. Import its folders one by one.")
        return sorted(self._named(files)), sorted(refused)

    def _entries(self, parent: str, files: list[tuple[str, int]]) -> tuple[list[str], list[str]]:
        """Add the files right in a folder, with their sizes; return the links and the folders. Raises OSError."""
        links, folders = [], []
        with os.scandir(self._root / parent) as entries:
            for entry in entries:
                path = f"{parent}/{entry.name}" if parent else entry.name
                if is_system_file(entry.name):
                    continue
                if entry.is_symlink():
                    links.append(path)
                elif entry.is_dir(follow_symlinks=False):
                    folders.append(path)
                elif entry.is_file(follow_symlinks=False):
                    with contextlib.suppress(FileNotFoundError):  # deleted since it was listed
                        files.append((path, entry.stat(follow_symlinks=False).st_size))
        return links, folders

    def _named(self, files: list[tuple[str, int]]) -> Iterator[Member]:
        """Give each file a unique name for display, and store the paths that differ from it."""
        taken: set[str] = set()
        stored = {path: os.fsencode(path) for path, _ in files if not _is_utf8(path)}
        codec = codec_of_names(list(stored.values()), self._encoding, self._lists(files)) if stored else None
        for path, size in sorted(files):
            name = plain_name(stored[path].decode(codec) if codec and path in stored else path)
            while name in taken:
                name += "'"
            taken.add(name)
            if name != path:
                self._paths[name] = path
            if path in stored and codec is None:
                self._undecoded[name] = stored[path]
            yield Member(name, size)

    def _lists(self, files: list[tuple[str, int]]) -> Iterator[bytes]:
        """Yield the contents of files that may list the others by name."""
        lists = [(size, path) for path, size in files if path.casefold().endswith(LISTS) and size <= MAX_LIST_BYTES]
        for _, path in sorted(lists, reverse=True)[:MAX_LISTS]:
            with contextlib.suppress(OSError), open(self._open(path), "rb", buffering=0) as file:
                yield _read_up_to(file.fileno(), MAX_LIST_BYTES)


class FileTree(FolderTree):
    """One file of a folder on the server, as a source that holds nothing else.

    Args:
        path: of the file.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(path.parent)
        self._path = path

    @property
    def title(self) -> str:
        """The file's own name."""
        return plain_name(self._path.name)

    @cached_property
    def _listing(self) -> tuple[list[Member], list[Refused]]:
        return list(self._named([(self._path.name, self._path.stat().st_size)])), []


def _is_utf8(path: str) -> bool:
    """Say whether the bytes of a path were UTF-8: others come from the system as surrogates."""
    return not any("\udc80" <= character <= "\udcff" for character in path)


def _read_up_to(descriptor: int, size: int) -> bytes:
    blocks = []
    while size > 0 and (block := os.read(descriptor, min(size, 1 << 20))):
        blocks.append(block)
        size -= len(block)
    return b"".join(blocks)
