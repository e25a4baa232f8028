"""Making a dataset: the recipe at the left, its samples in the middle, what it will give and cost at the right."""

from collections.abc import Callable

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard.caches.samples import preview
from dashboard.common import state
from dashboard.common.fields import fields
from dashboard.common.launch import launch_button, same_command
from dashboard.common.page import dialog, opened_dialog, show_error
from dashboard.data.recipe.editor import recipe_editor
from dashboard.data.recipe.picker import choose_recipe, recipe_bar
from dashboard.data.recipe.preview import generation_check, preview_bar, preview_grid
from dashboard.data.recipe.shelf import WORDS, recipe_name
from dashboard.data.sample_dialog import SAMPLE, recipe_sample
from engine.config.generate import GenerateConfig
from engine.config.recipe import Recipe
from engine.errors import ConfigError, GlyphlabError
from engine.formatting import count
from engine.jobs import launch
from engine.workspace import Workspace


def make_dataset(space: Workspace, place: DeltaGenerator, then: Callable[[str], None]) -> None:
    """Draw the recipe, its preview and the check; the button that makes the dataset goes to `place`.

    `then` is called with the id of the job that was started.
    """
    bar = st.container(horizontal=True, vertical_alignment="center")
    settings, samples, summary = st.columns([1.15, 2.1, 1], gap="medium")
    with bar:
        choice, draft = choose_recipe(space, WORDS)
    with settings, st.container(height=620, border=False):
        recipe_editor(space, draft, st.session_state.get(state.PREVIEW_LABELS, ()))
    try:
        recipe = draft.recipe()
    except ConfigError as error:
        with bar:
            recipe_bar(space, WORDS, choice, draft, None)
        with samples:
            show_error(error)
        return
    with bar:
        recipe_bar(space, WORDS, choice, draft, recipe)
    try:
        with summary:
            name = st.text_input("Name", placeholder=f"{recipe_name(recipe)}, dataset", max_chars=80, key="data-name")
            config = _config(recipe)
    except ConfigError as error:
        with summary:
            show_error(error)
        return
    with summary:
        card = st.container(border=True, key="card-before")
    try:
        with samples:
            _preview(space, recipe)
        with place:
            _launch(space, config, name, then)
        with summary:
            same_command("generate", config, name)
        generation_check(card, config, space)  # last: the samples are there already
    except GlyphlabError as error:
        with samples:
            show_error(error)
        with card:
            st.caption("What it will give and cost shows here once the recipe can be drawn.")


def _config(recipe: Recipe) -> GenerateConfig:
    """Draw how many images are made, and how. Raises ConfigError."""
    defaults = GenerateConfig()
    config = defaults.changed(recipe=recipe, **fields(defaults, ["images", "seed"], "data"))
    with st.expander("More about the dataset", key="data-more", on_change="rerun") as more:
        if more.open:
            folded = fields(defaults, ["validation", "test", "format", "quality", "processes"], "data")
            st.session_state[state.FOLDED_SETTINGS] = folded
    return config.changed(**st.session_state.get(state.FOLDED_SETTINGS, {}))


def _preview(space: Workspace, recipe: Recipe) -> None:
    shown, seed = preview_bar()
    drawn = preview(recipe, shown, seed, space)
    st.session_state[state.PREVIEW_LABELS] = [sample.label for sample in drawn]
    preview_grid(drawn)
    if opened_dialog(SAMPLE):
        dialog("Sample", lambda: recipe_sample(space, recipe, seed, len(drawn)))


def _launch(space: Workspace, config: GenerateConfig, name: str, then: Callable[[str], None]) -> None:
    label = name or f"{recipe_name(config.recipe)}, {count(config.images)}"
    launch_button(
        f"Generate {count(config.images, 'images')}",
        "generate",
        lambda nonce: launch(space, "generate", config, name=label, nonce=nonce),
        then,
    )
