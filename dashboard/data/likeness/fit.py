"""Fit to your photos: the recipe beside real words is fitted to them, or to words in whole photos, by one button."""

from collections.abc import Sequence
from io import BytesIO
from typing import Any

import streamlit as st

from dashboard.common.deleting import undo_line, with_deleted
from dashboard.common.dropped import File, drop_zone
from dashboard.common.jobs import any_live
from dashboard.common.launch import launch_button
from dashboard.common.markdown import literal
from dashboard.common.page import live_fragment, pager, show_errors
from dashboard.data.likeness.fit_card import fit_card
from dashboard.data.likeness.sides import Side
from dashboard.data.recipe.shelf import KnownRecipe, recipe_name
from engine.config.fitting import FEWEST_CROPS, GOOD_NUMBER, FitConfig
from engine.errors import GlyphlabError
from engine.formatting import count
from engine.jobs import launch, list_jobs
from engine.sources.locate import delete_upload, save_loose_files
from engine.workspace import Workspace
from glyphlab_read.images.open import EXTENSIONS

_CROPS, _PHOTOS = "The real crops above", "Whole photos or PDF pages"
_SHOWN = 3  # fits on a page
_ABOUT = (
    "What the photos tell is measured: height, how many are grey, the two colours of each. The other numbers of the "
    "looks are searched: 200 recipes are drawn, with the texts of the photos, and compared. A fifth of the photos is "
    "held out and judges. 30 % of the images stay as various as they were; looks that an earlier fit has found are "
    "replaced. The recipe itself stays as it is."
)


def fit_section(space: Workspace, known: KnownRecipe | None, real: Side | None) -> None:
    """Draw the button that fits a recipe to real words, and the newest fits."""
    st.markdown("**Fit to your photos**", help=_ABOUT)
    with st.container(border=True, key="card-fit"), show_errors():
        if known is None:
            st.caption("Choose a recipe at the left: a dataset that is drawn already can no longer be fitted.")
        else:
            _start(space, known, real)

    def newest() -> None:
        rows = with_deleted(space, "fits", list_jobs(space, "fits"))
        for job, deleted in rows[pager(len(rows), _SHOWN, "fits")]:
            if deleted:
                undo_line(space, [job])
            else:
                fit_card(space, job)

    live_fragment(newest, lambda: any_live(space, "fits"))


def _start(space: Workspace, known: KnownRecipe, real: Side | None) -> None:
    """Draw the choice of the photos, what can be said of them beforehand, and the button."""
    chosen = st.segmented_control(
        "Photos to fit to", [_CROPS, _PHOTOS], default=_CROPS, key="likeness-fit-source", label_visibility="collapsed"
    )
    if chosen == _PHOTOS:
        files: Sequence[File] = drop_zone("likeness-pages", "Whole photos or PDF files", types=(*EXTENSIONS, "pdf"))
        if not files:
            st.caption("Words in them are found by the locator and cut out: one street or one page may give dozens.")
            return
        _button(space, known, f"Fit to the words in {count(len(files), 'files')}", files, "page")
        return
    if real is None:
        st.caption(
            f"Choose or drop real crops above: {GOOD_NUMBER} to 300 of them, one word each. No labels are needed."
        )
        return
    number = len(real.files) or len(real.measures)
    if number < FEWEST_CROPS:
        st.caption(f"{count(number, 'crops')} so far: a fit needs {FEWEST_CROPS}, better {GOOD_NUMBER} or more.")
        return
    if number < GOOD_NUMBER:
        st.caption(
            f":orange[:material/warning:] {count(number, 'crops')}: with fewer than {GOOD_NUMBER} much of what is "
            "fitted is chance, and too few are held out to tell a gain."
        )
    name = f"Fit to {'this dataset' if real.dataset else count(number, 'crops')}"
    _button(space, known, name, real.files, "word", real.dataset)


def _button(
    space: Workspace, known: KnownRecipe, words: str, files: Sequence[File], content: str, dataset: str = ""
) -> None:
    recipe: Any = known.recipe

    def start(nonce: str) -> str:
        name = f"{recipe_name(recipe)} {words.removeprefix('Fit ')}"
        if dataset:
            config = FitConfig.parse({"recipe": recipe.plain(), "dataset": dataset})
            return launch(space, "fit", config, name=name, nonce=nonce)
        renamed = [(f"{number}-{file}", BytesIO(content)) for number, (file, content) in enumerate(files)]
        upload = save_loose_files(space, renamed)
        try:
            config = FitConfig.parse({"recipe": recipe.plain(), "upload": upload.id, "content": content})
            return launch(space, "fit", config, name=name, nonce=nonce)
        except GlyphlabError:
            delete_upload(space, upload.id)
            raise

    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        launch_button(words, "fit", start, lambda _: st.rerun())
        st.caption(f"from **{literal(recipe_name(recipe))}** · 200 trials, some minutes; it can be stopped and resumed")
