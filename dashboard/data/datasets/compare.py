"""Two datasets compared: their figures side by side, then what their images differ in, the farthest first."""

import pandas as pd
import streamlit as st

from dashboard.caches.datasets import gaps, measured, opened
from dashboard.data.gap_cards import gap_cards
from engine.datasets.dataset import Dataset
from engine.formatting import count, size
from engine.jobs import Job, State, list_jobs
from engine.workspace import Workspace


def finished_datasets(workspace: Workspace) -> dict[str, Job]:
    """Return the datasets that can be opened, by id, newest first."""
    return {job.id: job for job in list_jobs(workspace, "datasets") if job.state is State.finished}


def compare_with(workspace: Workspace, job: Job, dataset: Dataset) -> None:
    """Draw the choice of another dataset and the comparison with it."""
    others = {id: other for id, other in finished_datasets(workspace).items() if id != job.id}
    if not others:
        st.caption("There is no other dataset to compare with. Generate or import one.")
        return
    chosen = st.selectbox(
        "Compare with",
        list(others),
        format_func=lambda id: others[id].name,
        key=f"beside-{job.id}",
        persist_state="session",
    )
    other = opened(workspace.folder("datasets", str(chosen)))
    names = _names(job, others[str(chosen)])
    table = pd.DataFrame([_figures(dataset), _figures(other)], index=pd.Index(names))
    st.dataframe(table, alt="The two datasets in figures")
    with st.spinner("Measuring up to 2,000 images of each, this once …", show_time=True):
        first, second = measured(dataset).frame, measured(other).frame
        found = gaps(first, second)
    gap_cards(found, (names[0], first), (names[1], second), advice=False, key="beside")


def _names(job: Job, other: Job) -> tuple[str, str]:
    """Return two different names; versions may share theirs."""
    return (job.name, other.name) if job.name != other.name else (job.name, f"{other.name} (the other)")


def _figures(dataset: Dataset) -> dict[str, str]:
    manifest = dataset.manifest
    characters = set(manifest.charset)
    return {
        "Images": count(manifest.images),
        "Train, validation, test": " · ".join(
            count(manifest.counts.get(split, 0)) for split in ("train", "validation", "test")
        ),
        "Different texts": count(dataset.frame()["label"].nunique()),
        "Characters": count(len(characters)),
        "Longest label": count(manifest.max_length, "characters"),
        "On disk": size(sum(shard.bytes for shard in manifest.shards)),
        "Made by": "the generator" if manifest.kind == "synthetic" else "an import",
    }
