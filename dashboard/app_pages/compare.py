"""Compare: which reader, or which locator, is better, at what, and is it real?"""

import streamlit as st

from dashboard.caches.files import workspace
from dashboard.common.deleting import deleted_jobs, undo_line
from dashboard.common.forms import form_line, open_form
from dashboard.common.jobs import try_button
from dashboard.common.kinds import kind_switch
from dashboard.common.markdown import literal
from dashboard.common.page import head, nothing_yet
from dashboard.common.runs import run_views
from dashboard.compare.groups import top_sentence
from dashboard.compare.report.downloads import report_downloads
from dashboard.compare.run_notes import FORM, notes_bar
from dashboard.compare.run_table import filter_bar, refresh_with, run_table
from dashboard.compare.score_kinds import READING, kinds_of, of_kind
from dashboard.compare.tabs import choose_test, view_tabs
from engine.evaluation.results import damaged_evaluations
from engine.evaluation.starters import starters
from engine.formatting import count
from engine.jobs import State, list_jobs
from engine.jobs.summaries import finds_text
from engine.workspace import is_starter

space = workspace()
runs = list_jobs(space, "runs")
place = head(f"Compare: which {'run' if any(map(finds_text, runs)) else 'reader'} is better, and is it real?")
undo_line(space, deleted_jobs(space, "runs"))
known = [*runs, *starters(space)]
if not known:
    nothing_yet(
        "No run to compare",
        "Two runs with one setting changed tell more than ten with all of them. Train one, then change a setting.",
        "app_pages/train.py",
        "Train a reader",
    )
    notes_bar(space, runs, runs)
    st.stop()
views = list(run_views(known).values())
open_form(space, FORM)
form_line(space, FORM)
top = st.container()
table = st.container(border=True, key="card-runs", gap="xsmall")
with table:
    wanted = filter_bar(runs)
    chosen = run_table(views, wanted)
    notes_bar(space, runs, [run.job for run in chosen if not is_starter(run.id)])
kinds = kinds_of([run.job for run in chosen])
with top:
    said, on = st.columns([3, 1], vertical_alignment="bottom")
    with on:
        shown = kind_switch(st.container(), [kind.name for kind in kinds])
        kind = next((kind for kind in kinds if kind.name == shown), READING)
        compared = choose_test(space, kind, [run for run in chosen if of_kind(run.job, kind)])
    with said:
        st.markdown(f"#### {top_sentence(compared)}", anchors=False)
        if len(kinds) > 1:
            st.caption(
                f"Readers and locators are not compared with each other: these are the "
                f"{count(len(compared.runs), kind.runs)} of {count(len(chosen), 'ticked runs')}."
            )
    for run in chosen:
        if run.job.state in (State.finished, State.unreadable) and run.job.message:  # what its files lost
            st.caption(f":red[:material/error:] {literal(run.job.name)}: {literal(run.job.message)}")
    for job in damaged_evaluations(space, {run.id for run in chosen}):
        st.caption(f":red[:material/error:] The evaluation {literal(job.name)}: {literal(job.message)}")
if not chosen:
    st.stop()
view_tabs(compared)
refresh_with(space, runs)
with place:
    report_downloads(compared)
    try_button([run.job for run in compared.runs])
