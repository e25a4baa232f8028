"""Small pictures, folders and archives that imports are tried on."""

import io
import os
import struct
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from PIL import Image


def picture(seed: int, size: tuple[int, int] = (24, 12)) -> Image.Image:
    """An RGB image of random pixels, of its own for each seed."""
    width, height = size
    return Image.fromarray(np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8))


def encoded(image: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    """The bytes of a file that holds an image."""
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def png(seed: int) -> bytes:
    """The bytes of a PNG of its own for each seed."""
    return encoded(picture(seed))


def save_files(root: Path, files: Mapping[str, bytes | str]) -> Path:
    """Write files below a folder and return it."""
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return root


def deep_folder(root: Path) -> str:
    """Make a folder too deep to be listed by its path, whoever asks; return its name below `root`."""
    name, parts = "d" * 250, []
    folder = os.open(root, os.O_RDONLY)
    while len(os.fsencode(root)) + len(parts) * (len(name) + 1) < os.pathconf("/", "PC_PATH_MAX"):
        os.mkdir(name, dir_fd=folder)
        child = os.open(name, os.O_RDONLY, dir_fd=folder)
        os.close(folder)
        folder = child
        parts.append(name)
    os.close(folder)
    return "/".join(parts)


def zipped(files: Mapping[str, bytes | str], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """The bytes of a zip file of these members."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


class _Stored(zipfile.ZipInfo):
    """A member whose name is written as it is given, in bytes, without a word on its encoding."""

    def __init__(self, name: bytes) -> None:
        super().__init__(name.hex())
        self._stored = name

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:  # noqa: N802 (zipfile's)
        return self._stored, 0


def zipped_as(files: Mapping[bytes, bytes | str], unicode_names: Mapping[bytes, bytes] | None = None) -> bytes:
    """The bytes of a zip file whose names do not say their encoding; with Unicode fields for some of them."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            info = _Stored(name)
            info.extra = (unicode_names or {}).get(name, b"")
            archive.writestr(info, content)
    return buffer.getvalue()


def unicode_field(name: bytes, stands_for: str, version: int = 1) -> bytes:
    """A Unicode path field (0x7075): what a name is in UTF-8, with the checksum of the name it stands for."""
    content = struct.pack("<BL", version, zlib.crc32(name)) + stands_for.encode()
    return struct.pack("<HH", 0x7075, len(content)) + content
