"""Read: what does this image say?"""

import streamlit as st

from dashboard.colours import run_colours
from dashboard.components.chrome import head, nothing_yet
from dashboard.components.readers import read_all, reader_chips
from dashboard.components.readings import LEGEND, drop_zone
from dashboard.loaders import workspace
from dashboard.samples import sample_files
from engine.jobs import list_jobs
from engine.reading.bundle import list_bundles

place = head("What does this image say?", "Drop images of words or short lines. They stay on this machine.")
space = workspace()
runs = list_jobs(space, "runs")
bundle = reader_chips(list_bundles(space), runs, run_colours(run.id for run in runs), "read-reader")
if bundle is None:
    nothing_yet(
        "No reader yet",
        "A run exports one at its first good validation. Train a run, then come back, also while it still learns.",
        "app_pages/train.py",
        "Train a reader",
    )
    st.stop()

files = drop_zone("read-files")
if files:
    read_all(bundle, files, "read")
else:
    with place:
        if st.button("Draw others", icon=":material/casino:", help="Six new samples of the starter recipe."):
            st.session_state["read-seed"] = st.session_state.get("read-seed", 0) + 1
    st.caption("Until you drop one: samples drawn just now by the starter recipe, each named by what it says.")
    read_all(bundle, sample_files(st.session_state.get("read-seed", 0)), "read", columns=3)
st.markdown(LEGEND)
