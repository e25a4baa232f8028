"""Shelves of recipes, one of words and one of scenes: presets, saved ones, one read from YAML, and their drafts.

Drafts live in the session; a new session begins with those that the workspace keeps. Nothing is drawn here.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import streamlit as st

from dashboard.common import state
from dashboard.common.drafts import begin, end, keep, leave, stored_drafts
from dashboard.common.forms import plain, unplain
from dashboard.common.sliders import NO_INPUTS
from dashboard.data.recipe.draft import Draft, RecipeDraft, SceneDraft
from engine.config.recipe import Recipe
from engine.config.recipe_presets import PRESETS
from engine.config.scene_recipe import SCENE_PRESETS, SceneRecipe
from engine.errors import ConfigError, GlyphlabError
from engine.synth import SavedRecipe, saved_recipes
from engine.synth.saved_recipes import AnyRecipe
from engine.workspace import Workspace

ALIKE = "alike"
"""The choice that stands for the recipe of a dataset among those to choose from, once another like it is to be made."""

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

    kind: str
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


@dataclass(frozen=True)
class KnownRecipe:
    """A recipe to choose, and the choice on its shelf whose draft it is or would be."""

    choice: str
    recipe: Any


def known_recipes(space: Workspace, shelf: RecipeShelf[Any, Any]) -> dict[str, KnownRecipe]:
    """Return the recipes of a shelf by what they are called here: tuned ones, saved ones, presets."""
    tuned: dict[str, KnownRecipe] = {}
    for choice, draft in drafts_of(space, shelf).items():
        try:
            recipe = draft.recipe()
        except ConfigError:
            continue
        if choice == shelf.read:
            tuned[f"{recipe_name(recipe)}, from YAML"] = KnownRecipe(choice, recipe)
        elif choice == ALIKE:
            tuned[f"{recipe_name(recipe)}, of a dataset"] = KnownRecipe(choice, recipe)
        elif recipe != draft.start:
            tuned[f"{recipe_name(recipe)}, as tuned"] = KnownRecipe(choice, recipe)
    saved = {name: KnownRecipe(each.id, each.recipe) for name, each in _saved(space, shelf).items()}
    return {**tuned, **saved, **{name: KnownRecipe(name, recipe) for name, recipe in shelf.presets.items()}}


def saved_by_name(space: Workspace) -> dict[str, Recipe]:
    """Return the saved recipes of words by names that tell them apart."""
    return {name: each.recipe for name, each in _saved(space, WORDS).items() if each.recipe}


def _saved(space: Workspace, shelf: RecipeShelf[AnyRecipe, Any]) -> dict[str, SavedRecipe[AnyRecipe]]:
    saved: dict[str, SavedRecipe[AnyRecipe]] = {}
    for each in saved_on(space, shelf).values():
        if each.recipe:
            again = sum(name.startswith(f"{each.name}, saved") for name in saved)
            saved[f"{each.name}, saved{f' ({again + 1})' if again else ''}"] = each
    return saved


def recipe_name(recipe: Recipe | SceneRecipe) -> str:
    """Return what a recipe is called; one from YAML may have no name."""
    return recipe.name or "unnamed recipe"


def forget(space: Workspace, shelf: RecipeShelf[AnyRecipe, Any], choice: str, *, aside: bool = False) -> None:
    """Drop a draft from the session and from the workspace; with `aside` it can be brought back."""
    drafts_of(space, shelf).pop(choice, None)
    (leave if aside else end)(space, begin(space, shelf.kind, choice))


def keep_typed(space: Workspace, shelf: RecipeShelf[Any, Any], choice: str, draft: Draft[Any], *, drawn: bool) -> None:
    """Keep a draft in the workspace.

    Args:
        space: the workspace.
        shelf: its shelf.
        choice: what it started from.
        draft: the draft, which differs from its start if it was `drawn`.
        drawn: whether its inputs have been drawn by now; before that it is kept only where one of them changed.
    """
    known: dict[tuple[str, str], dict[str, Any]] = st.session_state.setdefault(state.RECIPE_INPUTS, {})
    inputs = _inputs(draft)
    before = known.get((shelf.kind, choice))
    known[shelf.kind, choice] = inputs
    if drawn or (before is not None and any(before.get(key, value) != value for key, value in inputs.items())):
        keep(space, begin(space, shelf.kind, choice), {"draft": draft.plain(), "inputs": inputs})


def _inputs(draft: Draft[Any]) -> dict[str, Any]:
    """Return what the inputs of a draft hold, by the keys of their widgets."""
    starts = tuple(f"{mark}." for mark in draft.marks())
    counters = {f"{mark}-lists" for mark in draft.marks()}
    held = (str(key) for key in st.session_state if str(key).startswith(starts) or key in counters)
    return {key: plain(st.session_state[key]) for key in held if not key.endswith(NO_INPUTS)}


def bring_back(shelf: RecipeShelf[Any, AnyDraft], values: Any) -> AnyDraft | None:
    """Return the draft of what the workspace keeps, its inputs as they were; None where another version kept it."""
    try:
        draft = shelf.restored(values.get("draft", values))
        inputs = {str(key): unplain(value) for key, value in values.get("inputs", {}).items()}
    except (GlyphlabError, LookupError, TypeError, ValueError, AttributeError):
        return None
    starts = tuple(draft.marks())
    st.session_state.update({key: value for key, value in inputs.items() if key.startswith(starts)})
    return draft


def saved_on(space: Workspace, shelf: RecipeShelf[AnyRecipe, Any]) -> Mapping[str, SavedRecipe[AnyRecipe]]:
    """Return the saved recipes by their ids, also those that cannot be read."""
    return {saved.id: saved for saved in saved_recipes(space, shelf.recipes)}


def drafts_of(space: Workspace, shelf: RecipeShelf[AnyRecipe, AnyDraft]) -> dict[str, AnyDraft]:
    """Return the session's drafts; a new session begins with those that the workspace keeps, at the newest."""
    if shelf.drafts not in st.session_state:
        st.session_state[shelf.drafts] = found = {}
        for kept in stored_drafts(space, shelf.kind):
            if kept.aside or kept.choice in found or (draft := bring_back(shelf, kept.values)) is None:
                continue
            found[kept.choice] = draft
            begin(space, shelf.kind, kept.choice)
            st.session_state.setdefault(shelf.chosen, kept.choice)
    return st.session_state[shelf.drafts]
