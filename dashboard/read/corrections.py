"""Corrections: images saved with their true texts while reading, photos kept as scenes, and the datasets of both."""

import streamlit as st

from dashboard.common.callbacks import guarded
from dashboard.common.images import picture
from dashboard.common.markdown import literal
from dashboard.common.page import pager, show_error, show_errors
from dashboard.read.kept_photos import kept_photos, undo_photo_removal
from dashboard.read.kept_versions import KEPT_PHOTOS, KEPT_WORDS, draw_versions
from dashboard.readings.ground_truth import change_correction, correction_error, remove_correction, undo_removal
from dashboard.readings.image import DroppedImage, shown
from engine.datasets.corrections import SavedCorrection, list_corrections
from engine.datasets.scenes.kept import list_kept_photos
from engine.formatting import ago
from engine.workspace import Workspace

_PAGE = 24
_COLUMN = 220  # px a sample takes at least


def corrections_tab(workspace: Workspace) -> None:
    """Draw what is kept of words and of photos, the buttons that make datasets of it, and those made so far."""
    corrections, photos = list_corrections(workspace), list_kept_photos(workspace)
    undo_removal(workspace)
    undo_photo_removal(workspace)
    if not corrections and not photos:
        with st.container(border=True, key="card-nothing"):
            st.markdown("**Nothing is kept yet**")
            st.caption(
                "Type what an image really says, or press Right. It is kept here at once, and becomes a dataset of "
                "real images: to mix into the next run, or to test every reader on. A photo is kept with all its boxes "
                "as soon as one of them is corrected, and becomes a dataset of scenes."
            )
        return
    if corrections:
        draw_versions(workspace, KEPT_WORDS, [one.typed for one in corrections])
        _samples(workspace, corrections)
    if photos:
        if corrections:
            st.subheader("Photos", anchor=False)
        draw_versions(workspace, KEPT_PHOTOS, [one.changed for one in photos])
        kept_photos(workspace, photos)


def _samples(workspace: Workspace, corrections: list[SavedCorrection]) -> None:
    shown = corrections[pager(len(corrections), _PAGE, "kept-page")]
    grid = st.grid(min_column_width=_COLUMN, gap=("small", "small"))
    for one in shown:
        with grid.cell(), st.container(border=True, key=f"card-kept-{one.digest}", gap="xsmall", height="stretch"):
            _sample(workspace, one)


def _sample(workspace: Workspace, one: SavedCorrection) -> None:
    content = one.image.read_bytes()
    with show_errors():
        picture(
            shown(DroppedImage("", content)).picture, f"Image that says {one.text}", room=_COLUMN - 34, tall=40, most=96
        )
    key = f"kept-text-{one.digest}-{one.typed.timestamp()}"
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        st.text_input(
            "What it says",
            one.text,
            key=key,
            max_chars=1000,
            label_visibility="collapsed",
            on_change=_on_typed,
            args=(workspace, content, one.digest, key),
        )
        st.button(
            "",
            key=f"kept-out-{one.digest}",
            icon=":material/delete:",
            type="tertiary",
            on_click=remove_correction,
            args=(workspace, one.digest),
            help=f"Remove this image, which says {literal(one.text)}.",
        )
    st.caption(f"typed {ago(one.typed)}")
    if fault := correction_error(one.digest):
        show_error(fault)


@guarded
def _on_typed(workspace: Workspace, content: bytes, digest: str, key: str) -> None:
    change_correction(workspace, content, digest, str(st.session_state[key] or ""))
