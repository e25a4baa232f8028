"""Edits of a dataset that are gathered before they become a new version: labels to correct, samples to remove.

They live in the session until they are saved or discarded. The dataset itself is never changed.
"""

import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import streamlit as st

from dashboard.common import state
from dashboard.common.launch import launch_button
from dashboard.common.page import show_errors
from engine.config.editing import Correction, EditConfig
from engine.datasets.dataset import Dataset
from engine.formatting import count
from engine.jobs import Job, launch
from engine.workspace import Workspace


@dataclass
class PendingEdits:
    """Changes by sample number; `mark` differs for each draft, so that its inputs are reset."""

    corrections: dict[int, str] = field(default_factory=dict)
    removals: set[int] = field(default_factory=set)
    mark: str = field(default_factory=lambda: uuid.uuid4().hex[:8])

    def correct(self, dataset: Dataset, sample: int, label: str) -> None:
        """Note a label; the one that the dataset has, or an empty one, takes the note back."""
        if label.strip() and label != dataset.label(sample):
            self.corrections[sample] = label
        else:
            self.corrections.pop(sample, None)

    def remove(self, samples: Iterable[int]) -> None:
        """Note samples to remove."""
        self.removals.update(samples)

    def toggle(self, sample: int) -> None:
        """Take a sample out, or back in."""
        self.removals ^= {sample}

    def config(self, dataset: str) -> EditConfig:
        """Return the edit; of a sample that goes, the label no longer matters. Raises ConfigError."""
        corrections = [
            Correction(sample=i, label=text) for i, text in sorted(self.corrections.items()) if i not in self.removals
        ]
        return EditConfig.parse({"dataset": dataset, "corrections": corrections, "removals": sorted(self.removals)})

    @property
    def words(self) -> str:
        """The changes in words."""
        corrected = len(self.corrections.keys() - self.removals)
        parts = [count(corrected, "labels") + " corrected"] if corrected else []
        return " · ".join(parts + ([count(len(self.removals), "samples") + " removed"] if self.removals else []))


def edits_of(id: str) -> PendingEdits:
    """Return the draft of a dataset in this session."""
    return st.session_state.setdefault(state.dataset_edits(id), PendingEdits())


def edits_bar(workspace: Workspace, job: Job, draft: PendingEdits) -> None:
    """Draw the changes and the buttons that save them as a new version or discard them; nothing when there are none."""
    if not draft.words:
        return
    with (
        st.container(border=True, key=f"card-draft-{job.id}"),
        st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"),
    ):
        st.markdown(f":material/edit: **{draft.words}**", width="content")
        st.caption("Saved as a new version; this one stays as it is.", width="content")
        with st.container(horizontal=True, width="content"):
            st.button("Discard", icon=":material/undo:", on_click=_discard, args=(job.id,))
            with show_errors():
                config = draft.config(job.id)
                launch_button("Save as a new version", f"edit-{job.id}", _saver(workspace, job, config), _saved)


def _saver(workspace: Workspace, job: Job, config: EditConfig) -> Callable[[str], str]:
    def save(nonce: str) -> str:
        id = launch(workspace, "edit", config, name=f"{job.name[:70]}, edited", nonce=nonce)
        _discard(job.id)
        return id

    return save


def _saved(_: str) -> None:
    st.session_state.pop(state.OPEN_DATASET, None)
    st.rerun()


def _discard(id: str) -> None:
    st.session_state.pop(state.dataset_edits(id), None)
