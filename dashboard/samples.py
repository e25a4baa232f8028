"""Samples of recipes and what making them costs, drawn once for the same recipe.

Apart from the other loaders because it loads the generator (half a second), which most pages do without.
"""

import io
from collections.abc import Callable
from typing import Any

import streamlit as st
from PIL import Image

from engine import synth
from engine.config.recipe import PRESETS, Recipe
from engine.synth import Estimate, Sample

_HASH: dict[str | type[Any], Callable[[Any], Any]] = {Recipe: lambda recipe: recipe.model_dump_json()}


@st.cache_data(max_entries=24, show_spinner=False, hash_funcs=_HASH)
def preview(recipe: Recipe, count: int, seed: int) -> list[Sample]:
    """Draw samples of a recipe; the same ones for the same arguments. Raises ConfigError."""
    return synth.preview(recipe, count, seed)


def cost(recipe: Recipe, images: int) -> Estimate:
    """Return what making so many images should cost; a recipe is timed once. Raises ConfigError."""
    one = _cost_of_one(recipe)
    return Estimate(one.bytes * images, images / one.images_per_second, one.images_per_second)


@st.cache_data(max_entries=24, show_spinner=False, hash_funcs=_HASH)
def _cost_of_one(recipe: Recipe) -> Estimate:
    return synth.estimate(recipe, 1)


def sample_files(seed: int) -> list[tuple[str, bytes]]:
    """Draw six samples of the starter recipe as PNG files, named by what they say."""
    return [(sample.label, _png(sample.image)) for sample in preview(PRESETS["starter"], 6, seed)]


def _png(image: Image.Image) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()
