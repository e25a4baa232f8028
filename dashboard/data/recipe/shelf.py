"""Shelves of recipes, one of words and one of scenes: presets, saved ones, one read from YAML, and their drafts.

Drafts live in the session; a new session begins with those that the workspace keeps. Nothing is drawn here.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import streamlit as st

from dashboard.common import state
from dashboard.data.recipe.draft import Draft, RecipeDraft, SceneDraft
from engine.config.recipe import PRESETS, Recipe
from engine.config.scene_recipe import SCENE_PRESETS, SceneRecipe
from engine.errors import ConfigError, GlyphlabError
from engine.synth import SavedRecipe, saved_recipes
from engine.synth.recipe_drafts import DraftKind, forget_draft, kept_drafts
from engine.synth.saved_recipes import AnyRecipe
from engine.workspace import Workspace

AnyDraft = TypeVar("AnyDraft", bound=Draft[Any])


@dataclass(frozen=True)
class RecipeShelf(Generic[AnyRecipe, AnyDraft]):
    """The recipes of one kind.

    Attributes:
        kind: of its drafts in the workspace.
        recipes: the class of its recipes.
        presets: those to start from, by name.
        edited: makes the draft of a recipe.
        restored: makes a draft of the plain values that the workspace keeps.
        chosen: key of what the session chose.
        drafts: key of the session's drafts.
        read: what a recipe from YAML is called among them.
        example: of YAML.
    """

    kind: DraftKind
    recipes: type[AnyRecipe]
    presets: Mapping[str, AnyRecipe]
    edited: Callable[[AnyRecipe], AnyDraft]
    restored: Callable[[Any], AnyDraft]
    chosen: str
    drafts: str
    read: str
    example: str


WORDS = RecipeShelf(
    "words",
    Recipe,
    PRESETS,
    RecipeDraft,
    RecipeDraft.restored,
    state.RECIPE,
    state.RECIPE_DRAFTS,
    "yaml",
    "name: mine\ntexts:\n- kind: digits",
)
SCENES = RecipeShelf(
    "scenes",
    SceneRecipe,
    SCENE_PRESETS,
    SceneDraft,
    SceneDraft.restored,
    state.SCENE_RECIPE,
    state.SCENE_DRAFTS,
    "scenes-yaml",
    "name: mine\nempty: 0.3\ntext_height: [12, 60]",
)


def known_recipes(space: Workspace) -> dict[str, Recipe]:
    """Return the recipes of words to choose among by what they are called here: tuned ones, saved ones, presets."""
    tuned: dict[str, Recipe] = {}
    for choice, draft in drafts_of(space, WORDS).items():
        try:
            recipe = draft.recipe()
        except ConfigError:
            continue
        if choice == WORDS.read:
            tuned[f"{recipe_name(recipe)}, from YAML"] = recipe
        elif recipe != draft.start:
            tuned[f"{recipe_name(recipe)}, as tuned"] = recipe
    return {**tuned, **saved_by_name(space), **PRESETS}


def saved_by_name(space: Workspace) -> dict[str, Recipe]:
    """Return the saved recipes of words by names that tell them apart."""
    saved: dict[str, Recipe] = {}
    for each in saved_on(space, WORDS).values():
        if each.recipe:
            again = sum(name.startswith(f"{each.name}, saved") for name in saved)
            saved[f"{each.name}, saved{f' ({again + 1})' if again else ''}"] = each.recipe
    return saved


def recipe_name(recipe: Recipe | SceneRecipe) -> str:
    """Return what a recipe is called; one from YAML may have no name."""
    return recipe.name or "unnamed recipe"


def forget(space: Workspace, shelf: RecipeShelf[AnyRecipe, Any], choice: str) -> None:
    """Drop a draft from the session and from the workspace."""
    drafts_of(space, shelf).pop(choice, None)
    st.session_state.get(state.DRAFT_TIMES, {}).pop((shelf.kind, choice), None)
    forget_draft(space, shelf.kind, choice)


def saved_on(space: Workspace, shelf: RecipeShelf[AnyRecipe, Any]) -> Mapping[str, SavedRecipe[AnyRecipe]]:
    """Return the saved recipes by their ids, also those that cannot be read."""
    return {saved.id: saved for saved in saved_recipes(space, shelf.recipes)}


def drafts_of(space: Workspace, shelf: RecipeShelf[AnyRecipe, AnyDraft]) -> dict[str, AnyDraft]:
    """Return the session's drafts; a new session begins with those that the workspace keeps, at the newest."""
    if shelf.drafts not in st.session_state:
        st.session_state[shelf.drafts] = {}
        for kept in kept_drafts(space, shelf.kind):
            try:
                st.session_state[shelf.drafts][kept.choice] = shelf.restored(kept.values)
            except (GlyphlabError, LookupError, TypeError, ValueError):  # of another version
                continue
            st.session_state.setdefault(shelf.chosen, kept.choice)
            st.session_state.setdefault(state.DRAFT_TIMES, {})[shelf.kind, kept.choice] = kept.changed
    return st.session_state[shelf.drafts]
