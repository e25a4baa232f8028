"""Recipe editor: text sources and styles to edit, add, copy and remove, drawn from their own declarations.

What the config refuses is said by the page. Only what is unfolded is drawn; the rest keeps its values in the draft.
"""

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from dashboard.common import state
from dashboard.common.callbacks import guarded
from dashboard.common.fields import field, fields, group, weight_slider
from dashboard.common.page import dialog, opened_dialog
from dashboard.data.recipe.colours import colour_pairs, colour_ranges
from dashboard.data.recipe.draft import DraftPart, RecipeDraft
from dashboard.data.recipe.font_choice import choose_fonts, chosen_fonts
from dashboard.data.recipe.font_packs import check_named_packs
from dashboard.data.recipe.picture_choice import background_pictures, choose_pictures
from dashboard.data.recipe.steps import step, step_list
from dashboard.data.recipe.text_sources import source_list
from engine.config.style import Style
from engine.workspace import Workspace

_SIZE = ("height", "margin", "skew", "blur")
_GROUND = (
    "background",
    "pictures",
    "colours",
    "stroke_colour",
    "stroke_colours",
    "stroke_width",
    "least_contrast",
    "mode",
    "paired_colours",
    "colour_pairs",
)
_LETTERS = ("letters", "neighbours")
_TABS = ("Text", "Look", "Ground and ink", "Letters", "After")


def recipe_editor(space: Workspace, draft: RecipeDraft, labels: Sequence[str]) -> None:
    """Draw the settings of a draft and note their values in it.

    Args:
        space: where uploads are.
        draft: what is tuned.
        labels: texts of the recipe, by which fonts are shown.
    """
    check_named_packs(space, draft.looks)
    text, look, ground, letters, after = st.tabs(_TABS, on_change="rerun", key="recipe-tab")
    if text.open:
        with text:
            source_list(space, draft)
    parts: tuple[tuple[Any, Callable[[DraftPart], dict[str, Any]]], ...] = (
        (look, lambda part: _look(space, part, draft.languages(), labels)),
        (ground, lambda part: _ground(space, part)),
        (letters, lambda part: _letters(space, part)),
        (after, _after),
    )
    for tab, form in parts:
        if tab.open:
            with tab:
                part = chosen_look(draft)
                part.values |= form(part)

    if fonts := opened_dialog("fonts"):
        dialog("Choose fonts", lambda: choose_fonts(space, fonts[0], draft.languages(), labels))
    if pictures := opened_dialog("pictures"):
        dialog("Choose pictures", lambda: choose_pictures(space, pictures[0]))


def chosen_look(draft: RecipeDraft) -> DraftPart:
    """Draw which look is tuned, its weight, and what may be done with it; return it."""
    numbers = list(range(len(draft.looks)))
    number = 0
    with st.container(horizontal=True, vertical_alignment="bottom", gap="xsmall"):
        if len(numbers) > 1:
            if st.session_state.get(state.RECIPE_STYLE) not in numbers:
                st.session_state[state.RECIPE_STYLE] = 0
            number = st.segmented_control(
                "Look",
                numbers,
                format_func=lambda number: f"Look {number + 1}",
                required=True,
                key=state.RECIPE_STYLE,
                label_visibility="collapsed",
                persist_state="session",
            )
        part = draft.looks[int(number or 0)]
        st.button(
            "Copy" if len(numbers) > 1 else "Add a look",
            key="look-copy",
            icon=":material/add:",
            type="tertiary",
            help="Another look beside this one; each sample draws one of them by weight.",
            on_click=_copy,
            args=(draft, part),
        )
        if len(numbers) > 1:
            st.button(
                "",
                key="look-out",
                icon=":material/delete:",
                type="tertiary",
                help="Remove this look.",
                on_click=guarded(draft.looks.remove),
                args=(part,),
            )
    if len(numbers) > 1:
        part.values["weight"] = weight_slider(part.start, "weight", part.mark)
    return part


@guarded
def _copy(draft: RecipeDraft, part: DraftPart) -> None:
    draft.looks.append(part.copy())
    st.session_state[state.RECIPE_STYLE] = len(draft.looks) - 1


def _look(space: Workspace, part: DraftPart, languages: Sequence[str], labels: Sequence[str]) -> dict[str, Any]:
    chosen_fonts(space, part, languages, labels)
    values = fields(part.start, ("by_family", *_SIZE), part.mark)
    st.markdown("**Bent**", help=Style.model_fields["distortion"].description)
    values["distortion"] = group(part.start.distortion, f"{part.mark}.distortion")
    if values["distortion"]["arc"]:
        values["arc"] = field(part.start, "arc", part.mark)
    with st.expander("More about the look", key=f"more-{part.mark}", on_change="rerun") as more:
        if more.open:
            elsewhere = (*values, "weight", "fonts", "arc", *_GROUND, *_LETTERS, "after")
            drawn = group(part.start, part.mark, leave_out=elsewhere)
            values |= {n: value for n, value in drawn.items() if n not in elsewhere and n not in part.rows}
    return values


def _ground(space: Workspace, part: DraftPart) -> dict[str, Any]:
    look = part.start
    st.markdown("**Behind the text**", help=Style.model_fields["background"].description)
    values: dict[str, Any] = {"background": group(look.background, f"{part.mark}.background")}
    if values["background"]["picture"]:
        background_pictures(space, part)
    colour_ranges(part, "colours", "Ink")
    values |= fields(look, ["paired_colours"], part.mark)
    if values["paired_colours"]:
        colour_pairs(part)
    values |= fields(look, ["stroke_width"], part.mark)
    if values["stroke_width"] not in (0, (0, 0)):
        colour_ranges(part, "stroke_colours", "Outline")
        if not part.rows["stroke_colours"]:
            values |= {"stroke_colour": _outline(part)}
    values |= fields(look, ["least_contrast"], part.mark)
    st.markdown("**Pixels**", help=Style.model_fields["mode"].description)
    return values | {"mode": group(look.mode, f"{part.mark}.mode")}


def _letters(space: Workspace, part: DraftPart) -> dict[str, Any]:
    """Draw the steps between letters and ground, and the words beside them."""
    look = part.start
    st.caption("Done to the letters before they lie on their ground, and other words beside them. Each is off at 0 %.")
    letters = step_list(look.letters, part.plain()["letters"], f"{part.mark}.letters")
    if letters["fill"]["share"] and letters["fill"]["picture"]:
        background_pictures(space, part)
    info = Style.model_fields["neighbours"]
    return {"letters": letters, "neighbours": step("neighbours", info, look.neighbours, f"{part.mark}.neighbours")}


def _after(part: DraftPart) -> dict[str, Any]:
    """Draw the steps after the drawing."""
    st.caption("Done to the finished image, in this order. Each is off at 0 %.")
    return {"after": step_list(part.start.after, part.plain()["after"], f"{part.mark}.after")}


def _outline(part: DraftPart) -> str:
    return st.color_picker(
        "Outline",
        part.start.stroke_colour,
        key=f"{part.mark}.stroke",
        persist_state="session",
        help=Style.model_fields["stroke_colour"].description,
    )
