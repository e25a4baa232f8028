"""A card for each dropped image: the image, what each chosen reader says of it, and what it really says.

A card is a fragment: typing into one redraws that one alone.
"""

from collections.abc import Iterator, Sequence

import streamlit as st

from dashboard.common import state
from dashboard.common.callbacks import guarded
from dashboard.common.images import picture
from dashboard.common.markdown import literal
from dashboard.common.page import page_errors, show_errors
from dashboard.readings.ground_truth import TruthCallback, score_words, truth_field
from dashboard.readings.image import DroppedImage, Shown, reading, shown
from dashboard.readings.image_kinds import Files, other_kind_button
from dashboard.readings.reading import NONE, differences, draw_reading
from engine.errors import ImageError
from engine.formatting import count
from engine.workspace import Workspace
from glyphlab_read.reading.bundle import Bundle
from glyphlab_read.reading.results import Reading

Readers = Sequence[tuple[str, Bundle]]
"""The chosen readers, each with its name as Markdown."""

CardNames = dict[str, list[str]]
"""Names of the images that have cards on a page, by the digest of their pixels."""

_COLUMN = 320  # px a card takes at least
_TALL = 1.5  # an image so many times as high as wide looks as if it lay on its side


def cards(
    workspace: Workspace,
    readers: Readers,
    files: Files,
    *,
    known: bool = False,
    photos: bool = False,
    on_kept: TruthCallback | None = None,
    above: CardNames | None = None,
) -> None:
    """Draw a card for each image in the order given, and above them why others cannot be read.

    Of the same pixels only the first is read; the others say so.

    Args:
        workspace: where corrections are kept.
        readers: who reads them.
        files: the images.
        known: they are named by what they say: they are scored by that, and nobody is asked.
        photos: each may be taken for a whole photo by a click.
        on_kept: called with the text of one that somebody typed or confirmed; the whole page is drawn again then.
        above: the cards that the page has drawn before, to which these are added.
    """
    named: CardNames = {} if above is None else above
    with show_errors():
        good = list(_opened(files))
        grid = st.grid(2 if len(readers) == 1 else 1, min_column_width=_COLUMN)
        for dropped, what in good:
            names = named.setdefault(what.digest, [])
            names.append(dropped.name)
            with grid.cell():
                if len(names) > 1:
                    _duplicate(dropped, what, names)
                    continue
                with st.container(border=True, key=f"card-{what.digest}", height="stretch"):
                    _card(workspace, readers, dropped, what.digest, dropped.name if known else None, photos, on_kept)


def simple_cards(bundle: Bundle, files: Files, *, photos: bool = False) -> None:
    """Draw cards that only answer, one below the other; with `photos` each may be taken for a whole photo."""
    with show_errors():
        for number, (dropped, what) in enumerate(_opened(files)):
            with st.container(border=True, key=f"card-simple-{number}", gap="xsmall"):
                _image(dropped, what, switch=f"kind-{number}" if photos else "")
                draw_reading(reading(bundle, dropped))


def _opened(files: Files) -> Iterator[tuple[DroppedImage, Shown]]:
    """Yield the images that can be opened; draw why others cannot."""
    for name, content in files:
        dropped = DroppedImage(name, content)
        try:
            yield dropped, shown(dropped)
        except ImageError as error:
            st.error(f"**{literal(name)}** · {literal(str(error))}", icon=":material/broken_image:")


@st.fragment
@page_errors()
def _card(
    workspace: Workspace,
    readers: Readers,
    dropped: DroppedImage,
    digest: str,
    known: str | None,
    photos: bool,
    on_kept: TruthCallback | None,
) -> None:
    if st.session_state.pop(state.KEPT_BESIDE, False):
        st.rerun()
    turns = st.session_state.setdefault(state.QUARTER_TURNS, {}).get(digest, 0)
    turned = DroppedImage(dropped.name, dropped.content, turns)
    with st.container(gap="xsmall"):
        what = shown(turned)
        _image(turned, what, None if known else digest, f"kind-{digest}" if photos else "")
        found = [reading(bundle, turned) for _, bundle in readers]
        place = st.container(gap="xsmall")
        said = known or truth_field(workspace, turned, what.digest, found[0].text, on_kept)
        with place:
            _answers(readers, found, said)


def _answers(readers: Readers, found: Sequence[Reading], truth: str) -> None:
    """Draw what each reader says; what differs is marked, from the truth where it is known, else from the first."""
    reference = truth or (found[0].text if len(found) > 1 else "")
    columns = st.columns(len(found)) if len(found) > 1 else [st.container(gap="xsmall")]
    for number, (column, (name, _), one) in enumerate(zip(columns, readers, found, strict=True)):
        with column:
            differs = differences(one.text, reference) if reference else NONE
            if len(found) > 1:
                st.markdown(f"**{name}**")
            draw_reading(one, differs)
            if truth:
                st.markdown(score_words(one.text, truth))
            elif number and differs:
                places = len(differs.changed) + len(differs.missing)
                st.caption(f"differs from {readers[0][0]} in {count(places, 'places')}")
            elif number:
                st.caption(f"the same as {readers[0][0]}")


def _image(dropped: DroppedImage, what: Shown, digest: str | None = None, switch: str = "") -> None:
    """Draw the image and what it is called.

    With the digest that its turns are kept by, a quarter turn is offered; with a key for its `switch`, a click that
    takes it for a photo.
    """
    picture(what.picture, f"{dropped.name}, {what.width} by {what.height} pixels", most=240)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(f"{literal(dropped.name)} · {count(what.width)} × {count(what.height)} px", width="content")
        if digest:
            st.button(
                "Turn",
                key=f"turn-{digest}",
                icon=":material/rotate_right:",
                type="tertiary",
                on_click=_turn,
                args=(digest,),
            )
        if switch:
            other_kind_button(digest or what.digest, "photos", switch)
    if digest and what.height > _TALL * what.width:
        st.caption("This image is higher than wide: where a reader is unsure of it, it reads it turned, too.")


@guarded
def _turn(digest: str) -> None:
    turns = st.session_state[state.QUARTER_TURNS]
    turns[digest] = (turns.get(digest, 0) + 1) % 4


def _duplicate(dropped: DroppedImage, what: Shown, names: Sequence[str]) -> None:
    with st.container(border=True, key=f"card-twin-{what.digest}-{len(names)}", height="stretch"):
        _image(dropped, what)
        st.caption(f":material/content_copy: the same pixels as {literal(names[0])}, which is read above")
