"""Sources below a data root of the server and among the uploads: the only way from a config to files.

Data roots are the workspace's `imports` folder and the folders in the environment variable GLYPHLAB_DATA_ROOT
(separated as in PATH). A path from a config is resolved, links included, and must then be below a root.
"""

import contextlib
import os
import shutil
import tempfile
import time
import zipfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal

from engine.config.documents import ReadPagesConfig
from engine.config.importing import Encoding, ImageSourceConfig, ImportConfig, SourceConfig
from engine.errors import SourceError, UnsafeSourceError
from engine.files import read_json, space_errors, write_json
from engine.jobs import paths
from engine.sources.archive import MAX_BYTES, ZipTree
from engine.sources.folder import FileTree, FolderTree
from engine.sources.labelling import LabelledTree, digests_of, keep_archive, texts_to_import, transcript_source
from engine.sources.tree import Tree, has_pages, is_image, plain_name
from engine.workspace import Workspace, is_id, new_id

DATA_ROOT = "GLYPHLAB_DATA_ROOT"
_ARCHIVE, _ABOUT = "archive.zip", "upload.json"
_BLOCK = 1 << 20
_UPLOAD_LIFETIME = 24 * 3600.0  # s
_MAX_ENTRIES = 500
_FREE_SHARE = 0.05  # share of the disk that uploads leave free


@dataclass(frozen=True)
class SourceEntry:
    """A folder or zip file that may be imported: its path for a config, and its title for people."""

    path: str
    title: str
    kind: Literal["folder", "zip"]


@dataclass(frozen=True)
class Upload:
    """An uploaded archive: its id for a config, its original file name, and its size."""

    id: str
    name: str
    bytes: int


def data_roots(workspace: Workspace) -> list[Path]:
    """Return the real paths of the data roots that exist, the workspace's own first."""
    named = [Path(text) for text in os.environ.get(DATA_ROOT, "").split(os.pathsep) if text]
    return [root.resolve() for root in (workspace.imports, *named) if root.is_dir()]


def list_sources(workspace: Workspace) -> list[SourceEntry]:
    """Return the folders and zip files to choose from: the roots, their entries, and those a folder below. No links."""
    found = []
    for root in data_roots(workspace):
        found += [SourceEntry(str(root), root.name, "folder")] if _holds_anything(root) else []
        for entry in _entries(root):
            found.append(_source_entry(entry, root.name))
            if entry.is_dir(follow_symlinks=False):
                found += [_source_entry(below, root.name, entry.name) for below in _entries(entry.path)]
            if len(found) >= _MAX_ENTRIES:
                return found[:_MAX_ENTRIES]
    return found


def locate(workspace: Workspace, path: str) -> Path:
    """Return the real path of a source, which is given as absolute or below any data root.

    Raises:
        SourceError: it does not exist, or is not below a data root.
    """
    roots = data_roots(workspace)
    for root in roots:
        with contextlib.suppress(OSError, ValueError, RuntimeError):  # missing, a NUL inside, a cycle of links
            real = (root / path).resolve(strict=True)
            if any(real.is_relative_to(allowed) for allowed in roots):
                return real
    raise SourceError(
        f"{path[:200]!r} is not there, or not below a data root. Put it into the workspace's imports "
        f"folder, or start with {DATA_ROOT} set to a folder above it."
    )


@contextlib.contextmanager
def open_source(workspace: Workspace, config: SourceConfig) -> Iterator[Tree]:
    """Open the source of a config for the length of a `with` block.

    An upload that is not safe to read is deleted, even if that shows while it is read; one that holds nothing of what
    is asked for stays, so that something else can be asked for.

    Of a transcript an import sees the images that have labels, all others see all of its images.

    Raises:
        SourceError: it is missing, not allowed, or not safe to read.
    """
    if isinstance(config, ImageSourceConfig) and config.transcript is not None:
        folder = workspace.folder("transcripts", config.transcript)
        with _open_transcript(workspace, folder, config.encoding) as tree:
            yield _labelled(tree, folder, config) if isinstance(config, ImportConfig) else tree
        return
    if config.upload is not None:
        folder = _upload_folder(workspace, config.upload)
        try:
            with ZipTree(folder / _ARCHIVE, _about(folder).name, config.encoding) as tree:
                yield tree
        except UnsafeSourceError:
            delete_upload(workspace, config.upload)
            raise
        return
    path = locate(workspace, str(config.path))
    if path.is_dir():
        yield FolderTree(path, config.encoding)
    elif not path.is_file():
        raise SourceError(f"{plain_name(path.name)!r} is neither a folder nor a file. Give a folder or a zip file.")
    elif isinstance(config, ReadPagesConfig) and has_pages(path.name):
        yield FileTree(path)
    else:
        with ZipTree(path, encoding=config.encoding) as tree:
            yield tree


def _labelled(tree: Tree, folder: Path, config: ImportConfig) -> LabelledTree:
    texts = texts_to_import(folder, also_read=config.texts == "read", sure=config.sure)
    return LabelledTree(tree, texts, digests_of(folder))


@contextlib.contextmanager
def _open_transcript(workspace: Workspace, folder: Path, encoding: Encoding) -> Iterator[Tree]:
    """Open all images of a transcript: of the archive in its folder, else of the folder that it read."""
    kept = folder / paths.IMAGES
    if not kept.is_dir():
        with open_source(workspace, transcript_source(folder)) as tree:
            yield tree
        return
    if encoding == "auto":
        with contextlib.suppress(SourceError):
            encoding = transcript_source(folder).encoding
    with ZipTree(kept / _ARCHIVE, _about(kept).name, encoding) as tree:
        yield tree


def keep_upload(workspace: Workspace, config: ImageSourceConfig, folder: Path) -> ImageSourceConfig:
    """Keep an archive that a transcript reads in its folder, for uploads are deleted after a day.

    Args:
        workspace: where uploads are.
        config: the source.
        folder: the transcript's.

    Returns:
        the source to read from.

    Raises:
        SourceError: the upload was deleted.
        SpaceError: the disk is full.
    """
    if not (folder / paths.IMAGES).exists():
        if config.upload is not None:
            keep_archive(_upload_folder(workspace, config.upload), folder)
        elif config.transcript is not None:
            other = workspace.folder("transcripts", config.transcript) / paths.IMAGES
            if not other.is_dir():
                return config
            keep_archive(other, folder)
        else:
            return config
    return ImageSourceConfig(transcript=folder.name, encoding=config.encoding)


def save_upload(workspace: Workspace, stream: BinaryIO, name: str) -> Upload:
    """Save an uploaded zip file, and refuse it at once if it is not safe to read. Expired uploads are deleted.

    Args:
        workspace: the workspace that keeps it until it is imported.
        stream: its bytes, read in blocks.
        name: its original file name, used for display only.

    Raises:
        SourceError: it is too large, no zip file, or over a limit; it is deleted.
        SpaceError: the disk is full; it is deleted.
    """
    _delete_expired(workspace)
    id = new_id()
    folder = workspace.uploads / id
    try:
        with space_errors(workspace.uploads):
            folder.mkdir(mode=0o700)
            size = _save(stream, folder / _ARCHIVE)
        upload = Upload(id, plain_name(name).rpartition("/")[2][:80] or "upload.zip", size)
        write_json(folder / _ABOUT, {"name": upload.name, "bytes": size})
        ZipTree(folder / _ARCHIVE, upload.name).close()
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return upload


def save_loose_files(workspace: Workspace, files: Sequence[tuple[str, BinaryIO]]) -> Upload:
    """Save loose files that were uploaded together, such as images and a list of their labels, as one archive.

    Args:
        workspace: the workspace that keeps it until it is imported.
        files: the name and the bytes of each; names hold no folders, as browsers give them.

    Raises:
        SourceError: two of them have one name, one is a zip file, or they are over a limit.
        SpaceError: the disk is full.
    """
    names = [plain_name(name).rpartition("/")[2] for name, _ in files]
    for name, count in Counter(names).items():
        if count > 1:
            raise SourceError(
                f"{count} of these files are called {name!r}, so that a list cannot say which it means. Rename all but "
                "one, or upload a zip file of their folders."
            )
    if packed := next((name for name in names if name.casefold().endswith(".zip")), None):
        raise SourceError(f"{packed!r} is among other files. Upload one zip file alone, or loose files without one.")
    with tempfile.TemporaryFile(dir=workspace.uploads) as archive:
        with space_errors(workspace.uploads), zipfile.ZipFile(archive, "w") as packing:
            for name, (_, stream) in zip(names, files, strict=True):
                with packing.open(name, "w") as member:
                    shutil.copyfileobj(stream, member, _BLOCK)
        archive.seek(0)
        others = f" and {len(names) - 1:,} more" if len(names) > 1 else ""
        first = next((name for name in names if not is_image(name)), names[0])
        return save_upload(workspace, archive, f"{first}{others}")


def list_uploads(workspace: Workspace) -> list[Upload]:
    """Return the uploads that are not imported yet, newest first."""
    folders = sorted((path for path in workspace.uploads.iterdir() if is_id(path.name)), reverse=True)
    return [_about(folder) for folder in folders if (folder / _ABOUT).is_file()]


def delete_upload(workspace: Workspace, id: str) -> None:
    """Delete an upload, if it exists."""
    if is_id(id):
        shutil.rmtree(workspace.uploads / id, ignore_errors=True)


def _upload_folder(workspace: Workspace, id: str) -> Path:
    folder = workspace.uploads / id
    if not is_id(id) or folder.is_symlink() or not (folder / _ARCHIVE).is_file():
        raise SourceError("The uploaded archive was deleted; uploads are kept for a day. Upload it again.")
    return folder


def _about(folder: Path) -> Upload:
    try:
        about = read_json(folder / _ABOUT)
        return Upload(folder.name, str(about["name"]), int(about["bytes"]))
    except (OSError, ValueError, KeyError, TypeError):
        return Upload(folder.name, "upload.zip", 0)


def _save(stream: BinaryIO, path: Path) -> int:
    size = 0
    usage = shutil.disk_usage(path.parent)
    max_size = min(MAX_BYTES, int(usage.free - _FREE_SHARE * usage.total))
    with open(path, "xb") as file:
        while block := stream.read(_BLOCK):
            size += len(block)
            if size > max_size:
                raise SourceError(
                    f"The archive is over {max_size / 1e6:,.0f} MB, the limit for uploads now. Split it, or put its "
                    "folder below a data root of the server."
                )
            file.write(block)
    return size


def _delete_expired(workspace: Workspace) -> None:
    for folder in workspace.uploads.iterdir():
        with contextlib.suppress(OSError):
            if time.time() - folder.stat(follow_symlinks=False).st_mtime > _UPLOAD_LIFETIME:
                shutil.rmtree(folder, ignore_errors=True)


def _entries(folder: Path | str) -> list["os.DirEntry[str]"]:
    """Return the folders and zip files right below a folder, by name; none if it cannot be listed."""
    try:
        with os.scandir(folder) as entries:
            return sorted((entry for entry in entries if _is_importable(entry)), key=lambda entry: entry.name)
    except OSError:
        return []


def _holds_anything(folder: Path) -> bool:
    try:
        with os.scandir(folder) as entries:
            return next(entries, None) is not None
    except OSError:
        return False


def _is_importable(entry: "os.DirEntry[str]") -> bool:
    if entry.name.startswith(".") or entry.is_symlink():
        return False
    return entry.is_dir() or entry.name.casefold().endswith(".zip")


def _source_entry(entry: "os.DirEntry[str]", *folders: str) -> SourceEntry:
    title = " / ".join(plain_name(part) for part in (*folders, entry.name))
    return SourceEntry(entry.path, title, "folder" if entry.is_dir() else "zip")
