"""Words and whole photos among images that people drop: told by their size, and the other way by one click."""

from collections.abc import Sequence

import streamlit as st

from dashboard.common import state
from dashboard.common.kinds import DataKind
from dashboard.readings.image import DroppedImage, shown
from engine.errors import ImageError
from glyphlab_read.images.sources import is_photo_size

Files = Sequence[tuple[str, bytes]]
"""Dropped images: (name, bytes) of each."""

_WAYS: dict[DataKind, tuple[str, str, str]] = {
    "photos": ("Find text in it", ":material/image_search:", "It is a whole photo, with text somewhere in it."),
    "words": ("Read it as a word", ":material/text_fields:", "It is one word or one line, cut out."),
}


def words_and_photos(files: Files) -> tuple[list[tuple[str, bytes]], list[tuple[str, bytes]]]:
    """Return the images that are words or lines, what cannot be opened among them, and those that are whole photos."""
    words, photos = [], []
    for file in files:
        (photos if _kind(file[1]) == "photos" else words).append(file)
    return words, photos


def other_kind_button(digest: str, kind: DataKind, key: str) -> None:
    """Draw the button that takes an image, named by the digest of its pixels, for the given kind from now on."""
    label, icon, about = _WAYS[kind]
    if st.button(label, key=f"{key}-{kind}", icon=icon, type="tertiary", help=about):
        st.session_state.setdefault(state.IMAGE_KINDS, {})[digest] = kind
        st.rerun()


def _kind(content: bytes) -> DataKind:
    try:
        image = shown(DroppedImage("", content))
    except ImageError:
        return "words"
    said = st.session_state.get(state.IMAGE_KINDS, {}).get(image.digest)
    return said or ("photos" if is_photo_size(image.width, image.height) else "words")
