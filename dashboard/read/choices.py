"""Choices on Read beside the images and the readers, which have drafts and an address of their own."""

import streamlit as st

from dashboard.common import state
from dashboard.common.forms import Form, keys

_CHOSEN = keys(
    state.QUARTER_TURNS,
    state.IMAGE_KINDS,
    "read-map",
    "read-locator",
    "read-source-way",
    "read-batch-content",
    "read-pages-locator",
    "read-source-path",
    "read-source-upload",
    *("label-order", "label-view", "label-show", "label-limit", "label-use"),
    starts=("read-level-", "read-pdf-", "label-name-"),
)
_ENDS = ("-binary", "-box", "-unclip", "-smallest", "-order", "-path", "-format")  # thresholds; of a photo's text


def _holds(key: str) -> bool:
    if key.startswith("truth-"):  # what was saved is kept where corrections are
        return any(key == state.correction_text(digest) for digest in st.session_state.get(state.CORRECTION_ERRORS, ()))
    return _CHOSEN(key) or (key.startswith("read-") and key.endswith(_ENDS))


FORM = Form("read", _holds, noun="settings")
