"""Corrections saved while reading: images with the texts that people typed, stored at once, a dataset on request.

They lie in a folder of the workspace's imports, so that whatever imports a folder imports them, too:

    imports/Kept from Read/
    ├── <hash of the pixels>.png or .jpg
    └── <hash of the pixels>.txt            its text, written last

An image is known by its pixels as they were seen: saved again, it gets the new text and stays one image. One that as a
PNG would be too large for an import is a JPEG. Each file is replaced whole, so
several people may save at once. A dataset made of the folder is a copy that later corrections leave as it is.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from engine.config.importing import ImportConfig, Rules
from engine.errors import DatasetError
from engine.files import space_errors, write_bytes
from engine.images.encode import encode_for_storage, openable, pixel_digest
from engine.jobs import Job, list_jobs
from engine.labels import clean_label
from engine.workspace import Workspace
from glyphlab_read.images.open import open_image

FOLDER = "Kept from Read"
LONGEST = 1000
_NAME = re.compile(r"[0-9a-f]{32}")
_ENDINGS = (".png", ".jpg")


@dataclass(frozen=True)
class SavedCorrection:
    """One image with its text: the hash of its pixels, its file, and when the text was typed (UTC)."""

    digest: str
    text: str
    image: Path
    typed: datetime


def save_correction(workspace: Workspace, content: bytes, text: str, digest: str = "") -> SavedCorrection:
    """Save an image with its text, in place of any text saved with it before.

    Args:
        workspace: where.
        content: the image's file.
        text: what it says; stored in NFC, on one line.
        digest: the hash (hex) of its pixels as they were seen, where the file is a smaller one of these; else its own.

    Raises:
        DatasetError: the text shows nothing or is longer than 1,000 characters, or the folder cannot be written.
        ImageError: the image cannot be opened.
        SpaceError: the disk is full; what was saved before stays.
    """
    label = clean_label(text)
    if not label or len(label) > LONGEST:
        raise DatasetError(
            f"A text of {len(label):,} characters cannot be kept: it needs 1 to {LONGEST:,}. Type what the image shows."
        )
    pixels = pixel_digest(open_image(content))
    encoded, digest = openable(*encode_for_storage(content, pixels)), digest or pixels.hex()
    folder = _folder(workspace)
    ending = ".jpg" if encoded.startswith(b"\xff\xd8") else ".png"
    try:
        with space_errors(workspace.imports):
            folder.mkdir(mode=0o700, exist_ok=True)
            if not any((folder / f"{digest}{other}").is_file() for other in _ENDINGS):
                write_bytes(folder / f"{digest}{ending}", encoded)
            write_bytes(folder / f"{digest}.txt", label.encode())
    except OSError as error:
        raise DatasetError(
            f"{label[:80]!r} could not be kept: {folder.name!r} in the workspace's imports cannot be written "
            f"({error.strerror}). Mend the folder, then type the text again."
        ) from None
    found = find_correction(workspace, digest)
    if found is None:
        raise DatasetError("The image was taken out again while it was kept. Type its text once more.")
    return found


def find_correction(workspace: Workspace, digest: str) -> SavedCorrection | None:
    """Return the correction of an image by the hash of its pixels (hex); None if there is none."""
    path = _folder(workspace) / f"{digest}.txt"
    if not _NAME.fullmatch(digest) or path.is_symlink():
        return None
    image = next((path.with_suffix(ending) for ending in _ENDINGS if path.with_suffix(ending).is_file()), None)
    try:
        text, typed = path.read_text(encoding="utf-8"), path.stat().st_mtime
    except (OSError, UnicodeDecodeError):
        return None
    return SavedCorrection(digest, text, image, datetime.fromtimestamp(typed, UTC)) if image else None


def list_corrections(workspace: Workspace) -> list[SavedCorrection]:
    """Return all corrections, newest first."""
    found = (find_correction(workspace, path.stem) for path in _folder(workspace).glob("*.txt"))
    return sorted(filter(None, found), key=lambda saved: (saved.typed, saved.digest), reverse=True)


def delete_correction(workspace: Workspace, digest: str) -> None:
    """Delete a correction, if it exists. Datasets made of it before keep it."""
    if _NAME.fullmatch(digest):
        for ending in (".txt", *_ENDINGS):
            (_folder(workspace) / f"{digest}{ending}").unlink(missing_ok=True)


def corrections_config(workspace: Workspace, *, split: bool) -> ImportConfig:
    """Return the import that makes a dataset of all corrections.

    Args:
        workspace: where.
        split: True sets texts apart for validation and tests, as in any import; False leaves the images together, to
            be mixed into training as a whole or to be a test set as a whole.
    """
    rules = Rules(max_length=LONGEST, too_long="keep", entities="keep", illegible="keep")
    config = ImportConfig(path=str(_folder(workspace)), format="sidecar", rules=rules)
    return config if split else config.changed(validation=0.0, test=0.0)


def corrections_datasets(workspace: Workspace) -> list[Job]:
    """Return the datasets that were made of corrections, newest first."""
    path = str(_folder(workspace))
    return [job for job in list_jobs(workspace, "datasets") if job.kind == "import" and job.config.get("path") == path]


def _folder(workspace: Workspace) -> Path:
    return workspace.imports / FOLDER
