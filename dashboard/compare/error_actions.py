"""Actions on an error: its label, or a photo's, is corrected, or a recipe is made that draws more images like it."""

import pandas as pd
import streamlit as st

from dashboard.common import state
from dashboard.common.callbacks import guarded
from dashboard.common.kinds import DataKind
from dashboard.common.markdown import literal
from dashboard.common.page import close_dialog, open_dialog, show_errors
from engine.config.recipe import Recipe
from engine.datasets.dataset import Dataset
from engine.datasets.drafts import EditDraft
from engine.errors import ConfigError
from engine.evaluation.errors import hard_characters
from engine.formatting import count
from engine.synth import save_recipe, saved_recipes
from engine.synth.emphasis import emphasise
from engine.workspace import Workspace

_DATA = "app_pages/data.py"
_NAME = 50  # characters of a recipe's name that stay
_SUFFIX = ", more of its errors"


def correct_label(data: Dataset, sample: int) -> None:
    """Draw the label of a sample to be typed over; what is typed goes into the draft of the dataset's next version."""
    draft, stored = EditDraft(data.folder), data.label(sample)
    key = f"compare-label-{data.folder.name}-{sample}"
    state.show_value(key, draft.corrections.get(sample, stored))
    st.text_input("Correct this label", key=key, max_chars=1000, on_change=_typed, args=(data, sample, key, stored))
    words = draft.words("words")
    if not words:
        st.caption("Is the label wrong, and the reading right? Type what the image says.")
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(f":material/edit: Draft of a new version: {words}.", width="content")
        if st.button("Open the draft", key="compare-open-draft", icon=":material/database:"):
            close_dialog()
            _go_to_dataset(data.folder.name, "words", "images")


def draw_more(workspace: Workspace, data: Dataset, readings: pd.DataFrame, wrong: pd.DataFrame, place: str) -> None:
    """Draw the button that makes a recipe for more images like these errors and opens it; nothing for imported images.

    Args:
        workspace: where recipes are saved.
        data: the dataset of the images.
        readings: those of the whole test set.
        wrong: the errors to draw more of, of `wrong_readings`.
        place: ends the button's key.
    """
    if not {"source", "look", "font"} <= set(data.frame().columns):
        return
    if not st.button(
        f"Draw more like {'these' if len(wrong) > 1 else 'this'}",
        key=f"compare-more-{place}",
        icon=":material/casino:",
        help=f"A recipe with the weights of texts, looks and fonts raised by {count(len(wrong), 'errors')}.",
    ):
        return
    with show_errors():
        try:
            recipe = Recipe.parse(data.manifest.recipe)
        except ConfigError:
            raise ConfigError(
                "The recipe of this dataset is of another version. Draw more by one of your own."
            ) from None
        names = [int(name) for name in readings["name"].drop_duplicates()]
        rows = pd.Index([int(name) for name in wrong.index])
        found = emphasise(recipe, data.frame().loc[names], rows, hard_characters(readings, wrong))
        st.session_state[state.RECIPE] = _saved(workspace, found)
        close_dialog()
        st.switch_page(_DATA, query_params={"tab": "make", "kind": "words"})


def _saved(workspace: Workspace, recipe: Recipe) -> str:
    """Return the id of the saved recipe: one that is there already, else a new one."""
    base = recipe.name.removesuffix(_SUFFIX)[:_NAME] or "recipe"
    named = recipe.changed(name=f"{base}{_SUFFIX}")
    there = next((saved for saved in saved_recipes(workspace, Recipe) if saved.recipe == named), None)
    saved = there or save_recipe(workspace, named, named.name)
    st.toast(f"Saved as {literal(saved.name)}", icon=":material/bookmark_added:")
    return saved.id


def open_photo(dataset: str, scene: int) -> None:
    """Draw the button that opens a photo of a dataset, large, where its regions are corrected."""
    if st.button("Correct its labels", key=f"compare-correct-{scene}", icon=":material/edit:", type="tertiary"):
        open_dialog("photo", dataset, scene)
        _go_to_dataset(dataset, "photos", "photos")


@guarded
def _typed(data: Dataset, sample: int, key: str, stored: str) -> None:
    EditDraft(data.folder).correct(sample, str(st.session_state[key] or ""), stored)


def _go_to_dataset(dataset: str, kind: DataKind, view: str) -> None:
    st.switch_page(_DATA, query_params={"tab": "datasets", "kind": kind, "dataset": dataset, "view": view})
