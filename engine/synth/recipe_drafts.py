"""Recipes that are being edited and not saved yet: kept in the workspace, so that a reload shows them again.

One JSON file for each recipe that was chosen to start from, named by a hash of what it is called; what is in it is the
editor's. A file that is damaged, or of another version, is put aside; `damaged_drafts` lists it until it is deleted.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2b
from pathlib import Path
from typing import Any, Literal

from engine.files import found_aside, read_json, set_aside, write_json
from engine.workspace import Workspace

DraftKind = Literal["words", "scenes"]

_MOST_BYTES = 2_000_000
_FORMAT = 1


@dataclass(frozen=True)
class KeptDraft:
    """An edited recipe: what was chosen to start from, the editor's plain values, and when they last changed (UTC)."""

    choice: str
    values: Any
    changed: datetime


def keep_draft(workspace: Workspace, kind: DraftKind, choice: str, values: Any) -> None:
    """Write a draft in place of the one of the same choice, unless nothing changed. Raises SpaceError."""
    path = _path(workspace, kind, choice)
    before = _read(path, kind)
    if before and before.values == values:
        return
    record = {"format": _FORMAT, "kind": kind, "choice": choice, "changed": datetime.now(UTC).isoformat()}
    write_json(path, record | {"values": values}, durable=False)


def forget_draft(workspace: Workspace, kind: DraftKind, choice: str) -> None:
    """Delete a draft; nothing happens where there is none."""
    _path(workspace, kind, choice).unlink(missing_ok=True)


def kept_drafts(workspace: Workspace, kind: DraftKind) -> list[KeptDraft]:
    """Return the drafts of a kind, those that changed last first."""
    found = [_read(path, kind) for path in workspace.drafts.glob(f"{kind}-*.json")]
    return sorted((draft for draft in found if draft), key=lambda draft: draft.changed, reverse=True)


def damaged_drafts(workspace: Workspace, kind: DraftKind) -> list[Path]:
    """Return the files of drafts of a kind that could not be used."""
    return found_aside(workspace.drafts, f"{kind}-*.json")


def _path(workspace: Workspace, kind: DraftKind, choice: str) -> Path:
    return (
        workspace.drafts / f"{kind}-{blake2b(choice.encode(errors='surrogatepass'), digest_size=16).hexdigest()}.json"
    )


def _read(path: Path, kind: DraftKind) -> KeptDraft | None:
    """Return a file's draft; None where there is none, or none that can be used: it is put aside then."""
    try:
        return _parsed(path, kind)
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        set_aside(path)
    return None


def _parsed(path: Path, kind: DraftKind) -> KeptDraft:
    """Return a file's draft. Raises OSError, ValueError, KeyError, TypeError or RecursionError where it is none."""
    if path.lstat().st_size > _MOST_BYTES:
        raise ValueError("no draft is so large")
    record = read_json(path)
    changed = datetime.fromisoformat(record["changed"])
    if record["format"] != _FORMAT or record["kind"] != kind or not changed.tzinfo:
        raise ValueError("this is a draft of another kind or version")
    return KeptDraft(str(record["choice"]), record["values"], changed)
