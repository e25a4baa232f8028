"""Text in whole photos: where a locator finds it, its map under the hand, and boxes redrawn as thresholds move.

The network searches a photo once; thresholds only take boxes from the kept map.
"""

import time
from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st
from PIL import Image

from dashboard.caches.files import locator, locator_bundles, modified
from dashboard.common.images import drop_zone, jpeg_url
from dashboard.common.markdown import literal
from dashboard.common.page import show_error
from dashboard.common.runs import RunView
from dashboard.readings.reader_picker import bundle_title
from dashboard.readings.text_map import Outline, overlaid, with_outlines
from engine.config.thresholds import Thresholds
from engine.errors import GlyphlabError
from engine.formatting import count, decimal
from engine.images.sandbox import open_sandboxed
from engine.jobs import paths
from engine.location.bundle import LocatorBundle
from engine.location.text_map import TextMap
from engine.workspace import Workspace

_SIDE = 1400  # px of a photo as it is sent to the browser
_KEPT = 12  # searched photos kept in memory
_WIDGET: dict[str, Any] = {"persist_state": "session"}
_LEVELS = {"word": "Words", "line": "Lines"}


@dataclass(frozen=True)
class SearchedPhoto:
    """A photo at screen size, its text map, the picture of that, and the seconds that the search took."""

    picture: Image.Image
    text_map: TextMap
    map_picture: Image.Image
    seconds: float


def photos_tab(space: Workspace, runs: dict[str, RunView]) -> None:
    """Draw the drop zone, and each photo with its map and its boxes."""
    known = locator_bundles(space)
    if not known:
        st.caption(
            "No locator yet. Train one with `python -m engine train-locator`; the line is in the README. It can be "
            "tried here from its first good validation on."
        )
        return
    files = drop_zone("read-photos", "Drop photos here, to see where their text is")
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        names = {bundle.name: bundle for bundle in known}
        name = st.selectbox(
            "Locator",
            list(names),
            format_func=lambda name: bundle_title(name, names[name].manifest.step, runs),
            key="read-locator",
            width=320,
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
        strength = st.slider("Text map", 0, 100, 50, 5, format="%d %%", key="read-map", width=200, **_WIDGET)
    thresholds = _thresholds(bundle, str(level))
    for number, (file, content) in enumerate(files):
        with st.container(border=True, gap="xsmall", key=f"card-photo-{number}"):
            _photo(bundle, file, content, str(level), thresholds, strength / 100)
    if not files:
        st.caption("A photo stays on this machine. Street signs, shop fronts, labels and pages are what to try.")


def _thresholds(bundle: LocatorBundle, level: str) -> Thresholds:
    """Draw the four thresholds of a level, which begin where they were tuned, and return them."""
    tuned = bundle.manifest.thresholds[level]  # pyright: ignore[reportArgumentType]
    own, key = tuned.thresholds, f"read-{bundle.name}-{bundle.manifest.step}-{level}"
    with st.expander("Thresholds", icon=":material/tune:"):
        source = f"Tuned on {literal(tuned.tuned_on)}" if tuned.tuned_on else "Nobody tuned them"
        score = f", H-mean there {decimal(100 * tuned.h_mean, 1, '%')}" if tuned.h_mean is not None else ""
        st.caption(f"{source}{score}. Moving them redraws the boxes; the photo is not searched again.")
        with st.container(horizontal=True, gap="medium"):
            values = {
                name: st.slider(
                    title,
                    low,
                    high,
                    float(getattr(own, name)),
                    step,
                    key=f"{key}-{name}",
                    help=Thresholds.model_fields[name].description,
                    width=220,
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
    bundle: LocatorBundle, name: str, content: bytes, level: str, thresholds: Thresholds, strength: float
) -> None:
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
    st.caption(
        f"{literal(name)} · {words} · {count(width)} × {count(height)} px · searched in "
        f"{decimal(found.seconds, 2, 's')}"
    )


@st.cache_resource(max_entries=_KEPT, show_spinner="Searching the photo …")
def _searched(_bundle: LocatorBundle, folder: str, changed: int, content: bytes) -> SearchedPhoto:
    image = open_sandboxed(content)
    began = time.perf_counter()
    text_map = locator(_bundle).text_map(image)
    seconds = time.perf_counter() - began
    shown = "region" if "region" in text_map.names else text_map.names[0]
    values = (text_map.channel(shown).astype(np.float32) * 255).round().astype(np.uint8)
    picture = image.copy()
    picture.thumbnail((_SIDE, _SIDE))
    return SearchedPhoto(picture, text_map, Image.fromarray(values), seconds)
