"""Uploads for recipes: fonts, word lists and background pictures, named by id and never by path.

Each is stored as `assets/<kind>/<sha256 of its bytes>.<extension>` beside a JSON file with its label, after it was
checked: fonts are opened and drawn in a child process, lists become clean UTF-8 lines, pictures become plain pixels
again. The same bytes are stored once. This module draws no sample.
"""

import hashlib
import io
import os
import re
import subprocess
import sys
import time
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from PIL import Image

from engine.config.text_sources import UPLOADED, UPLOADS
from engine.discarded import Discarded, discard
from engine.errors import ConfigError, SourceError
from engine.files import read_json, sha256, write_bytes, write_json
from engine.labels import clean_label
from engine.labels import label as plain_label
from engine.synth.glyph_size import HIGHEST, WIDEST
from engine.synth.scripts import is_plain
from engine.workspace import Workspace
from glyphlab_read.images.open import open_image
from glyphlab_read.parsing import parse_json

AssetKind = Literal["fonts", "lists", "pictures"]
NOUNS: dict[AssetKind, str] = {"fonts": "font", "lists": "word list", "pictures": "picture"}

FONT_EXTENSIONS = ("ttf", "otf")
LIST_EXTENSIONS = ("txt",)
MAX_FONT_BYTES = 30_000_000  # the largest Chinese fonts have 25 MB
MAX_LIST_BYTES = 10_000_000
MAX_LINES = 1_000_000
MAX_SIDE = 2048  # px; larger pictures are made smaller, as they would fill the memory of every process
MAX_ASSETS = 1000  # of a kind

_OPENTYPE = {b"\x00\x01\x00\x00": "ttf", b"true": "ttf", b"OTTO": "otf"}
_CHECK_SECONDS = 60
_WATCH_SECONDS = 0.3
_NAMED = 5  # lines that can never be drawn


@dataclass(frozen=True)
class Asset:
    """An upload: its id in recipes, its label, its file, and facts of its kind for people.

    Facts are `family` and `characters` of a font, `lines` and `characters` of a list, how many of its lines can never
    be drawn with a few of them (`never_drawn`, `such_as`), `width` and `height` (px) of a picture, and of one in which
    a locator looked for text, how many boxes it found (`text_boxes`).
    """

    id: str
    kind: AssetKind
    label: str
    path: Path
    bytes: int
    added: str
    facts: dict[str, Any]


def add_font(workspace: Workspace, content: bytes, label: str, watch: Callable[[], object] = lambda: None) -> Asset:
    """Store a .ttf or .otf font.

    Args:
        workspace: where it comes to lie.
        content: its file.
        label: its name for people.
        watch: called a few times a second while it is checked; what it raises ends the check.

    Raises:
        SourceError: it is too large, no such font, damaged, or shows nothing.
        SpaceError: the disk is full.
    """
    _check_size(content, MAX_FONT_BYTES, "font")
    extension = _OPENTYPE.get(content[:4])
    if extension is None:
        raise SourceError(
            "These bytes are no TrueType or OpenType font, whatever the name says. Upload a .ttf or .otf file; "
            "collections (.ttc) and web fonts (.woff) must be unpacked first."
        )
    return _store(workspace, "fonts", content, extension, label, _font_facts(content, watch))


def add_list(workspace: Workspace, content: bytes, label: str) -> Asset:
    """Store a word list (one entry a line) or a text, in UTF-8.

    Spaces around lines go, those within become one; empty lines go, and so does what no image shows, such as soft
    hyphens; letters are composed (NFC). Lines that can never be drawn are counted and named in its facts.

    Raises:
        SourceError: it is too large, not UTF-8, or holds no text.
        SpaceError: the disk is full.
    """
    _check_size(content, MAX_LIST_BYTES, "word list")
    try:
        text = unicodedata.normalize("NFC", content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise SourceError(
            f"The word list is not UTF-8 (byte {error.start + 1}). Save it as UTF-8 and try again."
        ) from None
    lines = _shown_lines(text)
    if not lines or "\0" in text:
        raise SourceError("The word list holds no text. Write one entry a line, or a running text, as UTF-8.")
    if len(lines) > MAX_LINES:
        raise SourceError(f"The word list has {len(lines):,} lines; {MAX_LINES:,} is the most. Leave some out.")
    never = [line for line in lines if not all(map(is_plain, line.split()))]
    facts = {"lines": len(lines), "characters": len(set().union(*lines))}
    if never:
        facts |= {"never_drawn": len(never), "such_as": never[:_NAMED]}
    return _store(workspace, "lists", "\n".join(lines).encode(), "txt", label, facts)


def _shown_lines(text: str) -> list[str]:
    """Return the lines of a text without what no image shows, and without those that are empty then."""
    odd = [each for each in set(text) if each != " " and clean_label(f"x{each}x") != f"x{each}x"]
    unclean = re.compile("|".join(map(re.escape, odd)) or "(?!)")  # most lines hold none, and cleaning takes long
    lines = (clean_label(line) if unclean.search(line) else line for line in text.splitlines())
    return [line for line in (" ".join(line.split()) for line in lines) if line]


def add_picture(workspace: Workspace, content: bytes, label: str) -> Asset:
    """Store a picture for backgrounds: PNG, JPEG, WebP, BMP or TIFF, made smaller to 2048 px a side if need be.

    Raises:
        ImageError: it cannot be opened.
        SourceError: there are too many pictures.
        SpaceError: the disk is full.
    """
    picture = open_image(content)
    picture.thumbnail((MAX_SIDE, MAX_SIDE), Image.Resampling.LANCZOS)
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=95, subsampling=0)
    return _store(
        workspace, "pictures", buffer.getvalue(), "jpg", label, {"width": picture.width, "height": picture.height}
    )


def list_assets(workspace: Workspace, kind: AssetKind) -> list[Asset]:
    """Return the uploads of a kind, by label; damaged ones are left out."""
    found = [_read(path) for path in _folder(workspace, kind).glob("*.json")]
    return sorted((asset for asset in found if asset), key=lambda asset: (asset.label.casefold(), asset.id))


def note_facts(workspace: Workspace, kind: AssetKind, id: str, **facts: Any) -> Asset:
    """Add facts to an upload, which stays as it is. Raises ConfigError when there is no such thing, and SpaceError."""
    path = find_asset(workspace, kind, id).path.with_suffix(".json")
    record = read_json(path)
    write_json(path, record | {"facts": record["facts"] | facts})
    return find_asset(workspace, kind, id)


def delete_asset(workspace: Workspace, kind: AssetKind, id: str) -> Discarded:
    """Delete an upload. Datasets made with it stay; recipes that name it can no longer be drawn.

    Returns what brings it back within a day.

    Raises:
        ConfigError: there is no such thing.
    """
    asset = find_asset(workspace, kind, id)
    return discard(asset.label, [asset.path.with_suffix(".json"), asset.path])


def find_asset(workspace: Workspace, kind: AssetKind, id: str) -> Asset:
    """Return an upload by its id.

    Raises:
        ConfigError: there is none, or its file changed since.
    """
    name = id.removeprefix(UPLOADS)
    asset = _read(_folder(workspace, kind) / f"{name}.json") if re.fullmatch(UPLOADED, id) else None
    if asset is None or _hash(asset.path, asset.path.stat().st_mtime_ns) != name:
        raise ConfigError(f"{id[:80]!r} is no {NOUNS[kind]} that was uploaded here. Upload it again or choose another.")
    return asset


def _store(
    workspace: Workspace, kind: AssetKind, content: bytes, extension: str, label: str, facts: dict[str, Any]
) -> Asset:
    folder = _folder(workspace, kind)
    staged = folder / f"{hashlib.sha256(content).hexdigest()}.{extension}"
    if not staged.exists() and len(list(folder.glob("*.json"))) >= MAX_ASSETS:
        raise SourceError(f"There are {MAX_ASSETS} uploads of this kind, the most. Delete some first.")
    write_bytes(staged, content)
    record = {
        "format": 1,
        "label": plain_label(label) or NOUNS[kind],
        "file": staged.name,
        "added": datetime.now(UTC).isoformat(timespec="seconds"),
        "facts": facts,
    }
    write_json(staged.with_suffix(".json"), record)  # last: what has a label is whole
    return find_asset(workspace, kind, f"{UPLOADS}{staged.stem}")


def _read(path: Path) -> Asset | None:
    """Return the asset of a label file, or None where either file is missing, a link or damaged."""
    try:
        record = read_json(path)
        file = path.parent / Path(record["file"]).name
        if path.is_symlink() or file.is_symlink() or file.stem != path.stem:
            return None
        kind: AssetKind = path.parent.name  # pyright: ignore[reportAssignmentType]
        size = file.stat().st_size
        return Asset(
            f"{UPLOADS}{path.stem}", kind, str(record["label"]), file, size, str(record["added"]), dict(record["facts"])
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _folder(workspace: Workspace, kind: AssetKind) -> Path:
    folder = workspace.assets / kind
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def _check_size(content: bytes, most: int, noun: str) -> None:
    if len(content) > most:
        raise SourceError(
            f"The {noun} has {len(content) / 1e6:.1f} MB; {most / 1e6:.0f} MB is the most. Make it smaller."
        )


def _font_facts(content: bytes, watch: Callable[[], object]) -> dict[str, Any]:
    # As a script, not with -m: the check must not wait for the packages around it.
    script = str(Path(__file__).with_name("font_validation.py"))
    check = [sys.executable, script, str(HIGHEST), str(WIDEST), str(os.getpid())]
    pipe = subprocess.PIPE
    with open(os.memfd_create("font"), "w+b") as given:  # a pipe is filled only while one waits for the answer
        given.write(content)
        given.seek(0)
        with subprocess.Popen(check, stdin=given, stdout=pipe, stderr=pipe) as child:
            try:
                said, complaint = _watched(child, watch)
                if child.returncode == 0:
                    return parse_json(said)
                why = complaint.decode(errors="replace").strip().splitlines()[-1:] or ["opening it fails"]
            except (subprocess.TimeoutExpired, ValueError):
                why = ["opening it takes too long"]
            finally:
                child.kill()
    raise SourceError(f"The font cannot be used: {why[0][:200]}. Try another file of it.")


def _watched(child: "subprocess.Popen[bytes]", watch: Callable[[], object]) -> tuple[bytes, bytes]:
    """Return what a child says, and its complaints; raises TimeoutExpired, and what `watch` raises."""
    deadline = time.monotonic() + _CHECK_SECONDS
    while True:
        try:
            return child.communicate(timeout=_WATCH_SECONDS)
        except subprocess.TimeoutExpired:
            watch()
            if time.monotonic() > deadline:
                raise


@lru_cache(maxsize=4096)
def _hash(path: Path, changed: int) -> str:
    """Return the hash of a file as of a time of change, so that each process computes it once."""
    return sha256(path)
