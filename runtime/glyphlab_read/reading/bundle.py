"""The bundle of a reader: the folder with all that reading an image needs, and the check that it is whole.

    runs/<id>/bundles/<step>/    or glyphlab_read/reading/starter/
    ├── manifest.json     see `manifest.BundleManifest`; written last
    ├── network.onnx      CTC:        image uint8 (N, H, W, C) -> logits float32 (N, T, K)
    ├── encoder.onnx      attention:  image -> memory float32 (N, T, D) and, optionally, the first states
    ├── step.onnx         attention:  token int32 (N,), memory, states -> logits (N, K), next_<state>, alignment (N, T)
    └── language.npz      CTC, optional: n-gram model, see `decoding.ngram`

N and W are free (W may be fixed for attention, through `Preprocessing.multiple`). A graph is one self-contained file:
its weights are inside, so that its hash covers them. `glyphlab_read.bundles.folder` checks folders and files. This
module runs nothing.
"""

from dataclasses import dataclass
from pathlib import Path

from glyphlab_read.bundles.folder import READER, open_manifest, read_checked
from glyphlab_read.charset import Charset
from glyphlab_read.errors import BundleError
from glyphlab_read.reading.manifest import BundleManifest

STARTER_FOLDER = Path(__file__).parent / "starter"
"""The folder of the reader that comes with this package."""


@dataclass(frozen=True)
class Bundle:
    """A bundle's folder, or its model file, and its valid manifest; the graphs are checked when they are loaded."""

    folder: Path
    manifest: BundleManifest

    @property
    def name(self) -> str:
        """Id of its run, or `starter`."""
        return self.manifest.run

    @property
    def charset(self) -> Charset:
        """Its characters."""
        return Charset(self.manifest.charset)


def open_bundle(folder: Path) -> Bundle:
    """Read a bundle's manifest; its graphs stay unread.

    Raises:
        BundleError: the manifest is missing, damaged, of another format, or says that the bundle failed its parity
            check.
    """
    manifest = open_manifest(folder, READER, BundleManifest)
    if not manifest.parity.counts:
        raise BundleError(
            f"Bundle {folder.name!r} read {manifest.parity.same_strings} of {manifest.parity.images} samples as its "
            "network did; it must be all, so it does not count. Choose another step."
        )
    return Bundle(folder, manifest)


def load_graphs(bundle: Bundle) -> dict[str, bytes]:
    """Read a bundle's ONNX files, each checked by size and hash; what was checked is what is returned.

    Raises:
        BundleError: a file is missing, a link, cut or changed; it is named.
    """
    return {name: read_checked(bundle.folder, graph, READER) for name, graph in bundle.manifest.graphs.items()}


def load_ngram(bundle: Bundle) -> bytes:
    """Read the bytes for `NgramModel.from_bytes`, checked likewise; empty where there is none. Raises BundleError."""
    return read_checked(bundle.folder, bundle.manifest.language, READER) if bundle.manifest.language else b""
