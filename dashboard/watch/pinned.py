"""A run's pinned images with its readings at any step, and the images about which it was most surely wrong.

Readings come from the run's events, pictures from its folder; no image is read again. Characters are green where they
are right; those that should not be there are red and struck through, and ‸ stands where one is missing.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st
from PIL import Image

from dashboard.caches.files import stored_image
from dashboard.common.images import drawing, picture
from dashboard.common.markdown import literal
from dashboard.common.runs import RunView
from dashboard.readings.alignment import strip, strip_words
from dashboard.readings.reading import differences
from engine.evaluation.pinned_samples import KIND, PinnedReading, image_path, parse
from engine.formatting import count, percent
from engine.jobs import Job
from engine.labels import visible_character
from glyphlab_read.reading.results import Character, Reading, Trace

_ROOM = 400  # px that a picture may take before it is shown smaller
_TALL = 64  # px up to which it is enlarged
_WIDGET: dict[str, Any] = {"persist_state": "session"}
_MISSING = ":red[‸]"
_LEGEND = ":green[**right**] · :red[~~wrong~~] · :red[‸] something is missing"

Rank = Callable[[PinnedReading], tuple[float, ...]]
ORDERS: dict[str, Rank] = {
    "Worst first": lambda one: (-one.distance / max(len(one.truth), 1), -one.weakest),
    "Surely wrong first": lambda one: (one.right, -one.weakest),
    "As pinned": lambda one: (one.image,),
}


def pinned(run: RunView) -> None:
    """Draw a run's pinned images with its readings at the chosen step."""
    frame = run.frames.get(KIND)  # a row per evaluation
    if frame is None or frame.empty:
        st.caption("The first validation reads twelve images here, and every later one reads them again.")
        return
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        row = row_at(frame, f"pins-{run.id}-step")
        order = st.segmented_control(
            "Order", list(ORDERS), default="Worst first", required=True, key="pins-order", **_WIDGET, width="content"
        )
        about = "Over each image: where each character was read from. With attention: how strongly."
        aligned = st.toggle("Where it looked", key="pins-aligned", **_WIDGET, help=about)
    readings = parse(row["readings"])
    fixed = sorted((one for one in readings if one.fixed), key=ORDERS[str(order)])
    right = sum(one.right for one in fixed)
    st.caption(f"Step {count(row['step'])}: {count(right)} of {count(len(fixed), 'pinned images')} right. {_LEGEND}")
    _cards(run.job, fixed, aligned)
    if worst := [one for one in readings if not one.fixed]:
        st.caption("Of all validation images, it was then most surely wrong about these:")
        _cards(run.job, worst, aligned)


def marked(text: str, truth: str) -> str:
    """Return Markdown of a reading, each character by whether it belongs there."""
    found = differences(text, truth)
    parts: list[str] = []
    for place, char in enumerate(text):
        parts.append(_MISSING if place in found.missing else "")
        wrong = place in found.changed
        parts.append(f":red[~~{_character(char, wrong)}~~]" if wrong else f":green[{_character(char, wrong)}]")
    return "".join(parts) + (_MISSING if len(text) in found.missing else "")


def _character(char: str, wrong: bool) -> str:
    if char.isspace():
        return "␣" if wrong else "&nbsp;"  # a struck blank would not be seen
    return literal(visible_character(char))


def row_at(frame: pd.DataFrame, key: str, label: str = "As it read at step") -> pd.Series:
    """Draw the slider and return the evaluation it stands at; at the newest it goes on with the run."""
    steps = [int(step) for step in frame["step"]]
    newest = f"{key}-newest"
    if st.session_state.get(key) not in steps or st.session_state.get(key) == st.session_state.get(newest):
        st.session_state[key] = steps[-1]
    st.session_state[newest] = steps[-1]
    if len(steps) == 1:
        return frame.iloc[0]
    step = st.select_slider(label, steps, format_func=count, key=key, width=420)
    return frame.iloc[steps.index(int(step))]


def _cards(run: Job, readings: Sequence[PinnedReading], aligned: bool) -> None:
    with st.container(horizontal=True, gap="small"):
        for one in readings:
            with st.container(border=True, width="content", gap="xsmall", key=f"card-pin-{run.id}-{one.image}"):
                _image(run, one, aligned)
                st.markdown(f"## {marked(one.text, one.truth) or ':gray[–]'}", anchors=False)
                st.caption(_about(one))


def _image(run: Job, one: PinnedReading, aligned: bool) -> None:
    image = stored_image(image_path(run.folder, one.image))
    if image is None:
        st.caption("Its picture is missing.")
    elif aligned and one.text:
        reading = _traced(one, image)
        drawing(strip(reading, st.context.theme.type == "dark"), strip_words(reading))
    else:
        picture(image, f"Validation image that says {one.truth}", room=_ROOM, tall=_TALL)


def _traced(one: PinnedReading, image: Image.Image) -> Reading:
    """Return a pinned reading as readers return theirs."""
    seen = np.asarray(image.convert("RGB"))
    weights = np.array(one.attention or np.zeros((0, 1)), dtype=np.float32) / np.float32(100)
    characters = tuple(
        Character(char, sure, *place) for char, sure, place in zip(one.text, one.confidences, one.places, strict=False)
    )
    return Reading(
        one.text, one.weakest, characters, 0.0, trace=Trace(seen, weights, seen.shape[1] / max(weights.shape[1], 1))
    )


def _about(one: PinnedReading) -> str:
    truth = ":material/check: right" if one.right else f":material/close: should be {literal(one.truth)}"
    return f"{truth} · {percent(one.weakest)} sure" if one.text else truth
