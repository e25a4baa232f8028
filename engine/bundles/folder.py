"""Bundles in a workspace: written whole, opened from there only, the newest of each run found.

`glyphlab_read.bundles.folder` checks what lies in a bundle's folder. This module runs nothing.
"""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TypeVar

from engine.errors import BundleError
from engine.files import new_folder, write_json
from engine.jobs import paths
from engine.workspace import Workspace
from glyphlab_read.bundles.entries import content_hash
from glyphlab_read.bundles.folder import MANIFEST, is_whole, read_manifest
from glyphlab_read.parsing import parse_json
from glyphlab_read.settings import ClosedModel

M = TypeVar("M", bound=ClosedModel)
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
        write_json(folder / MANIFEST, sealed.plain(), checksum=False)
    return sealed


def check_place(folder: Path, workspace: Workspace, starter: Path) -> Path:
    """Return the real folder of a bundle that may be run.

    Raises:
        BundleError: it lies outside the workspace and is not the starter's.
    """
    real = folder.resolve()
    if not (real.is_relative_to(workspace.root.resolve()) or real == starter.resolve()):
        raise BundleError(
            f"The bundle {folder.name!r} lies outside the workspace; networks are run from there only. "
            "Copy it below the workspace's runs if you trust it."
        )
    return real


def newest_of_run(run: Path, open_one: Callable[[Path], B]) -> B | None:
    """Return the bundle of a run's folder with the most steps that `open_one` opens; None where there is none."""
    return next(_opened(_newest_first(run), open_one), None)


def _newest_first(run: Path) -> list[Path]:
    bundles = run / paths.BUNDLES
    if not bundles.is_dir():
        return []
    steps = [folder for folder in bundles.iterdir() if folder.name.isdecimal() and not folder.is_symlink()]
    return sorted(steps, key=lambda folder: int(folder.name), reverse=True)


def check_without_bundles(run: Path, open_one: Callable[[Path], object]) -> None:
    """Raise BundleError where a run of which no bundle can be used has some.

    It says that a manifest is damaged, or else why `open_one` refuses the newest.
    """
    folders = _newest_first(run)
    for folder in folders:
        try:
            whole = is_whole(parse_json(read_manifest(folder)))
        except (BundleError, ValueError):
            whole = False
        if not whole:
            raise BundleError(
                f"The bundle of step {folder.name} of run {run.name} is damaged: its manifest cannot be read, or does "
                "not fit its own hash. Choose another run, or train it again."
            )
    if folders:
        open_one(folders[0])


def newest_step(run: Path) -> int | None:
    """Return the highest step of a run's bundles that passed their parity check; None where there is none."""

    def step(folder: Path) -> int:
        try:
            counts = parse_json(read_manifest(folder))["parity"]["counts"]
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
