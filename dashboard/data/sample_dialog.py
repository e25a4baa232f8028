"""One image, large: a sample of a recipe with its boxes, mask and factors, or a sample of a dataset with its facts."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st
from PIL import Image, ImageColor, ImageDraw

from dashboard.caches.samples import annotated
from dashboard.common.colours import OKABE_ITO
from dashboard.common.images import picture
from dashboard.common.markdown import literal
from dashboard.common.page import open_dialog, opened_dialog, show_errors
from engine.config.recipe import Recipe
from engine.datasets.dataset import Dataset
from engine.formatting import count, decimal, sentence
from engine.synth import PieceBox
from engine.workspace import Workspace

_PAPER = "#FFFFFF"
SAMPLE, STORED = "sample", "stored"  # names of the dialogs
_ROOM, _TALLEST = 620, 200  # px that an enlarged image may take
_PLACES = ("index", "split", "shard", "offset", "bytes", "label", "length", "width", "height")  # no factors


def draw_boxes(image: Image.Image, boxes: Sequence[PieceBox], times: int) -> Image.Image:
    """Return the image `times` as large with a frame around each piece."""
    large = image.convert("RGB").resize((image.width * times, image.height * times), Image.Resampling.NEAREST)
    pen = ImageDraw.Draw(large)
    for number, box in enumerate(boxes):
        corners = (box.left * times, box.top * times, box.right * times - 1, box.bottom * times - 1)
        pen.rectangle(corners, outline=OKABE_ITO[number % len(OKABE_ITO)], width=max(1, times // 2))
    return large


def colour_mask(mask: Image.Image, times: int) -> Image.Image:
    """Return a mask (L: 0 beside the text, n on its nth piece) `times` as large, each piece in a colour of its own."""
    colours = np.array([ImageColor.getrgb(colour) for colour in (_PAPER, *OKABE_ITO)], np.uint8)
    numbers = np.asarray(mask)
    picked = np.where(numbers > 0, (numbers.astype(int) - 1) % len(OKABE_ITO) + 1, 0)
    painted = Image.fromarray(colours[picked])
    return painted.resize((mask.width * times, mask.height * times), Image.Resampling.NEAREST)


def recipe_sample(space: Workspace, recipe: Recipe, seed: int, total: int) -> None:
    """Draw the sample that the dialog is about: large, where its characters lie, and what decided its look."""
    about = opened_dialog(SAMPLE)
    if about is None:
        return
    (index,) = about
    with show_errors():
        sample = annotated(recipe, seed, index, space)
        left, right = st.columns([1.6, 1], gap="medium")
        times = zoom_factor(sample.image)
        with left:
            _title(sample.label, f"sample {index + 1} of {total}")
            picture(_enlarged(sample.image, times), f"The sample, {times} times as large", room=_ROOM, tall=1)
            st.caption("Where each character lies")
            picture(
                draw_boxes(sample.image, sample.boxes, times),
                "The sample with a frame around each character",
                room=_ROOM,
                tall=1,
            )
            st.caption("The mask: one colour a character")
            picture(colour_mask(sample.mask, times), "The mask of the sample", room=_ROOM, tall=1)
            step_buttons(SAMPLE, index, total)
        with right:
            fact_table({"width": f"{sample.image.width} px", "height": f"{sample.image.height} px", **sample.factors})
            if sample.dropped:
                reasons = ", ".join(f"{count(tries)} {literal(reason)}" for reason, tries in sample.dropped.items())
                st.caption(f"Tries before it that gave no image: {reasons}.")


def dataset_sample(dataset: Dataset, sample: int) -> None:
    """Draw one sample of a dataset at several times its size, with its label, split and factors."""
    with show_errors():
        image, row = dataset.image(sample), {str(k): v for k, v in dataset.frame().iloc[sample].items()}
        left, right = st.columns([1.6, 1], gap="medium")
        times = zoom_factor(image)
        with left:
            _title(str(row["label"]), f"sample {sample} · {row['split']}")
            picture(_enlarged(image, times), f"The sample, {times} times as large", room=_ROOM, tall=1)
        with right:
            factors = {name: value for name, value in row.items() if name not in _PLACES}
            facts = {"split": row["split"], "length": count(row["length"], "characters")}
            size = {"width": f"{image.width} px", "height": f"{image.height} px"}
            fact_table({**facts, **size, "stored": count(row["bytes"], "bytes"), **factors})


def zoom_factor(image: Image.Image) -> int:
    """Return how many times as large an image may be shown."""
    return max(1, min(6, _ROOM // image.width, _TALLEST // image.height))


def _enlarged(image: Image.Image, times: int) -> Image.Image:
    return image.resize((image.width * times, image.height * times), Image.Resampling.NEAREST)


def _title(label: str, place: str) -> None:
    st.markdown(f"### {literal(label)}", anchors=False)
    st.caption(f"{place} · {count(len(label), 'characters')}")


def step_buttons(name: str, index: int, total: int) -> None:
    """Draw the ways from one thing in an open dialog to those before and after it."""
    with st.container(horizontal=True):
        _step("Previous", ":material/arrow_back:", name, index - 1, disabled=index == 0)
        _step("Next", ":material/arrow_forward:", name, index + 1, disabled=index + 1 >= total)


def _step(label: str, icon: str, name: str, index: int, *, disabled: bool) -> None:
    st.button(label, icon=icon, key=f"enlarged-{label}", disabled=disabled, on_click=open_dialog, args=(name, index))


def fact_table(values: Mapping[str, Any]) -> None:
    """Draw facts that say something, a row each."""
    rows = {sentence(str(name)): _words(value) for name, value in values.items() if not _empty(value)}
    frame = pd.DataFrame({"Factor": list(rows), "Value": [literal(words) for words in rows.values()]})
    st.table(frame, hide_index=True, border="horizontal", alt="What decided the look of this sample")


def _empty(value: Any) -> bool:
    return value is None or value == "" or (isinstance(value, float) and value != value)


def _words(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return decimal(value)
    return str(value)
