"""The choice of the recipe to edit: presets, saved ones and one read from YAML; what was changed, and how to keep it.

A recipe keeps its draft while another is looked at. Saving, reading and listing are the engine's; this draws them.
"""

from collections.abc import Mapping

import streamlit as st

from dashboard.common import state
from dashboard.common.markdown import literal
from dashboard.common.page import show_error
from dashboard.common.state import choose
from dashboard.data.recipe.draft import RecipeDraft
from engine.config.recipe import PRESETS, Recipe
from engine.errors import ConfigError, GlyphlabError
from engine.formatting import count
from engine.synth import SavedRecipe, delete_recipe, save_recipe, saved_recipes
from engine.workspace import Workspace

_READ = "yaml"
_MOST = 1  # MB of a YAML file


def known_recipes(space: Workspace) -> dict[str, Recipe]:
    """Return the recipes to choose among by what they are called here: tuned ones, saved ones, presets."""
    tuned: dict[str, Recipe] = {}
    for choice, draft in _drafts().items():
        try:
            recipe = draft.recipe()
        except ConfigError:
            continue
        if choice == _READ:
            tuned[f"{recipe_name(recipe)}, from YAML"] = recipe
        elif recipe != draft.start:
            tuned[f"{recipe_name(recipe)}, as tuned"] = recipe
    saved: dict[str, Recipe] = {}
    for each in _saved(space).values():
        if each.recipe:
            again = sum(name.startswith(f"{each.name}, saved") for name in saved)
            saved[f"{each.name}, saved{f' ({again + 1})' if again else ''}"] = each.recipe
    return {**tuned, **saved, **PRESETS}


def recipe_name(recipe: Recipe) -> str:
    """Return what a recipe is called; one from YAML may have no name."""
    return recipe.name or "unnamed recipe"


def choose_recipe(space: Workspace) -> tuple[str, RecipeDraft]:
    """Draw the choice; return what was chosen and its draft."""
    saved = {id: each for id, each in _saved(space).items() if each.recipe}
    titles = {name: name for name in PRESETS} | {id: f"{each.name} (saved)" for id, each in saved.items()}
    if _READ in _drafts():
        titles[_READ] = f"{recipe_name(_drafts()[_READ].start)} (from YAML)"
    choose(state.RECIPE, list(titles), None)
    choice = str(
        st.selectbox(
            "Recipe",
            list(titles),
            format_func=titles.__getitem__,
            key=state.RECIPE,
            persist_state="session",
            label_visibility="collapsed",
            width=280,
        )
    )
    each = saved.get(choice)
    start = PRESETS.get(choice) or (each.recipe if each else None)
    draft = _drafts().get(choice)
    if draft is None or (start is not None and draft.start != start and each is not None):
        _drafts()[choice] = draft = RecipeDraft(start or Recipe())
    return choice, draft


def recipe_bar(space: Workspace, choice: str, draft: RecipeDraft, recipe: Recipe | None) -> None:
    """Draw what was changed, and saving, deleting and YAML; without a valid recipe only the way back and YAML."""
    changes = draft.changes(recipe) if recipe else []
    words = f"{count(len(changes), 'changes')}" if changes else "No changes"
    with st.popover(words if recipe else "Not valid yet", disabled=recipe is not None and not changes, key="changes"):
        st.caption(f"Differs from {literal(_base(space, choice, draft))}")
        for change in changes:
            st.markdown(literal(change))
        st.button("Undo all", icon=":material/undo:", on_click=_undo, args=(choice,), key="recipe-undo")
    with st.popover("Save", icon=":material/bookmark:", disabled=recipe is None, key="save-popover"):
        if recipe:
            _save_form(space, choice, recipe)
    with st.popover("YAML", icon=":material/code:", key="yaml-popover", on_change="rerun") as yaml:
        if yaml.open:
            _yaml(recipe)
    if fault := st.session_state.pop(state.RECIPE_ERROR, None):
        show_error(fault)


def _base(space: Workspace, choice: str, draft: RecipeDraft) -> str:
    saved = _saved(space).get(choice)
    return f"the saved {saved.name}" if saved else "the YAML" if choice == _READ else f"the preset {draft.start.name}"


def _save_form(space: Workspace, choice: str, recipe: Recipe) -> None:
    saved = _saved(space)
    own = saved.get(choice)
    key = f"recipe-name-{choice}"
    st.text_input("Name", own.name if own else f"my {recipe_name(recipe)}", max_chars=80, key=key)
    with st.container(horizontal=True):
        st.button(
            "Save as new" if own else "Save",
            key="recipe-save",
            icon=":material/bookmark_add:",
            on_click=_save,
            args=(space, choice, recipe, key, None),
        )
        if own:
            st.button(
                "Save over it",
                key="recipe-over",
                icon=":material/save:",
                on_click=_save,
                args=(space, choice, recipe, key, choice),
            )
            st.button(
                "Delete",
                key="recipe-delete",
                icon=":material/delete:",
                on_click=_delete,
                args=(space, choice),
                help="Datasets made by it keep their recipe.",
            )
    for each in saved.values():
        if each.recipe is None:
            st.caption(f":red[:material/error:] {literal(each.name)} cannot be read: {literal(each.fault)}")
            st.button("Delete it", key=f"recipe-delete-{each.id}", on_click=_delete, args=(space, each.id))


def _yaml(recipe: Recipe | None) -> None:
    """Draw the recipe as YAML with its download, and where YAML is read."""
    out, back = st.tabs(["Write", "Read"])
    if recipe:
        out.download_button(
            "Download",
            recipe.to_yaml(),
            file_name="recipe.yaml",
            mime="application/yaml",
            key="yaml-download",
            icon=":material/download:",
            on_click="ignore",
        )
        with out.container(height=320, border=False):
            st.code(recipe.to_yaml(), language="yaml")
    with back:
        file = st.file_uploader(
            "A recipe's YAML file", type=["yaml", "yml", "json"], key="yaml-file", max_upload_size=_MOST
        )
        st.text_area("or its text", key=state.YAML_TEXT, height=160, placeholder="name: mine\ntexts:\n- kind: digits")
        st.button(
            "Load",
            key="yaml-load",
            icon=":material/upload:",
            on_click=_load,
            args=(file.getvalue() if file else None,),
        )


def _load(file: bytes | None) -> None:
    """Take a recipe from YAML; the one that was tuned keeps its draft."""
    try:
        text = file.decode("utf-8-sig") if file else str(st.session_state.get(state.YAML_TEXT) or "")
        if not text.strip():
            raise ConfigError("YAML: nothing was given. Choose a file or paste its text, then load it.")
        recipe = Recipe.from_yaml(text)
    except UnicodeDecodeError:
        st.session_state[state.RECIPE_ERROR] = ConfigError(
            "The file is not UTF-8 text. Save it as UTF-8 and load it again."
        )
    except GlyphlabError as error:
        st.session_state[state.RECIPE_ERROR] = error
    else:
        _drafts()[_READ] = RecipeDraft(recipe)
        st.session_state[state.RECIPE] = _READ


def _save(space: Workspace, choice: str, recipe: Recipe, key: str, over: str | None) -> None:
    try:
        saved = save_recipe(space, recipe, str(st.session_state.get(key) or ""), over)
    except GlyphlabError as error:
        st.session_state[state.RECIPE_ERROR] = error
        return
    _drafts().pop(choice, None)  # what it started from is itself again
    st.session_state[state.RECIPE] = saved.id
    st.toast(f"Saved as {literal(saved.name)}", icon=":material/bookmark_added:")


def _delete(space: Workspace, id: str) -> None:
    try:
        delete_recipe(space, id)
    except GlyphlabError as error:
        st.session_state[state.RECIPE_ERROR] = error
    _drafts().pop(id, None)


def _undo(choice: str) -> None:
    _drafts()[choice] = RecipeDraft(_drafts()[choice].start)


def _saved(space: Workspace) -> Mapping[str, SavedRecipe]:
    return {saved.id: saved for saved in saved_recipes(space)}


def _drafts() -> dict[str, RecipeDraft]:
    return st.session_state.setdefault(state.RECIPE_DRAFTS, {})
