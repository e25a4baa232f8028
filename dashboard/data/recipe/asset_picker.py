"""Fonts, word lists and pictures: uploaded through drop zones, deleted, and chosen by seeing them in cards to tick.

A choice is noted in the part at once; the page runs again when the dialog closes. The engine checks what is dropped;
its refusals stay beside the drop zone as long as the file does.
"""

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st
from PIL import Image

from dashboard.caches.files import locator, locator_bundles
from dashboard.caches.samples import FontPreview, font_previews, font_previews_of, thumbnail
from dashboard.common import state
from dashboard.common.images import picture
from dashboard.common.markdown import literal
from dashboard.common.page import close_dialog, open_dialog, pager, show_error, show_errors
from dashboard.data.recipe.draft import DraftPart
from engine.config.text_sources import UPLOADS
from engine.errors import GlyphlabError
from engine.formatting import count, size
from engine.images.open import EXTENSIONS, MAX_BYTES
from engine.synth import Asset, add_font, add_list, add_picture, delete_asset, list_assets, pictures
from engine.synth.assets import FONT_EXTENSIONS, LIST_EXTENSIONS, MAX_FONT_BYTES, MAX_LIST_BYTES, AssetKind
from engine.synth.scenes.picture_check import look_for_text
from engine.synth.scenes.pictures import scene_pictures, text_boxes
from engine.synth.unlike import named
from engine.workspace import Workspace

_PAGE = 24
_SHOW = ("All", "Chosen", "Uploaded")
_Add = Callable[[Workspace, bytes, str], Asset]
_KINDS: dict[AssetKind, tuple[str, tuple[str, ...], int, _Add]] = {
    "fonts": ("Upload fonts (.ttf or .otf)", FONT_EXTENSIONS, MAX_FONT_BYTES, add_font),
    "lists": ("Upload a word list or text (.txt, UTF-8)", LIST_EXTENSIONS, MAX_LIST_BYTES, add_list),
    "pictures": ("Upload pictures for backgrounds", tuple(EXTENSIONS), MAX_BYTES, add_picture),
}


@dataclass(frozen=True)
class AssetChoice:
    """Something to choose: its id in recipes, a name, its picture, and what is to be said of it."""

    id: str
    label: str
    image: Callable[[], Image.Image]
    note: str = ""

    @property
    def uploaded(self) -> bool:
        """True for an upload of a user."""
        return self.id.startswith(UPLOADS)


def choose_fonts(space: Workspace, part: DraftPart, labels: Sequence[str]) -> None:
    """Draw every font as it writes the recipe's own texts, and note which are ticked."""
    added = _upload(space, "fonts")
    with st.spinner("Looking at the fonts …"):
        items = [_font(face) for face in font_previews(space, tuple(labels))]
    _choose(space, part, "fonts", items, added)


def font_strip(space: Workspace, ids: Sequence[str], labels: Sequence[str]) -> None:
    """Draw a few fonts as they write the recipe's own texts. Raises ConfigError when one is not there."""
    for face in font_previews_of(space, ids, tuple(labels)):
        picture(face.image(), f"{face.font.label}, as it looks", room=280, tall=1)


def _font(face: FontPreview) -> AssetChoice:
    lacks = " ".join(face.missing[:12]) + (" …" if len(face.missing) > 12 else "")
    notes = [f"lacks {literal(lacks)}"] if face.missing else []
    notes += map(literal, face.remarks)
    return AssetChoice(face.font.id, face.font.label, face.image, f":orange[{' · '.join(notes)}]" if notes else "")


def choose_pictures(space: Workspace, part: DraftPart) -> None:
    """Draw every picture for backgrounds, and note which are ticked."""
    added = _upload(space, "pictures")
    items = [AssetChoice(each.id, each.label, functools.partial(thumbnail, each.path)) for each in pictures(space)]
    _choose(space, part, "pictures", sorted(items, key=lambda item: not item.uploaded), added)


def choose_scene_pictures(space: Workspace, part: DraftPart) -> None:
    """Draw every picture for scenes with what is known of text in it, and note which are ticked."""
    added = _upload(space, "pictures")
    _look_for_text(space, [id for id, boxes in text_boxes(space).items() if boxes is None])
    found = text_boxes(space)
    items = [
        AssetChoice(each.id, each.label, functools.partial(thumbnail, each.path), _text_note(found, each.id))
        for each in scene_pictures(space)
    ]
    _choose(
        space, part, "pictures", sorted(items, key=lambda item: not item.uploaded), [i for i in added if not found[i]]
    )


def _look_for_text(space: Workspace, ids: Sequence[str]) -> None:
    """Search uploads for text with the newest locator, and say so where there is none."""
    if not ids:
        return
    bundles = locator_bundles(space)
    if not bundles:
        st.caption(
            f":orange[:material/warning:] Nobody has searched {count(len(ids), 'uploads')} for text, as no locator is "
            "here yet. Text behind a scene teaches a locator to overlook it: look yourself, or train a locator and "
            "open this again."
        )
        return
    bar = st.progress(0.0)
    for number, id in enumerate(ids):
        bar.progress(number / len(ids), f"Looking for text in {count(len(ids), 'pictures')} …")
        with show_errors():
            look_for_text(space, id, locator(bundles[0]))
    bar.empty()


def _text_note(found: dict[str, int | None], id: str) -> str:
    if id not in found:
        return ""
    boxes = found[id]
    if boxes is None:
        return ":orange[not searched for text]"
    return f":orange[text in {count(boxes, 'places')}; used only if ticked]" if boxes else "no text found"


def chosen_assets(part: DraftPart, kind: str, all_words: str, icon: str) -> None:
    """Draw how many fonts or pictures a part chooses, and the button that opens the dialog to choose them."""
    chosen = part.values[kind]
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        words = f"**{count(len(chosen), kind)}**" if chosen else all_words
        st.markdown(words, width="content", help=type(part.start).model_fields[kind].description)
        st.button(f"Choose {kind}", key=f"{kind}-choose", icon=icon, on_click=open_dialog, args=(kind, part))


def _upload(space: Workspace, kind: AssetKind) -> list[str]:
    return [asset.id for asset in uploaded_here(space, kind, f"chooser-{kind}")]


def _choose(space: Workspace, part: DraftPart, name: AssetKind, items: list[AssetChoice], added: list[str]) -> None:
    """Draw the cards; what has just been uploaded is ticked."""
    for id in added:
        _tick(part, name, id, True)
    chosen = part.values[name]
    with st.container(horizontal=True, vertical_alignment="bottom", horizontal_alignment="distribute"):
        text = st.text_input("Find", key=f"choose-{name}-find", icon=":material/search:", live=True, width=260)
        show = st.segmented_control(
            "Show", _SHOW, default=_SHOW[0], required=True, key=f"choose-{name}-show", label_visibility="collapsed"
        )
        st.button(
            "Use all",
            key=f"choose-{name}-none",
            icon=":material/done_all:",
            disabled=not chosen,
            on_click=_clear,
            args=(part, name),
            help=type(part.start).model_fields[name].description,
        )
        if st.button("Done", key=f"choose-{name}-done", icon=":material/check:", on_click=close_dialog):
            st.rerun()
    known = {item.id for item in items}
    missing = [id for id in chosen if id not in known]
    shown = [
        item
        for item in items
        if text.casefold() in item.label.casefold()
        and (show != "Chosen" or item.id in chosen)
        and (show != "Uploaded" or item.uploaded)
    ]
    st.caption(f"{count(len(chosen), name)} chosen." if chosen else "None is ticked, so all that can be used are.")
    if missing:
        st.button(
            f"Remove {count(len(missing), name)} no longer here",
            key=f"choose-{name}-gone",
            on_click=_remove,
            args=(part, name, missing),
        )
    _cards(space, part, name, shown)


def _cards(space: Workspace, part: DraftPart, name: AssetKind, shown: list[AssetChoice]) -> None:
    shown = shown[pager(len(shown), _PAGE, f"choose-{name}-page")]
    assets = {asset.id: asset for asset in list_assets(space, name)}
    grid = st.grid(min_column_width=240, gap=("small", "small"))
    for item in shown:
        with grid.cell(), st.container(border=True, key=f"card-choose-{item.id}", gap="xsmall", height="stretch"):
            picture(item.image(), f"{item.label}, as it looks", room=220, tall=1, most=96)
            key = f"tick-{part.mark}-{name}-{item.id}-{item.id in part.values[name]}"
            with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
                st.checkbox(
                    literal(item.label),
                    item.id in part.values[name],
                    key=key,
                    on_change=_tick,
                    args=(part, name, item.id, item.id not in part.values[name]),
                    width="content",
                )
                if item.id in assets:
                    delete_button(space, assets[item.id], "choose")
            if item.note:
                st.caption(item.note)


def _tick(part: DraftPart, name: str, id: str, on: bool) -> None:
    """Note a tick; ids keep the order in which the part started, so that a tick undone changes nothing."""
    wanted = {*part.values[name], id} if on else {*part.values[name]} - {id}
    first = [each for each in getattr(part.start, name) if each in wanted]
    part.values[name] = first + sorted(wanted - set(first))


def _clear(part: DraftPart, name: str) -> None:
    part.values[name] = []


def _remove(part: DraftPart, name: str, ids: Sequence[str]) -> None:
    part.values[name] = [id for id in part.values[name] if id not in ids]


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
    with st.spinner("Checking it …"):
        try:
            return add(space, file.getvalue(), file.name)
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


def _delete(space: Workspace, asset: Asset) -> None:
    with show_errors():
        delete_asset(space, asset.kind, asset.id)
