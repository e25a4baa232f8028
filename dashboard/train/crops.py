"""Crops that a trial cut, each with what is to be found in it laid over: a look at the labels before training."""

from pathlib import Path

import numpy as np
import streamlit as st
from PIL import Image

from dashboard.caches.files import modified
from dashboard.common.images import jpeg_url
from engine.errors import ImageError
from engine.evaluation.trial_crops import TrialCrop, trial_crops
from glyphlab_read.images.open import open_image

_WIDTH = 124  # px on the page
_SIDE = 592  # px of the picture, which can be enlarged
_TEXT, _APART = (45, 212, 191), (245, 158, 11)  # the accent; what does not count
_REGION, _KERNEL, _IGNORED = 0.4, 0.5, 0.6  # strength of each layer, one upon the other
_LEGEND = "Tinted: text · deeper: its kernel, which keeps neighbours apart · amber: does not count"


def crops(folder: Path) -> None:
    """Draw the crops in the folder of a trial; nothing before they were cut."""
    found = trial_crops(folder)
    if not found:
        return
    st.markdown("**What it is to find**")
    with st.container(horizontal=True, gap="xsmall"):
        for number, crop in enumerate(found, 1):
            url = _picture(crop, modified(crop.image))
            if url:
                st.image(url, alt=f"Piece {number} of a photo, its text tinted", width=_WIDTH)
    st.caption(f"{_LEGEND}. Nothing tinted where you see text, or the wrong places? Correct the dataset first.")


@st.cache_data(max_entries=64, show_spinner=False)
def _picture(crop: TrialCrop, changed: int) -> str | None:
    try:
        return jpeg_url(tinted(open_image(crop.image), open_image(crop.targets)))
    except ImageError:
        return None


def tinted(crop: Image.Image, targets: Image.Image) -> Image.Image:
    """Return a crop with its targets (see `engine.evaluation.trial_crops.target_picture`) over it, RGB."""
    side = _SIDE // crop.width * crop.width or crop.width
    size = (side, side * crop.height // crop.width)
    pixels = np.asarray(crop.convert("RGB").resize(size), np.float32)
    layers = np.asarray(targets.convert("RGB").resize(size, Image.Resampling.NEAREST), np.float32) / 255
    for layer, colour, strength in ((2, _APART, _IGNORED), (0, _TEXT, _REGION), (1, _TEXT, _KERNEL)):
        share = layers[..., layer, None] * strength
        pixels = pixels * (1 - share) + np.array(colour, np.float32) * share
    return Image.fromarray(pixels.astype(np.uint8))
