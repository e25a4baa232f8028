"""The runs of the table out of the lab, as a table of their settings, figures and times."""

from collections.abc import Sequence

import streamlit as st

from engine.formatting import count
from engine.jobs import Job
from engine.tracking.table import FORMS, runs_table

_TITLES = {"csv": ("CSV", "text/csv"), "parquet": ("Parquet", "application/vnd.apache.parquet")}


def runs_out(runs: Sequence[Job], chosen: Sequence[Job]) -> None:
    """Draw the popover with the downloads; nothing where there is no run."""
    if not runs:
        return
    with st.popover("Export", icon=":material/output:", type="tertiary"):
        wanted = _which(runs, chosen)
        st.markdown("**As a table**")
        st.caption("A row a run: settings, figures, times. Nothing is rounded.")
        with st.container(horizontal=True):
            for form, write in FORMS.items():
                title, kind = _TITLES[form]
                st.download_button(
                    f"Download {title}",
                    lambda write=write: write(runs_table(wanted)),
                    f"runs.{form}",
                    kind,
                    key=f"compare-runs-{form}",
                    icon=":material/download:",
                    on_click="ignore",
                )


def _which(runs: Sequence[Job], chosen: Sequence[Job]) -> Sequence[Job]:
    """Draw the choice between all runs and the ticked ones."""
    if not chosen:
        st.caption(f"{count(len(runs), 'runs')}.")
        return runs
    sets = {"all of them": runs, "ticked": chosen}
    which = st.segmented_control(
        "Which runs",
        list(sets),
        format_func=lambda name: f"{count(len(sets[name]), 'runs')}, {name}",
        default="all of them",
        required=True,
        key="compare-export-which",
        label_visibility="collapsed",
    )
    return sets[which]
