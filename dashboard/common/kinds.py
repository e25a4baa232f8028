"""The switch between the two kinds of everything, words and photos: one choice for all pages, kept for the session.

A page draws it once, and shows what is chosen in the places where it shows the other kind. The address names photos
(`?kind=photos`), so that a reload and a link show them.
"""

from collections.abc import Sequence
from typing import Literal, get_args

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard.common import address, state

DataKind = Literal["words", "photos"]
"""The kind of data that a page shows: text images with their texts, or photos in which text is outlined."""

DATA_KINDS: tuple[DataKind, ...] = get_args(DataKind)


def kind_switch(place: DeltaGenerator, kinds: Sequence[DataKind] = DATA_KINDS) -> DataKind:
    """Draw the switch and return the kind that is chosen.

    Args:
        place: where it is drawn, such as a container at the head of the page.
        kinds: those that the page has something of. Where that is one alone, nothing is drawn and it is returned; where
            it is none, words are. What was chosen before is kept for the pages that have both.
    """
    if (asked := address.asked("kind")) and asked[0] in DATA_KINDS:
        choose_kind("photos" if asked[0] == "photos" else "words")
    if len(kinds) < 2:
        return kinds[0] if kinds else "words"
    chosen = place.segmented_control(
        "Words or photos",
        DATA_KINDS,
        default=DATA_KINDS[0],
        required=True,
        format_func=str.capitalize,
        key=state.DATA_KIND,
        label_visibility="collapsed",
        persist_state="session",
    )
    address.write("kind", ["photos"] if chosen == "photos" else [])
    return "photos" if chosen == "photos" else "words"


def go_beside(dataset: str, kind: DataKind) -> None:
    """Go to where the images of a dataset, real ones, lie beside a recipe."""
    st.session_state[state.REAL_WANTED] = dataset
    choose_kind(kind)
    st.switch_page("app_pages/data.py", query_params={"tab": "beside"})


def choose_kind(kind: DataKind) -> None:
    """Choose a kind before the switch is drawn: by a button's `on_click`, or where a page knows what was asked for."""
    st.session_state[state.DATA_KIND] = kind
