"""Read: what does this image say?"""

import streamlit as st

from dashboard.caches.files import bundles, locator_bundles, workspace
from dashboard.caches.samples import sample_files
from dashboard.common import state
from dashboard.common.address import tabs_in_address
from dashboard.common.forms import form_line, open_form
from dashboard.common.labelling import LABEL_TAB
from dashboard.common.page import head, nothing_yet, show_errors
from dashboard.common.recipes import learned_from
from dashboard.common.runs import run_views
from dashboard.common.state import asked_for
from dashboard.read.batch import batch_reading
from dashboard.read.batch_pages import page_reading
from dashboard.read.choices import FORM
from dashboard.read.corrections import corrections_tab
from dashboard.read.image_input import dropped_files, take_pastes
from dashboard.read.label_dropped import label_buttons
from dashboard.read.labelling import label_tab
from dashboard.read.pdf_pages import Photo, pdf_pages, without_pdfs
from dashboard.read.photos import photo_cards
from dashboard.readings.cards import CardNames, cards
from dashboard.readings.image_kinds import words_and_photos
from dashboard.readings.reader_picker import choose_readers, follow_runs, reader_name, scored_title
from dashboard.readings.reading import LEGEND
from engine.jobs import list_jobs

_CONTENTS = {"words": "A word or a line", "pages": "A photo, or pages"}

place = head("Read: what does this image say?")
space = workspace()
runs, known, locators = list_jobs(space, "runs"), bundles(space), locator_bundles(space)
if not known:
    nothing_yet(
        "No reader yet",
        "A run exports one at its first good validation. Train a run, then come back, also while it still learns.",
        "app_pages/train.py",
        "Train a reader",
    )
    st.stop()
if asked := asked_for("kind"):
    st.session_state[state.PHOTOS_WANTED] = asked == "photos"
elif "run" in st.query_params:  # a link to a reader
    st.session_state[state.PHOTOS_WANTED] = False
views = run_views(runs)
chosen = choose_readers(known, views)
if not chosen:
    st.caption("Choose one reader or several above.")
    st.stop()
follow_runs(space, chosen, runs)
readers = [(reader_name(bundle, views), bundle) for bundle in chosen]
open_form(space, FORM)
form_line(space, FORM)
if state.LABEL_SET_WANTED in st.session_state:
    st.session_state[state.READ_TAB] = "Label"
images, batch, label, corrections = tabs_in_address(
    {"images": "Images", "batch": "A folder or zip", LABEL_TAB: "Label", "kept": "Corrections"}, state.READ_TAB
)
with images:
    files = dropped_files()  # drawn under every tab: images that were dropped are to be there when one comes back
if images.open:
    with images:
        above: CardNames = {}
        dropped, pdfs = without_pdfs(files)
        words, photos = words_and_photos(dropped) if locators else (dropped, [])
        pages = [*(Photo(*file) for file in photos), *(pdf_pages(pdfs) if locators else [])]
        label_buttons(space, readers[0][1], words, photos)
        if pages or (locators and not files and st.session_state.get(state.PHOTOS_WANTED)):
            photo_cards(space, locators, readers, views, pages, above)
        elif pdfs and not locators:
            st.info("Pages are read with a locator, and there is none. Train one on photos, then drop them again.")
        elif not files:
            with place:
                if st.button("Draw others", icon=":material/casino:", help="Six new samples."):
                    st.session_state[state.SAMPLE_SEED] = st.session_state.get(state.SAMPLE_SEED, 0) + 1
            which, recipe = learned_from(space, chosen[0].name, runs)
            st.caption(f"Until you drop one: samples drawn just now by {which}, each named by what it says.")
            with show_errors():
                samples = sample_files(recipe, st.session_state.get(state.SAMPLE_SEED, 0), space)
                cards(space, readers, samples, known=True)
            st.markdown(LEGEND)
        if words:
            cards(space, readers, words, photos=bool(locators), above=above)
            st.markdown(LEGEND)
        take_pastes()
if batch.open:
    with batch:
        content = st.segmented_control(
            "Each file holds",
            list(_CONTENTS),
            format_func=_CONTENTS.__getitem__,
            default="words",
            required=True,
            key="read-batch-content",
            persist_state="session",
        )
        if content == "pages":
            page_reading(space, readers, [(scored_title(one, views), one) for one in locators])
        else:
            batch_reading(space, readers)
if label.open:
    with label:
        label_tab(space, readers)
if corrections.open:
    with corrections:
        corrections_tab(space)
