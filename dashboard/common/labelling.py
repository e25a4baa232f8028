"""The way from images without labels to the page that labels them: they are read in a job, and Read shows that."""

from collections.abc import Mapping

import streamlit as st

from engine.config.reading import TranscribeConfig
from engine.jobs import launch
from engine.workspace import STARTER, Workspace

LABEL_TAB = "label"
"""The tab of Read on which images are labelled, as its address says it."""

LABEL_SET = "set"
"""Parameter of Read: id of the transcript whose images are labelled."""


def read_to_label(
    space: Workspace, source: Mapping[str, str | None], name: str, run: str = STARTER, nonce: str | None = None
) -> str:
    """Start to read all images of a source, so that they can be labelled; return the transcript's id.

    Args:
        space: where.
        source: the settings that say where the images lie.
        name: what it is called.
        run: of the reader.
        nonce: the same one twice starts it once.
    """
    config = TranscribeConfig.parse({"run": run, **source})
    return launch(space, "transcribe", config, name=name, nonce=nonce)


def go_label(transcript: str) -> None:
    """Go to where the images of a transcript are labelled."""
    st.switch_page("app_pages/read.py", query_params={"tab": LABEL_TAB, LABEL_SET: transcript})
