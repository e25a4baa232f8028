"""Damaged files that were put aside: named on the page, until somebody deletes it."""

from collections.abc import Iterable
from pathlib import Path

import streamlit as st

from dashboard.common.callbacks import guarded
from dashboard.common.markdown import literal
from engine.workspace import Workspace


def show_set_aside(workspace: Workspace, files: Iterable[Path], what: str) -> None:
    """Draw what is lost for each file that was put aside, with a button that deletes it.

    Args:
        workspace: where they lie.
        files: those that were put aside.
        what: what they were, with an article, such as "A draft".
    """
    for file in files:
        with st.container(key=f"aside-{file.parent.name}-{file.name}".replace(".", "-")):
            st.error(
                f"{what} cannot be used, as its file was damaged on the disk. What it held has to be done again. The "
                f"file was not overwritten: it is {literal(str(file.relative_to(workspace.root)))} of the workspace.",
                icon=":material/error:",
            )
            st.button(
                "Delete the damaged file", key=f"aside-delete-{file}", on_click=guarded(file.unlink), args=(True,)
            )
