"""The drop zone for images, with the limits of what the engine opens."""

import streamlit as st

from engine.images.open import EXTENSIONS, MAX_BYTES


def drop_zone(key: str, label: str) -> list[tuple[str, bytes]]:
    """Draw the uploader and return (name, bytes) of each dropped file. A name is a label, never a path."""
    files = st.file_uploader(
        label, type=list(EXTENSIONS), accept_multiple_files=True, key=key, max_upload_size=MAX_BYTES // 10**6
    )
    return [(file.name, file.getvalue()) for file in files]
