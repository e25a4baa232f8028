"""Bundles in folders and in model files: every file is checked before it is used.

A bundle is data, never code: graphs run in ONNX Runtime without custom operators. Its kind is said in its manifest; the
bundles of readers, which came first, say none. This module runs nothing.
"""

from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from glyphlab_read.bundles.entries import BundleFile, content_hash
from glyphlab_read.bundles.files import read_bundle_file
from glyphlab_read.errors import BundleError
from glyphlab_read.parsing import parse_json
from glyphlab_read.settings import ClosedModel

MANIFEST = "manifest.json"
"""The name of a bundle's manifest in its folder."""

READER, LOCATOR = "reader", "locator"
"""The kinds of bundles."""

_USES = {READER: "it reads words that are cut out", LOCATOR: "it finds text in photos and reads none"}
_MAX_MANIFEST_BYTES = 1 << 20

M = TypeVar("M", bound=ClosedModel)


def open_manifest(folder: Path, kind: str, model: type[M]) -> M:
    """Read the manifest of a bundle of one kind; its other files stay unread.

    Raises:
        BundleError: the manifest is missing, damaged, or of another kind or format.
    """
    content = read_manifest(folder, kind)
    found = kind_of(content)
    if found != kind:
        raise BundleError(
            f"Bundle {folder.name!r} is a {found}'s: {_USES[found]}. Choose a {kind}'s instead, or use it where "
            f"{found}s are chosen."
        )
    try:
        manifest = model.model_validate_json(content)
    except ValidationError as error:
        first = error.errors()[0]
        fault = f"{'.'.join(map(str, first['loc']))}: {first['msg']}"[:200]
        raise BundleError(
            f"The manifest of bundle {folder.name!r} is damaged or of another format: {fault}. "
            "Choose another bundle, or let the run export again."
        ) from None
    if not is_whole(parse_json(content)):
        raise BundleError(
            f"The manifest of bundle {folder.name!r} is damaged: its own hash does not fit what it says. "
            "Choose another bundle, or let the run export again."
        )
    return manifest


def read_manifest(folder: Path, kind: str = READER) -> bytes:
    """Return the bytes of a bundle's manifest; none of one that is too large. Raises BundleError."""
    return read_bundle_file(folder, kind, MANIFEST, _MAX_MANIFEST_BYTES)


def kind_of(manifest: bytes) -> str:
    """Return the kind that a manifest says it is of; a reader's where it says none that is known."""
    try:
        values: Any = parse_json(manifest)
    except ValueError:
        return READER
    kind = values.get("kind", READER) if isinstance(values, dict) else READER
    return kind if isinstance(kind, str) and kind in _USES else READER


def is_whole(values: Any) -> bool:
    """Say whether a manifest's values are an object that fits its own hash."""
    try:
        return isinstance(values, dict) and values.get("hash") == content_hash(values)
    except ValueError:
        return False  # it holds a NaN, which no manifest of ours does


def read_checked(folder: Path, listed: BundleFile, kind: str) -> bytes:
    """Read a file of a bundle, checked by size and hash; what was checked is what is returned.

    Raises:
        BundleError: it is missing, a link, cut or changed; it is named.
    """
    content = read_bundle_file(folder, kind, listed.file, listed.bytes)
    if len(content) != listed.bytes or sha256(content).hexdigest() != listed.sha256:
        raise BundleError(
            f"{listed.file} of bundle {folder.name!r} differs from its manifest (SHA-256 or size). It is not "
            "used. Choose another step, or let the run export again."
        )
    return content
