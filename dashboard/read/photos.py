"""Text in whole photos: where a locator finds it, its map under the hand, and boxes redrawn as thresholds move.

The network searches a photo once; thresholds only take boxes from the kept map.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st
from PIL import Image

from dashboard.caches.files import locator, modified
from dashboard.common.images import jpeg_url
from dashboard.common.markdown import literal
from dashboard.common.page import show_error
from dashboard.common.runs import RunView
from dashboard.common.state import asked_for, choose
from dashboard.readings.image import DroppedImage, shown
from dashboard.readings.image_kinds import Files, other_kind_button
from dashboard.readings.reader_picker import bundle_title, score_words
from dashboard.readings.text_map import Outline, overlaid, with_outlines
from engine.config.thresholds import Thresholds
from engine.errors import GlyphlabError
from engine.formatting import count, decimal, percent
from engine.images.sandbox import open_sandboxed
from engine.jobs import paths
from engine.location.bundle import LocatorBundle
from engine.location.text_map import TextMap

_SIDE = 1400  # px of a photo as it is sent to the browser
_KEPT = 12  # searched photos kept in memory
_LOCATOR = "read-locator"
_WIDGET: dict[str, Any] = {"persist_state": "session"}
_LEVELS = {"word": "Words", "line": "Lines"}


@dataclass(frozen=True)
class SearchedPhoto:
    """A photo at screen size, its text map, the picture of that, and the seconds that the search took."""

    picture: Image.Image
    text_map: TextMap
    map_picture: Image.Image
    seconds: float


def _told(bundle: LocatorBundle, runs: Mapping[str, RunView]) -> str:
    title = bundle_title(bundle.name, bundle.manifest.step, runs)
    return " · ".join(filter(None, [title, score_words(bundle, runs)]))


def photo_cards(known: Sequence[LocatorBundle], runs: Mapping[str, RunView], files: Files) -> None:
    """Draw the choice of a locator, of one level, and each photo with its map and its boxes; `known` is not empty."""
    left, right = st.columns([1, 2.6], gap="medium")
    with left:
        names = {bundle.name: bundle for bundle in known}
        choose(_LOCATOR, list(names), asked_for("locator"))
        name = st.selectbox(
            "Locator",
            list(names),
            format_func=lambda name: _told(names[name], runs),
            key=_LOCATOR,
            **_WIDGET,
        )
        bundle = names[str(name)]
        level = st.segmented_control(
            "Boxes around",
            list(bundle.manifest.levels),
            default=bundle.manifest.levels[0],
            format_func=_LEVELS.__getitem__,
            required=True,
            key=f"read-level-{name}",
            **_WIDGET,
        )
        strength = st.slider("Text map", 0, 100, 50, 5, format="%d %%", key="read-map", **_WIDGET)
        thresholds = _thresholds(bundle, str(level))
    with right:
        for number, file in enumerate(files):
            with st.container(border=True, gap="xsmall", key=f"card-photo-{number}"):
                _photo(bundle, number, file, str(level), thresholds, strength / 100)
        if not files:
            with st.container(border=True, key="card-nothing"):
                st.markdown("**No photo is here yet**")
                st.caption(
                    "Drop one above, or paste it, to see where its text is. Street signs, shop fronts, labels and pages"
                    " will do."
                )


def _thresholds(bundle: LocatorBundle, level: str) -> Thresholds:
    """Draw the four thresholds of a level, which begin where they were tuned, and return them."""
    tuned = bundle.manifest.thresholds[level]  # pyright: ignore[reportArgumentType]
    own, key = tuned.thresholds, f"read-{bundle.name}-{bundle.manifest.step}-{level}"
    with st.expander("Thresholds", icon=":material/tune:"):
        source = f"Tuned on {literal(tuned.tuned_on)}" if tuned.tuned_on else "Nobody tuned them"
        score = f", H-mean there {percent(tuned.h_mean)}" if tuned.h_mean is not None else ""
        st.caption(f"{source}{score}. Moving them redraws the boxes; the photo is not searched again.")
        values = {
            name: st.slider(
                title,
                low,
                high,
                float(getattr(own, name)),
                step,
                key=f"{key}-{name}",
                help=Thresholds.model_fields[name].description,
                **_WIDGET,
            )
            for name, title, low, high, step in (
                ("binary", "Pixel is text from", 0.02, 0.98, 0.01),
                ("box", "Box counts from", 0.0, 1.0, 0.01),
                ("unclip", "Growth", 0.3, 3.0, 0.01),
                ("smallest", "Least side (px)", 0.0, 60.0, 1.0),
            )
        }
    return Thresholds.parse(values)


def _photo(
    bundle: LocatorBundle, number: int, file: tuple[str, bytes], level: str, thresholds: Thresholds, strength: float
) -> None:
    name, content = file
    try:
        found = _searched(bundle, str(bundle.folder), modified(bundle.folder / paths.MANIFEST), content)
    except GlyphlabError as error:
        st.markdown(f"**{literal(name)}**")
        show_error(error)
        return
    boxes = found.text_map.boxes(level, thresholds)  # pyright: ignore[reportArgumentType]
    size = np.array(found.text_map.size, np.float32)
    outlines: list[Outline] = [([(float(x), float(y)) for x, y in box.quad / size], "found") for box in boxes]
    picture = with_outlines(overlaid(found.picture, found.map_picture, strength, _SIDE), outlines)
    words = count(len(boxes), f"{level}s")
    st.image(jpeg_url(picture), alt=f"{name}: {words} found", width="stretch")
    width, height = found.text_map.size
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(
            f"{literal(name)} · {words} · {count(width)} × {count(height)} px · searched in "
            f"{decimal(found.seconds, 2, 's')}",
            width="content",
        )
        other_kind_button(shown(DroppedImage("", content)).digest, "words", f"photo-{number}")


@st.cache_resource(max_entries=_KEPT, show_spinner="Searching the photo …")
def _searched(_bundle: LocatorBundle, folder: str, changed: int, content: bytes) -> SearchedPhoto:
    image = open_sandboxed(content)
    began = time.perf_counter()
    text_map = locator(_bundle).text_map(image)
    seconds = time.perf_counter() - began
    drawn = "region" if "region" in text_map.names else text_map.names[0]
    values = (text_map.channel(drawn).astype(np.float32) * 255).round().astype(np.uint8)
    picture = image.copy()
    picture.thumbnail((_SIDE, _SIDE))
    return SearchedPhoto(picture, text_map, Image.fromarray(values), seconds)
