"""Verdicts on the faces of font packs, kept in a workspace by the hash of each file; `face_check` makes them."""

import functools
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from engine.files import read_json, sha256, write_json
from engine.synth.fonts import Font
from engine.workspace import Workspace


@dataclass(frozen=True)
class FaceVerdict:
    """The verdict on a face: why whole packs leave it out (empty where they do not), and words read, of those drawn."""

    fault: str
    read: int = 0
    words: int = 0


def verdicts_of(workspace: Workspace, faces: Sequence[Font]) -> dict[Font, FaceVerdict]:
    """Return the verdicts on those faces that were checked."""
    known = _known(workspace)
    return {face: known[key] for face in faces if (key := _key(face)) in known}


def keep_verdicts(workspace: Workspace, found: Mapping[Font, FaceVerdict]) -> None:
    """Add verdicts to those that are kept. Raises SpaceError when the disk is full."""
    if found:
        known = {**_known(workspace), **{_key(face): verdict for face, verdict in found.items()}}
        write_json(_file(workspace), {"format": 1, "faces": {key: asdict(verdict) for key, verdict in known.items()}})


def _file(workspace: Workspace) -> Path:
    return workspace.assets / "faces.json"


def _known(workspace: Workspace) -> Mapping[str, FaceVerdict]:
    """Return all verdicts by hash; none where the file is missing or damaged."""
    path = _file(workspace)
    try:
        return _verdicts(path, path.stat().st_mtime_ns)
    except (OSError, ValueError, KeyError, TypeError):
        return {}


@functools.lru_cache(maxsize=4)
def _verdicts(path: Path, changed: int) -> Mapping[str, FaceVerdict]:
    return {key: FaceVerdict(**verdict) for key, verdict in read_json(path)["faces"].items()}


def _key(face: Font) -> str:
    return _hash(face.path, face.path.stat().st_mtime_ns)


@functools.lru_cache(maxsize=16_384)
def _hash(path: Path, changed: int) -> str:
    return sha256(path)
