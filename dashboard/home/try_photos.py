"""Photos dropped on Home, with the boxes of a locator over them. Read says more of each."""

import streamlit as st
from PIL import Image

from dashboard.caches.files import locator, modified
from dashboard.common.images import jpeg_url
from dashboard.common.markdown import literal
from dashboard.common.page import show_errors
from dashboard.readings.image import DroppedImage, shown
from dashboard.readings.image_kinds import Files, other_kind_button
from dashboard.readings.text_map import Outline, with_outlines
from engine.formatting import count
from engine.jobs import paths
from glyphlab_read.images.sandbox import open_sandboxed
from glyphlab_read.location.bundle import LocatorBundle

_SIDE = 1000  # px of a photo as it is sent to the browser


def try_photos(bundle: LocatorBundle, files: Files, words: bool) -> None:
    """Draw where a locator finds text in photos; with `words` each may be taken for one word by a click."""
    for number, (file, content) in enumerate(files):
        with show_errors(), st.container(border=True, key=f"card-photo-{number}", gap="xsmall"):
            picture, found = _located(bundle, modified(bundle.folder / paths.MANIFEST), content)
            st.image(picture, alt=f"{file}, {count(found, 'words')} found", width="stretch")
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                st.caption(f"{literal(file)}: {count(found, 'words')} found", width="content")
                if words:
                    other_kind_button(shown(DroppedImage("", content)).digest, "words", f"photo-{number}")
    if files and st.button("Read says more", key="home-photos-more", icon=":material/arrow_forward:"):
        st.switch_page("app_pages/read.py", query_params={"kind": "photos"})


@st.cache_data(
    max_entries=16,
    show_spinner="Searching the photo …",
    hash_funcs={LocatorBundle: lambda bundle: str(bundle.folder)},
)
def _located(bundle: LocatorBundle, changed: int, content: bytes) -> tuple[str, int]:
    """Return a photo with its boxes as a URL, and how many there are. Raises ImageError, BundleError."""
    photo = open_sandboxed(content)
    boxes = locator(bundle).locate(photo)
    outlines: list[Outline] = [([(x / photo.width, y / photo.height) for x, y in box.quad], "found") for box in boxes]
    small = photo.convert("RGB")
    small.thumbnail((_SIDE, _SIDE), Image.Resampling.LANCZOS)
    return jpeg_url(with_outlines(small, outlines)), len(boxes)
