"""The dialog in which fonts or pictures are chosen by seeing them: cards to tick, singly or all that are shown.

A choice is noted in the part at once; the page runs again when the dialog closes. None ticked stands for all.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

import streamlit as st
from PIL import Image

from dashboard.common.callbacks import guarded
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
    """Something to choose.

    Attributes:
        id: in recipes.
        label: a name for people.
        image: makes its picture.
        note: Markdown of what is to be said of it, made when it is shown.
        group: the id in recipes of the whole that it belongs to, if any.
        in_group: whether that whole brings it along.
    """

    id: str
    label: str
    image: Callable[[], Image.Image]
    note: Callable[[], str] = str
    group: str = ""
    in_group: bool = False

    @property
    def uploaded(self) -> bool:
        """True for an upload of a user."""
        return self.id.startswith(UPLOADS)

    def is_among(self, chosen: Collection[str]) -> bool:
        """Say whether it is chosen, by itself or by the whole that it belongs to."""
        return self.id in chosen or (self.in_group and self.group in chosen)


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
            part.values[kind] = _ordered(part, kind, {*part.values[kind], asset.id})


def choose(space: Workspace, part: DraftPart, name: AssetKind, items: Sequence[AssetChoice], used: str) -> None:
    """Draw the cards, what finds and ticks them, and what is `used` now, in Markdown."""
    chosen = part.values[name]
    groups = sorted({item.group for item in items if item.group})
    with st.container(horizontal=True, vertical_alignment="bottom"):
        text = st.text_input("Find", key=f"choose-{name}-find", icon=":material/search:", live=True, width=220)
        show = st.segmented_control(
            "Show", _SHOW, default=_SHOW[0], required=True, key=f"choose-{name}-show", label_visibility="collapsed"
        )
        group = _group_choice(name, groups) if groups else None
        shown = [
            item
            for item in items
            if text.casefold() in f"{item.label} {item.id}".casefold()
            and (show != "Chosen" or item.is_among(chosen))
            and (show != "Uploaded" or item.uploaded)
            and group in (None, item.group)
        ]
        _tick_buttons(part, name, shown, items)
        if st.button("Done", key=f"choose-{name}-done", icon=":material/check:", on_click=close_dialog):
            st.rerun()
    st.markdown(used)
    known = {item.id for item in items}.union(groups)
    if missing := [id for id in chosen if id not in known]:
        st.button(
            f"Remove {count(len(missing), name)} no longer here",
            key=f"choose-{name}-gone",
            on_click=_tick,
            args=(part, name, missing, False, items),
        )
    if not shown:
        st.caption(f"None of {count(len(items), name)} is shown. Empty *Find*, or show all.")
    _cards(space, part, name, shown, items)


def _group_choice(name: str, groups: Sequence[str]) -> str | None:
    """Draw the choice of a group whose members alone are shown; None stands for all."""
    return st.selectbox(
        "Pack",
        groups,
        index=None,
        placeholder="all packs",
        format_func=lambda group: group.partition("/")[0],
        key=f"choose-{name}-group",
        label_visibility="collapsed",
        width=180,
    )


def _tick_buttons(part: DraftPart, name: str, shown: Sequence[AssetChoice], items: Sequence[AssetChoice]) -> None:
    chosen = set(part.values[name])
    ticked = sum(item.is_among(chosen) for item in shown)
    for label, icon, on in (("Tick shown", "check_box", True), ("Untick shown", "check_box_outline_blank", False)):
        st.button(
            label,
            key=f"choose-{name}-{'tick' if on else 'untick'}",
            icon=f":material/{icon}:",
            disabled=ticked == len(shown) if on else not ticked,
            on_click=_tick,
            args=(part, name, [item.id for item in shown if item.is_among(chosen) != on], on, items),
            help=f"Of {count(len(shown), name)} that are shown, on all pages.",
        )
    st.button(
        "Clear",
        key=f"choose-{name}-none",
        icon=":material/remove_done:",
        disabled=not chosen,
        on_click=_tick,
        args=(part, name, list(chosen), False, items),
        help="Untick all. With none ticked, all that can be used are.",
    )


def _cards(
    space: Workspace,
    part: DraftPart,
    name: AssetKind,
    shown: Sequence[AssetChoice],
    items: Sequence[AssetChoice],
) -> None:
    shown = shown[pager(len(shown), _PAGE, f"choose-{name}-page")]
    assets = {asset.id: asset for asset in list_assets(space, name)}
    grid = st.grid(min_column_width=240, gap=("small", "small"))
    for item in shown:
        with grid.cell(), st.container(border=True, key=f"card-choose-{item.id}", gap="xsmall", height="stretch"):
            picture(item.image(), f"{item.label}, as it looks", room=220, tall=1, most=96)
            ticked = item.is_among(part.values[name])
            with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
                st.checkbox(
                    literal(item.label),
                    ticked,
                    key=f"tick-{part.mark}-{name}-{item.id}-{ticked}",
                    on_change=_tick,
                    args=(part, name, [item.id], not ticked, items),
                    width="content",
                )
                if item.id in assets:
                    delete_button(space, assets[item.id], "choose")
            if note := item.note():
                st.markdown(f":small[{note}]")


@guarded
def _tick(part: DraftPart, name: str, ids: Sequence[str], on: bool, items: Sequence[AssetChoice]) -> None:
    """Note ticks. Where one of a whole is unticked, its others are named one by one in place of the whole."""
    wanted = {*part.values[name]}
    if on:
        wanted |= {*ids}
    else:
        broken = {item.group for item in items if item.id in ids and item.is_among(wanted)} & wanted
        wanted |= {item.id for item in items if item.in_group and item.group in broken}
        wanted -= {*ids, *broken}
    part.values[name] = _ordered(part, name, wanted)


def _ordered(part: DraftPart, name: str, wanted: Collection[str]) -> list[str]:
    """Return ids in the order in which the part started, so that a tick undone changes nothing."""
    first = [each for each in getattr(part.start, name) if each in wanted]
    return first + sorted(set(wanted).difference(first))
