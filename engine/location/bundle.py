"""Bundles of locators in a workspace: saved, listed, and opened from there only. `glyphlab_read.location` runs them."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path

from engine.bundles.folder import check_place, check_without_bundles, newest_of_each_run, newest_of_run, save_files
from engine.errors import BundleError
from engine.workspace import STARTER, Workspace
from glyphlab_read.location import bundle as runtime
from glyphlab_read.location.bundle import LOCATOR_STARTER_FOLDER, LocatorBundle
from glyphlab_read.location.locator import Locator
from glyphlab_read.location.manifest import LocatorManifest


def save_locator_bundle(final: Path, manifest: LocatorManifest, graphs: Mapping[str, bytes]) -> LocatorBundle:
    """Write a bundle's folder, visible only when complete.

    Args:
        final: the folder to make, its parent included; must not exist.
        manifest: made with `glyphlab_read.bundles.entries.describe_graphs(graphs)`.
        graphs: the ONNX files' bytes by graph name.

    Raises:
        SpaceError: the disk is full; nothing is left behind.
        FileExistsError: `final` is there already.
    """
    files = {graph.file: graphs[name] for name, graph in manifest.graphs.items()}
    return LocatorBundle(final, save_files(final, manifest, files))


def open_locator_bundle(folder: Path, workspace: Workspace) -> LocatorBundle:
    """Read a bundle's manifest; its graph stays unread.

    Raises:
        BundleError: the folder lies outside the workspace and is not the starter's, or the manifest is missing,
            damaged, a reader's, of another format, or says that the bundle failed its parity check.
    """
    return runtime.open_locator_bundle(check_place(folder, workspace, LOCATOR_STARTER_FOLDER))


def open_locator(folder: Path, workspace: Workspace | None = None, threads: int = 1) -> Locator:
    """Load the bundle in `folder` after checking its place, and run it first in a child process with limits.

    Raises:
        BundleError: it lies outside the workspace, is incomplete, damaged, a reader's or of another format.
    """
    real = check_place(folder, workspace or Workspace.default(), LOCATOR_STARTER_FOLDER)
    return Locator.open(real, threads, try_first=True)


def newest_locator_bundle(workspace: Workspace, run: str) -> LocatorBundle:
    """Return the newest usable bundle of a run, or the starter.

    Raises:
        BundleError: there is none, or none can be used; JobError: the id is not valid.
    """
    if run == STARTER:
        return open_locator_bundle(LOCATOR_STARTER_FOLDER, workspace)
    folder, open_one = workspace.folder("runs", run), partial(open_locator_bundle, workspace=workspace)
    found = newest_of_run(folder, open_one)
    if found is None:
        check_without_bundles(folder, open_one)
        raise BundleError(
            f"Run {run} has no locator yet; it exports one at its first validation that beats the last. "
            "Wait for that, or choose another run."
        )
    return found


def list_locator_bundles(workspace: Workspace) -> list[LocatorBundle]:
    """Return the newest usable locator of each run, newest run first, then the starter; broken ones are left out."""
    return newest_of_each_run(workspace, LOCATOR_STARTER_FOLDER, lambda folder: open_locator_bundle(folder, workspace))
