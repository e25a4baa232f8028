"""The trash of a list: what was deleted, the way back, and its end. Deleting itself is asked for beside each job."""

import streamlit as st

from dashboard.common.jobs import title
from dashboard.common.page import show_errors
from engine.formatting import ago, count
from engine.jobs import erase, restore, trashed
from engine.workspace import Collection, Workspace

_SHOWN = 20


def trash_popover(workspace: Workspace, collection: Collection) -> None:
    """Draw what of a collection lies in the trash; nothing while that is empty."""
    there = trashed(workspace, collection)
    if not there:
        return
    with st.popover(f"Trash ({count(len(there))})", icon=":material/recycling:", type="tertiary"):
        for job in there[:_SHOWN]:
            with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
                st.markdown(f"{title(job)} :gray[made {ago(job.created)}]", width="content")
                if st.button("Restore", key=f"restore-{job.id}", icon=":material/undo:"):
                    with show_errors():
                        restore(workspace, collection, job.id)
                        st.rerun()
        st.caption("It takes disk until it is gone for good: a day after its deletion, with the next one, or now.")
        if st.button("Delete all of it for good", key=f"empty-{collection}", icon=":material/delete_forever:"):
            for job in there:
                erase(workspace, collection, job.id)
            st.rerun()
