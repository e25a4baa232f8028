"""Uploads of fonts, word lists and pictures: their drop zones, their deletion, and taking that back.

The engine checks what is dropped; its refusals stay beside the drop zone as long as the file does.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

import streamlit as st

from dashboard.common import state
from dashboard.common.callbacks import guarded
from dashboard.common.deleting import discarded_line, note_discarded
from dashboard.common.markdown import literal
from dashboard.common.page import show_error
from engine.errors import GlyphlabError
from engine.formatting import count, size
from engine.synth import Asset, add_font, add_list, add_picture, delete_asset, list_assets
from engine.synth.assets import FONT_EXTENSIONS, LIST_EXTENSIONS, MAX_FONT_BYTES, MAX_LIST_BYTES, AssetKind
from engine.synth.unlike import named
from engine.workspace import Workspace
from glyphlab_read.images.open import EXTENSIONS, MAX_BYTES

_Add = Callable[[Workspace, bytes, str], Asset]
_KINDS: dict[AssetKind, tuple[str, tuple[str, ...], int, _Add]] = {
    "fonts": ("Upload fonts (.ttf or .otf)", FONT_EXTENSIONS, MAX_FONT_BYTES, add_font),
    "lists": ("Upload a word list or text (.txt, UTF-8)", LIST_EXTENSIONS, MAX_LIST_BYTES, add_list),
    "pictures": ("Upload pictures for backgrounds", tuple(EXTENSIONS), MAX_BYTES, add_picture),
}


def uploaded_here(space: Workspace, kind: AssetKind, key: str) -> list[Asset]:
    """Draw the drop zone and, of word lists, those that are there; return what has just been added."""
    title, extensions, most, add = _KINDS[kind]
    files = st.file_uploader(
        title, type=list(extensions), accept_multiple_files=True, key=f"{key}-drop", max_upload_size=most // 10**6
    )
    added = []
    for file in files:
        known = st.session_state.setdefault(state.UPLOADS, {})
        if file.file_id not in known:
            known[file.file_id] = _add(space, add, file)
            if isinstance(known[file.file_id], Asset):
                added.append(known[file.file_id])
        if isinstance(known[file.file_id], GlyphlabError):
            st.caption(literal(file.name))
            show_error(known[file.file_id])
    discarded_line(kind, key)
    if kind == "lists":
        for asset in list_assets(space, kind):
            with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
                st.markdown(f"{literal(asset.label)} · {size(asset.bytes)}{_never_drawn(asset)}", width="content")
                delete_button(space, asset, key)
    return added


def _never_drawn(asset: Asset) -> str:
    """Return Markdown that tells of lines which no image will ever show."""
    lost = asset.facts.get("never_drawn", 0)
    if not lost:
        return ""
    of = count(asset.facts["lines"], "lines")
    return f" · :orange[{lost:,} of {of} cannot be drawn: {literal(named(asset.facts['such_as'], lost))}]"


def _add(space: Workspace, add: _Add, file: Any) -> Asset | GlyphlabError:
    line = st.empty()  # each touch of it ends this run of the page where somebody left it
    work = partial(add_font, watch=line.empty) if add is add_font else add
    with st.spinner("Checking it …"):
        try:
            return work(space, file.getvalue(), file.name)
        except GlyphlabError as error:
            return error


def delete_button(space: Workspace, asset: Asset, key: str) -> None:
    """Draw the button that deletes something uploaded."""
    st.button(
        "",
        key=f"{key}-delete-{asset.id}",
        icon=":material/delete:",
        type="tertiary",
        on_click=_delete,
        args=(space, asset),
        help="Delete this upload. Recipes that name it can then not be drawn.",
    )


@guarded
def _delete(space: Workspace, asset: Asset) -> None:
    note_discarded(asset.kind, delete_asset(space, asset.kind, asset.id))
