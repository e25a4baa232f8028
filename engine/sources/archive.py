"""A zip file as a source, read in place: nothing is unpacked to disk, and no name in it becomes a path.

The archive is checked as a whole before anything in it is read: members, sizes, ratios, overlaps (Python 3.11 does not
check those: CVE-2024-0450). Its headers are then compared with the bytes that are read. Links, encrypted and nested
members and those of unsupported compression are refused one by one. Damaged archives are not repaired. Names are UTF-8
where the archive says so, else as their Unicode field says (APPNOTE 4.6.9), else as `encodings.py` finds out.
"""

import contextlib
import io
import os
import stat
import struct
import threading
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Self

from engine.config.importing import Encoding
from engine.errors import SourceError, UnsafeSourceError
from engine.sources.encodings import codec_of_names
from engine.sources.tree import (
    LISTS,
    MAX_LIST_BYTES,
    MAX_LISTS,
    Member,
    Refusal,
    Refused,
    Span,
    is_system_file,
    plain_name,
)

MAX_MEMBERS = 20_000
MAX_MEMBER_BYTES = 20_000_000
MAX_BYTES = 2_000_000_000
MAX_RATIO = 100
SMALL = 1_000_000  # bytes: smaller content is accepted at any ratio
_MAX_DIRECTORY = 8_000_000  # bytes of the archive's table of contents
_BLOCK = 1 << 16
_LOCAL = struct.Struct("<26xHH")  # a member's local header: where its name's and its extra field's lengths stand
_EXTRA = struct.Struct("<HH")  # an extra field's kind and length
_UNICODE_NAME = struct.Struct("<BL")  # version 1, CRC-32 of the name that the field stands for
_UNICODE_KIND, _SAYS_UTF8 = 0x7075, 0x800
_NESTED = (".zip", ".7z", ".rar", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".zst", ".jar")


class ZipTree:
    """The members of one zip file; thread-safe. Closed by `close` or the end of a `with` block.

    Args:
        path: the file.
        title: its name for people; empty: the file's.
        encoding: what a person says of names that do not say it.

    Attributes:
        members, refused, undecoded: see Tree.

    Raises:
        SourceError: it is no zip file, damaged, or over a limit; nothing was unpacked.
    """

    def __init__(self, path: Path, title: str = "", encoding: Encoding = "auto") -> None:
        self.title = title or plain_name(path.name)
        self._mutex = threading.Lock()
        self._last_read: tuple[str, bytes] = ("", b"")
        self._file = _LimitedFile(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC))
        try:
            self._zip = self._open()
            self._check_limits(self._zip.infolist())
            self._check_overlaps(self._zip.infolist())
            self._infos, self.refused, self.undecoded = self._accept_members(self._names(encoding))
        except BaseException:
            self._file.close()
            raise
        self.members = sorted(Member(name, info.file_size) for name, info in self._infos.items())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._zip.close()
        self._file.close()

    def read(self, name: str, max_bytes: int, span: Span | None = None) -> bytes:
        """Return a member's content, or one span of it. Raises OSError and SourceError; see Tree."""
        info = self._infos.get(name)
        if info is None:
            raise FileNotFoundError(f"{name!r} is not in the archive")
        with self._mutex:
            if span is None:
                return self._unpack(info, max_bytes)
            if self._last_read[0] != name:  # consecutive reads are spans of the same member
                self._last_read = (name, self._unpack(info, MAX_MEMBER_BYTES))
            return self._last_read[1][span.offset : span.offset + span.bytes]

    def _open(self) -> zipfile.ZipFile:
        try:
            return zipfile.ZipFile(self._file)
        except SourceError:
            raise
        except Exception as error:  # zipfile raises exceptions of many types on malicious bytes
            raise UnsafeSourceError(
                f"{self.title!r} is no zip file, or a damaged one ({error}). Pack it again."
            ) from None
        finally:
            self._file.limit = None

    def _names(self, encoding: Encoding) -> list[tuple[str, bytes]]:
        """Return the name of each member, and its bytes where nothing tells their encoding."""
        infos = self._zip.infolist()
        told = [_told_name(info) for info in infos]
        open_ones = [_stored_name(info) for info, name in zip(infos, told, strict=True) if name is None]
        codec = codec_of_names(open_ones, encoding, self._lists()) if open_ones else None
        names = []
        for info, name in zip(infos, told, strict=True):
            stored = b"" if name is not None else _stored_name(info)
            name = name if name is not None else stored.decode(codec) if codec else info.orig_filename
            names.append((name, b"" if codec else stored))
        return names

    def _lists(self) -> Iterator[bytes]:
        """Yield the contents of files that may list the others by name."""
        infos = [info for info in self._zip.infolist() if info.orig_filename.casefold().endswith(LISTS)]
        fitting = [info for info in infos if info.file_size <= MAX_LIST_BYTES and _refusal(info, "") is None]
        for info in sorted(fitting, key=lambda info: -info.file_size)[:MAX_LISTS]:
            with contextlib.suppress(SourceError):  # it is told when the member is read for itself
                yield self._unpack(info, MAX_LIST_BYTES)

    def _accept_members(
        self, names: list[tuple[str, bytes]]
    ) -> tuple[dict[str, zipfile.ZipInfo], list[Refused], dict[str, bytes]]:
        kept: dict[str, zipfile.ZipInfo] = {}
        undecoded: dict[str, bytes] = {}
        refused = []
        for info, (given, stored) in zip(self._zip.infolist(), names, strict=True):
            name = plain_name(given)
            if given.endswith("/") or not name or is_system_file(name):
                continue
            reason = "nul" if "\0" in given else "twin" if name in kept else _refusal(info, name)
            if reason is None:
                kept[name] = info
            else:
                refused.append(Refused(name, reason))
            if stored:
                undecoded[name] = stored
        return kept, sorted(refused), undecoded

    def _check_limits(self, infos: list[zipfile.ZipInfo]) -> None:
        if len(infos) > MAX_MEMBERS:
            raise self._archive_error(f"it holds {len(infos):,} files, and {MAX_MEMBERS:,} are allowed")
        total, packed = sum(info.file_size for info in infos), os.fstat(self._file.fileno()).st_size
        if total > MAX_BYTES:
            raise self._archive_error(f"it unpacks to {total / 1e9:,.1f} GB, and {MAX_BYTES / 1e9:g} GB are allowed")
        if total > max(SMALL, packed * MAX_RATIO):
            raise self._archive_error(f"it unpacks to over {MAX_RATIO} times its size")
        for info in infos:
            if info.file_size > MAX_MEMBER_BYTES:
                raise self._archive_error(
                    f"{plain_name(info.filename)[:80]!r} unpacks to {info.file_size / 1e6:,.0f} MB, "
                    f"and {MAX_MEMBER_BYTES / 1e6:g} MB are allowed a file"
                )
            if info.file_size > max(SMALL, info.compress_size * MAX_RATIO):
                raise self._archive_error(
                    f"{plain_name(info.filename)[:80]!r} unpacks to over {MAX_RATIO} times its size"
                )

    def _check_overlaps(self, infos: list[zipfile.ZipInfo]) -> None:
        """Refuse members that share bytes with each other or with the table of contents, as some zip bombs do."""
        end = 0
        for info in sorted(infos, key=lambda info: info.header_offset):
            header = os.pread(self._file.fileno(), 30, max(info.header_offset, 0))
            if info.header_offset < end or len(header) < 30:
                raise self._archive_error("its files overlap")
            end = info.header_offset + 30 + sum(_LOCAL.unpack(header)) + info.compress_size
        if end > self._zip.start_dir:
            raise self._archive_error("its files overlap")

    def _unpack(self, info: zipfile.ZipInfo, max_bytes: int) -> bytes:
        content = bytearray()
        try:
            with self._zip.open(info) as member:
                while len(content) <= max_bytes and (block := member.read(_BLOCK)):
                    content += block
            if len(content) <= max_bytes and len(content) != info.file_size:
                raise zipfile.BadZipFile(f"{len(content):,} bytes instead of {info.file_size:,}")
        except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, RuntimeError) as error:
            name = plain_name(info.filename)[:80]
            raise UnsafeSourceError(
                f"{name!r} in {self.title!r} does not match the archive's headers ({error}). Nothing was imported. "
                "Pack the archive again."
            ) from None
        return bytes(content)

    def _archive_error(self, what: str) -> UnsafeSourceError:
        return UnsafeSourceError(
            f"{self.title!r} was refused: {what}. Split it into smaller archives, or put its folder below a data root "
            "of the server."
        )


class _LimitedFile(io.FileIO):
    """A file that refuses to read more than `limit` bytes at once, as zipfile does for the table of contents."""

    limit: int | None = _MAX_DIRECTORY

    def read(self, size: int | None = -1, /) -> bytes:
        """Read; see io.FileIO. Raises SourceError over the limit."""
        wanted = os.fstat(self.fileno()).st_size - self.tell() if size is None or size < 0 else size
        if self.limit is not None and wanted > self.limit:
            raise UnsafeSourceError(
                f"The archive was refused: its table of contents has over {self.limit // 10**6} MB. Split it into "
                "smaller archives, or put its folder below a data root of the server."
            )
        return super().read(wanted) or b""


def _refusal(info: zipfile.ZipInfo, name: str) -> Refusal | None:
    """Return the reason why a member is never read; None if it may be."""
    if stat.S_ISLNK(info.external_attr >> 16):
        return "link"
    if info.flag_bits & 0x1:
        return "encrypted"
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return "packing"
    return "nested" if name.casefold().endswith(_NESTED) else None


def _stored_name(info: zipfile.ZipInfo) -> bytes:
    """Return a name as it stands in the archive, which zipfile reads as cp437 where it is not said to be UTF-8."""
    return info.orig_filename.encode("cp437")


def _told_name(info: zipfile.ZipInfo) -> str | None:
    """Return the name of a member whose encoding is told: by its flag, its Unicode field, or as nothing but ASCII."""
    if info.flag_bits & _SAYS_UTF8:
        return info.orig_filename
    return _unicode_name(info) or (info.orig_filename if info.orig_filename.isascii() else None)


def _unicode_name(info: zipfile.ZipInfo) -> str:
    """Return the name in a member's Unicode field; empty without one, and for one that stands for another name."""
    start = 0
    while start + _EXTRA.size <= len(info.extra):
        kind, length = _EXTRA.unpack_from(info.extra, start)
        field = info.extra[start + _EXTRA.size : start + _EXTRA.size + length]
        start += _EXTRA.size + length
        if kind == _UNICODE_KIND and len(field) == length > _UNICODE_NAME.size:
            version, checksum = _UNICODE_NAME.unpack_from(field)
            if version == 1 and checksum == zlib.crc32(_stored_name(info)):
                with contextlib.suppress(UnicodeDecodeError):
                    return field[_UNICODE_NAME.size :].decode()
    return ""
