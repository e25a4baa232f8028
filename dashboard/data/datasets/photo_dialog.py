"""One photo of a dataset, large, with its regions listed: what each says, whether it counts, and its removal.

Each change goes to the draft of the dataset's next version at once. The list is paged, and the numbers of its page
stand in the photo.
"""

from collections.abc import Sequence
from functools import partial

import streamlit as st
from PIL import Image

from dashboard.caches.datasets import sample_row, thumbnail_of
from dashboard.common.callbacks import guarded
from dashboard.common.enlarged import fact_table
from dashboard.common.images import jpeg_url, picture
from dashboard.common.markdown import literal
from dashboard.common.page import open_dialog, opened_dialog, pager, show_errors
from dashboard.common.regions import legend, level_choice, numbered, region_view_choice, with_regions
from dashboard.common.state import show_value
from dashboard.data.datasets.edits import remove_button
from engine.datasets.drafts import EditDraft
from engine.datasets.scenes.dataset import SceneDataset
from engine.formatting import count, decimal
from engine.regions.polygons import text_angle, text_height
from engine.regions.region import LEVELS, Level, Region, at_level

PHOTO = "photo"  # name of the dialog
_LISTED = 6  # regions a page of the list
_ROOM = (1600, 1400)  # px of the photo
_CROP = (210, 48)  # px of the picture of a region
_MARGIN = 0.15  # of a region's height, around its picture
_HELP = (
    "Correct what it says; leave it empty where nobody can tell. Text that nobody can read should not count: then "
    "neither finding nor missing it does."
)
_OWN = ("index", "split", "shard", "offset", "bytes", "texts", "text_height", "regions", "ignored", "text", "source")


def photo_dialog(dataset: SceneDataset, numbers: Sequence[int], first: int) -> None:
    """Draw the photo that the dialog is about.

    Args:
        dataset: where it is.
        numbers: the photos to turn over, in this order.
        first: the photo that the dialog was opened for.
    """
    _, scene = opened_dialog(PHOTO) or ("", first)
    with show_errors():
        draft = EditDraft(dataset.folder)  # this part of the page runs again on its own
        stored = dataset.regions(scene)
        edited = draft.edited(scene, stored)
        left, right = st.columns([1.9, 1], gap="medium")
        with right:
            shown, level = _list(dataset, draft, scene, stored, edited)
        with left:
            _picture(dataset, scene, edited, shown, level)
            _turning(numbers, scene, draft)
            _facts(dataset, scene)


def _picture(
    dataset: SceneDataset, scene: int, edited: Sequence[Region | None], shown: dict[int, int], level: Level
) -> None:
    kept = at_level([region for region in edited if region is not None], level)
    with st.container(horizontal=True, vertical_alignment="center"):
        view = region_view_choice("photo-view")
        st.caption(legend(kept, view), width="content")
    photo = thumbnail_of(dataset, scene, _ROOM)
    scale = photo.width / sample_row(dataset, scene)["width"]
    drawn = with_regions(photo, kept, view, scale)
    if view == "outlines":
        listed = {place: region for place, number in shown.items() if (region := edited[number]) is not None}
        drawn = numbered(drawn, listed, scale)
    st.image(jpeg_url(drawn), alt=f"Photo {scene} with {count(len(kept), 'regions')}", width="stretch")


def _turning(numbers: Sequence[int], scene: int, draft: EditDraft) -> None:
    place = numbers.index(scene) if scene in numbers else -1  # the filters leave out one that was asked for
    with st.container(horizontal=True, vertical_alignment="center"):
        for label, icon, step in (
            ("Previous", ":material/arrow_back:", place - 1),
            ("Next", ":material/arrow_forward:", place + 1),
        ):
            inside = 0 <= step < len(numbers)
            about = (PHOTO, draft.folder.name, numbers[step] if inside else scene)
            st.button(label, icon=icon, key=f"photo-{label}", disabled=not inside, on_click=open_dialog, args=about)
        if place >= 0:
            st.caption(f"{count(place + 1)} of {count(len(numbers), 'photos')}", width="content")
        with st.container(key="photo-remove", width="content"):
            remove_button(draft, scene, "photo", "Keep photo" if scene in draft.removals else "Remove photo")
        if scene in draft.removals:
            st.caption(":red[goes with the next version]", width="content")


def _facts(dataset: SceneDataset, scene: int) -> None:
    row = sample_row(dataset, scene)
    own = {"split": row["split"], "width": f"{row['width']} px", "height": f"{row['height']} px"}
    stored = {"source": dataset.source(scene), "stored": count(row["bytes"], "bytes")}
    factors = {name: value for name, value in row.items() if name not in (*_OWN, *own, *(f"{one}s" for one in LEVELS))}
    with st.expander("What is known of it", key=f"photo-facts-{scene}"):
        fact_table({**own, **stored, **factors})


def _list(
    dataset: SceneDataset, draft: EditDraft, scene: int, stored: Sequence[Region], edited: Sequence[Region | None]
) -> tuple[dict[int, int], Level]:
    """Draw a page of the regions of a level; return their numbers by their places in the list, and the level."""
    if not stored:
        st.markdown("**No text in it**")
        st.caption("A photo without text teaches a locator what is none. It counts whenever it is trained on.")
        return {}, "word"
    chosen = level_choice([level for level in LEVELS if any(region.level == level for region in stored)], "photo-level")
    numbers = [number for number, region in enumerate(stored) if region.level == chosen]
    st.markdown(f"**{count(len(numbers), f'{chosen}s')}**", help=_HELP)
    page = pager(len(numbers), _LISTED, f"photo-list-{scene}-{chosen}")
    shown = dict(list(enumerate(numbers))[page])
    photo = dataset.image(scene)
    for place, number in shown.items():
        with st.container(gap="xsmall", key=f"region-{scene}-{number}"):
            _heading(place, stored[number], photo)
            _region(draft, scene, number, stored[number], edited[number])
    return shown, chosen


def _heading(place: int, region: Region, photo: Image.Image) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        height, angle = text_height(region.polygon), text_angle(region.polygon)
        spoken = f" · {literal(region.language)}" if region.language else ""
        st.caption(f"**{place + 1}** · {decimal(height, 2, 'px')} · {angle:.0f}°{spoken}", width="content")
        picture(_crop(photo, region), f"Region {place + 1}", room=_CROP[0], tall=_CROP[1] // 2, most=_CROP[1])


def _region(draft: EditDraft, scene: int, number: int, stored: Region, edited: Region | None) -> None:
    key, change = f"{draft.folder.name}-{scene}-{number}", draft.regions.get((scene, number))
    note = partial(draft.change, scene, number, stored)
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        shown = edited or stored
        show_value(f"text-{key}", shown.text or "")
        st.text_input(
            f"Text of region {number + 1}",
            key=f"text-{key}",
            disabled=edited is None,
            max_chars=1000,
            placeholder="nobody typed it",
            label_visibility="collapsed",
            on_change=guarded(lambda: note(text=str(st.session_state[f"text-{key}"] or ""))),
        )
        show_value(f"counts-{key}", not shown.ignore)
        st.checkbox(
            "counts",
            key=f"counts-{key}",
            disabled=edited is None,
            on_change=guarded(lambda: note(ignore=not st.session_state[f"counts-{key}"])),
        )
        st.button(
            "",
            key=f"drop-{key}",
            icon=":material/undo:" if edited is None else ":material/delete:",
            type="tertiary",
            help="Keep this region." if edited is None else "Remove this region: there is no text, or no box of it.",
            on_click=guarded(lambda: note(remove=edited is not None)),
        )
    if edited is None:
        st.caption(":red[:material/delete: goes with the next version]")
    elif change:
        st.caption(f":orange[:material/edit:] was {_was(stored)}")


def _was(region: Region) -> str:
    said = literal(region.text) if region.text else "without a text"
    return f"{said}, {'not counted' if region.ignore else 'counted'}"


def _crop(photo: Image.Image, region: Region) -> Image.Image:
    """Return the part of a photo around a region."""
    margin = max(2.0, _MARGIN * text_height(region.polygon))
    (left, top), (right, bottom) = region.polygon.min(axis=0) - margin, region.polygon.max(axis=0) + margin
    box = max(0, int(left)), max(0, int(top)), min(photo.width, int(right) + 1), min(photo.height, int(bottom) + 1)
    return photo.crop(box)
