"""Data: what will the network see?"""

import streamlit as st

from dashboard.caches.files import workspace
from dashboard.common import state
from dashboard.common.address import tabs_in_address
from dashboard.common.kinds import kind_switch
from dashboard.common.page import head
from dashboard.data.datasets.browser import dataset_in_address, open_dataset_page
from dashboard.data.datasets.dataset_list import dataset_list
from dashboard.data.importing.importer import importer
from dashboard.data.recipe.make import make_dataset
from dashboard.data.synthetic_vs_real import synthetic_vs_real


def show_datasets() -> None:
    """Open the list, where the new dataset shows its progress."""
    st.session_state.pop(state.OPEN_DATASET, None)
    st.session_state[state.DATASET_LAUNCHED] = True
    st.rerun()


space = workspace()
place = head("Data: what will the network see?")
if st.session_state.pop(state.DATASET_LAUNCHED, False):
    st.session_state[state.DATA_TAB] = "Datasets"
if st.session_state.pop(state.TAB_WANTED, False):
    st.session_state[state.DATA_TAB] = "Make a dataset"
make, browse, bring, beside = tabs_in_address(
    {"make": "Make a dataset", "datasets": "Datasets", "import": "Import", "beside": "Synthetic beside real"},
    state.DATA_TAB,
)
if browse.open:
    with browse:
        if opened := dataset_in_address():
            open_dataset_page(space, opened)
        else:
            dataset_list(space)
elif bring.open:
    with bring:
        importer(space, lambda _: show_datasets())
elif beside.open:
    with beside:
        synthetic_vs_real(space, kind_switch(place))
else:
    with make:
        make_dataset(space, kind_switch(place), place, lambda _: show_datasets())
