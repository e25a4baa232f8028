"""The way from Watch to Compare: the errors of one tested run, or several runs beside each other."""

from collections.abc import Sequence

import streamlit as st

from dashboard.common import state
from dashboard.common.job_pages import compare
from engine.jobs import Job
from engine.jobs.summaries import finds_text, run_summary


def compare_button(runs: Sequence[Job]) -> None:
    """Draw the button that leads to the errors of the only run, once it was tested, or to several runs compared."""
    if len(runs) > 1:
        label, icon, tab = "Compare them", ":material/compare_arrows:", "Scores"
    elif _is_tested(runs[0]):
        locates = finds_text(runs[0])
        label, icon = "See its worst photos" if locates else "See its errors", ":material/troubleshoot:"
        tab = state.WORST_PHOTOS_TAB if locates else state.ERRORS_TAB
    else:
        return
    if st.button(label, key="watch-compare", icon=icon):
        compare(*(run.id for run in runs), tab=tab)


def _is_tested(run: Job) -> bool:
    summary = run_summary(run)
    return bool(summary.tests or summary.located_tests)
