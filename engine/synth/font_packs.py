"""Font packs: Debian's packages of fonts that are installed on this machine, with their faces and licences.

A pack has its package's name without `fonts-`, and a face the pack's with the stem of its file, such as
`lobster/Lobster`, so that a recipe means the same on every machine. `PACK/*` stands for a whole pack. What a package
brought is read from the lists that dpkg keeps. This module opens no font (`face_check` does) and installs nothing
(`make fonts` does, by the list `font_packs.txt`).
"""

import functools
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from engine.errors import ConfigError
from engine.synth.font_licences import package_licence
from engine.synth.fonts import Font

WHOLE = "/*"
"""Ends the id of a whole pack."""

RECOMMENDED = tuple(Path(__file__).with_name("font_packs.txt").read_text(encoding="utf-8").split())
"""The packages that `make fonts` installs."""

_PREFIX = "fonts-"
_PACK = re.compile(r"[a-z0-9][a-z0-9.+-]*")  # as Debian names packages
_FOLDER = "/usr/share/fonts/"
_EXTENSIONS = (".ttf", ".otf")  # where a package has a face in both, the first is taken
_LISTS = Path("var/lib/dpkg/info")


class MissingFont(ConfigError):
    """A recipe names a font that is not on this machine."""


@dataclass(frozen=True)
class FontPack:
    """An installed pack: its name, its package, the licence that the package names, and its faces by id."""

    name: str
    package: str
    licence: str
    faces: tuple[Font, ...]

    @property
    def id(self) -> str:
        """The id that stands for the whole pack in a recipe."""
        return self.name + WHOLE


def installed_packs() -> dict[str, FontPack]:
    """Return the packs of this machine by name; none where there is no dpkg.

    GLYPHLAB_FONTS names the root below which packages were unpacked, where that is not the system's own.
    """
    root = Path(os.environ.get("GLYPHLAB_FONTS") or "/")
    try:
        changed = (root / _LISTS).stat().st_mtime_ns
    except OSError:
        return {}
    return _packs_below(root, changed)


def pack_of(id: str) -> str:
    """Return the name of the pack that an id names or belongs to; empty where it can be none."""
    name, _, rest = id.partition("/")
    return name if rest and _PACK.fullmatch(name) else ""


def is_whole(id: str) -> bool:
    """Say whether an id stands for a whole pack."""
    return id.endswith(WHOLE) and bool(pack_of(id))


def pack_face(id: str) -> Font:
    """Return a face by its id. Raises MissingFont when its pack is not installed, or has no such face."""
    face = next((face for face in installed_pack(id).faces if face.id == id), None)
    if face is None:
        name = pack_of(id)
        raise MissingFont(
            f"looks.fonts: {id[:80]!r} is no face of the font pack {name!r} as it is installed here. Choose another of "
            f"its faces, or {name + WHOLE!r} for all."
        )
    return face


def installed_pack(id: str) -> FontPack:
    """Return the pack that an id names or belongs to. Raises MissingFont, with the remedy, when it is not installed."""
    name = pack_of(id)
    pack = installed_packs().get(name)
    if pack is None:
        package = _PREFIX + name
        first = "`make fonts`, or " if package in RECOMMENDED else ""
        raise MissingFont(
            f"looks.fonts: {id[:80]!r} belongs to the font pack {name!r}, which is not installed here. Install it: "
            f"{first}on Debian and Ubuntu `sudo apt-get install {package}`. Or choose other fonts."
        )
    return pack


def whole_packs(ids: Iterable[str]) -> list[FontPack]:
    """Return the packs that some ids name as a whole. Raises MissingFont when one is not installed."""
    return [installed_pack(id) for id in dict.fromkeys(ids) if is_whole(id)]


@functools.lru_cache(maxsize=4)
def _packs_below(root: Path, changed: int) -> dict[str, FontPack]:
    """Return the packs below a root as of a time at which packages changed."""
    found = (_pack(root, path) for path in sorted((root / _LISTS).glob(f"{_PREFIX}*.list")))
    return {pack.name: pack for pack in found if pack.faces}


def _pack(root: Path, files: Path) -> FontPack:
    package = files.stem.partition(":")[0]
    name = package.removeprefix(_PREFIX)
    lines = files.read_text(encoding="utf-8", errors="replace").splitlines()
    paths = [root / line[1:] for line in lines if line.startswith(_FOLDER) and line.lower().endswith(_EXTENSIONS)]
    faces: dict[str, Font] = {}
    for path in sorted(paths, key=lambda path: (_EXTENSIONS.index(path.suffix.lower()), path)):
        if path.stem not in faces and path.is_file():
            label = path.stem.replace("_", " ").replace("-", " ").strip()
            faces[path.stem] = Font(f"{name}/{path.stem}", label, path)
    return FontPack(name, package, _licence(root, package), tuple(faces[stem] for stem in sorted(faces)))


def _licence(root: Path, package: str) -> str:
    try:
        copyright = (root / "usr/share/doc" / package / "copyright").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return "unknown"
    return package_licence(copyright)
