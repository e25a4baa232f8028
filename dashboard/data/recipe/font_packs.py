"""Font packs where fonts are chosen: their check, as far as it was not done, and a press that takes a whole pack."""

import contextlib
from collections.abc import Mapping, Sequence

import streamlit as st

from dashboard.common.callbacks import guarded
from dashboard.common.markdown import literal
from dashboard.common.page import show_errors
from dashboard.data.recipe.draft import DraftPart
from engine.formatting import count
from engine.synth.face_check import check_packs
from engine.synth.face_verdicts import FaceVerdict, verdicts_of
from engine.synth.font_packs import RECOMMENDED, FontPack, MissingFont, whole_packs
from engine.synth.fonts import Font
from engine.workspace import Workspace


def checked_packs(space: Workspace, packs: Sequence[FontPack]) -> None:
    """Check the faces of packs that were not checked yet, with a bar that tells how far it is."""
    place = st.empty()

    def watch(done: int, of: int) -> None:
        place.progress(done / of, f"Checking faces of font packs, once: {done:,} of {of:,} …")

    check_packs(space, packs, watch)
    place.empty()


def check_named_packs(space: Workspace, looks: Sequence[DraftPart]) -> None:
    """Check the packs that looks name as a whole, before anything is drawn with them."""
    with show_errors(), contextlib.suppress(MissingFont):  # which is told where fonts and samples are drawn
        checked_packs(space, whole_packs(id for look in looks for id in look.values["fonts"]))


def pack_verdicts(space: Workspace, packs: Sequence[FontPack]) -> Mapping[Font, FaceVerdict]:
    """Return the verdicts on the faces of some packs."""
    return verdicts_of(space, [face for pack in packs for face in pack.faces])


def choose_packs(part: DraftPart, packs: Sequence[FontPack], verdicts: Mapping[Font, FaceVerdict]) -> None:
    """Draw every pack with its licence and the faces that it brings, and note which are taken as a whole."""
    if not packs:
        st.caption(
            f":material/inventory_2: No font packs are installed. On Debian and Ubuntu, `make fonts` installs "
            f"{count(len(RECOMMENDED), 'packages')} with some thousand faces."
        )
        return
    chosen = set(part.values["fonts"])
    usable = {pack: sum(face in verdicts and not verdicts[face].fault for face in pack.faces) for pack in packs}
    taken = sum(pack.id in chosen for pack in packs)
    title = f"Font packs: {taken} of {len(packs)} taken as a whole"
    with st.expander(title, expanded=bool(taken), key="choose-fonts-packs", on_change="rerun") as fold:
        if not fold.open:
            return
        offered = [pack for pack in packs if usable[pack]]
        with st.container(horizontal=True):
            for label, on in (("Take all packs", True), ("Leave all packs", False)):
                st.button(
                    label,
                    key=f"choose-fonts-packs-{'all' if on else 'none'}",
                    icon=f":material/{'check_box' if on else 'check_box_outline_blank'}:",
                    on_click=_take,
                    args=(part, [pack.id for pack in offered], on),
                )
        st.caption(
            "Faces of one case, and those that the starter hardly reads, stay out of a pack that is taken as a whole: "
            "each tells why below. One that is ticked there is used all the same."
        )
        grid = st.grid(min_column_width=240, gap="small")
        for pack in packs:
            with grid.cell():
                _pack(part, pack, usable[pack])


def _pack(part: DraftPart, pack: FontPack, usable: int) -> None:
    taken = pack.id in part.values["fonts"]
    st.checkbox(
        f"{literal(pack.name)} :small[:gray[{usable} of {count(len(pack.faces), 'faces')} · {literal(pack.licence)}]]",
        taken,
        key=f"pack-{part.mark}-{pack.name}-{taken}",
        disabled=not usable and not taken,
        on_change=_take,
        args=(part, [pack.id], not taken),
    )


@guarded
def _take(part: DraftPart, ids: Sequence[str], on: bool) -> None:
    """Take or leave whole packs; single faces that are chosen besides stay."""
    wanted = [id for id in part.values["fonts"] if id not in ids]
    part.values["fonts"] = wanted + [id for id in ids if on]
