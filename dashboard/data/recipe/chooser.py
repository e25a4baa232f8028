"""The dialog in which fonts or pictures are chosen by seeing them: cards to tick, singly or all that are shown.

A choice is noted in the part at once; the page runs again when the dialog closes. None ticked stands for all.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import streamlit as st
from PIL import Image

from dashboard.common.images import picture
from dashboard.common.markdown import literal
from dashboard.common.page import close_dialog, open_dialog, pager
from dashboard.data.recipe.draft import DraftPart
from dashboard.data.recipe.uploads import delete_button, uploaded_here
from engine.config.text_sources import UPLOADS
from engine.formatting import count
from engine.synth import list_assets
from engine.synth.assets import AssetKind
from engine.workspace import Workspace

_PAGE = 24
_SHOW = ("All", "Chosen", "Uploaded")
_NAMED = 3  # names said before the rest is counted


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


def names(labels: Sequence[str]) -> str:
    """Return Markdown of the first few names, and how many more there are."""
    more = f" and {len(labels) - _NAMED} more" if len(labels) > _NAMED else ""
    return ", ".join(map(literal, labels[:_NAMED])) + more


def chosen_assets(part: DraftPart, kind: str, words: str, icon: str) -> None:
    """Draw what a part uses, in Markdown, and the button that opens the dialog to choose."""
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.markdown(words, width="content", help=type(part.start).model_fields[kind].description)
        st.button(f"Choose {kind}", key=f"{kind}-choose", icon=icon, on_click=open_dialog, args=(kind, part))


def added_here(space: Workspace, part: DraftPart, kind: AssetKind, fits: Callable[[str], bool] = bool) -> None:
    """Draw the drop zone; what has just been uploaded is ticked if it `fits`."""
    for asset in uploaded_here(space, kind, f"chooser-{kind}"):
        if fits(asset.id):
            _tick(part, kind, [asset.id], True)


def choose(space: Workspace, part: DraftPart, name: AssetKind, items: Sequence[AssetChoice], used: str) -> None:
    """Draw the cards, what finds and ticks them, and what is `used` now, in Markdown."""
    chosen = part.values[name]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        text = st.text_input("Find", key=f"choose-{name}-find", icon=":material/search:", live=True, width=220)
        show = st.segmented_control(
            "Show", _SHOW, default=_SHOW[0], required=True, key=f"choose-{name}-show", label_visibility="collapsed"
        )
        shown = [
            item
            for item in items
            if text.casefold() in item.label.casefold()
            and (show != "Chosen" or item.id in chosen)
            and (show != "Uploaded" or item.uploaded)
        ]
        _tick_buttons(part, name, [item.id for item in shown])
        if st.button("Done", key=f"choose-{name}-done", icon=":material/check:", on_click=close_dialog):
            st.rerun()
    st.markdown(used)
    known = {item.id for item in items}
    if missing := [id for id in chosen if id not in known]:
        st.button(
            f"Remove {count(len(missing), name)} no longer here",
            key=f"choose-{name}-gone",
            on_click=_tick,
            args=(part, name, missing, False),
        )
    if not shown:
        st.caption(f"None of {count(len(items), name)} is shown. Empty *Find*, or show all.")
    _cards(space, part, name, shown)


def _tick_buttons(part: DraftPart, name: str, shown: Sequence[str]) -> None:
    chosen = set(part.values[name])
    ticked = chosen.intersection(shown)
    for label, icon, on in (("Tick shown", "check_box", True), ("Untick shown", "check_box_outline_blank", False)):
        st.button(
            label,
            key=f"choose-{name}-{'tick' if on else 'untick'}",
            icon=f":material/{icon}:",
            disabled=len(ticked) == len(shown) if on else not ticked,
            on_click=_tick,
            args=(part, name, shown, on),
            help=f"Of {count(len(shown), name)} that are shown, on all pages.",
        )
    st.button(
        "Clear",
        key=f"choose-{name}-none",
        icon=":material/remove_done:",
        disabled=not chosen,
        on_click=_tick,
        args=(part, name, list(chosen), False),
        help="Untick all. With none ticked, all that can be used are.",
    )


def _cards(space: Workspace, part: DraftPart, name: AssetKind, shown: Sequence[AssetChoice]) -> None:
    shown = shown[pager(len(shown), _PAGE, f"choose-{name}-page")]
    assets = {asset.id: asset for asset in list_assets(space, name)}
    grid = st.grid(min_column_width=240, gap=("small", "small"))
    for item in shown:
        with grid.cell(), st.container(border=True, key=f"card-choose-{item.id}", gap="xsmall", height="stretch"):
            picture(item.image(), f"{item.label}, as it looks", room=220, tall=1, most=96)
            ticked = item.id in part.values[name]
            with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
                st.checkbox(
                    literal(item.label),
                    ticked,
                    key=f"tick-{part.mark}-{name}-{item.id}-{ticked}",
                    on_change=_tick,
                    args=(part, name, [item.id], not ticked),
                    width="content",
                )
                if item.id in assets:
                    delete_button(space, assets[item.id], "choose")
            if item.note:
                st.markdown(f":small[{item.note}]")


def _tick(part: DraftPart, name: str, ids: Sequence[str], on: bool) -> None:
    """Note ticks; ids keep the order in which the part started, so that a tick undone changes nothing."""
    wanted = {*part.values[name], *ids} if on else {*part.values[name]}.difference(ids)
    first = [each for each in getattr(part.start, name) if each in wanted]
    part.values[name] = first + sorted(wanted - set(first))
