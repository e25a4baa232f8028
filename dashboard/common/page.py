"""What the top of every page looks like, and what a page says when it has nothing to show."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator


def head(question: str, answer: str = "") -> DeltaGenerator:
    """Draw the question that the page answers; return the place at its right for the page's filled button."""
    left, right = st.columns([3, 2], vertical_alignment="bottom")
    with left:
        st.title(question, anchor=False)
        if answer:
            st.caption(answer)
    return right.container(horizontal=True, horizontal_alignment="right", vertical_alignment="bottom")


def nothing_yet(what: str, next_step: str, page: str, label: str) -> None:
    """Draw an empty state: what is missing, what to do about it, and the way there."""
    with st.container(border=True, key="card-nothing", horizontal_alignment="center", gap="small"):
        st.space("small")
        st.markdown(f"**{what}**", text_alignment="center")
        st.caption(next_step, text_alignment="center")
        if st.button(label, key=f"primary-{page}", type="primary", icon=":material/arrow_forward:"):
            st.switch_page(page)
        st.space("small")
