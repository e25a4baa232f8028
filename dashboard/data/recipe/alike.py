"""Another dataset like one that was drawn."""

import streamlit as st

from dashboard.common import state
from dashboard.common.kinds import choose_kind
from dashboard.data.recipe.shelf import ALIKE, SCENES, WORDS, RecipeShelf, drafts_of, forget
from engine.config.recipe import Recipe
from engine.config.scene_recipe import SceneRecipe
from engine.jobs import Job
from engine.jobs.summaries import holds_scenes
from engine.workspace import Workspace


def make_alike(space: Workspace, dataset: Job, recipe: Recipe | SceneRecipe) -> None:
    """Let Data begin at a dataset's recipe and number of images, with another seed. What was tuned so before stays."""
    if isinstance(recipe, SceneRecipe):
        _begin(space, SCENES, recipe)
        choose_kind("photos")
    else:
        _begin(space, WORDS, recipe)
        choose_kind("words")
    key = f"data-{'photos' if holds_scenes(dataset) else 'images'}"
    images, seed = dataset.config.get("images"), dataset.config.get("seed")
    if isinstance(images, int):
        st.session_state[f"{key}.images"] = images
    st.session_state[f"{key}.seed"] = seed + 1 if isinstance(seed, int) else 1
    st.session_state[state.TAB_WANTED] = True


def _begin(space: Workspace, shelf: RecipeShelf, recipe: Recipe | SceneRecipe) -> None:
    forget(space, shelf, ALIKE, aside=True)
    drafts_of(space, shelf)[ALIKE] = shelf.edited(recipe)
    st.session_state[shelf.chosen] = ALIKE
