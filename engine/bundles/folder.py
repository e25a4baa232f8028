"""Folders of bundles: written whole, opened from the workspace only, every file checked before it is used.

A bundle is data, never code: graphs run in ONNX Runtime without custom operators. Its kind is said in its manifest; the
bundles of readers, which came first, say none. This module runs nothing.
"""

from collections.abc import Callable, Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from engine.bundles.entries import BundleFile, content_hash
from engine.config.base import Config
from engine.errors import BundleError
from engine.files import new_folder, write_json
from engine.jobs import paths
from engine.parsing import SizeFault, parse_json, read_regular
from engine.workspace import Workspace

READER, LOCATOR = "reader", "locator"
"""The kinds of bundles."""

_USES = {READER: "it reads words that are cut out", LOCATOR: "it finds text in photos and reads none"}
_MAX_MANIFEST_BYTES = 1 << 20

M = TypeVar("M", bound=Config)
B = TypeVar("B")


def save_files(final: Path, manifest: M, files: Mapping[str, bytes]) -> M:
    """Write a bundle's folder, visible only when complete; return the manifest with its hash.

    Args:
        final: the folder to make, its parent included; must not exist.
        manifest: describes the files.
        files: their bytes by their names.

    Raises:
        SpaceError: the disk is full; nothing is left behind.
        FileExistsError: `final` is there already.
    """
    with new_folder(final) as folder:
        for name, content in files.items():
            (folder / name).write_bytes(content)
        sealed = manifest.changed(hash=content_hash(manifest.plain()))
        write_json(folder / paths.MANIFEST, sealed.plain(), checksum=False)
    return sealed


def open_manifest(folder: Path, workspace: Workspace, starter: Path, kind: str, model: type[M]) -> tuple[Path, M]:
    """Read the manifest of a bundle of one kind, and return it with the real folder; other files stay unread.

    Raises:
        BundleError: the folder lies outside the workspace and is not the starter's, or the manifest is missing,
            damaged, or of another kind or format.
    """
    real = folder.resolve()
    if not (real.is_relative_to(workspace.root.resolve()) or real == starter.resolve()):
        raise BundleError(
            f"The bundle {folder.name!r} lies outside the workspace; networks are run from there only. "
            "Copy it below the workspace's runs if you trust it."
        )
    content = _read_limited(real / paths.MANIFEST, _MAX_MANIFEST_BYTES)
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
    values = parse_json(content)
    if values.get("hash") != _hash_of(values):
        raise BundleError(
            f"The manifest of bundle {folder.name!r} is damaged: its own hash does not fit what it says. "
            "Choose another bundle, or let the run export again."
        )
    return real, manifest


def kind_of(manifest: bytes) -> str:
    """Return the kind that a manifest says it is of; a reader's where it says none that is known."""
    try:
        values: Any = parse_json(manifest)
    except ValueError:
        return READER
    kind = values.get("kind", READER) if isinstance(values, dict) else READER
    return kind if isinstance(kind, str) and kind in _USES else READER


def _hash_of(values: dict[str, Any]) -> str:
    try:
        return content_hash(values)
    except ValueError:
        return ""  # it holds a NaN, which no manifest of ours does


def read_checked(folder: Path, listed: BundleFile) -> bytes:
    """Read a file of a bundle, checked by size and hash; what was checked is what is returned.

    Raises:
        BundleError: it is missing, a link, cut or changed; it is named.
    """
    content = _read_limited(folder / listed.file, listed.bytes)
    if len(content) != listed.bytes or sha256(content).hexdigest() != listed.sha256:
        raise BundleError(
            f"{listed.file} of bundle {folder.name!r} differs from its manifest (SHA-256 or size). It is not "
            "used. Choose another step, or let the run export again."
        )
    return content


def newest_of_run(run: Path, open_one: Callable[[Path], B]) -> B | None:
    """Return the bundle of a run's folder with the most steps that `open_one` opens; None where there is none."""
    return next(_opened(_newest_first(run), open_one), None)


def _newest_first(run: Path) -> list[Path]:
    bundles = run / paths.BUNDLES
    if not bundles.is_dir():
        return []
    steps = [folder for folder in bundles.iterdir() if folder.name.isdecimal() and not folder.is_symlink()]
    return sorted(steps, key=lambda folder: int(folder.name), reverse=True)


def check_not_damaged(run: Path) -> None:
    """Raise BundleError where a manifest of a run's bundles is damaged: for a run of which none can be used."""
    for folder in _newest_first(run):
        try:
            values = parse_json(_read_limited(folder / paths.MANIFEST, _MAX_MANIFEST_BYTES))
            whole = isinstance(values, dict) and values.get("hash") == _hash_of(values)
        except (BundleError, ValueError):
            whole = False
        if not whole:
            raise BundleError(
                f"The bundle of step {folder.name} of run {run.name} is damaged: its manifest cannot be read, or does "
                "not fit its own hash. Choose another run, or train it again."
            )


def newest_step(run: Path) -> int | None:
    """Return the highest step of a run's bundles that passed their parity check; None where there is none."""

    def step(folder: Path) -> int:
        try:
            counts = parse_json(_read_limited(folder / paths.MANIFEST, _MAX_MANIFEST_BYTES))["parity"]["counts"]
        except (ValueError, LookupError, TypeError) as error:
            raise BundleError(str(error)) from None
        if not counts:
            raise BundleError("it failed its parity check")
        return int(folder.name)

    return newest_of_run(run, step)


def newest_of_each_run(workspace: Workspace, starter: Path, open_one: Callable[[Path], B]) -> list[B]:
    """Return the newest bundle of each run that `open_one` opens, newest run first, then the starter."""
    folders = sorted(workspace.collection("runs").iterdir(), key=lambda folder: folder.name, reverse=True)
    found = [newest_of_run(folder, open_one) for folder in folders if not folder.is_symlink()]
    return [bundle for bundle in [*found, next(_opened([starter], open_one), None)] if bundle is not None]


def _opened(folders: list[Path], open_one: Callable[[Path], B]) -> Iterator[B]:
    for folder in folders:
        try:
            yield open_one(folder)
        except BundleError:
            continue


def _read_limited(path: Path, limit: int) -> bytes:
    """Read a plain file, nothing of one of over `limit` bytes; links are not followed, no pipe is waited for."""
    try:
        return read_regular(path, limit)
    except SizeFault:
        return b""  # as if it were cut: of no size that it should have
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise BundleError(
            f"{path.name} of bundle {path.parent.name!r} cannot be read ({reason}). "
            "Choose another step, or let the run export again."
        ) from None
