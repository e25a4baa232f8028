"""The bundle of a locator: the folder with all that finding text needs, and the check that it is whole.

    runs/<id>/bundles/<step>/    or glyphlab_read/location/starter/
    ├── manifest.json     see `manifest.LocatorManifest`; written last
    └── network.onnx      image uint8 (N, H, W, 3) RGB -> maps float32 (N, h, w, M), probabilities 0…1

H and W are multiples of `PhotoPreprocessing.multiple`, or fixed. `glyphlab_read.bundles.folder` checks folders and
files, and tells the bundles of locators from those of readers. This module runs nothing.
"""

from dataclasses import dataclass
from pathlib import Path

from glyphlab_read.bundles.folder import LOCATOR, open_manifest, read_checked
from glyphlab_read.errors import BundleError
from glyphlab_read.location.manifest import LocatorManifest

LOCATOR_STARTER_FOLDER = Path(__file__).parent / "starter"
"""The folder of the locator that comes with this package."""


@dataclass(frozen=True)
class LocatorBundle:
    """A locator's folder, or its model file, and its valid manifest; the graph is checked when it is loaded."""

    folder: Path
    manifest: LocatorManifest

    @property
    def name(self) -> str:
        """Id of its run, or `starter`."""
        return self.manifest.run


def open_locator_bundle(folder: Path) -> LocatorBundle:
    """Read a bundle's manifest; its graph stays unread.

    Raises:
        BundleError: the manifest is missing, damaged, a reader's, of another format, or says that the bundle failed
            its parity check.
    """
    manifest = open_manifest(folder, LOCATOR, LocatorManifest)
    if not manifest.parity.counts:
        raise BundleError(
            f"Bundle {folder.name!r} found the boxes of its network in {manifest.parity.same_boxes} of "
            f"{manifest.parity.images} photos, with maps up to {manifest.parity.largest_difference:.2g} apart; it must "
            "be all of them, so it does not count. Choose another step."
        )
    return LocatorBundle(folder, manifest)


def load_locator_graphs(bundle: LocatorBundle) -> dict[str, bytes]:
    """Read the ONNX files, each checked by size and hash; what was checked is what is returned. Raises BundleError."""
    return {name: read_checked(bundle.folder, graph, LOCATOR) for name, graph in bundle.manifest.graphs.items()}
