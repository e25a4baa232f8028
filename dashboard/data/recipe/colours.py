"""Lists of colours of a look: ranges of inks and outlines, and pairs of a text and its ground."""

import streamlit as st

from dashboard.common.callbacks import guarded
from dashboard.common.fields import weight_slider
from dashboard.data.recipe.draft import ROWS, DraftPart
from engine.config.style import Style

_RANGE = {"low": "From", "high": "To"}
_PAIR = {"text": "Text", "ground": "Ground"}
_SHOWN = 8  # pairs; a recipe that was fitted to photos may have hundreds


def colour_ranges(part: DraftPart, name: str, title: str) -> None:
    """Draw a list of colour ranges of a look and note their values in it."""
    rows = part.rows[name]
    _head(part, name, title, "Another range of colours; each sample draws one of them by weight.")
    for row in rows:
        _row(part, name, row, _RANGE, 1 if name == "colours" else 0)


def colour_pairs(part: DraftPart) -> None:
    """Draw the colour pairs of a look and note their values in it; without any, those that come with Glyphlab hold."""
    rows = part.rows["colour_pairs"]
    with st.container(border=True, key=f"card-pairs-{part.mark}", gap="xsmall"):
        _head(part, "colour_pairs", "Pairs", "Another pair; each sample that is paired draws one of them by weight.")
        for row in rows[:_SHOWN]:
            _row(part, "colour_pairs", row, _PAIR, 0)
        if not rows:
            st.caption("Those that come with Glyphlab, found in photos. Add one to use your own instead.")
        elif len(rows) > _SHOWN:
            st.caption(f"And {len(rows) - _SHOWN} more: YAML shows all.")


def _head(part: DraftPart, name: str, title: str, help: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.markdown(f"**{title}**", width="content", help=Style.model_fields[name].description)
        st.button(
            "Add",
            key=f"{name}-add",
            icon=":material/add:",
            type="tertiary",
            on_click=guarded(part.add_row),
            args=(name,),
            help=help,
        )


def _row(part: DraftPart, name: str, row: DraftPart, colours: dict[str, str], least: int) -> None:
    """Draw two colours, their weight where there are several rows, and a button that removes the row."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        for end, label in colours.items():
            row.values[end] = st.color_picker(
                label,
                getattr(row.start, end),
                key=f"{row.mark}.{end}",
                persist_state="session",
                help=ROWS[name].model_fields[end].description,
            )
        if len(part.rows[name]) > 1:
            row.values["weight"] = weight_slider(row.start, "weight", row.mark)
        if len(part.rows[name]) > least:
            st.button(
                "",
                key=f"{row.mark}-out",
                icon=":material/delete:",
                type="tertiary",
                help="Remove this row.",
                on_click=guarded(part.rows[name].remove),
                args=(row,),
            )
