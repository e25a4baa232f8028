"""The way from a job's id to the page that shows what it made."""

import streamlit as st

from dashboard.common import state
from dashboard.common.kinds import choose_kind
from dashboard.common.labelling import go_label
from dashboard.common.launch import watch
from engine.workspace import Collection


def open_job(collection: Collection, id: str) -> None:
    """Go to the page of a dataset or run, to where a transcript is labelled, or to the fits, of which the newest leads.

    Scores of evaluations are compared elsewhere; see `compare`.
    """
    if collection == "runs":
        watch(id)
    elif collection == "transcripts":
        go_label(id)
    elif collection == "datasets":
        st.switch_page("app_pages/data.py", query_params={"tab": "datasets", "dataset": id})
    elif collection == "fits":
        choose_kind("words")
        st.switch_page("app_pages/data.py", query_params={"tab": "beside"})


def compare(*runs: str, tab: str = "") -> None:
    """Go to where runs, or a starter, are compared, however many; `tab` is the view of them to open."""
    state.choose_compared(runs)
    if tab:
        st.session_state[state.COMPARE_TAB] = tab
    st.switch_page("app_pages/compare.py")


def read_with(run: str) -> None:
    """Go to where a run reads images."""
    st.switch_page("app_pages/read.py", query_params={"run": run})
