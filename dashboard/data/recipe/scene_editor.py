"""Editor of recipes of scenes: how photos are built, and the recipe of words inside, with what scenes take of it."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from dashboard.common.fields import field, fields, folded_names, group, open_names
from dashboard.common.markdown import literal
from dashboard.common.page import dialog, opened_dialog
from dashboard.data.recipe.colours import colour_ranges
from dashboard.data.recipe.draft import DraftPart, RecipeDraft, SceneDraft
from dashboard.data.recipe.editor import chosen_look
from dashboard.data.recipe.font_choice import choose_fonts, chosen_fonts
from dashboard.data.recipe.font_packs import check_named_packs
from dashboard.data.recipe.picture_choice import choose_scene_pictures, pictures_of_scenes
from dashboard.data.recipe.shelf import saved_by_name
from dashboard.data.recipe.text_sources import source_list
from engine.config.recipe_presets import PRESETS
from engine.config.scene_recipe import SceneRecipe
from engine.workspace import Workspace

_APART = ("name", "words", "blocks", "picture")  # drawn in places of their own, or not at all
_TABS = ("Scene", "Text", "Letters")


def scene_editor(space: Workspace, draft: SceneDraft, labels: Sequence[str]) -> None:
    """Draw the settings of a draft and note their values in it.

    Args:
        space: where uploads are.
        draft: what is tuned.
        labels: texts of the recipe, by which fonts are shown.
    """
    check_named_packs(space, draft.words.looks)
    scene, text, letters = st.tabs(_TABS, on_change="rerun", key="scene-recipe-tab")
    if scene.open:
        with scene:
            draft.scene.values |= _scene(space, draft.scene)
    if text.open:
        with text:
            _take_words(space, draft)
            source_list(space, draft.words)
    if letters.open:
        with letters:
            look = chosen_look(draft.words)
            look.values |= _letters(space, look, draft.words.languages(), labels)
    if fonts := opened_dialog("fonts"):
        dialog("Choose fonts", lambda: choose_fonts(space, fonts[0], draft.words.languages(), labels))
    if pictures := opened_dialog("pictures"):
        dialog("Choose pictures", lambda: choose_scene_pictures(space, pictures[0]))


def _scene(space: Workspace, part: DraftPart) -> dict[str, Any]:
    recipe = part.start
    shown = [name for name in open_names(SceneRecipe) if name not in _APART]
    size = [name for name in shown if name in ("width", "height")]
    values = fields(recipe, [name for name in shown if name not in size], part.mark)
    st.markdown("**What carries text**", help=SceneRecipe.model_fields["blocks"].description)
    values["blocks"] = group(recipe.blocks, f"{part.mark}.blocks")
    with st.container(border=True, key=f"card-grounds-{part.mark}", gap="xsmall"):
        values["picture"] = field(recipe, "picture", part.mark)
        if values["picture"]:
            pictures_of_scenes(space, part)
    values |= fields(recipe, size, part.mark)
    with st.expander("More about the scenes", key=f"more-{part.mark}", on_change="rerun") as more:
        if more.open:
            values |= fields(recipe, [name for name in folded_names(SceneRecipe) if name not in _APART], part.mark)
    return values


def _take_words(space: Workspace, draft: SceneDraft) -> None:
    """Draw the choice of another recipe of words, from which texts, fonts and colours are taken."""
    recipes = {f"{name} (preset)": recipe for name, recipe in PRESETS.items()} | saved_by_name(space)
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        name = literal(draft.words.start.name) or "Words"
        st.markdown(f"**{name}**", width="content", help="Texts, fonts and colours.")
        chosen = st.menu_button(
            "Take other words",
            list(recipes),
            format_func=literal,
            key="scene-words",
            icon=":material/swap_horiz:",
            type="tertiary",
            help="Texts, fonts and colours of a recipe of words take the place of these.",
        )
    if chosen:
        draft.words = RecipeDraft(recipes[str(chosen)])
        st.rerun()


def _letters(space: Workspace, look: DraftPart, languages: Sequence[str], labels: Sequence[str]) -> dict[str, Any]:
    st.caption("Of a look, scenes take fonts, colours, spacing and outline.")
    chosen_fonts(space, look, languages, labels)
    colour_ranges(look, "colours", "Ink")
    return fields(look.start, ["character_spacing", "stroke_width"], look.mark)
