"""Faults of the storage that the workspace lies on, as lines; none on a local disk."""

import streamlit as st

from dashboard.common.markdown import literal
from engine.jobs.storage import checked_storage
from engine.workspace import Workspace


def storage_lines(workspace: Workspace) -> None:
    """Draw a line for each fault of the storage, looked for once since the server started."""
    for fault in checked_storage(workspace.root):
        if fault.level == "wrong":
            st.error(literal(fault.text), icon=":material/error:")
        else:
            st.caption(f":material/lan: {literal(fault.text)}")
