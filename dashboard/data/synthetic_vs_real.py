"""Synthetic beside real: choose both, their images, and what tells them apart with the setting that would close it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import streamlit as st
from PIL import Image

from dashboard.caches.datasets import gaps, measured, measures_of, opened
from dashboard.caches.files import image
from dashboard.caches.samples import preview
from dashboard.common.dropped import drop_zone
from dashboard.common.images import picture
from dashboard.common.markdown import literal
from dashboard.common.page import show_error, show_errors
from dashboard.data.datasets.compare import finished_datasets, gap_cards
from engine.config.recipe import Recipe
from engine.datasets.comparison import FEWEST
from engine.datasets.dataset import Dataset
from engine.errors import ImageError
from engine.formatting import count
from engine.jobs import Job
from engine.synth.encoding import stored
from engine.workspace import Workspace

_DRAWN, _MOST, _SHOWN = 60, 200, 8
_DROP = "Drop crops here"


@dataclass(frozen=True)
class Side:
    """One of the two sets: its name, some of its images, and the measures of more of them."""

    name: str
    shown: Sequence[Image.Image]
    measures: pd.DataFrame


def synthetic_vs_real(workspace: Workspace, recipes: dict[str, Recipe]) -> None:
    """Draw the two choices, both sets as images, and the gaps ranked; `recipes` are offered beside the datasets."""
    jobs = finished_datasets(workspace)
    synthetic, real = None, None
    left, right = st.columns(2, gap="medium")
    with left, st.container(border=True, key="card-synthetic", height="stretch"), show_errors():
        synthetic = _synthetic(workspace, jobs, recipes)
    with right, st.container(border=True, key="card-real", height="stretch"), show_errors():
        real = _real(workspace, jobs)
    if synthetic is None or real is None:
        return
    if len(real.measures) < FEWEST:
        st.caption(f"Drop {FEWEST} crops or more: with fewer, no difference can be told from chance.")
        return
    found = gaps(synthetic.measures, real.measures)
    st.markdown("**What tells them apart, the farthest first**")
    gap_cards(found, (synthetic.name, synthetic.measures), (real.name, real.measures), advice=True, key="likeness")


def _synthetic(workspace: Workspace, jobs: dict[str, Job], recipes: dict[str, Recipe]) -> Side:
    drawn = {f"recipe {name}": name for name in recipes}
    made = {id: job.name for id, job in jobs.items() if job.kind != "import"}
    names = {
        **{key: f"Recipe: {name}" for key, name in drawn.items()},
        **{id: f"Dataset: {name}" for id, name in made.items()},
    }
    key = str(
        st.selectbox(
            "Synthetic", list(names), format_func=names.__getitem__, key="likeness-synthetic", persist_state="session"
        )
    )
    if key in made:
        return _of_dataset(opened(workspace.folder("datasets", key)), f"synthetic, {made[key]}")
    with st.spinner(f"Drawing {_DRAWN} samples …"):
        images = [stored(sample.image) for sample in preview(recipes[drawn[key]], _DRAWN, 0, workspace)]
        side = Side(f"synthetic, {drawn[key]}", images[:_SHOWN], measures_of(images))
    _gallery(side, f"{count(_DRAWN)} samples drawn")
    return side


def _real(workspace: Workspace, jobs: dict[str, Job]) -> Side | None:
    ordered = sorted(jobs.values(), key=lambda job: job.kind != "import")  # imports are the real ones
    names = {_DROP: _DROP, **{job.id: f"Dataset: {job.name}" for job in ordered}}
    key = str(
        st.selectbox("Real", list(names), format_func=names.__getitem__, key="likeness-real", persist_state="session")
    )
    if key != _DROP:
        return _of_dataset(opened(workspace.folder("datasets", key)), f"real, {jobs[key].name}")
    images = _dropped()
    if not images:
        st.caption(f"{FEWEST} to {_MOST} crops, one word or line each. They are measured here and outlive a reload.")
        return None
    side = Side("real, dropped", images[:_SHOWN], measures_of(images))
    _gallery(side, f"{count(len(images), 'crops')}")
    return side


def _dropped() -> list[Image.Image]:
    files = drop_zone("likeness-files", "Crops of real text")
    images = []
    for _, content in files[:_MOST]:
        try:
            images.append(image(content))
        except ImageError as error:
            show_error(error)
    if len(files) > _MOST:
        st.caption(f"The first {_MOST} of {count(len(files), 'files')} are taken.")
    return images


def _of_dataset(dataset: Dataset, name: str) -> Side:
    with st.spinner("Measuring up to 2,000 images, this once …", show_time=True):
        known = measured(dataset)
    chosen = np.linspace(0, len(dataset) - 1, min(_SHOWN, len(dataset))).astype(int)
    side = Side(name, [dataset.image(int(i)) for i in chosen], known.frame)
    _gallery(side, known.words)
    return side


def _gallery(side: Side, words: str) -> None:
    grid = st.grid(min_column_width=150)
    for one in side.shown:
        with grid.cell():
            picture(one, f"One of: {side.name}", room=280, tall=48, most=96)
    st.caption(literal(words))
