"""The choice of the recipe to edit: presets, saved ones and one read from YAML; what was changed, and how to keep it.

A recipe keeps its draft while another is looked at, and over a reload. Saving, reading and listing are the engine's;
this draws them.
"""

from functools import partial
from typing import Any

import streamlit as st

from dashboard.common import state
from dashboard.common.callbacks import guarded
from dashboard.common.deleting import discarded_line, note_discarded
from dashboard.common.drafts import begin, draft_line, end, take
from dashboard.common.markdown import literal
from dashboard.common.page import show_error
from dashboard.common.state import choose
from dashboard.data.recipe.draft import Draft
from dashboard.data.recipe.shelf import (
    ALIKE,
    AnyDraft,
    RecipeShelf,
    bring_back,
    drafts_of,
    forget,
    keep_typed,
    recipe_name,
    saved_on,
)
from engine.drafts import KeptDraft
from engine.errors import ConfigError, GlyphlabError
from engine.formatting import count
from engine.labels import file_name
from engine.synth import delete_recipe, save_recipe
from engine.synth.saved_recipes import AnyRecipe
from engine.workspace import Workspace

_MOST = 1  # MB of a YAML file


def choose_recipe(space: Workspace, shelf: RecipeShelf[AnyRecipe, AnyDraft]) -> tuple[str, AnyDraft]:
    """Draw the choice; return what was chosen and its draft."""
    saved = {id: each for id, each in saved_on(space, shelf).items() if each.recipe}
    drafts = drafts_of(space, shelf)
    titles = {name: name for name in shelf.presets} | {id: f"{each.name} (saved)" for id, each in saved.items()}
    if shelf.read in drafts:
        titles[shelf.read] = f"{recipe_name(drafts[shelf.read].start)} (from YAML)"
    if ALIKE in drafts:
        titles[ALIKE] = f"{recipe_name(drafts[ALIKE].start)} (of a dataset)"
    choose(shelf.chosen, list(titles), None)
    choice = str(
        st.selectbox(
            "Recipe",
            list(titles),
            format_func=titles.__getitem__,
            key=shelf.chosen,
            persist_state="session",
            label_visibility="collapsed",
            width=280,
        )
    )
    each = saved.get(choice)
    start = shelf.presets.get(choice) or (each.recipe if each else None)
    draft = drafts.get(choice)
    if draft is None or (start is not None and draft.start != start and each is not None):
        drafts[choice] = draft = shelf.edited(start or shelf.recipes())
    keep_typed(space, shelf, choice, draft, drawn=False)
    return choice, draft


def recipe_bar(
    space: Workspace,
    shelf: RecipeShelf[AnyRecipe, Any],
    choice: str,
    draft: Draft[AnyRecipe],
    recipe: AnyRecipe | None,
) -> None:
    """Draw what was changed, and saving, deleting and YAML; without a valid recipe only the way back and YAML.

    What was changed is kept in the workspace, too.
    """
    changes = draft.changes(recipe) if recipe else []
    words = f"{count(len(changes), 'changes')}" if changes else "No changes"
    with st.popover(words if recipe else "Not valid yet", disabled=recipe is not None and not changes, key="changes"):
        st.caption(f"Differs from {literal(_base(space, shelf, choice, draft))}")
        for change in changes:
            st.markdown(literal(change))
        st.button("Undo all", icon=":material/undo:", on_click=_undo, args=(space, shelf, choice), key="recipe-undo")
    with st.popover("Save", icon=":material/bookmark:", disabled=recipe is None, key="save-popover"):
        if recipe:
            _save_form(space, shelf, choice, recipe)
    with st.popover("YAML", icon=":material/code:", key="yaml-popover", on_change="rerun") as yaml:
        if yaml.open:
            _yaml(space, shelf, recipe)
    discarded_line(shelf.kind, shelf.kind)
    if fault := st.session_state.pop(state.RECIPE_ERROR, None):
        show_error(fault, labels=False)
    _keep(space, shelf, choice, draft, changed=recipe is None or bool(changes))


def _keep(
    space: Workspace, shelf: RecipeShelf[AnyRecipe, Any], choice: str, draft: Draft[AnyRecipe], changed: bool
) -> None:
    """Keep a draft that a reload could not make again, and say of one that came back how old it is."""
    opened = begin(space, shelf.kind, choice)
    if changed or choice in (shelf.read, ALIKE):
        keep_typed(space, shelf, choice, draft, drawn=True)
    elif opened.draft.revision:
        end(space, opened)
    draft_line(space, opened, partial(_undo, space, shelf, choice), partial(_go_on, space, shelf, choice))


def _go_on(space: Workspace, shelf: RecipeShelf[Any, Any], choice: str, kept: KeptDraft) -> None:
    """Take an earlier draft in place of the one at hand, which is put aside."""
    draft = bring_back(shelf, kept.values)
    if draft is None:
        st.session_state[state.RECIPE_ERROR] = ConfigError("That draft was kept by another version and cannot be read.")
        return
    forget(space, shelf, choice, aside=True)
    drafts_of(space, shelf)[choice] = draft
    take(begin(space, shelf.kind, choice), kept)


def _base(space: Workspace, shelf: RecipeShelf[AnyRecipe, Any], choice: str, draft: Draft[AnyRecipe]) -> str:
    saved = saved_on(space, shelf).get(choice)
    if saved:
        return f"the saved {saved.name}"
    if choice == ALIKE:
        return "the recipe of the dataset"
    return "the YAML" if choice == shelf.read else f"the preset {draft.start.name}"


def _save_form(space: Workspace, shelf: RecipeShelf[AnyRecipe, Any], choice: str, recipe: AnyRecipe) -> None:
    saved = saved_on(space, shelf)
    own = saved.get(choice)
    key = f"recipe-name-{choice}"
    st.text_input("Name", own.name if own else f"my {recipe_name(recipe)}", max_chars=80, key=key)
    with st.container(horizontal=True):
        st.button(
            "Save as new" if own else "Save",
            key="recipe-save",
            icon=":material/bookmark_add:",
            on_click=_save,
            args=(space, shelf, choice, recipe, key, None),
        )
        if own:
            st.button(
                "Save over it",
                key="recipe-over",
                icon=":material/save:",
                on_click=_save,
                args=(space, shelf, choice, recipe, key, choice),
            )
            st.button(
                "Delete",
                key="recipe-delete",
                icon=":material/delete:",
                on_click=_delete,
                args=(space, shelf, choice),
                help="Datasets made by it keep their recipe.",
            )
    for each in saved.values():
        if each.recipe is None:
            st.caption(f":red[:material/error:] {literal(each.name)} cannot be read: {literal(each.fault)}")
            st.button("Delete it", key=f"recipe-delete-{each.id}", on_click=_delete, args=(space, shelf, each.id))


def _yaml(space: Workspace, shelf: RecipeShelf[AnyRecipe, Any], recipe: AnyRecipe | None) -> None:
    """Draw the recipe as YAML with its download, and where YAML is read."""
    out, back = st.tabs(["Show YAML", "Load YAML"])
    if recipe:
        out.download_button(
            "Download",
            recipe.to_yaml(),
            file_name=file_name(recipe_name(recipe), "yaml"),
            mime="application/yaml",
            key="yaml-download",
            icon=":material/download:",
            on_click="ignore",
        )
        with out.container(height=320, border=False):
            st.code(recipe.to_yaml(), language=None)
    with back:
        file = st.file_uploader(
            "A recipe's YAML file", type=["yaml", "yml", "json"], key="yaml-file", max_upload_size=_MOST
        )
        st.text_area("or its text", key=state.YAML_TEXT, height=160, placeholder=shelf.example)
        st.button(
            "Load",
            key="yaml-load",
            icon=":material/upload:",
            on_click=_load,
            args=(space, shelf, file.getvalue() if file else None),
        )


@guarded
def _load(space: Workspace, shelf: RecipeShelf[AnyRecipe, Any], file: bytes | None) -> None:
    """Take a recipe from YAML; the one that was tuned keeps its draft."""
    try:
        text = file.decode("utf-8-sig") if file else str(st.session_state.get(state.YAML_TEXT) or "")
        if not text.strip():
            raise ConfigError("YAML: nothing was given. Choose a file or paste its text, then load it.")
        recipe = shelf.recipes.from_yaml(text)
    except UnicodeDecodeError:
        st.session_state[state.RECIPE_ERROR] = ConfigError(
            "The file is not UTF-8 text. Save it as UTF-8 and load it again."
        )
    except GlyphlabError as error:
        st.session_state[state.RECIPE_ERROR] = error
    else:
        drafts_of(space, shelf)[shelf.read] = shelf.edited(recipe)
        st.session_state[shelf.chosen] = shelf.read


@guarded
def _save(
    space: Workspace, shelf: RecipeShelf[AnyRecipe, Any], choice: str, recipe: AnyRecipe, key: str, over: str | None
) -> None:
    try:
        saved = save_recipe(space, recipe, str(st.session_state.get(key) or ""), over)
    except GlyphlabError as error:
        st.session_state[state.RECIPE_ERROR] = error
        return
    forget(space, shelf, choice)  # what it started from is itself again
    st.session_state[shelf.chosen] = saved.id
    st.toast(f"Saved as {literal(saved.name)}", icon=":material/bookmark_added:")


@guarded
def _delete(space: Workspace, shelf: RecipeShelf[AnyRecipe, Any], id: str) -> None:
    try:
        note_discarded(shelf.kind, delete_recipe(space, id, shelf.recipes))
    except GlyphlabError as error:
        st.session_state[state.RECIPE_ERROR] = error
    forget(space, shelf, id)


@guarded
def _undo(space: Workspace, shelf: RecipeShelf[AnyRecipe, Any], choice: str) -> None:
    start = drafts_of(space, shelf)[choice].start
    forget(space, shelf, choice, aside=True)
    drafts_of(space, shelf)[choice] = shelf.edited(start)
