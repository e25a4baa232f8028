"""Compare: which reader is better, at what, and is it real?"""

import streamlit as st

from dashboard.components.chrome import head, nothing_yet
from dashboard.components.comparison import difference_table, run_table, verdict
from dashboard.components.runs import run_charts, run_lines
from dashboard.loaders import workspace
from engine.jobs import list_jobs

space = workspace()
place = head("Which reader is better, and is it real?")
runs = list_jobs(space, "runs")
if not runs:
    nothing_yet(
        "No run to compare",
        "Two runs with one setting changed tell more than ten with all of them. Train one, then change a setting.",
        "app_pages/train.py",
        "Train a reader",
    )
    st.stop()
lines = run_lines(runs)
chosen = run_table(runs, lines)
st.markdown(verdict(chosen))
run_charts(chosen, lines, "compare")
st.subheader("What differs", anchor=False)
difference_table(chosen)
with place:
    if st.button("Read with the chosen", icon=":material/text_fields:", key="primary-read", type="primary"):
        st.switch_page("app_pages/read.py", query_params={"run": chosen[0].id})
