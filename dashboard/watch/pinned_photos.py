"""A locator's pinned photos: its text map and its boxes over them, at any step.

All come from the run's folder; no photo is searched again. The map is one colour, as strong as the slider says; boxes
that hit are green, false ones red, and missed text has a dashed outline.
"""

from typing import Any

import cv2
import numpy as np
import streamlit as st
from PIL import Image

from dashboard.caches.files import stored_image
from dashboard.common.images import png_url
from dashboard.common.runs import RunView
from dashboard.watch.pinned import row_at
from engine.evaluation.pinned_photos import PINNED_PHOTOS, PinnedPhoto, map_path, parse_photos, photo_path
from engine.formatting import count

_WIDTH = 420  # px of a photo on the page, drawn at twice that
_ACCENT, _RIGHT, _WRONG = (45, 212, 191), (34, 197, 94), (239, 68, 68)
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
        photo = stored_image(photo_path(run.job.folder, one.image))
        if photo is None:
            st.caption("Its picture is missing.")
            return
        text_map = stored_image(map_path(run.job.folder, one.image, step))
        shown = overlaid(photo, text_map, strength)
        if boxes:
            shown = outlined(shown, one)
        hits = sum(box.hit for box in one.boxes)
        words = f"{count(hits)} of {count(hits + len(one.missed), 'words')}"
        st.image(png_url(shown), alt=f"Validation photo {one.image}, {words} found", width=_WIDTH)
        false = len(one.boxes) - hits
        st.caption(f"{words}{f' · {count(false)} false' if false else ''}")


def overlaid(photo: Image.Image, text_map: Image.Image | None, strength: float) -> Image.Image:
    """Return a photo (RGB) with a text map (grey, of any size) over it in one colour, `strength` 0…1."""
    factor = 2 * _WIDTH / max(photo.size)
    photo = photo.convert("RGB").resize((round(photo.width * factor), round(photo.height * factor)))
    if text_map is None or not strength:
        return photo
    share = np.asarray(text_map.convert("L").resize(photo.size), np.float32)[..., None] / 255 * strength
    pixels = np.asarray(photo, np.float32)
    return Image.fromarray((pixels * (1 - share) + np.array(_ACCENT, np.float32) * share).astype(np.uint8))


def outlined(photo: Image.Image, found: PinnedPhoto) -> Image.Image:
    """Return a photo with the outlines of boxes and of missed text."""
    pixels = np.array(photo)
    size = np.array(photo.size, np.float32)
    for outline in found.missed:
        _dashed(pixels, np.array(outline, np.float32) * size)
    for box in found.boxes:
        corners = np.rint(np.array(box.quad, np.float32) * size).astype(np.int32)
        cv2.polylines(pixels, [corners], True, _RIGHT if box.hit else _WRONG, 2, cv2.LINE_AA)
    return Image.fromarray(pixels)


def _dashed(pixels: Any, corners: Any) -> None:
    for start, end in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        dashes = max(1, int(np.hypot(*(end - start)) // 12))
        for place in range(dashes):
            first, last = (start + (end - start) * (place + part) / dashes for part in (0, 0.55))
            cv2.line(pixels, np.rint(first).astype(int).tolist(), np.rint(last).astype(int).tolist(), _WRONG, 2)
