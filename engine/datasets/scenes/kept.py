"""Photos kept while reading, each with its outlines and texts: stored at once, a dataset of scenes on request.

They lie in a folder of the workspace's imports, in LabelMe's form, so that whatever reads that reads them, too:

    imports/Kept photos from Read/
    ├── <hash of the pixels>.png or .jpg      upright
    └── <hash of the pixels>.json             its regions, written last

A photo is known by the pixels that were dropped: kept again, its regions are replaced and it stays one photo. Each file
is replaced whole. A dataset made of the folder is a copy that later changes leave as it is.
"""

import contextlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from engine.config.scene_importing import SceneImportConfig
from engine.datasets.scenes.importing.formats.base import FAULTS
from engine.errors import DatasetError
from engine.files import read_json, space_errors, write_bytes, write_json
from engine.images.encode import encode_for_storage, openable, pixel_digest, png_bytes
from engine.jobs import Job, list_jobs
from engine.labels import clean_label
from engine.regions.region import LEVELS, Region, move_all
from engine.workspace import Workspace

FOLDER = "Kept photos from Read"
_NAME = re.compile(r"[0-9a-f]{32}")
_ENDINGS = (".jpg", ".png")
_IGNORE = "ignore"
_TAKEN_OUT = "The photo was taken out again while it was kept. Keep it once more."


@dataclass(frozen=True)
class KeptPhoto:
    """A photo with its regions.

    Attributes:
        digest: the hash (hex) of the pixels that were dropped.
        image: its file, upright.
        size: width and height of that, px.
        turned: quarter turns clockwise that made it upright.
        regions: in px of the upright photo.
        changed: when it was kept, or its regions changed last; UTC.
    """

    digest: str
    image: Path
    size: tuple[int, int]
    turned: int
    regions: tuple[Region, ...]
    changed: datetime

    def turned_to(self, turned: int) -> "KeptPhoto":
        """Return the photo as it stands after so many quarter turns; its file stays as it is."""
        (width, height), regions = self.size, self.regions
        for _ in range((turned - self.turned) % 4):
            regions = move_all(
                regions, lambda corners, height=height: np.column_stack((height - corners[:, 1], corners[:, 0]))
            )
            width, height = height, width
        return replace(self, size=(width, height), turned=turned, regions=tuple(regions))


def keep_photo(
    workspace: Workspace, digest: str, content: bytes, upright: Image.Image, turned: int, regions: Sequence[Region]
) -> KeptPhoto:
    """Keep a photo with its regions, in place of those that were kept with it before.

    Args:
        workspace: where.
        digest: the hash (hex) of its pixels as they were dropped.
        content: the file that was dropped.
        upright: its pixels, RGB, turned so that its text stands upright.
        turned: quarter turns clockwise that made it so.
        regions: in px of `upright`.

    Raises:
        DatasetError: the folder cannot be written.
        SpaceError: the disk is full; what was kept before stays.
    """
    image = _encoded(content, upright, turned)
    ending, other = _ENDINGS if image.startswith(b"\xff\xd8") else _ENDINGS[::-1]
    folder = _folder(workspace)
    with _writing(workspace):
        folder.mkdir(mode=0o700, exist_ok=True)
        write_bytes(folder / f"{digest}{ending}", image)
        (folder / f"{digest}{other}").unlink(missing_ok=True)
    return _write(workspace, digest, f"{digest}{ending}", turned, upright.size, regions)


def change_regions(workspace: Workspace, kept: KeptPhoto, regions: Sequence[Region]) -> KeptPhoto:
    """Give a kept photo other regions, in px of it as it is turned here. Raises as `keep_photo` does."""
    stored = find_kept_photo(workspace, kept.digest)
    if stored is None:
        raise DatasetError(_TAKEN_OUT)
    changed = replace(kept, regions=tuple(regions)).turned_to(stored.turned).regions
    return _write(workspace, kept.digest, stored.image.name, stored.turned, stored.size, changed).turned_to(kept.turned)


def find_kept_photo(workspace: Workspace, digest: str) -> KeptPhoto | None:
    """Return a kept photo by the hash of its pixels (hex); None if there is none that can be read."""
    path = _folder(workspace) / f"{digest}.json"
    if not _NAME.fullmatch(digest) or path.is_symlink():
        return None
    image = next((path.with_suffix(ending) for ending in _ENDINGS if path.with_suffix(ending).is_file()), None)
    if image is None:
        return None
    try:
        record, changed = read_json(path), path.stat().st_mtime
        regions = tuple(_region(shape) for shape in record["shapes"])
        size = int(record["imageWidth"]), int(record["imageHeight"])
        return KeptPhoto(digest, image, size, int(record["turned"]), regions, datetime.fromtimestamp(changed, UTC))
    except (OSError, *FAULTS):
        return None


def list_kept_photos(workspace: Workspace) -> list[KeptPhoto]:
    """Return all kept photos, those that changed last first."""
    found = (find_kept_photo(workspace, path.stem) for path in _folder(workspace).glob("*.json"))
    return sorted(filter(None, found), key=lambda kept: (kept.changed, kept.digest), reverse=True)


def discard_kept_photo(workspace: Workspace, digest: str) -> None:
    """Delete a kept photo with its regions, if it exists. Datasets made of it before keep it."""
    if _NAME.fullmatch(digest):
        for ending in (".json", *_ENDINGS):
            (_folder(workspace) / f"{digest}{ending}").unlink(missing_ok=True)


def kept_photos_config(workspace: Workspace, *, split: bool) -> SceneImportConfig:
    """Return the import that makes a dataset of scenes of all kept photos; `split` as in `corrections_config`."""
    config = SceneImportConfig(path=str(_folder(workspace)), format="labelme")
    return config if split else config.changed(validation=0.0, test=0.0)


def kept_photos_datasets(workspace: Workspace) -> list[Job]:
    """Return the datasets that were made of kept photos, newest first."""
    path, jobs = str(_folder(workspace)), list_jobs(workspace, "datasets")
    return [job for job in jobs if job.kind == "import-scenes" and job.config.get("path") == path]


def _encoded(content: bytes, upright: Image.Image, turned: int) -> bytes:
    """Return a photo's file without metadata, small enough for an import."""
    stored = png_bytes(upright) if turned else encode_for_storage(content, pixel_digest(upright))[0]
    return openable(stored, upright)


def _write(
    workspace: Workspace, digest: str, image: str, turned: int, size: tuple[int, int], regions: Sequence[Region]
) -> KeptPhoto:
    record = {
        "version": "5.0.0",
        "flags": {},
        "shapes": [_shape(region) for region in regions],
        "imagePath": image,
        "imageData": None,
        "imageWidth": size[0],
        "imageHeight": size[1],
        "turned": turned,
    }
    with _writing(workspace):
        write_json(_folder(workspace) / f"{digest}.json", record, checksum=False)
    found = find_kept_photo(workspace, digest)
    if found is None:
        raise DatasetError(_TAKEN_OUT)
    return found


@contextlib.contextmanager
def _writing(workspace: Workspace) -> Iterator[None]:
    try:
        with space_errors(workspace.imports):
            yield
    except OSError as error:
        raise DatasetError(
            f"The photo could not be kept: {FOLDER!r} in the workspace's imports cannot be written ({error.strerror}). "
            "Mend the folder, then keep the photo again."
        ) from None


def _shape(region: Region) -> dict[str, Any]:
    plain = region.plain()
    flags = {_IGNORE: True} if region.ignore else {}
    return {
        "label": region.level,
        "description": region.text or "",
        "points": plain["polygon"],
        "shape_type": "polygon",
        "group_id": None,
        "flags": flags,
    }


def _region(shape: dict[str, Any]) -> Region:
    level = shape["label"]
    if level not in LEVELS:
        raise ValueError(f"{level!r} is no level")
    text = clean_label(str(shape.get("description") or "")) or None
    return Region.of(shape["points"], text, bool(shape["flags"].get(_IGNORE)), level)


def _folder(workspace: Workspace) -> Path:
    return workspace.imports / FOLDER
