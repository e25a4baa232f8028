"""Work whose progress a page draws, done once for all sessions: Streamlit cannot cache what draws."""

from collections.abc import Callable
from typing import Any, TypeVar

import streamlit as st

T = TypeVar("T")


def once(key: str, work: Callable[[], T]) -> T:
    """Return what `work` gives for a key, from memory when it was asked for within the last hour.

    Errors are raised and not kept. Two sessions that ask at the same moment both do the work.
    """
    results = _results(key)
    if not results:
        results.append(work())
    return results[0]


@st.cache_resource(max_entries=36, show_spinner=False, ttl=3600)
def _results(key: str) -> list[Any]:
    """Return a list, the same for the same key, that holds the result once there is one."""
    return []
