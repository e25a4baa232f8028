"""Drafts: what people typed, chose or dropped and have not confirmed yet, kept in the workspace until it is.

    drafts/
    ├── <kind>-<id>.json         one draft; what is in its values is its page's business
    └── files/<sha256>           what was dropped, as it came

A draft is written whole or not at all. Whoever writes one says which revision it goes on from: where another tab or
another person wrote it meanwhile, a draft of its own is made beside, so that nobody takes away what another typed.
Drafts end with what becomes of them; those that nobody ends go by age and number. A file that is damaged, or of another
version, is put aside; `damaged_drafts` lists it until it is deleted.
"""

import contextlib
import re
import time
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from engine.errors import WorkspaceError
from engine.files import found_aside, read_json, set_aside, write_bytes, write_json
from engine.formatting import size
from engine.jobs import locks
from engine.workspace import Workspace

MOST = 12
"""Drafts of one kind and owner; the ones that changed longest ago go first."""

LIFETIME = 30 * 24 * 3600.0  # s since its last change
MOST_BYTES = 2_000_000  # of a draft's values
MOST_FILE_BYTES = 400_000_000  # of all that was dropped

_FORMAT = 1
_NEVER = datetime.min.replace(tzinfo=UTC)
_FILES, _LOCK = "files", ".lock"
_NAME = re.compile(r"([a-z]+(?:-[a-z]+)*)-([0-9a-f]{32})\.json")


@dataclass(frozen=True)
class KeptDraft:
    """A draft as it is stored, or as it would be.

    Attributes:
        kind: of which form it is, lower-case words joined by hyphens.
        id: 32 hex digits.
        choice: what was chosen to start from, such as a preset's name; empty where there is no such choice.
        owner: whose it is where people log in; empty where they do not.
        values: JSON types.
        changed: when they last changed, UTC.
        revision: another at each change; empty while it is not stored.
        aside: it was put aside: a page offers it, but does not begin with it.
        files: SHA-256 of each file that belongs to it.
    """

    kind: str
    id: str
    choice: str = ""
    owner: str = ""
    values: Any = None
    changed: datetime = _NEVER
    revision: str = ""
    aside: bool = False
    files: tuple[str, ...] = ()

    @property
    def file_name(self) -> str:
        """The name of its file."""
        return f"{self.kind}-{self.id}.json"


def new_draft(kind: str, choice: str = "", owner: str = "") -> KeptDraft:
    """Return a draft that holds nothing and is not stored yet."""
    return KeptDraft(kind, uuid.uuid4().hex, choice, owner)


def keep_draft(
    workspace: Workspace, draft: KeptDraft, values: Any, files: Mapping[str, bytes | None] | None = None
) -> KeptDraft:
    """Store new values of a draft, unless nothing changed; return it as it is stored now.

    Where its file was written by another since, this becomes a draft of its own, with another id.

    Args:
        workspace: where it is kept.
        draft: what the caller knows of it.
        values: JSON types.
        files: contents by SHA-256; None for one that is stored already.

    Raises:
        WorkspaceError: it is over the limit of a draft.
        SpaceError: the disk is full; the former values stay.
    """
    files = files or {}
    if draft.revision and not draft.aside and draft.values == values and draft.files == tuple(files):
        return draft
    now = replace(
        draft,
        values=values,
        changed=datetime.now(UTC),
        revision=uuid.uuid4().hex,
        aside=False,
        files=tuple(files),
    )
    dropped = sum(len(content) for content in files.values() if content is not None)
    if dropped > MOST_FILE_BYTES // 2:
        raise WorkspaceError(_too_large(dropped, MOST_FILE_BYTES // 2, "Drop fewer, or import them as a dataset."))
    with _locked(workspace):
        stored = _read(workspace.drafts / draft.file_name)
        if stored is not None and stored.revision != draft.revision:
            now = replace(now, id=uuid.uuid4().hex)
        _write_files(workspace, files)
        _write(workspace, now)
        if stored is None or now.id != draft.id or files or draft.files:
            _sweep(workspace, now)
    return now


def put_aside(workspace: Workspace, draft: KeptDraft) -> None:
    """Keep a draft, but let no page begin with it; where another went on with it meanwhile, leave it as it is."""
    with _locked(workspace):
        stored = _read(workspace.drafts / draft.file_name)
        if stored is not None and stored.revision == draft.revision:
            _write(workspace, replace(stored, aside=True))


def end_draft(workspace: Workspace, draft: KeptDraft) -> None:
    """Delete a draft of which something was made; where another went on with it meanwhile, leave it as it is."""
    with _locked(workspace):
        stored = _read(workspace.drafts / draft.file_name)
        if stored is not None and stored.revision == draft.revision:
            (workspace.drafts / draft.file_name).unlink(missing_ok=True)
            if stored.files:
                _sweep(workspace, None)


def kept_drafts(workspace: Workspace, kind: str, owner: str = "") -> list[KeptDraft]:
    """Return an owner's drafts of a kind, those that changed last first."""
    found = (_read(path) for path in workspace.drafts.glob(_pattern(kind)))
    return _newest_first(draft for draft in found if draft and (draft.kind, draft.owner) == (kind, owner))


def draft_file(workspace: Workspace, digest: str) -> bytes | None:
    """Return a file that belongs to a draft; None where it is gone or is no longer what it was."""
    if not re.fullmatch("[0-9a-f]{64}", digest):
        return None
    try:
        content = (_files(workspace) / digest).read_bytes()
    except OSError:
        return None
    return content if sha256(content).hexdigest() == digest else None


def _locked(workspace: Workspace) -> contextlib.AbstractContextManager[int]:
    return locks.held(workspace.drafts / _LOCK)


def _files(workspace: Workspace) -> Path:
    return workspace.drafts / _FILES


def _write_files(workspace: Workspace, files: Mapping[str, bytes | None]) -> None:
    if files:
        _files(workspace).mkdir(mode=0o700, exist_ok=True)
    for digest, content in files.items():
        if content is not None and not (_files(workspace) / digest).exists():
            write_bytes(_files(workspace) / digest, content, durable=False)


def _write(workspace: Workspace, draft: KeptDraft) -> None:
    record = {
        "format": _FORMAT,
        "kind": draft.kind,
        "choice": draft.choice,
        "owner": draft.owner,
        "changed": draft.changed.isoformat(),
        "revision": draft.revision,
        "aside": draft.aside,
        "files": list(draft.files),
        "values": draft.values,
    }
    if (taken := len(repr(draft.values))) > MOST_BYTES:
        raise WorkspaceError(_too_large(taken, MOST_BYTES, "Save it under a name, or make it shorter."))
    write_json(workspace.drafts / draft.file_name, record, durable=False)


def _too_large(taken: int, most: int, remedy: str) -> str:
    return f"What is here takes {size(taken)}, and a draft has {size(most)} at most: a reload would lose it. {remedy}"


def _sweep(workspace: Workspace, own: KeptDraft | None) -> None:
    """Delete drafts that are too old or too many, and dropped files that belong to none; `own` was just written."""
    drafts = _newest_first(_all(workspace))
    alike = [each for each in drafts if own and (each.kind, each.owner) == (own.kind, own.owner)]
    gone = {each.id for each in alike[MOST:]}
    gone |= {each.id for each in drafts if time.time() - each.changed.timestamp() > LIFETIME}
    taken = 0
    for each in drafts:
        taken += sum(_bytes(_files(workspace) / digest) for digest in each.files)
        if each.files and taken > MOST_FILE_BYTES and not (own and each.id == own.id):
            gone.add(each.id)
    for each in drafts:
        if each.id in gone:
            (workspace.drafts / each.file_name).unlink(missing_ok=True)
    wanted = {digest for each in drafts if each.id not in gone for digest in each.files}
    if _files(workspace).is_dir():
        for path in list(_files(workspace).iterdir()):
            if path.name not in wanted:
                path.unlink(missing_ok=True)


def _all(workspace: Workspace) -> Iterator[KeptDraft]:
    for path in workspace.drafts.glob("*.json"):
        if draft := _read(path):
            yield draft


def _newest_first(drafts: Iterator[KeptDraft]) -> list[KeptDraft]:
    return sorted(drafts, key=lambda draft: draft.changed, reverse=True)


def _bytes(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def damaged_drafts(workspace: Workspace, kind: str) -> list[Path]:
    """Return the files of drafts of a kind that could not be used and were put aside."""
    return found_aside(workspace.drafts, _pattern(kind))


def _pattern(kind: str) -> str:
    return f"{kind}-{32 * '[0-9a-f]'}.json"


def _read(path: Path) -> KeptDraft | None:
    """Return a file's draft; None where there is none, or none that can be used: it is put aside then."""
    try:
        return _parsed(path)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        set_aside(path)
    return None


def _parsed(path: Path) -> KeptDraft:
    """Return a file's draft. Raises OSError, ValueError, LookupError, TypeError, … where it is none."""
    named = _NAME.fullmatch(path.name)
    if path.lstat().st_size > 2 * MOST_BYTES:
        raise ValueError("no draft is so large")
    record = read_json(path)
    changed = datetime.fromisoformat(record["changed"])
    if named is None or record["format"] != _FORMAT or record["kind"] != named[1] or not changed.tzinfo:
        raise ValueError("this is a draft of another kind or version")
    return KeptDraft(
        kind=named[1],
        id=named[2],
        choice=str(record["choice"]),
        owner=str(record.get("owner", "")),
        values=record["values"],
        changed=changed,
        revision=str(record.get("revision", record["changed"])),  # older versions counted none
        aside=bool(record.get("aside", False)),
        files=tuple(str(digest) for digest in record.get("files", ())),
    )
