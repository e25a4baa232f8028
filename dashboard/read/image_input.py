"""Images to read: dropped or chosen, pasted anywhere on the page, or photographed with the camera."""

from pathlib import Path

import streamlit as st
from streamlit.components.v2 import component

from dashboard.common.dropped import drop_zone
from glyphlab_read.images.open import EXTENSIONS

_ZONE = "read-files"
_paste = component("glyphlab_paste", js=Path(__file__).with_suffix(".js").read_text(encoding="utf-8"))


def take_pastes() -> None:
    """Take images pasted anywhere on the page as dropped ones. Draws nothing."""
    _paste(key="read-paste", data={"zone": _ZONE})


def dropped_files() -> list[tuple[str, bytes]]:
    """Draw the drop zone and the switch for the camera; return (name, bytes) of each file.

    A name is a label, never a path. The browser asks for the camera only once it is switched on.
    """
    zone = st.container()
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.caption("Or paste one anywhere on this page. Images stay on this machine.", width="content")
        camera = st.toggle("Use the camera", key="read-camera")
    photo = st.camera_input("Take a photo of text", key="read-photo", resolution="1080p") if camera else None
    with zone:
        taken = [("photo.jpg", photo.getvalue())] if photo is not None else []
        label = "Drop images here: words and short lines, whole photos, or PDF files"
        return drop_zone(_ZONE, label, taken, (*EXTENSIONS, "pdf"))
