"""Parts that pages are put together from: a head, an empty state, parts that refresh themselves, lists by pages."""

from collections.abc import Callable

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


def live_fragment(draw: Callable[[], None], status: Callable[[], object], every: float = 2.0) -> None:
    """Draw a part of the page that refreshes itself while there is something to follow.

    Args:
        draw: draws the part.
        status: what the rest of the page depends on, cheap to ask for. The part is drawn again and again while it is
            truthy at first; as soon as it differs, the whole page is drawn again.
        every: seconds between two drawings.
    """
    before = status()

    def refresh() -> None:
        if status() != before:
            st.rerun()
        draw()

    st.fragment(refresh, run_every=every if before else None)()


def pager(total: int, size: int, key: str) -> slice:
    """Draw the choice of a page where `total` things take several; return which of them the page shows."""
    pages = -(-total // size)
    number = int(st.pagination(pages, key=f"{key}-{pages}") or 1) if pages > 1 else 1
    return slice((number - 1) * size, number * size)
