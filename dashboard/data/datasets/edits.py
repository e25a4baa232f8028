"""The draft of a dataset's new version on its page: what changed so far, saved or discarded."""

from collections.abc import Callable

import streamlit as st

from dashboard.common import state
from dashboard.common.callbacks import guarded
from dashboard.common.launch import launch_button
from dashboard.common.page import show_errors
from engine.config.base import Config
from engine.datasets.drafts import EditDraft
from engine.jobs import Job, launch
from engine.jobs.summaries import holds_scenes
from engine.workspace import Workspace


def edits_bar(workspace: Workspace, job: Job, draft: EditDraft) -> None:
    """Draw the changes and the buttons that save them as a new version or discard them; nothing when there are none."""
    holds = "scenes" if holds_scenes(job) else "words"
    words = draft.words(holds)
    if not words or draft.began is None:
        if draft.can_be_taken_back:
            _undo_line(job, draft)
        return
    with (
        st.container(border=True, key=f"card-draft-{job.id}"),
        st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"),
    ):
        st.markdown(f":material/edit: **{words}**", width="content")
        began = f"{draft.began.astimezone():%-d %b, %H:%M}"
        st.caption(f"Draft of {began}. Saved as a new version; this one stays as it is.", width="content")
        with st.container(horizontal=True, width="content"):
            st.button("Discard", icon=":material/undo:", on_click=guarded(draft.put_away))
            with show_errors():
                config = draft.config(holds)
                launch_button("Save as a new version", f"edit-{job.id}", _saver(workspace, job, config, draft), _saved)


def _undo_line(job: Job, draft: EditDraft) -> None:
    with st.container(border=True, key=f"card-undo-edits-{job.id}", horizontal=True, vertical_alignment="center"):
        st.markdown("The edits of this dataset were discarded.", width="stretch")
        st.button("Undo", icon=":material/undo:", key=f"undo-edits-{job.id}", on_click=guarded(draft.take_back))


def _saver(workspace: Workspace, job: Job, config: Config, draft: EditDraft) -> Callable[[str], str]:
    def save(nonce: str) -> str:
        kind = "edit-scenes" if holds_scenes(job) else "edit"
        id = launch(workspace, kind, config, name=f"{job.name[:70]}, edited", nonce=nonce)
        draft.discard()
        return id

    return save


def _saved(_: str) -> None:
    st.session_state.pop(state.OPEN_DATASET, None)
    st.rerun()


def remove_button(draft: EditDraft, sample: int, what: str, label: str = "") -> None:
    """Draw the button that takes a sample or photo out of the next version, or back in; `label` is for a large one."""
    removed = sample in draft.removals
    st.button(
        label,
        key=f"out-{draft.folder.name}-{sample}{'-large' if label else ''}",
        icon=":material/undo:" if removed else ":material/delete:",
        type="secondary" if label else "tertiary",
        help=f"Keep this {what}." if removed else f"Remove this {what} from the next version.",
        on_click=guarded(draft.toggle),
        args=(sample,),
    )
