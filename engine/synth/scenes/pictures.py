"""Pictures for the grounds of scenes: bundled ones, those of installed packages, and uploads.

None may hold text, for nobody outlines it: a locator would learn that it is ground. The packages are named here because
somebody has looked through them; `bench.location` tests with pictures of others. In uploads a locator looks for text;
those in which it found some are only taken by recipes that name them.
"""

import re
from functools import cache
from hashlib import blake2b
from pathlib import Path

from engine.config.text_sources import UPLOADS
from engine.errors import ConfigError
from engine.synth.asset_resolver import Picture, pictures
from engine.synth.assets import Asset, list_assets
from engine.workspace import Workspace

_BUNDLED = ("trdg/bricks", "trdg/water")  # the other two show lettering
_ENDINGS = {".jpg", ".jpeg", ".png", ".webp"}
_LEAST_BYTES = 60_000  # smaller files are previews and icons
_PACKAGES = {
    "mate-backgrounds": ("/usr/share/backgrounds/mate",),
    "plasma-workspace-wallpapers": ("/usr/share/wallpapers",),
    "krita-data": ("/usr/share/krita/patterns",),
    "mypaint-data-extras": ("/usr/share/mypaint/backgrounds",),
}
"""Debian packages, and the folders of their pictures."""

_SIZED = re.compile(r"(\d+)x(\d+)")  # the same picture, once for each size of screens
_LEAST_PIXELS = 1280 * 720  # of these, the smallest that is no smaller

_LETTERED = (
    "logo",
    "screenshot",
    "float-into-mate",
    "greentraditional",
    "flyingkonqui",
)  # parts of the names of pictures with lettering


def scene_pictures(workspace: Workspace | None = None) -> list[Picture]:
    """Return the pictures that scenes may show: bundled, installed, and uploaded ones."""
    known = [picture for picture in pictures(workspace) if picture.id in _BUNDLED or picture.id.startswith(UPLOADS)]
    return [*known, *installed_pictures()]


@cache
def installed_pictures() -> tuple[Picture, ...]:
    """Return the pictures of installed packages, each in one size, mixed in an order that is always the same."""
    found = []
    for package, folders in _PACKAGES.items():
        for folder in map(Path, folders):
            for path in _one_of_each(folder):
                name = path.relative_to(folder).with_suffix("").as_posix()
                if not any(part in name.casefold() for part in _LETTERED):
                    found.append(Picture(f"{package}/{name}", _label(path, folder), path))
    return tuple(sorted(found, key=lambda picture: blake2b(picture.id.encode()).digest()))


def _label(path: Path, folder: Path) -> str:
    """Return what a picture is called: files that are named by their size lie in folders named by what they show."""
    if not _SIZED.fullmatch(path.stem):
        return path.stem.replace("_", " ")
    dark = " dark" if path.parent.name.endswith("dark") else ""
    return path.relative_to(folder).parts[0].replace("_", " ") + dark


def _one_of_each(folder: Path) -> list[Path]:
    """Return the picture files below a folder; of those that lie together in several sizes, one."""
    kept: list[Path] = []
    sizes: dict[Path, dict[int, Path]] = {}
    for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
        if path.suffix.lower() not in _ENDINGS or path.stat().st_size < _LEAST_BYTES:
            continue
        sized = _SIZED.fullmatch(path.stem)
        if sized:
            sizes.setdefault(path.parent, {})[int(sized[1]) * int(sized[2])] = path
        else:
            kept.append(path)
    for versions in sizes.values():
        enough = [pixels for pixels in versions if pixels >= _LEAST_PIXELS]
        kept.append(versions[min(enough) if enough else max(versions)])
    return kept


def picture_files(ids: tuple[str, ...], workspace: Workspace | None) -> tuple[Path, ...]:
    """Return the files of pictures by their ids; of all that there are, where none is named.

    Raises:
        ConfigError: there is no such picture.
    """
    known = {picture.id: picture.path for picture in scene_pictures(workspace)}
    unknown = [id for id in ids if id not in known]
    if unknown:
        raise ConfigError(
            f"recipe.pictures: {unknown[0][:80]!r} is no picture here. Choose among those that the list offers, "
            "or name none."
        )
    return tuple(known[id] for id in ids or picture_ids(workspace))


def picture_ids(workspace: Workspace | None) -> tuple[str, ...]:
    """Return the ids of the pictures that a recipe draws with that names none: all in which no text was found."""
    lettered = {id for id, boxes in text_boxes(workspace).items() if boxes} if workspace else set()
    return tuple(picture.id for picture in scene_pictures(workspace) if picture.id not in lettered)


def text_boxes(workspace: Workspace) -> dict[str, int | None]:
    """Return how many boxes of text were found in each uploaded picture, by id; None where nobody has looked."""
    return {asset.id: _boxes(asset) for asset in list_assets(workspace, "pictures")}


def _boxes(asset: Asset) -> int | None:
    found = asset.facts.get("text_boxes")
    return found if isinstance(found, int) and found >= 0 else None
