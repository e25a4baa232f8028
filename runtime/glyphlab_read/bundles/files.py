"""Files of a bundle, in a folder or in a model file: a zip in which parts of a model lie uncompressed.

    model.json             see `engine.publishing.model_file`; this package needs it to name a model only
    README.md              its card
    reader/  locator/      the files of a bundle, each part where the model has it
    examples/              images

Nothing is unpacked, and no name in a zip becomes a path: members are read by the names that a bundle may have. As they
are stored as they are, no small file becomes a large one.
"""

import os
import struct
import zipfile
from pathlib import Path

from glyphlab_read.errors import BundleError
from glyphlab_read.parsing import SizeFault, read_regular

_END = struct.Struct("<4s4H2LH")  # what a zip file ends with: mark, disks, members, its table's size and place, comment
_MARK, _LARGE_MARK = b"PK\x05\x06", b"PK\x06\x07"
_LARGE_BYTES = 20  # of the pointer that stands before the end of a zip file of over 4 GB
_MAX_TABLE_BYTES = 1_000_000
_ADVICE = "Choose another step, or let the run export again."


def read_bundle_file(place: Path, kind: str, name: str, most: int) -> bytes:
    """Return a file of a bundle; nothing of one of over `most` bytes, as if it were cut.

    Args:
        place: the bundle's folder, where links are not followed and no pipe is waited for; or a model file.
        kind: of the bundle, `reader` or `locator`: the part of a model file.
        name: of the file in the bundle.
        most: its largest size.

    Raises:
        BundleError: it cannot be read.
    """
    if place.is_file():
        return _read_member(place, f"{kind}/{name}", most)
    try:
        return read_regular(place / name, most)
    except SizeFault:
        return b""  # of no size that it should have
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise BundleError(f"{name} of bundle {place.name!r} cannot be read ({reason}). {_ADVICE}") from None


def has_part(place: Path, kind: str) -> bool:
    """Say whether a place is a model file with a bundle of a kind. Raises BundleError where it is a damaged one."""
    if not place.is_file():
        return False
    with _opened(place) as model:
        return f"{kind}/manifest.json" in model.namelist()


def _read_member(path: Path, name: str, most: int) -> bytes:
    with _opened(path) as model:
        try:
            member = model.getinfo(name)
        except KeyError:
            part = name.partition("/")[0]
            raise BundleError(
                f"The model file {path.name!r} holds no {name}, so no {part} is opened from it. Choose another file, "
                f"or export the model with its {part}."
            ) from None
        if member.compress_type != zipfile.ZIP_STORED or member.flag_bits & 1:
            raise BundleError(
                f"{name} of the model file {path.name!r} is compressed or encrypted; in a model file all is stored as "
                "it is. Use the file as it was exported, or export the model again."
            )
        if member.file_size > most:
            return b""
        try:
            return model.read(member)
        except (OSError, EOFError, ValueError, zipfile.BadZipFile, RuntimeError) as error:
            raise BundleError(
                f"{name} of the model file {path.name!r} cannot be read ({error}). Copy the file again."
            ) from None


def _opened(path: Path) -> zipfile.ZipFile:
    """Open a model file whose table of contents is small. Raises BundleError."""
    try:
        with open(path, "rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - _END.size - _LARGE_BYTES))
            end = file.read()
        mark, *_, table, _, comment = _END.unpack(end[-_END.size :])
        if mark != _MARK or comment or end.startswith(_LARGE_MARK) or table > _MAX_TABLE_BYTES:
            raise zipfile.BadZipFile("it ends otherwise than a model file")
        return zipfile.ZipFile(path)
    except (OSError, ValueError, struct.error, zipfile.BadZipFile, RuntimeError) as error:
        raise BundleError(
            f"{path.name!r} cannot be opened as a model file ({error}). Copy the file again, or give the folder of a "
            "bundle."
        ) from None
