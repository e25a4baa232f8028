"""The bundle: the folder with all that reading an image needs, and the check that it is whole.

    runs/<id>/bundles/<step>/    or engine/reading/starter/
    ├── manifest.json     see `manifest.BundleManifest`; written last
    ├── network.onnx      CTC:        image uint8 (N, H, W, C) -> logits float32 (N, T, K)
    ├── encoder.onnx      attention:  image -> memory float32 (N, T, D) and, optionally, the first states
    ├── step.onnx         attention:  token int32 (N,), memory, states -> logits (N, K), next_<state>, alignment (N, T)
    └── language.npz      CTC, optional: n-gram model, see `decoding.ngram`

N and W are free (W may be fixed for attention, through `Preprocessing.multiple`). A graph is one self-contained file:
its weights are inside, so that its hash covers them. `engine.bundles.folder` checks folders and files. This module
runs nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from engine.bundles.folder import (
    READER,
    check_not_damaged,
    newest_of_each_run,
    newest_of_run,
    open_manifest,
    read_checked,
    save_files,
)
from engine.charset import Charset
from engine.errors import BundleError
from engine.reading.manifest import BundleManifest, NgramFile
from engine.workspace import STARTER, Workspace

STARTER_FOLDER = Path(__file__).parent / STARTER
"""The folder of the reader that comes with Glyphlab."""


@dataclass(frozen=True)
class Bundle:
    """A bundle's folder and its valid manifest; the graphs are checked when they are loaded."""

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


def save_bundle(final: Path, manifest: BundleManifest, graphs: Mapping[str, bytes], ngram: bytes = b"") -> Bundle:
    """Write a bundle's folder, visible only when complete.

    Args:
        final: the folder to make, its parent included; must not exist.
        manifest: made with `entries.describe_graphs(graphs)` and `describe_ngram(ngram, …)`.
        graphs: the ONNX files' bytes by graph name.
        ngram: the bytes of `NgramModel.to_bytes`; empty where there is none.

    Raises:
        SpaceError: the disk is full; nothing is left behind.
        FileExistsError: `final` is there already.
    """
    files = {graph.file: graphs[name] for name, graph in manifest.graphs.items()}
    if manifest.language:
        files[manifest.language.file] = ngram
    return Bundle(final, save_files(final, manifest, files))


def describe_ngram(content: bytes, weight: float) -> NgramFile:
    """Return the manifest's entry for the bytes of `NgramModel.to_bytes`."""
    return NgramFile(sha256=sha256(content).hexdigest(), bytes=len(content), weight=weight)


def open_bundle(folder: Path, workspace: Workspace) -> Bundle:
    """Read a bundle's manifest; its graphs stay unread.

    Raises:
        BundleError: the folder lies outside the workspace and is not the starter's, or the manifest is missing,
            damaged, of another format, or says that the bundle failed its parity check.
    """
    real, manifest = open_manifest(folder, workspace, STARTER_FOLDER, READER, BundleManifest)
    if not manifest.parity.counts:
        raise BundleError(
            f"Bundle {folder.name!r} read {manifest.parity.same_strings} of {manifest.parity.images} samples as its "
            "network did; it must be all, so it does not count. Choose another step."
        )
    return Bundle(real, manifest)


def load_graphs(bundle: Bundle) -> dict[str, bytes]:
    """Read a bundle's ONNX files, each checked by size and hash; what was checked is what is returned.

    Raises:
        BundleError: a file is missing, a link, cut or changed; it is named.
    """
    return {name: read_checked(bundle.folder, graph) for name, graph in bundle.manifest.graphs.items()}


def load_ngram(bundle: Bundle) -> bytes:
    """Read the bytes for `NgramModel.from_bytes`, checked likewise; empty where there is none. Raises BundleError."""
    return read_checked(bundle.folder, bundle.manifest.language) if bundle.manifest.language else b""


def newest_bundle(workspace: Workspace, run: str) -> Bundle:
    """Return the newest usable bundle of a run, or the starter.

    Raises:
        BundleError: there is none; JobError: the id is not valid.
    """
    if run == STARTER:
        return open_bundle(STARTER_FOLDER, workspace)
    found = newest_of_run(workspace.folder("runs", run), lambda folder: open_bundle(folder, workspace))
    if found is None:
        check_not_damaged(workspace.folder("runs", run))
        raise BundleError(
            f"Run {run} has no bundle yet; it exports one at its first validation that beats the last. "
            "Wait for that, or choose another reader."
        )
    return found


def list_bundles(workspace: Workspace) -> list[Bundle]:
    """Return the newest usable bundle of each run, newest run first, then the starter; broken ones are left out."""
    return newest_of_each_run(workspace, STARTER_FOLDER, lambda folder: open_bundle(folder, workspace))
