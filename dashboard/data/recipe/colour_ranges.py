"""Ranges of colours, row by row: from one colour to another, how often, and out again."""

import streamlit as st

from dashboard.common.fields import weight_slider
from dashboard.data.recipe.draft import DraftPart
from engine.config.style import Colours, Style


def colour_ranges(part: DraftPart, name: str, title: str) -> None:
    """Draw a list of colour ranges of a look and note their values in it."""
    rows = part.rows[name]
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.markdown(f"**{title}**", width="content", help=Style.model_fields[name].description)
        st.button(
            "Add",
            key=f"{name}-add",
            icon=":material/add:",
            type="tertiary",
            on_click=part.add_row,
            args=(name,),
            help="Another range of colours; each sample draws one of them by weight.",
        )
    for row in rows:
        _row(part, name, row)


def _row(part: DraftPart, name: str, row: DraftPart) -> None:
    colours, least = row.start, 1 if name == "colours" else 0
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        for end, label in (("low", "From"), ("high", "To")):
            row.values[end] = st.color_picker(
                label,
                getattr(colours, end),
                key=f"{row.mark}.{end}",
                persist_state="session",
                help=Colours.model_fields[end].description,
            )
        if len(part.rows[name]) > 1:
            row.values["weight"] = weight_slider(colours, "weight", row.mark)
        if len(part.rows[name]) > least:
            st.button(
                "",
                key=f"{row.mark}-out",
                icon=":material/delete:",
                type="tertiary",
                help="Remove this range.",
                on_click=part.rows[name].remove,
                args=(row,),
            )
