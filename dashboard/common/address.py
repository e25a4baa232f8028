"""Choices in a page's address, so that a reload, a bookmark and a link that is sent show the same.

A page reads what somebody else wrote there, a link or a reload, and writes what is chosen. What it wrote itself since
it was opened is not read back: choices of the session hold.
"""

from collections.abc import Mapping, Sequence

import streamlit as st
from streamlit.elements.lib.mutable_tab_container import TabContainer

from dashboard.common import state


def open_page(page: str) -> None:
    """Note which page is drawn now: what the address holds as another one is opened, the way there wrote."""
    if st.session_state.get(state.PAGE) != page:
        st.session_state[state.PAGE], st.session_state[state.ADDRESS] = page, {}


def asked(name: str) -> list[str]:
    """Return the values of a parameter that this page did not write; none where there are none."""
    values = st.query_params.get_all(name)
    return values if values != st.session_state.get(state.ADDRESS, {}).get(name) else []


def write(name: str, values: Sequence[str]) -> None:
    """Put the values of a parameter into the address; none at all take it out."""
    if st.query_params.get_all(name) != list(values):
        if values:
            st.query_params[name] = list(values)
        else:
            del st.query_params[name]
    st.session_state.setdefault(state.ADDRESS, {})[name] = list(values)


def tabs_in_address(titles: Mapping[str, str], key: str, name: str = "tab") -> list[TabContainer]:
    """Draw tabs of which the address names the open one, unless it is the first; return them.

    Args:
        titles: of the tabs, by what the address calls them.
        key: of the tabs.
        name: of the parameter.
    """
    if (values := asked(name)) and values[0] in titles:
        st.session_state[key] = titles[values[0]]
    tabs = st.tabs(list(titles.values()), on_change="rerun", key=key)
    opened = next((word for word, tab in zip(titles, tabs, strict=True) if tab.open), "")
    write(name, [opened] if opened in list(titles)[1:] else [])
    return list(tabs)
