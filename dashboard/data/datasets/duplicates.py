"""Duplicates within a dataset and leaks between its splits, each with a button that removes them."""

import streamlit as st

from dashboard.caches.datasets import duplicates
from dashboard.common.callbacks import guarded
from dashboard.common.images import picture
from dashboard.common.markdown import literal
from dashboard.common.tables import draw_table
from engine.datasets.dataset import Dataset
from engine.datasets.drafts import EditDraft
from engine.datasets.duplicates import Duplicates
from engine.datasets.scenes.dataset import SceneDataset
from engine.formatting import count, percent

_SHOWN = 8  # groups of equal images


def duplicates_view(dataset: Dataset | SceneDataset, draft: EditDraft) -> None:
    """Draw the two findings and their examples; images are compared the first time, with progress."""
    bar = st.empty()

    def watch(done: int, total: int) -> None:
        bar.progress(done / total, text=f"Comparing {count(done)} of {count(total, _noun(dataset))}")

    found = duplicates(dataset, watch)
    bar.empty()
    left, right = st.columns(2)
    with left, st.container(border=True, key="card-surplus", height="stretch"):
        _duplicates(dataset, found, draft)
    with right, st.container(border=True, key="card-leaking", height="stretch"):
        _leaks(dataset, found, draft)


def _noun(dataset: Dataset | SceneDataset) -> str:
    return "photos" if isinstance(dataset, SceneDataset) else "images"


def _duplicates(dataset: Dataset | SceneDataset, found: Duplicates, draft: EditDraft) -> None:
    noun = _noun(dataset)
    if not found.groups:
        st.markdown(f":green[:material/check:] **No {noun[:-1]} comes twice** among {count(found.images)}")
        return
    surplus, odd = found.surplus, found.conflicting
    verb = "comes" if found.groups == 1 else "come"
    st.markdown(f"**{count(found.groups, noun)} {verb} more than once**, as {count(len(found.pixels), 'samples')}")
    if len(odd):
        labels = "outlines" if noun == "photos" else "labels"
        st.markdown(
            f":orange[:material/warning:] {count(odd['group'].nunique(), noun)} of them have different {labels}; "
            "of these one at most can be right. Correct or remove them by hand."
        )
    _remove_button("surplus copies", surplus, draft, "Each stays once with its labels, in test before training.")
    rows = odd if len(odd) else found.pixels
    for _, group in list(rows.groupby("group"))[:_SHOWN]:
        with st.container(horizontal=True, vertical_alignment="center"):
            first = dataset.image(int(group["sample"].iloc[0]))
            picture(first, f"One of the {noun} that come more than once", room=220, tall=40)
            words = [f"{literal(label)} ({split})" for label, split in zip(group["label"], group["split"], strict=True)]
            more = f" and {count(len(words) - 4)} more" if len(words) > 4 else ""
            st.caption(f"{count(len(words))} times: {' · '.join(words[:4])}{more}", width="content")


def _leaks(dataset: Dataset | SceneDataset, found: Duplicates, draft: EditDraft) -> None:
    leaking = found.leaking
    if not leaking:
        if isinstance(dataset, SceneDataset):
            st.markdown(":green[:material/check:] **No photo is on two sides of a split**")
            return
        st.markdown(":green[:material/check:] **No text and no image is on two sides of a split**")
        st.caption("A score on the test images says how well texts are read that training never showed.")
        return
    share = len(leaking) / len(dataset)
    st.markdown(f"**{count(len(leaking), 'samples')} leak** from test or validation into the others ({percent(share)})")
    what = "Photos" if isinstance(dataset, SceneDataset) else "Texts or images"
    st.caption(f"{what} that training has seen make a test score look better than it is.")
    _remove_button("leaking samples", leaking, draft, "They leave training (or validation); test stays whole.")
    if len(found.texts):
        draw_table(found.texts.head(200), hide_index=True, height=280, alt="Texts on both sides of a split")


def _remove_button(what: str, samples: list[int], draft: EditDraft, consequence: str) -> None:
    left = len(set(samples) - draft.removals)
    if not samples:
        return
    label = f"Remove {count(left)} {what}" if left else "All noted"
    st.button(
        label,
        key=f"take-{what}",
        icon=":material/delete_sweep:",
        disabled=not left,
        on_click=guarded(draft.remove),
        args=(samples,),
        help=consequence,
    )
