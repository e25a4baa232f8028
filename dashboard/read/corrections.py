"""Corrections: images saved with their true texts while reading, and the datasets made of them."""

from functools import partial

import streamlit as st

from dashboard.common.images import picture
from dashboard.common.jobs import dataset_words, facts, job_card
from dashboard.common.launch import launch_button
from dashboard.common.markdown import literal
from dashboard.common.page import live_fragment, pager, show_error, show_errors
from dashboard.readings.ground_truth import change_correction, correction_error, remove_correction, undo_removal
from dashboard.readings.image import DroppedImage, shown
from engine.datasets.corrections import SavedCorrection, corrections_config, corrections_datasets, list_corrections
from engine.formatting import ago, count
from engine.jobs import Job, State, launch
from engine.jobs.summaries import word_datasets
from engine.workspace import Workspace

_PAGE = 24
_COLUMN = 220  # px a sample takes at least
_SHOWN = 3  # versions on a page, newest first
_USES = {"mix": ("Mix into a run", ":material/merge:"), "test_on": ("Test a run on it", ":material/checklist:")}
_WHOLE, _SPLIT = "in one piece", "split by text"


def corrections_tab(workspace: Workspace) -> None:
    """Draw the saved corrections, the button that makes a dataset of it, and the datasets made so far."""
    corrections = list_corrections(workspace)
    undo_removal(workspace)
    if not corrections:
        with st.container(border=True, key="card-nothing"):
            st.markdown("**Nothing is kept yet**")
            st.caption(
                "Type what an image really says, or press Right. It is kept here at once, and becomes a dataset of "
                "real images: to mix into the next run, or to test every reader on."
            )
        return
    versions = corrections_datasets(workspace)
    _make(workspace, corrections, versions)
    live_fragment(
        lambda: _versions(workspace), lambda: any(job.state.live for job in corrections_datasets(workspace)), 1
    )
    _samples(workspace, corrections)


def _make(workspace: Workspace, corrections: list[SavedCorrection], versions: list[Job]) -> None:
    newest = next((job for job in versions if job.state.live or job.state is State.finished), None)
    new = [one for one in corrections if newest is None or one.typed > newest.created]
    words = f"**{count(len(corrections), 'images')} kept**"
    if newest is not None:
        words += f" · {count(len(new)) if new else 'none'} of them new or changed since version {len(versions)}"
    with st.container(border=True, key="card-kept", horizontal=True, vertical_alignment="bottom"):
        st.markdown(words, width="stretch")
        split = st.segmented_control(
            "Make a dataset",
            [_WHOLE, _SPLIT],
            default=_WHOLE,
            required=True,
            key="kept-split",
            persist_state="session",
            help="In one piece: mix all of it into a run, or test on all of it. Split by "
            "text: some texts are set apart for validation and tests, as in any import.",
        )
        version = f"version {len(versions) + 1}"
        config = corrections_config(workspace, split=split == _SPLIT)
        launch_button(
            f"Make {version}",
            "kept",
            lambda nonce: launch(workspace, "import", config, name=f"Corrections from Read, {version}", nonce=nonce),
            lambda _: st.rerun(),
        )


def _versions(workspace: Workspace) -> None:
    versions = corrections_datasets(workspace)
    own = {job.id for job in versions}
    others = (job for job in word_datasets(workspace) if job.state is State.finished and job.id not in own)
    other = next(others, None)
    for job in versions[pager(len(versions), _SHOWN, "kept-versions")]:
        uses = partial(_uses, job, other) if job.state is State.finished else None
        job_card(job, f"{dataset_words(job)} · {facts(job)}", uses)


def _uses(job: Job, other: Job | None) -> None:
    """Draw the ways to use a version in a run, which learns from another dataset in the main."""
    why = None if other else "A run learns from another dataset in the main. Make or import one first."
    for use, (label, icon) in _USES.items():
        if st.button(label, key=f"{use}-{job.id}", icon=icon, disabled=other is None, help=why) and other:
            st.switch_page("app_pages/train.py", query_params={"dataset": other.id, use: job.id})


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


def _on_typed(workspace: Workspace, content: bytes, digest: str, key: str) -> None:
    change_correction(workspace, content, digest, str(st.session_state[key] or ""))
