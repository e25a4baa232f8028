"""A locator's pinned photos: its text map and its boxes over them, at any step.

All come from the run's folder; no photo is searched again. The map is one colour, as strong as the slider says; boxes
that hit are green, false ones red, and missed text has a dashed outline.
"""

from pathlib import Path
from typing import Any

import streamlit as st
from PIL import Image

from dashboard.caches.files import modified, stored_image
from dashboard.common.images import jpeg_url
from dashboard.common.runs import RunView
from dashboard.readings.text_map import Outline, overlaid, with_outlines
from dashboard.watch.pinned import row_at
from engine.evaluation.pinned_photos import PINNED_PHOTOS, PinnedPhoto, map_path, parse_photos, photo_path
from engine.formatting import count

_WIDTH = 340  # px of a photo on the page, drawn at twice that
_WIDGET: dict[str, Any] = {"persist_state": "session"}
_LEGEND = ":green[**found**] · :red[false box] · dashed: missed text"


def pinned_photos(run: RunView) -> None:
    """Draw a locator's pinned photos as it saw them at the chosen step."""
    frame = run.frames.get(PINNED_PHOTOS)  # a row per validation
    if frame is None or frame.empty:
        st.caption("The first validation searches six photos here, and every later one searches them again.")
        return
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        row = row_at(frame, f"pinned-photos-{run.id}-step", "As it saw at step")
        strength = st.slider("Text map", 0, 100, 60, 5, format="%d %%", key="pinned-photos-map", width=220, **_WIDGET)
        boxes = st.toggle("Boxes", value=True, key="pinned-photos-boxes", **_WIDGET)
    photos = parse_photos(row["photos"])
    found, missed = sum(box.hit for one in photos for box in one.boxes), sum(len(one.missed) for one in photos)
    false = sum(not box.hit for one in photos for box in one.boxes)
    st.caption(
        f"Step {count(row['step'])}: {count(found)} of {count(found + missed, 'words')} found, "
        f"{count(false, 'false boxes')}. {_LEGEND}"
    )
    with st.container(horizontal=True, gap="small"):
        for one in photos:
            _card(run, one, int(row["step"]), strength / 100, boxes)


def _card(run: RunView, one: PinnedPhoto, step: int, strength: float, boxes: bool) -> None:
    with st.container(border=True, width="content", gap="xsmall", key=f"card-pinned-{run.id}-{one.image}"):
        photo, text_map = photo_path(run.job.folder, one.image), map_path(run.job.folder, one.image, step)
        found = one if boxes else None
        shown = _picture(photo, modified(photo), text_map, modified(text_map), strength, found)
        if shown is None:
            st.caption("Its picture is missing.")
            return
        hits = sum(box.hit for box in one.boxes)
        words = f"{count(hits)} of {count(hits + len(one.missed), 'words')}"
        st.image(shown, alt=f"Validation photo {one.image}, {words} found", width=_WIDTH)
        false = len(one.boxes) - hits
        st.caption(f"{words}{f' · {count(false)} false' if false else ''}")


@st.cache_data(max_entries=256, show_spinner=False, hash_funcs={PinnedPhoto: lambda found: found.model_dump_json()})
def _picture(
    photo: Path, changed: int, text_map: Path, map_changed: int, strength: float, found: PinnedPhoto | None
) -> str | None:
    """Return a photo with its map and its boxes as a URL, drawn once: the page is drawn every few seconds."""
    image = stored_image(photo)
    if image is None:
        return None
    shown = overlaid(image, stored_image(text_map), strength, 2 * _WIDTH)
    return jpeg_url(outlined(shown, found) if found else shown)


def outlined(photo: Image.Image, found: PinnedPhoto) -> Image.Image:
    """Return a photo with the outlines of boxes and of missed text."""
    boxes: list[Outline] = [(box.quad, "hit" if box.hit else "false") for box in found.boxes]
    missed: list[Outline] = [(outline, "missed") for outline in found.missed]
    return with_outlines(photo, [*missed, *boxes])
