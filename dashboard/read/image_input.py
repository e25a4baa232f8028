"""How images come in: dropped or chosen, pasted anywhere on the page, or photographed once somebody asks for that."""

import streamlit as st
from streamlit.components.v2 import component

from dashboard.readings.reading import drop_zone

_ZONE = "read-files"
# Streamlit's own drop zone takes a paste only while it has the focus. This hands it the files of any paste on the page;
# pasted text goes where it always went.
_FORWARD = f"""
export default function () {{
  const forward = (event) => {{
    const zone = document.querySelector('.st-key-{_ZONE} [data-testid="stFileUploaderDropzone"]');
    const files = event.clipboardData ? [...event.clipboardData.files] : [];
    if (!zone || !files.length || zone.contains(event.target)) return;
    event.preventDefault();
    const clipboardData = new DataTransfer();
    for (const file of files) clipboardData.items.add(file);
    zone.dispatchEvent(new ClipboardEvent("paste", {{ clipboardData, bubbles: true, cancelable: true }}));
  }};
  document.addEventListener("paste", forward);
  return () => document.removeEventListener("paste", forward);
}}
"""
_paste = component("glyphlab_paste", js=_FORWARD)


def take_pastes() -> None:
    """Take images pasted anywhere on the page as dropped ones. Draws nothing."""
    _paste(key="read-paste")


def dropped_files() -> list[tuple[str, bytes]]:
    """Draw the drop zone and the way to a camera; return (name, bytes) of each image. A name is a label, never a path.

    No camera is asked for before somebody switches it on.
    """
    files = drop_zone(_ZONE, "Drop images of words or short lines here")
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.caption("Or paste one anywhere on this page. Images stay on this machine.", width="content")
        camera = st.toggle("Use the camera", key="read-camera")
    if camera:
        photo = st.camera_input("Photograph a word", key="read-photo", resolution="1080p")
        if photo is not None:
            files.append(("photo.jpg", photo.getvalue()))
    return files
