"""Drafts of the session: which stored draft a form or a recipe goes on from, and the quiet line that says so.

A reload begins with the draft that the address names (`?draft=ID`), else with the one that changed last. Each tab goes
on with a draft of its own as soon as two tabs type into the same. What is in a draft's values is its owner's business.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from hashlib import blake2b
from typing import Any

import streamlit as st

from dashboard.common import state
from dashboard.common.callbacks import guarded
from dashboard.common.markdown import literal
from engine.drafts import KeptDraft, end_draft, keep_draft, kept_drafts, new_draft, put_aside
from engine.errors import GlyphlabError
from engine.formatting import count
from engine.workspace import Workspace

PARAMETER = "draft"


@dataclass
class OpenDraft:
    """An open draft of a session.

    Attributes:
        draft: as the workspace has it, as far as this session knows.
        returned: when it had changed last as it was brought back, UTC; None for one that was begun here.
        beside: another tab went on with the same, so that this one became a draft of its own.
        fault: why it could not be kept; empty where it is.
    """

    draft: KeptDraft
    returned: datetime | None = None
    beside: bool = False
    fault: str = ""


def owner() -> str:
    """Return a mark of who is logged in; empty where nobody has to be."""
    who = next((str(value) for key in ("email", "sub", "name") if (value := st.user.get(key))), "")
    return blake2b(who.encode(errors="replace"), digest_size=8).hexdigest() if who else ""


def stored_drafts(space: Workspace, kind: str) -> list[KeptDraft]:
    """Return the drafts of a kind that this visitor may go on with, the newest first; the address' come before."""
    named = st.query_params.get_all(PARAMETER)
    found = kept_drafts(space, kind, owner())
    return sorted(found, key=lambda draft: (draft.id not in named, draft.aside))


def begin(space: Workspace, kind: str, choice: str = "", *, anew: bool = False) -> OpenDraft:
    """Return the session's draft of a kind; at first a stored one, with `anew` only one that the address names."""
    drafts: dict[tuple[str, str], OpenDraft] = st.session_state.setdefault(state.OPEN_DRAFTS, {})
    if (kind, choice) not in drafts:
        named = st.query_params.get_all(PARAMETER)
        stored = (draft for draft in stored_drafts(space, kind) if draft.choice == choice and not draft.aside)
        found = next((draft for draft in stored if draft.id in named or not anew), None)
        drafts[kind, choice] = OpenDraft(found, found.changed) if found else OpenDraft(new_draft(kind, choice, owner()))
    return drafts[kind, choice]


def keep(space: Workspace, opened: OpenDraft, values: Any, files: Mapping[str, bytes | None] | None = None) -> None:
    """Store what is typed now, if it changed. A fault is noted, and told by `draft_line`: the page goes on."""
    try:
        now = keep_draft(space, opened.draft, values, files)
    except (GlyphlabError, OSError) as error:
        opened.fault = str(error)
        return
    opened.beside |= bool(opened.draft.revision) and now.id != opened.draft.id
    opened.draft, opened.fault = now, ""


def end(space: Workspace, opened: OpenDraft) -> None:
    """Delete a draft of which something was made, or that holds nothing any more."""
    _begin_anew(opened, lambda draft: end_draft(space, draft))


def leave(space: Workspace, opened: OpenDraft) -> None:
    """Put a draft aside and begin another: it is offered as an earlier one."""
    _begin_anew(opened, lambda draft: put_aside(space, draft))


def _begin_anew(opened: OpenDraft, do: Callable[[KeptDraft], None]) -> None:
    draft = opened.draft
    opened.draft, opened.returned, opened.beside, opened.fault = (
        new_draft(draft.kind, draft.choice, draft.owner),
        None,
        False,
        "",
    )
    if draft.revision:
        try:
            do(draft)
        except (GlyphlabError, OSError) as error:
            opened.fault = str(error)


def take(opened: OpenDraft, draft: KeptDraft) -> None:
    """Go on with another stored draft."""
    opened.draft, opened.returned, opened.beside, opened.fault = draft, draft.changed, False, ""


def new_page() -> None:
    """Forget which drafts the last run of a page showed."""
    st.session_state[state.SHOWN_DRAFTS] = []


def _write_address(draft: KeptDraft) -> None:
    """Name the stored drafts that this page shows in its address, so that a reload finds them again."""
    shown: list[str] = st.session_state.setdefault(state.SHOWN_DRAFTS, [])
    if draft.revision:
        shown.append(draft.id)
    if st.query_params.get_all(PARAMETER) == shown:
        return
    if shown:
        st.query_params[PARAMETER] = shown
    else:
        del st.query_params[PARAMETER]


def draft_line(
    space: Workspace,
    opened: OpenDraft,
    afresh: Callable[[], None],
    go_on: Callable[[KeptDraft], None],
    noun: str = "draft",
) -> None:
    """Draw one quiet line where a reload brought something back, or where there is something to go on with.

    The address names the draft from then on.

    Args:
        space: where drafts are.
        opened: what the session goes on with.
        afresh: forgets what was typed; for a callback.
        go_on: takes another draft; for a callback.
        noun: what it is called.
    """
    key = f"{opened.draft.kind}-{blake2b(opened.draft.choice.encode(errors='replace'), digest_size=4).hexdigest()}"
    _write_address(opened.draft)
    others = _others(space, opened)
    if not (opened.returned or opened.beside or opened.fault or others):
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"draft-{key}"):
        if opened.fault:
            words = f":orange[:material/warning:] Not kept over a reload. {literal(opened.fault)}"
            st.caption(words, width="content")
        elif opened.beside:
            st.caption("Another tab went on with the same; yours is kept beside it.", width="content")
        elif opened.returned:
            st.caption(f"Going on with your {noun} of {moment(opened.returned)}", width="content")
        if opened.returned or opened.beside:
            st.button(
                "Start afresh",
                key=f"draft-afresh-{key}",
                type="tertiary",
                on_click=guarded(afresh),
                help="Put this aside. It stays among the earlier ones.",
            )
        if others:
            plural = noun if noun.endswith("s") else f"{noun}s"
            with st.popover(f"Earlier {plural} ({count(len(others))})", type="tertiary", key=f"draft-others-{key}"):
                for draft in others:
                    _other(space, draft, partial(go_on, draft))


def _others(space: Workspace, opened: OpenDraft) -> list[KeptDraft]:
    """Return the other drafts of its kind and choice. They are looked for where the line is drawn, and not kept."""
    try:
        found = kept_drafts(space, opened.draft.kind, opened.draft.owner)
    except (GlyphlabError, OSError):
        return []
    return [draft for draft in found if draft.choice == opened.draft.choice and draft.id != opened.draft.id]


def _other(space: Workspace, draft: KeptDraft, go_on: Callable[[], None]) -> None:
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.markdown(f"of {moment(draft.changed)}", width="content")
        with st.container(horizontal=True, width="content", gap="xsmall"):
            st.button("Go on with it", key=f"draft-take-{draft.id}", on_click=guarded(go_on))
            st.button(
                "",
                key=f"draft-out-{draft.id}",
                icon=":material/delete:",
                type="tertiary",
                on_click=guarded(end_draft),
                args=(space, draft),
                help=f"Delete what is of {moment(draft.changed)} for good.",
            )


def moment(when: datetime) -> str:
    """Write a moment as people here say it: `12:31` of today, `3 Nov, 12:31` of another day."""
    local = when.astimezone()
    same_day = local.date() == datetime.now(UTC).astimezone().date()
    return f"{local:%H:%M}" if same_day else f"{local:%-d %b, %H:%M}"
