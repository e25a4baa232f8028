"""Images that people drop: a zone for them, and what was dropped there before, which the workspace keeps.

The browser's uploader forgets its files at a reload, and also as soon as a page, a tab or a fold that it lies in is
left. What was in it then is brought back from the workspace.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from hashlib import sha256

import streamlit as st

from dashboard.caches.files import workspace
from dashboard.common import state
from dashboard.common.drafts import OpenDraft, begin, draft_line, end, keep, leave, take
from dashboard.common.set_aside import show_set_aside
from engine.drafts import KeptDraft, damaged_drafts, draft_file
from engine.workspace import Workspace
from glyphlab_read.images.open import EXTENSIONS, MAX_BYTES

File = tuple[str, bytes]
"""Its name, which is a label and never a path, and its content."""


@dataclass
class _Zone:
    """The files in a zone beside the uploader's own files.

    Attributes:
        opened: the draft that holds all of it.
        back: what the uploader forgot and the workspace brought back, by SHA-256.
        digests: of the files of this session, by the id of their upload.
        kept: what was kept last: names and digests.
    """

    opened: OpenDraft
    back: dict[str, File] = field(default_factory=dict)
    digests: dict[str, str] = field(default_factory=dict)
    kept: list[list[str]] = field(default_factory=list)


def drop_zone(key: str, label: str, also: Sequence[File] = (), types: Sequence[str] = EXTENSIONS) -> list[File]:
    """Draw the uploader and return each dropped file, also those that the uploader forgot.

    Args:
        key: of the uploader, and the kind of its drafts: lower-case words joined by hyphens.
        label: what it says.
        also: files that came another way, such as by the camera, and are kept with the others.
        types: endings of the files that may be dropped.
    """
    return [file for _, file in dropped_by_digest(key, label, also, types)]


def dropped_by_digest(
    key: str, label: str, also: Sequence[File] = (), types: Sequence[str] = EXTENSIONS
) -> list[tuple[str, File]]:
    """Draw the uploader as `drop_zone` does; return each file with the SHA-256 of its content."""
    space = workspace()
    zones: dict[str, _Zone] = st.session_state.setdefault(state.DROPPED, {})
    zone = zones.setdefault(key, _Zone(begin(space, key)))
    if key not in st.session_state:  # the uploader is a new one, so it begins empty
        zone.back = _brought_back(space, zone.opened.draft)
        if zone.back:
            zone.opened.returned = zone.opened.draft.changed
    files = st.file_uploader(
        label, type=list(types), accept_multiple_files=True, key=key, max_upload_size=MAX_BYTES // 10**6
    )
    for file in files:
        if file.file_id not in zone.digests:
            zone.digests[file.file_id] = sha256(file.getvalue()).hexdigest()
    dropped = [(zone.digests[file.file_id], (file.name, file.getvalue())) for file in files]
    further = [(sha256(content).hexdigest(), (name, content)) for name, content in also]
    now = dict([*further, *dropped])
    _keep(space, zone, zone.back | now)
    show_set_aside(space, damaged_drafts(space, key), "A list of images that were dropped")
    draft_line(space, zone.opened, partial(_afresh, space, zone), partial(_go_on, space, zone), "images")
    return [*((digest, file) for digest, file in zone.back.items() if digest not in now), *dropped, *further]


def _keep(space: Workspace, zone: _Zone, files: dict[str, File]) -> None:
    listed = [[name, digest] for digest, (name, _) in files.items()]
    if listed == zone.kept:
        return
    zone.kept = listed
    if files:
        keep(space, zone.opened, listed, {digest: content for digest, (_, content) in files.items()})
    elif zone.opened.draft.revision:
        end(space, zone.opened)


def _brought_back(space: Workspace, draft: KeptDraft) -> dict[str, File]:
    found: dict[str, File] = {}
    for entry in draft.values if isinstance(draft.values, list) else ():
        if isinstance(entry, list) and len(entry) == 2 and (content := draft_file(space, str(entry[1]))) is not None:
            found[str(entry[1])] = (str(entry[0]), content)
    return found


def _afresh(space: Workspace, zone: _Zone) -> None:
    """Put aside what was brought back. What was dropped since lies in the uploader, which has its own crosses."""
    zone.back, zone.kept = {}, []
    leave(space, zone.opened)


def _go_on(space: Workspace, zone: _Zone, draft: KeptDraft) -> None:
    _afresh(space, zone)
    take(zone.opened, draft)
    zone.back = _brought_back(space, draft)
