"""One image, large: a sample of a recipe with its boxes, mask and factors, or a sample of a dataset with its facts."""

from collections.abc import Sequence

import numpy as np
import streamlit as st
from PIL import Image, ImageColor, ImageDraw

from dashboard.caches.samples import annotated
from dashboard.common.colours import OKABE_ITO
from dashboard.common.enlarged import (
    ROOM,
    fact_table,
    large_picture,
    large_title,
    sample_facts,
    step_buttons,
    zoom_factor,
)
from dashboard.common.images import picture
from dashboard.common.markdown import literal
from dashboard.common.page import opened_dialog, show_errors
from engine.config.recipe import Recipe
from engine.datasets.dataset import Dataset
from engine.formatting import count
from engine.synth import PieceBox
from engine.workspace import Workspace

_PAPER = "#FFFFFF"
SAMPLE, STORED = "sample", "stored"  # names of the dialogs


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
            large_title(sample.label, f"sample {index + 1} of {total}")
            large_picture(sample.image)
            st.caption("Where each character lies")
            picture(
                draw_boxes(sample.image, sample.boxes, times),
                "The sample with a frame around each character",
                room=ROOM,
                tall=1,
            )
            st.caption("The mask: one colour a character")
            picture(colour_mask(sample.mask, times), "The mask of the sample", room=ROOM, tall=1)
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
        with left:
            large_title(str(row["label"]), f"sample {sample} · {row['split']}")
            large_picture(image)
        with right:
            sample_facts(row, image)
