"""Photos kept as scenes while reading: each with its outlines, and the button that takes it out."""

from collections.abc import Sequence
from pathlib import Path

import streamlit as st
from PIL import Image

from dashboard.caches.files import modified
from dashboard.common import state
from dashboard.common.callbacks import guarded
from dashboard.common.images import jpeg_url
from dashboard.common.page import pager, show_errors
from dashboard.common.regions import with_regions
from dashboard.read.kept_scene import remove_kept_photo, scene_words
from engine.datasets.scenes.kept import KeptPhoto, find_kept_photo, keep_photo
from engine.formatting import ago
from engine.workspace import Workspace
from glyphlab_read.images.open import open_image
from glyphlab_read.images.sandbox import open_sandboxed

_PAGE = 12
_COLUMN = 300  # px a photo takes at least
_ROOM = (600, 420)  # px of a picture


def kept_photos(workspace: Workspace, photos: Sequence[KeptPhoto]) -> None:
    """Draw the kept photos, a page at a time."""
    grid = st.grid(min_column_width=_COLUMN, gap=("small", "small"))
    for one in photos[pager(len(photos), _PAGE, "kept-photos-page")]:
        with grid.cell(), st.container(border=True, key=f"card-kept-photo-{one.digest}", gap="xsmall"), show_errors():
            picture = _picture(one.image, modified(one.image))
            words = scene_words(one.regions)
            drawn = with_regions(picture, one.regions, "outlines", picture.width / one.size[0])
            st.image(jpeg_url(drawn), alt=f"Photo with {words}", width="stretch")
            with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
                st.caption(f"{words} · {ago(one.changed)}", width="stretch")
                st.button(
                    "",
                    key=f"kept-photo-out-{one.digest}",
                    icon=":material/delete:",
                    type="tertiary",
                    on_click=remove_kept_photo,
                    args=(workspace, one.digest),
                    help="Remove this photo. Datasets made before still hold it.",
                )


@st.cache_data(max_entries=8 * _PAGE, show_spinner=False)
def _picture(path: Path, changed: int) -> Image.Image:
    picture = open_sandboxed(path.read_bytes())
    picture.thumbnail(_ROOM)
    return picture


def undo_photo_removal(workspace: Workspace) -> None:
    """Draw what was removed last and the button that keeps it again; nothing where nothing was."""
    removed: tuple[KeptPhoto, bytes] | None = st.session_state.get(state.REMOVED_KEPT_PHOTO)
    if removed is None or find_kept_photo(workspace, removed[0].digest):
        return
    photo, content = removed

    @guarded
    def restore() -> None:
        keep_photo(workspace, photo.digest, content, open_image(content), photo.turned, photo.regions)

    with st.container(border=True, key="card-undo-photo", horizontal=True, vertical_alignment="center"):
        st.markdown(f"Removed the photo with {scene_words(photo.regions)}.", width="stretch")
        st.button("Undo", icon=":material/undo:", key="undo-photo", on_click=restore)
