"""Fit to your photos: the recipe beside real words is fitted to them, or to words in whole photos, by one button."""

from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any

import streamlit as st

from dashboard.common.deleting import undo_line, with_deleted
from dashboard.common.dropped import File, drop_zone
from dashboard.common.fields import fields
from dashboard.common.jobs import any_live
from dashboard.common.launch import launch_button, same_command
from dashboard.common.markdown import literal
from dashboard.common.page import live_fragment, pager, show_error, show_errors
from dashboard.common.source_picker import choose_source
from dashboard.data.likeness.fit_card import fit_card
from dashboard.data.likeness.sides import Side
from dashboard.data.recipe.shelf import KnownRecipe, recipe_name
from dashboard.readings.bundle_field import bundle_field
from engine.config.fitting import FEWEST_CROPS, GOOD_NUMBER, FitConfig
from engine.errors import ConfigError, GlyphlabError
from engine.formatting import count
from engine.jobs import launch, list_jobs
from engine.sources.locate import delete_upload, save_loose_files
from engine.workspace import Workspace
from glyphlab_read.images.open import EXTENSIONS

_CROPS, _PHOTOS, _FOLDER = "The real crops above", "Whole photos or PDF pages", "A folder or zip file"
_SHOWN = 3  # fits on a page
_KEY = "likeness-fit.settings"
_SETTINGS = ["trials", "variety", "held_out", "keep", "seed"]
_PLACE = "my-crops"  # stands in the command for a folder of the images that were dropped
_ABOUT = (
    "What the photos tell is measured: height, how many are grey, the two colours of each. The other numbers of the "
    "looks are searched: 200 recipes are drawn, with the texts of the photos, and compared. A fifth of the photos is "
    "held out and judges. 30 % of the images stay as various as they were; looks that an earlier fit has found are "
    "replaced. The recipe itself stays as it is. Settings change these numbers."
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
        "Photos to fit to",
        [_CROPS, _PHOTOS, _FOLDER],
        default=_CROPS,
        key="likeness-fit-source",
        label_visibility="collapsed",
    )
    if chosen == _FOLDER:
        source = choose_source(space, "likeness-fit", "Crops with or without a list of their labels, photos, or a zip")
        if source is None:
            st.caption("Labels are taken as an import takes them: from a list, or from the names of files.")
            return
        _button(space, known, "Fit to these files", (), source)
        return
    if chosen == _PHOTOS:
        files: Sequence[File] = drop_zone("likeness-pages", "Whole photos or PDF files", types=(*EXTENSIONS, "pdf"))
        if not files:
            st.caption("Words in them are found by the locator and cut out: one street or one page may give dozens.")
            return
        _button(space, known, f"Fit to the words in {count(len(files), 'files')}", files, {"content": "page"})
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
    _button(space, known, name, real.files, {"dataset": real.dataset} if real.dataset else {"content": "word"})


def _button(space: Workspace, known: KnownRecipe, words: str, files: Sequence[File], given: Mapping[str, Any]) -> None:
    """Draw the settings of a fit, the button, and the command.

    Args:
        space: where.
        known: the recipe to begin with.
        words: on the button.
        files: that were dropped; they become an upload once it starts.
        given: settings that the choice of the photos decides.
    """
    name = f"{recipe_name(known.recipe)} {words.removeprefix('Fit ')}"
    place = {"path": _PLACE} if files else {}
    with st.expander("Settings", key="likeness-fit-settings"):
        values = _settings(space)
    try:
        config = FitConfig.parse({"recipe": known.recipe.plain(), **values, **given, **place})
    except ConfigError as error:
        show_error(error)
        return

    def start(nonce: str) -> str:
        if not files:
            return launch(space, "fit", config, name=name, nonce=nonce)
        renamed = [(f"{number}-{file}", BytesIO(content)) for number, (file, content) in enumerate(files)]
        upload = save_loose_files(space, renamed)
        try:
            return launch(space, "fit", config.changed(path=None, upload=upload.id), name=name, nonce=nonce)
        except GlyphlabError:
            delete_upload(space, upload.id)
            raise

    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        launch_button(words, "fit", start, lambda _: st.rerun())
        st.caption(
            f"from **{literal(recipe_name(known.recipe))}** · {count(config.trials, 'trials')}, some minutes; it can "
            "be stopped and resumed"
        )
    same_command("fit", config, name)
    if files:
        st.caption(f"`{_PLACE}` stands for a folder in the workspace's `imports` with these files.")


def _settings(space: Workspace) -> dict[str, Any]:
    start = FitConfig(path=_PLACE)
    return {
        **fields(start, _SETTINGS, _KEY),
        "run": bundle_field(space, start, "run", f"{_KEY}.run", "Reader that compares images"),
        "locator": bundle_field(space, start, "locator", f"{_KEY}.locator", "Locator that finds words in photos"),
    }
