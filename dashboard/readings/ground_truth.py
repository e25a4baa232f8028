"""The true text of an image: typed beside a reading, scored at once, and kept on disk in the same moment."""

import contextlib
from collections.abc import Callable

import streamlit as st

from dashboard.common import state
from dashboard.common.callbacks import guarded
from dashboard.common.markdown import literal
from dashboard.common.page import show_error
from dashboard.readings.image import DroppedImage
from engine.datasets.corrections import SavedCorrection, delete_correction, find_correction, save_correction
from engine.errors import GlyphlabError
from engine.evaluation.metrics import score
from engine.formatting import ago, count, percent
from engine.workspace import Workspace

TruthCallback = Callable[[str], None]
"""Called with a text once it is kept."""


def truth_field(
    workspace: Workspace, dropped: DroppedImage, digest: str, read: str, on_kept: TruthCallback | None = None
) -> str:
    """Draw the field for what an image says, and the saved text; return the truth, empty while unknown."""
    correction = find_correction(workspace, digest)
    key = state.correction_text(digest)
    if key not in st.session_state:
        st.session_state[key] = correction.text if correction else ""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="xsmall"):
        st.text_input(
            "What it really says",
            key=key,
            placeholder="Not right? Type what it says",
            label_visibility="collapsed",
            on_change=_on_typed,
            args=(workspace, dropped, digest, on_kept),
        )
        st.button(
            "Right",
            key=f"right-{digest}",
            icon=":material/check:",
            on_click=_on_confirmed,
            width="content",
            args=(workspace, dropped, digest, read, on_kept),
            disabled=correction is not None or not read,
            help="Keep the image with the text as it was read.",
        )
    if fault := correction_error(digest):
        show_error(fault)
    elif correction:
        _saved_line(workspace, correction)
    return correction.text if correction else ""


def score_words(text: str, truth: str) -> str:
    """Return Markdown that says how a reading does against the truth: its character error rate and what it counts."""
    result = score([truth], [text])
    if result.exact:
        return ":green[:material/check: right]"
    wrong = f"{count(result.edits, 'errors')} in {count(result.characters, 'characters')}"
    return f":red[:material/close: CER {percent(result.cer)}] · {wrong}"


def _saved_line(workspace: Workspace, correction: SavedCorrection) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        words = f"kept as “{literal(correction.text)}” · {ago(correction.typed)}"
        st.caption(f":material/bookmark: {words}", width="content")
        st.button(
            "Remove",
            key=f"forget-{correction.digest}",
            type="tertiary",
            on_click=remove_correction,
            args=(workspace, correction.digest),
            help="Remove this image and its text. Datasets made before still hold it.",
        )


@guarded
def _on_typed(workspace: Workspace, dropped: DroppedImage, digest: str, on_kept: TruthCallback | None) -> None:
    text = str(st.session_state[state.correction_text(digest)] or "")
    if text.strip():
        _on_confirmed(workspace, dropped, digest, text, on_kept)


@guarded
def _on_confirmed(
    workspace: Workspace, dropped: DroppedImage, digest: str, text: str, on_kept: TruthCallback | None
) -> None:
    _save(workspace, dropped.upright(), digest, text)
    if on_kept is not None and correction_error(digest) is None:
        on_kept(str(st.session_state[state.correction_text(digest)]))


@guarded
def change_correction(workspace: Workspace, content: bytes, digest: str, text: str) -> None:
    """Save another text of an image; the field beside its reading then shows that. For callbacks."""
    if text.strip():
        _save(workspace, content, digest, text)


@guarded
def remove_correction(workspace: Workspace, digest: str) -> None:
    """Remove an image, which can be undone, and empty the field beside its reading. For callbacks."""
    if removed := find_correction(workspace, digest):
        with contextlib.suppress(OSError):  # another took it away meanwhile
            st.session_state[state.REMOVED_CORRECTION] = (removed.image.read_bytes(), removed.digest, removed.text)
    delete_correction(workspace, digest)
    st.session_state[state.correction_text(digest)] = ""


def undo_removal(workspace: Workspace) -> None:
    """Draw what was removed last and the button that keeps it again; nothing where nothing was."""
    removed = st.session_state.get(state.REMOVED_CORRECTION)
    if removed is None or find_correction(workspace, removed[1]):
        return
    with st.container(border=True, key="card-undo-removed", horizontal=True, vertical_alignment="center"):
        st.markdown(f"Removed the image that says **{literal(removed[2])}**.", width="stretch")
        st.button(
            "Undo", icon=":material/undo:", key="undo-removed", on_click=change_correction, args=(workspace, *removed)
        )


def correction_error(digest: str) -> GlyphlabError | None:
    """Return the error of saving the last text that was typed for an image, if there was one."""
    return st.session_state.get(state.CORRECTION_ERRORS, {}).get(digest)


def _save(workspace: Workspace, content: bytes, digest: str, text: str) -> None:
    faults = st.session_state.setdefault(state.CORRECTION_ERRORS, {})
    faults.pop(digest, None)
    try:
        st.session_state[state.correction_text(digest)] = save_correction(workspace, content, text, digest).text
    except GlyphlabError as error:  # what was typed stays in its field, and the fault beside it
        faults[digest] = error
