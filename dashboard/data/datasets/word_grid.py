"""A dataset's words by pages, to filter, correct and remove."""

import streamlit as st

from dashboard.common.callbacks import guarded
from dashboard.common.enlarged import enlarge_button
from dashboard.common.filters import filtered, found_words
from dashboard.common.images import picture
from dashboard.common.markdown import literal
from dashboard.common.page import dialog, opened_dialog, pager
from dashboard.common.state import show_value
from dashboard.data.datasets.edits import remove_button
from dashboard.data.sample_dialog import STORED, dataset_sample
from engine.datasets.dataset import Dataset
from engine.datasets.drafts import EditDraft

PAGE = 24
_COLUMN = 220  # px a sample takes at least
_OPEN = ("label", "split", "length")


def word_grid(dataset: Dataset, draft: EditDraft) -> None:
    """Draw the filters and the samples that meet them, each with its label."""
    id = dataset.folder.name
    numbers = filtered(dataset, _OPEN, "sample")
    if not len(numbers):
        return
    left, right = st.columns(2, vertical_alignment="center")
    left.caption(f"{found_words(len(numbers), len(dataset), 'samples')}. Type over a label to correct it.")
    with right.container(horizontal_alignment="right"):
        shown = numbers[pager(len(numbers), PAGE, f"page-{id}")].tolist()
    grid = st.grid(min_column_width=_COLUMN, gap=("small", "small"))
    for sample in shown:
        with grid.cell(), st.container(border=True, key=f"card-{id}-{sample}", gap="xsmall", height="stretch"):
            _sample(dataset, draft, sample)
    if (about := opened_dialog(STORED)) and about[0] == id:
        dialog("Sample", lambda: dataset_sample(dataset, about[1]))


def _sample(dataset: Dataset, draft: EditDraft, sample: int) -> None:
    id, label = dataset.folder.name, dataset.label(sample)
    removed, key = sample in draft.removals, f"label-{id}-{sample}"
    with st.container(key=f"zoom-{id}-{sample}"):
        picture(dataset.image(sample), f"Sample {sample}, which says {label}", room=_COLUMN - 34, tall=40, most=96)
        enlarge_button(f"{id}-{sample}", label, STORED, id, sample)
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        show_value(key, draft.corrections.get(sample, label))
        st.text_input(
            f"Label of sample {sample}",
            key=key,
            disabled=removed,
            max_chars=1000,
            label_visibility="collapsed",
            on_change=_typed,
            args=(draft, sample, key, label),
        )
        remove_button(draft, sample, "sample")
    if removed:
        st.caption(":red[:material/delete: goes with the next version]")
    elif sample in draft.corrections:
        st.caption(f":orange[:material/edit:] was {literal(label)}")


@guarded
def _typed(draft: EditDraft, sample: int, key: str, label: str) -> None:
    draft.correct(sample, str(st.session_state[key] or ""), label)
