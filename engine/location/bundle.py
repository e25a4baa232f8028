"""The bundle of a locator: the folder with all that finding text needs, and the check that it is whole.

    runs/<id>/bundles/<step>/    or engine/location/starter/
    ├── manifest.json     see `manifest.LocatorManifest`; written last
    └── network.onnx      image uint8 (N, H, W, 3) RGB -> maps float32 (N, h, w, M), probabilities 0…1

H and W are multiples of `PhotoPreprocessing.multiple`, or fixed. `engine.bundles.folder` checks folders and files, and
tells the bundles of locators from those of readers. This module runs nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from engine.bundles.folder import (
    LOCATOR,
    check_not_damaged,
    newest_of_each_run,
    newest_of_run,
    open_manifest,
    read_checked,
    save_files,
)
from engine.errors import BundleError
from engine.location.manifest import LocatorManifest
from engine.workspace import STARTER, Workspace

LOCATOR_STARTER_FOLDER = Path(__file__).parent / STARTER
"""The folder of the locator that comes with Glyphlab."""


@dataclass(frozen=True)
class LocatorBundle:
    """A locator's folder and its valid manifest; the graph is checked when it is loaded."""

    folder: Path
    manifest: LocatorManifest

    @property
    def name(self) -> str:
        """Id of its run, or `starter`."""
        return self.manifest.run


def save_locator_bundle(final: Path, manifest: LocatorManifest, graphs: Mapping[str, bytes]) -> LocatorBundle:
    """Write a bundle's folder, visible only when complete.

    Args:
        final: the folder to make, its parent included; must not exist.
        manifest: made with `engine.bundles.entries.describe_graphs(graphs)`.
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
    real, manifest = open_manifest(folder, workspace, LOCATOR_STARTER_FOLDER, LOCATOR, LocatorManifest)
    if not manifest.parity.counts:
        raise BundleError(
            f"Bundle {folder.name!r} found the boxes of its network in {manifest.parity.same_boxes} of "
            f"{manifest.parity.images} photos, with maps up to {manifest.parity.largest_difference:.2g} apart; it must "
            "be all of them, so it does not count. Choose another step."
        )
    return LocatorBundle(real, manifest)


def load_locator_graphs(bundle: LocatorBundle) -> dict[str, bytes]:
    """Read the ONNX files, each checked by size and hash; what was checked is what is returned. Raises BundleError."""
    return {name: read_checked(bundle.folder, graph) for name, graph in bundle.manifest.graphs.items()}


def newest_locator_bundle(workspace: Workspace, run: str) -> LocatorBundle:
    """Return the newest usable bundle of a run, or the starter.

    Raises:
        BundleError: there is none; JobError: the id is not valid.
    """
    if run == STARTER:
        return open_locator_bundle(LOCATOR_STARTER_FOLDER, workspace)
    found = newest_of_run(workspace.folder("runs", run), lambda folder: open_locator_bundle(folder, workspace))
    if found is None:
        check_not_damaged(workspace.folder("runs", run))
        raise BundleError(
            f"Run {run} has no locator yet; it exports one at its first validation that beats the last. "
            "Wait for that, or choose another run."
        )
    return found


def list_locator_bundles(workspace: Workspace) -> list[LocatorBundle]:
    """Return the newest usable locator of each run, newest run first, then the starter; broken ones are left out."""
    return newest_of_each_run(workspace, LOCATOR_STARTER_FOLDER, lambda folder: open_locator_bundle(folder, workspace))
