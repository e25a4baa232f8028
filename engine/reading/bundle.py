"""Bundles of readers in a workspace: saved, listed, and opened from there only. `glyphlab_read.reading` reads them."""

from collections.abc import Mapping
from functools import partial
from hashlib import sha256
from pathlib import Path

from engine.bundles.folder import check_place, check_without_bundles, newest_of_each_run, newest_of_run, save_files
from engine.errors import BundleError
from engine.workspace import STARTER, Workspace
from glyphlab_read.reading import bundle as runtime
from glyphlab_read.reading.bundle import STARTER_FOLDER, Bundle
from glyphlab_read.reading.decoding.ngram import LENGTH_BONUS
from glyphlab_read.reading.manifest import BundleManifest, NgramFile
from glyphlab_read.reading.reader import Reader


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
    return NgramFile(sha256=sha256(content).hexdigest(), bytes=len(content), weight=weight, length_bonus=LENGTH_BONUS)


def open_bundle(folder: Path, workspace: Workspace) -> Bundle:
    """Read a bundle's manifest; its graphs stay unread.

    Raises:
        BundleError: the folder lies outside the workspace and is not the starter's, or the manifest is missing,
            damaged, of another format, or says that the bundle failed its parity check.
    """
    return runtime.open_bundle(check_place(folder, workspace, STARTER_FOLDER))


def open_reader(folder: Path, workspace: Workspace | None = None, threads: int = 1, use_ngram: bool = True) -> Reader:
    """Load the bundle in `folder` after checking its place, and run it first in a child process with limits.

    Args:
        folder: of the bundle.
        workspace: where bundles may lie.
        threads: cores one call may use.
        use_ngram: False to read by the image alone, however likely other texts are.

    Raises:
        BundleError: it lies outside the workspace, is incomplete, damaged or of another format.
    """
    real = check_place(folder, workspace or Workspace.default(), STARTER_FOLDER)
    return Reader.open(real, threads, use_ngram, try_first=True)


def newest_bundle(workspace: Workspace, run: str) -> Bundle:
    """Return the newest usable bundle of a run, or the starter.

    Raises:
        BundleError: there is none, or none can be used; JobError: the id is not valid.
    """
    if run == STARTER:
        return open_bundle(STARTER_FOLDER, workspace)
    folder, open_one = workspace.folder("runs", run), partial(open_bundle, workspace=workspace)
    found = newest_of_run(folder, open_one)
    if found is None:
        check_without_bundles(folder, open_one)
        raise BundleError(
            f"Run {run} has no bundle yet; it exports one at its first validation that beats the last. "
            "Wait for that, or choose another reader."
        )
    return found


def list_bundles(workspace: Workspace) -> list[Bundle]:
    """Return the newest usable bundle of each run, newest run first, then the starter; broken ones are left out."""
    return newest_of_each_run(workspace, STARTER_FOLDER, lambda folder: open_bundle(folder, workspace))
