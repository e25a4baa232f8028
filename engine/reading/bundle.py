"""The bundle: the folder with all that reading an image needs, and the check that it is whole.

    runs/<id>/bundles/<step>/    or engine/reading/starter/
    ├── manifest.json     see `manifest.BundleManifest`; written last
    ├── network.onnx      CTC:        image uint8 (N, H, W, C) -> logits float32 (N, T, K)
    ├── encoder.onnx      attention:  image -> memory float32 (N, T, D) and, optionally, the first states
    ├── step.onnx         attention:  token int32 (N,), memory, states -> logits (N, K), next_<state>, alignment (N, T)
    └── language.npz      CTC, optional: n-gram model, see `decoding.ngram`

N and W are free (W may be fixed for attention, through `Preprocessing.multiple`). A graph is one self-contained file:
its weights are inside, so that its hash covers them. A bundle is data, never code: graphs run in ONNX Runtime without
custom operators, and only from the workspace or the starter folder. This module runs nothing.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from pydantic import ValidationError

from engine.charset import Charset
from engine.errors import BundleError
from engine.files import new_folder, write_json
from engine.jobs import paths
from engine.reading.manifest import BundleManifest, Graph, NgramFile, content_hash
from engine.workspace import STARTER, Workspace

STARTER_FOLDER = Path(__file__).parent / STARTER
"""The folder of the reader that comes with Glyphlab."""

_MAX_MANIFEST_BYTES = 1 << 20


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
        manifest: made with `describe_graphs(graphs)` and `describe_ngram(ngram, …)`.
        graphs: the ONNX files' bytes by graph name.
        ngram: the bytes of `NgramModel.to_bytes`; empty where there is none.

    Raises:
        SpaceError: the disk is full; nothing is left behind.
        FileExistsError: `final` is there already.
    """
    with new_folder(final) as folder:
        for name, graph in manifest.graphs.items():
            (folder / graph.file).write_bytes(graphs[name])
        if manifest.language:
            (folder / manifest.language.file).write_bytes(ngram)
        sealed = manifest.changed(hash=content_hash(manifest.plain()))
        write_json(folder / paths.MANIFEST, sealed.plain())
    return Bundle(final, sealed)


def describe_graphs(graphs: Mapping[str, bytes]) -> dict[str, Graph]:
    """Return the manifest's entries for the ONNX files of a bundle."""
    return {
        name: Graph(file=f"{name}.onnx", sha256=sha256(content).hexdigest(), bytes=len(content))
        for name, content in graphs.items()
    }


def describe_ngram(content: bytes, weight: float) -> NgramFile:
    """Return the manifest's entry for the bytes of `NgramModel.to_bytes`."""
    return NgramFile(sha256=sha256(content).hexdigest(), bytes=len(content), weight=weight)


def open_bundle(folder: Path, workspace: Workspace) -> Bundle:
    """Read a bundle's manifest; its graphs stay unread.

    Raises:
        BundleError: the folder lies outside the workspace and is not the starter's, or the manifest is missing,
            damaged, of another format, or says that the bundle failed its parity check.
    """
    real = folder.resolve()
    if not (real.is_relative_to(workspace.root.resolve()) or real == STARTER_FOLDER.resolve()):
        raise BundleError(
            f"The bundle {folder.name!r} lies outside the workspace; networks are run from there only. "
            "Copy it below the workspace's runs if you trust it."
        )
    try:
        content = _read_limited(real / paths.MANIFEST, _MAX_MANIFEST_BYTES)
        manifest = BundleManifest.model_validate_json(content)
    except ValidationError as error:
        first = error.errors()[0]
        fault = f"{'.'.join(map(str, first['loc']))}: {first['msg']}"[:200]
        raise BundleError(
            f"The manifest of bundle {folder.name!r} is damaged or of another format: {fault}. "
            "Choose another bundle, or let the run export again."
        ) from None
    if manifest.hash != content_hash(json.loads(content)):
        raise BundleError(
            f"The manifest of bundle {folder.name!r} is damaged: its own hash does not fit what it says. "
            "Choose another bundle, or let the run export again."
        )
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
    return {name: _read_checked(bundle, graph) for name, graph in bundle.manifest.graphs.items()}


def load_ngram(bundle: Bundle) -> bytes:
    """Read the bytes for `NgramModel.from_bytes`, checked likewise; empty where there is none. Raises BundleError."""
    return _read_checked(bundle, bundle.manifest.language) if bundle.manifest.language else b""


def _read_checked(bundle: Bundle, listed: Graph | NgramFile) -> bytes:
    """Read a file of a bundle and compare its size and hash with the manifest. Raises BundleError."""
    content = _read_limited(bundle.folder / listed.file, listed.bytes)
    if len(content) != listed.bytes or sha256(content).hexdigest() != listed.sha256:
        raise BundleError(
            f"{listed.file} of bundle {bundle.folder.name!r} differs from its manifest (SHA-256 or size). It is not "
            "used. Choose another step, or let the run export again."
        )
    return content


def newest_bundle(workspace: Workspace, run: str) -> Bundle:
    """Return the newest usable bundle of a run, or the starter.

    Raises:
        BundleError: there is none; JobError: the id is not valid.
    """
    if run == STARTER:
        return open_bundle(STARTER_FOLDER, workspace)
    found = _newest(workspace.folder("runs", run), workspace)
    if found is None:
        raise BundleError(
            f"Run {run} has no bundle yet; it exports one at its first validation that beats the last. "
            "Wait for that, or choose another reader."
        )
    return found


def list_bundles(workspace: Workspace) -> list[Bundle]:
    """Return the newest usable bundle of each run, newest run first, then the starter; broken ones are left out."""
    folders = sorted(workspace.collection("runs").iterdir(), key=lambda folder: folder.name, reverse=True)
    found = [_newest(folder, workspace) for folder in folders if not folder.is_symlink()]
    return [bundle for bundle in [*found, _open_or_none(STARTER_FOLDER, workspace)] if bundle is not None]


def _newest(run: Path, workspace: Workspace) -> Bundle | None:
    bundles = run / paths.BUNDLES
    if not bundles.is_dir():
        return None
    steps = [folder for folder in bundles.iterdir() if folder.name.isdecimal() and not folder.is_symlink()]
    newest_first = sorted(steps, key=lambda folder: int(folder.name), reverse=True)
    return next((bundle for bundle in (_open_or_none(folder, workspace) for folder in newest_first) if bundle), None)


def _open_or_none(folder: Path, workspace: Workspace) -> Bundle | None:
    try:
        return open_bundle(folder, workspace)
    except BundleError:
        return None


def _read_limited(path: Path, limit: int) -> bytes:
    """Read at most `limit` + 1 bytes of a plain file; links are not followed."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        with open(descriptor, "rb") as file:
            return file.read(limit + 1)
    except OSError as error:
        raise BundleError(
            f"{path.name} of bundle {path.parent.name!r} cannot be read ({error.strerror}). "
            "Choose another step, or let the run export again."
        ) from None
