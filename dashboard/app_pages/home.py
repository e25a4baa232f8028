"""Home: where am I?"""

import streamlit as st

from dashboard.caches.files import bundles, locator_bundles, workspace
from dashboard.common.jobs import any_live, nothing_made, standing_of_live
from dashboard.common.page import head, live_fragment
from dashboard.home.adapt import adapt_card, adaptations
from dashboard.home.first_steps import first_steps, next_step
from dashboard.home.overview import example_strip, newest_cards, now_running, quick_start_card, try_card
from dashboard.home.storage import storage_lines
from engine.jobs import find_live, list_jobs

space = workspace()
known, locators = bundles(space), locator_bundles(space)
runs = list_jobs(space, "runs")
if nothing_made(space):
    head(
        "Train your own text reader",
        "Glyphlab draws images of text, trains a network to read them, and shows you how well.",
    )
    storage_lines(space)
    left, right = st.columns(2)
    with left:
        quick_start_card(space)
    with right:
        try_card(known, locators, runs)
    adapt_card(space)
    example_strip()
    st.stop()

place = head("Home: where am I?")
with place:
    verb, page, asked = next_step(runs, any(run.state.live for run in runs))
    if st.button(verb, key="primary-next", type="primary", icon=":material/arrow_forward:"):
        st.switch_page(page, query_params=asked)
storage_lines(space)
left, right = st.columns([2, 1])
with left:
    newest_cards(space, known, locators)
    live_fragment(lambda: first_steps(space), lambda: bool(find_live(space)))
    live_fragment(lambda: adaptations(space), lambda: any_live(space, "adaptations"))
    try_card(known, locators, runs)
    adapt_card(space)
with right:
    live_fragment(lambda: now_running(space), lambda: standing_of_live(space))
