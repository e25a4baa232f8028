"""The two sets that lie beside each other: samples of a recipe, a dataset, or real images that were dropped.

Of each set a few images are shown and more are measured. What is dropped is kept in the workspace; in memory there are
its measures and pictures of the few, for a photo of 25 million pixels takes 75 MB once decoded.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st
from PIL import Image

from dashboard.caches.datasets import measured, measured_photos, measures_of, opened, opened_scenes
from dashboard.caches.files import once
from dashboard.caches.samples import preview, scene_photos
from dashboard.common import state
from dashboard.common.dropped import File, dropped_by_digest
from dashboard.common.forms import Form, keys
from dashboard.common.images import fitted, jpeg_url, picture
from dashboard.common.kinds import DataKind
from dashboard.common.markdown import literal
from dashboard.common.page import show_error
from dashboard.data.recipe.shelf import SCENES, WORDS, RecipeShelf
from engine.datasets.comparison import FEWEST
from engine.errors import ImageError
from engine.formatting import count
from engine.jobs import Job, State, list_jobs
from engine.jobs.summaries import holds_scenes
from engine.measures import MEASURES, PHOTO_MEASURES, Measure, measure_image, measure_photo, measure_photos
from engine.synth.encoding import stored
from engine.synth.levers import LEVERS, SCENE_LEVERS, Lever
from engine.workspace import Workspace
from glyphlab_read.images.sandbox import open_sandboxed

_MOST = 300
_WIDE = 420  # px of a photo in a gallery
_ROOM, _HIGH = 280, 96  # px that a crop may take there
_DROP = "dropped"


@dataclass(frozen=True)
class Side:
    """One of the two sets.

    Attributes:
        name: in a sentence.
        key: the same for the same content.
        shown: some of its images.
        measures: of more of them.
        words: what was measured.
        dataset: id of the dataset that it is; empty for others.
        files: that were dropped.
    """

    name: str
    key: str
    shown: Sequence[Image.Image]
    measures: pd.DataFrame
    words: str
    dataset: str = ""
    files: Sequence[File] = ()


@dataclass(frozen=True)
class LikenessKind:
    """The differences between words and photos.

    Attributes:
        name: of the kind.
        shelf: its recipes.
        noun: of real images.
        levers: settings that move its measures.
        measures: all of them by name.
        drawn, tried, shown: samples that are measured, that each value of a setting is tried on, and that are shown.
        draw: draws so many samples of a recipe and measures them.
        dataset: opens a dataset as a set.
    """

    name: DataKind
    shelf: RecipeShelf[Any, Any]
    noun: str
    levers: Mapping[str, Sequence[Lever]]
    measures: Mapping[str, Measure]
    drawn: int
    tried: int
    shown: int
    draw: Callable[[Any, int, Workspace], tuple[list[Image.Image], pd.DataFrame]]
    dataset: Callable[[Workspace, Job, int], Side]


def drawn_side(kind: LikenessKind, space: Workspace, recipe: Any, name: str) -> Side:
    """Draw samples of a recipe and measure them, once for the same recipe. Raises ConfigError."""
    key = sha256(recipe.model_dump_json().encode()).hexdigest()

    def make() -> Side:
        images, frame = kind.draw(recipe, kind.drawn, space)
        return Side(name, key, images[: kind.shown], frame, f"{count(kind.drawn)} samples drawn")

    with st.spinner(f"Drawing {kind.drawn} samples …"):
        return once(f"likeness {space.root} {kind.name} {name} {key}", make)


def real_side(kind: LikenessKind, space: Workspace) -> Side | None:
    """Draw the choice of the real images and return them; None where there are none yet."""
    jobs = finished(kind, space)
    titles = {id: f"Dataset: {job.name}" for id, job in jobs.items()}
    real = {id: title for id, title in titles.items() if jobs[id].kind.startswith("import")}
    names = {**real, _DROP: f"Drop {kind.noun} here", **titles}  # what is here already needs no second drop
    widget = f"likeness-real-{kind.name}"
    if (wanted := st.session_state.pop(state.REAL_WANTED, None)) in jobs:
        st.session_state[widget] = wanted
    if st.session_state.get(widget) not in (None, *names):
        del st.session_state[widget]
    key = str(st.selectbox("Real", list(names), format_func=names.__getitem__, key=widget, persist_state="session"))
    if key != _DROP:
        return kind.dataset(space, jobs[key], kind.shown)
    side = _dropped(kind)
    if not side.files:
        st.caption(f"{FEWEST} to {_MOST} {kind.noun}{_ONE[kind.name]}. They are measured here and outlive a reload.")
        return None
    return side


def finished(kind: LikenessKind, space: Workspace) -> dict[str, Job]:
    """Return the datasets of a kind that can be opened, by id, newest first."""
    scenes = kind.name == "photos"
    jobs = list_jobs(space, "datasets")
    return {job.id: job for job in jobs if holds_scenes(job) == scenes and job.state is State.finished}


def gallery(kind: LikenessKind, side: Side) -> None:
    """Draw some images of a set, and what was measured."""
    photos = kind.name == "photos"
    grid = st.grid(min_column_width=220 if photos else 150)
    for one in side.shown:
        with grid.cell():
            if photos:
                small = one.convert("RGB")
                small.thumbnail((_WIDE, _WIDE))
                st.image(jpeg_url(small), alt=f"One of: {side.name}")
            else:
                picture(one, f"One of: {side.name}", room=_ROOM, tall=48, most=_HIGH)
    st.caption(literal(side.words))


@st.cache_resource(max_entries=4 * _MOST, show_spinner=False)
def _measures(kind: DataKind, digest: str, _content: bytes) -> dict[str, float]:
    """Return the measures of a dropped image, whose text is not known. Raises ImageError."""
    image = open_sandboxed(_content)
    return measure_image(image) if kind == "words" else measure_photo(image, None)


@st.cache_resource(max_entries=64, show_spinner=False)
def _small(kind: DataKind, digest: str, _content: bytes) -> Image.Image:
    """Return a dropped image as small as a gallery shows it."""
    image = open_sandboxed(_content)
    if kind == "photos":
        image.thumbnail((_WIDE, _WIDE))
        return image
    return fitted(image, _ROOM, 1, _HIGH)


def _dropped(kind: LikenessKind) -> Side:
    """Draw the zone; return the images that open as a set, which may be empty."""
    zone = "likeness-files" if kind.name == "words" else "likeness-photos"
    files, rows, opened, whole = dropped_by_digest(zone, f"Real {kind.noun}"), [], [], sha256()
    with st.spinner(f"Measuring {count(min(len(files), _MOST), kind.noun)}, this once …", show_time=True):
        for digest, (name, content) in files[:_MOST]:
            whole.update(digest.encode())
            try:
                rows.append(_measures(kind.name, digest, content))
                opened.append((digest, (name, content)))
            except ImageError as error:
                show_error(error)
    if len(files) > _MOST:
        st.caption(f"The first {_MOST} of {count(len(files), 'files')} are taken.")
    shown = [_small(kind.name, digest, content) for digest, (_, content) in opened[: kind.shown]]
    frame = pd.DataFrame(rows, columns=list(kind.measures), dtype="float64")
    words, files = count(len(opened), kind.noun), [file for _, file in opened]
    return Side("real, dropped", whole.hexdigest(), shown, frame, words, files=files)


def _draw_words(recipe: Any, number: int, space: Workspace) -> tuple[list[Image.Image], pd.DataFrame]:
    images = [stored(sample.image) for sample in preview(recipe, number, 0, space)]
    return images, measures_of(images)


def _draw_scenes(recipe: Any, number: int, space: Workspace) -> tuple[list[Image.Image], pd.DataFrame]:
    photos = list(scene_photos(recipe, number, 0, space))
    images = [photo.image()[0] for photo in photos]
    return images, measure_photos(zip(images, (photo.words() for photo in photos), strict=True))


def _dataset_of_words(space: Workspace, job: Job, shown: int) -> Side:
    dataset = opened(space.folder("datasets", job.id))
    with st.spinner("Measuring up to 2,000 images, this once …", show_time=True):
        known = measured(dataset)
    chosen = np.linspace(0, len(dataset) - 1, min(shown, len(dataset))).astype(int)
    images = [dataset.image(int(number)) for number in chosen]
    return Side(_told(job), job.id, images, known.frame, known.words, job.id)


def _dataset_of_photos(space: Workspace, job: Job, shown: int) -> Side:
    dataset = opened_scenes(space.folder("datasets", job.id))
    with st.spinner("Measuring up to 60 photos, this once …", show_time=True):
        frame = measured_photos(dataset)
    chosen = np.linspace(0, len(dataset) - 1, min(shown, len(dataset))).astype(int)
    images = [dataset.image(int(number)) for number in chosen]
    return Side(_told(job), job.id, images, frame, f"{count(len(frame))} of {count(len(dataset), 'photos')}")


def _told(job: Job) -> str:
    return f"{'real' if job.kind.startswith('import') else 'synthetic'}, {job.name}"


_ONE: Mapping[DataKind, str] = {"words": ", one word or line each", "photos": ""}
WORDS_BESIDE = LikenessKind("words", WORDS, "crops", LEVERS, MEASURES, 60, 24, 8, _draw_words, _dataset_of_words)
PHOTOS_BESIDE = LikenessKind(
    "photos", SCENES, "photos", SCENE_LEVERS, PHOTO_MEASURES, 12, 6, 3, _draw_scenes, _dataset_of_photos
)
LIKENESS: Mapping[DataKind, LikenessKind] = {kind.name: kind for kind in (WORDS_BESIDE, PHOTOS_BESIDE)}

FORM = Form(
    "beside", keys(starts=("likeness-real-", "likeness-synthetic-", "likeness-panel-", "likeness-fit.")), noun="choices"
)
"""The choices of both sets; the dropped images have drafts of their own."""
