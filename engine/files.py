"""Durable files: written whole or not at all, and checked by their hash.

Readers of any file written here see the old content or the new one, never a mixture, also after kill -9. Power loss is
covered as far as fsync reaches. Free space is checked here, too. This module knows no format but JSON, and decides no
paths.

A JSON object that is written here ends with an entry `checksum`: the CRC-32 of all bytes before that entry and their
number, so that a bit that flips on the disk is found. Disks change no lengths and people nearly always do, so what has
another length was edited by hand and is read as it is, like objects of older versions, which have no such entry.
"""

import contextlib
import errno
import hashlib
import itertools
import json
import os
import shutil
import uuid
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from engine.errors import SpaceError
from glyphlab_read.parsing import MAX_JSON_BYTES, parse_json, read_regular

CHECKSUM = "checksum"
"""The last entry of a JSON object that is written here; no object has one of its own under this name."""

_SEAL_KEY = b'"%s": "' % CHECKSUM.encode()
_SEAL_BYTES = 2 + len(_SEAL_KEY) + 16 + 2  # comma and space, key, digits, end
_ASIDE = ".damaged"
_NO_SPACE = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_NO_LINKS = {errno.EPERM, errno.ENOTSUP, errno.ENOSYS}


def sealed(json_object: str) -> bytes:
    """Return the JSON text of an object with its checksum, as UTF-8."""
    body = json_object.removesuffix("}").rstrip().encode()
    return b'%s%s%s%s"}' % (body, b"  " if body == b"{" else b", ", _SEAL_KEY, _digits(body))


def has_seal(content: bytes) -> bool:
    """Return whether JSON ends with a checksum, be it the right one or not, and be one bit of its name wrong."""
    name = content[2 - _SEAL_BYTES : -18]
    differing = int.from_bytes(name) ^ int.from_bytes(_SEAL_KEY)
    return content.endswith(b'"}') and differing.bit_count() <= 1


def check_seal(content: bytes) -> None:
    """Raise ValueError where JSON ends with a checksum that is not that of as many bytes."""
    if not has_seal(content):
        return
    named, stated, right = content[2 - _SEAL_BYTES : -18], content[-18:-2], _digits(content[:-_SEAL_BYTES])
    if named != _SEAL_KEY or (stated != right and stated[8:] == right[8:]):
        raise ValueError(
            f"it does not fit its checksum, so it was damaged on the disk (if you edited it, take out {CHECKSUM!r}, "
            "its last entry)"
        )


def _digits(body: bytes) -> bytes:
    return b"%08x%08x" % (zlib.crc32(body), len(body))


def unsealed(content: bytes) -> Any:
    """Return the value of JSON, without its checksum. Raises ValueError where it is no JSON or does not fit it."""
    check_seal(content)
    value = parse_json(content)
    if isinstance(value, dict):
        value.pop(CHECKSUM, None)
    return value


def read_json(path: Path) -> Any:
    """Parse one JSON file. Raises OSError or ValueError: the caller knows the file's meaning and words the error."""
    return unsealed(read_regular(path, MAX_JSON_BYTES))


def set_aside(path: Path) -> None:
    """Rename a file that cannot be used, so that what it held is not overwritten; `found_aside` lists it then."""
    free = (number for number in itertools.count(1) if not os.path.lexists(_aside(path, number)))
    with contextlib.suppress(FileNotFoundError):  # another process was first
        os.rename(path, _aside(path, next(free)))


def found_aside(folder: Path, names: str) -> list[Path]:
    """Return the files of a folder that were set aside, of names that fit a pattern."""
    return sorted(folder.glob(f"{names}{_ASIDE}*"))


def _aside(path: Path, number: int) -> Path:
    return path.with_name(f"{path.name}{_ASIDE}{f'-{number}' if number > 1 else ''}")


def write_bytes(path: Path, content: bytes, *, durable: bool = True) -> None:
    """Replace `path` by `content` atomically: temporary file, fsync, rename, fsync of the folder.

    Without `durable` nothing is synced: for heartbeats, which may be lost and must not wait for the disk.

    Raises:
        SpaceError: the disk is full; the former file, if any, is untouched.
    """
    with space_errors(path.parent), _written_beside(path, content, durable=durable) as temporary:
        os.replace(temporary, path)
        if durable:
            sync_folder(path.parent)


def write_new(path: Path, content: bytes) -> bool:
    """Write `path` as `write_bytes` does, unless that name is there; return whether it was written.

    The file system decides, for network storage its server, however old this machine's idea of the folder is. One
    without hard links cannot: there it is looked up before.

    Raises:
        SpaceError: the disk is full.
    """
    with space_errors(path.parent), _written_beside(path, content) as temporary:
        try:
            os.link(temporary, path)
        except FileExistsError:
            return False
        except OSError as error:
            if error.errno not in _NO_LINKS:
                raise
            if is_there(path):
                return False
            os.replace(temporary, path)
        sync_folder(path.parent)
    return True


@contextlib.contextmanager
def _written_beside(path: Path, content: bytes, *, durable: bool = True) -> Iterator[Path]:
    """Yield a temporary file beside `path` that has the content, and goes with the block unless it was renamed."""
    temporary = path.with_name(f".{path.name}.{uuid.uuid4().hex}.tmp")
    try:
        with open(temporary, "xb") as file:
            file.write(content)
            file.flush()
            if durable:
                os.fsync(file.fileno())
        yield temporary
    finally:
        temporary.unlink(missing_ok=True)


def write_json(path: Path, value: dict[str, Any], *, durable: bool = True, checksum: bool = True) -> None:
    """Replace `path` atomically by an object as indented JSON, keys in their given order.

    Without `checksum` the file has nothing but the object: for those whose hash another file has.
    """
    write_bytes(path, json_bytes(value, checksum=checksum), durable=durable)


def json_bytes(value: dict[str, Any], *, checksum: bool = True) -> bytes:
    """Return an object as indented JSON, keys in their given order, with its checksum at will."""
    text = json.dumps(value, indent=1, ensure_ascii=False, allow_nan=False)
    return sealed(text) if checksum else text.encode()


def sha256(path: Path) -> str:
    """Return the hex SHA-256 of a file's bytes."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sync_folder(folder: Path) -> None:
    """Make renames and new names inside `folder` durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def is_there(path: Path) -> bool:
    """Say whether a name is there now, asked anew of network storage.

    NFS believes for up to a minute that a name is missing which was missing once. Opening its folder has this machine
    ask the server whether that has changed.
    """
    with contextlib.suppress(OSError):
        os.close(os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY))
    return os.path.lexists(path)


def is_disk_full(error: BaseException) -> bool:
    """Return whether an error is the kernel's word that a disk, a quota or the largest size of a file is used up."""
    return isinstance(error, OSError) and error.errno in _NO_SPACE


@contextlib.contextmanager
def space_errors(folder: Path) -> Iterator[None]:
    """Turn the kernel's "no space" errors raised inside into a SpaceError that names the free space of `folder`."""
    try:
        yield
    except OSError as error:
        if not is_disk_full(error):
            raise
        # Of a folder that is being made, where it goes; the number of a step says nothing.
        named = (
            each for each in (folder, *folder.parents) if not (each.name.endswith(".tmp") or each.name.isdecimal())
        )
        shown = next(named)
        raise SpaceError(
            f"The disk of {shown.name!r} {_fullness(error, folder)} Nothing that was saved before is lost. "
            f"{space_remedy(error)}"
        ) from error


def _fullness(error: OSError, folder: Path) -> str:
    free = f"{shutil.disk_usage(folder).free / 1e6:,.0f} MB free"
    match error.errno:
        case errno.EFBIG:
            return f"takes no file as large as this one ({free}): a limit is set."
        case errno.EDQUOT:
            return f"is full for this user: the quota is used up ({free} beyond it)."
        case _:
            return f"is full ({free})."


def space_remedy(error: BaseException) -> str:
    """Return what to do about a disk, a quota or the largest size of a file that is used up."""
    if isinstance(error, OSError) and error.errno == errno.EFBIG:
        return "Raise the limit on the size of files (`ulimit -f`, or the file system's own), then resume."
    return "Delete datasets or runs you no longer need, then resume."


def require_space(folder: Path, needed: float, subject: str, remedy: str = "") -> None:
    """Refuse to begin work whose files would not fit on the disk.

    Args:
        folder: any folder on the disk that is written to.
        needed: expected size in bytes, margin included.
        subject: what needs the space, with its verb: "The export needs".
        remedy: an alternative to deleting, such as "Make fewer images".

    Raises:
        SpaceError: less is free; it states the needed and the free space in MB.
    """
    free = shutil.disk_usage(folder).free
    if needed > free:
        raise SpaceError(
            f"{subject} about {needed / 1e6:,.0f} MB and {free / 1e6:,.0f} MB are free. "
            f"{remedy + ', or delete' if remedy else 'Delete'} datasets or runs you no longer need, then resume."
        )


@contextlib.contextmanager
def new_folder(final: Path) -> Iterator[Path]:
    """Yield a temporary folder beside `final` that becomes `final` when the block ends well, and vanishes otherwise.

    The block writes every file, its manifest last. All files are synced before the rename, so a folder that is
    visible under its final name is complete.

    Raises:
        SpaceError: the disk is full.
        FileExistsError: `final` is there already.
    """
    if final.exists():
        raise FileExistsError(final)
    temporary = final.with_name(f".{final.name}.{uuid.uuid4().hex}.tmp")
    try:
        with space_errors(final.parent):
            temporary.mkdir(parents=True)
            yield temporary
            for file in temporary.rglob("*"):
                if file.is_file():
                    with open(file, "rb") as opened:
                        os.fsync(opened.fileno())
            sync_folder(temporary)
            os.rename(temporary, final)
            sync_folder(final.parent)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
