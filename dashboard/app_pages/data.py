"""Data: what will the network see?"""

import streamlit as st

from dashboard.caches.files import workspace
from dashboard.caches.samples import preview
from dashboard.common import state
from dashboard.common.fields import fields
from dashboard.common.launch import launch_button, same_command
from dashboard.common.page import dialog, head, opened_dialog, show_error
from dashboard.data.datasets.browser import open_dataset_page
from dashboard.data.datasets.dataset_list import dataset_list
from dashboard.data.importing.importer import importer
from dashboard.data.recipe.editor import recipe_editor
from dashboard.data.recipe.picker import choose_recipe, known_recipes, recipe_bar, recipe_name
from dashboard.data.recipe.preview import generation_check, preview_bar, preview_grid
from dashboard.data.sample_dialog import SAMPLE, recipe_sample
from dashboard.data.synthetic_vs_real import synthetic_vs_real
from engine.config.generate import GenerateConfig
from engine.errors import ConfigError, GlyphlabError
from engine.formatting import count
from engine.jobs import launch


def show_datasets() -> None:
    """Open the list, where the new dataset shows its progress."""
    st.session_state.pop(state.OPEN_DATASET, None)
    st.session_state[state.DATASET_LAUNCHED] = True
    st.rerun()


space = workspace()
place = head("What will the network see?")
if st.session_state.pop(state.DATASET_LAUNCHED, False):
    st.session_state[state.DATA_TAB] = "Datasets"
make, browse, bring, beside = st.tabs(
    ["Make a dataset", "Datasets", "Import", "Synthetic beside real"], on_change="rerun", key=state.DATA_TAB
)
if browse.open:
    with browse:
        if opened := st.session_state.get(state.OPEN_DATASET):
            open_dataset_page(space, opened)
        else:
            dataset_list(space)
    st.stop()
if bring.open:
    with bring:
        importer(space, lambda _: show_datasets())
    st.stop()
if beside.open:
    with beside:
        synthetic_vs_real(space, known_recipes(space))
    st.stop()

with make:
    bar = st.container(horizontal=True, vertical_alignment="center")
    settings, samples, summary = st.columns([1.15, 2.1, 1], gap="medium")
with bar:
    choice, draft = choose_recipe(space)
with settings, st.container(height=620, border=False):
    recipe_editor(space, draft, st.session_state.get(state.PREVIEW_LABELS, ()))
try:
    recipe = draft.recipe()
except ConfigError as error:
    with bar:
        recipe_bar(space, choice, draft, None)
    with samples:
        show_error(error)
    st.stop()
with bar:
    recipe_bar(space, choice, draft, recipe)

with summary:
    label = st.text_input("Name", placeholder=f"{recipe_name(recipe)}, dataset", max_chars=80, key="data-name")
    defaults = GenerateConfig()
    config = defaults.changed(recipe=recipe, **fields(defaults, ["images", "seed"], "data"))
    with st.expander("More about the dataset", key="data-more", on_change="rerun") as more:
        if more.open:
            folded = fields(defaults, ["validation", "test", "format", "quality", "processes"], "data")
            st.session_state[state.FOLDED_SETTINGS] = folded
try:
    config = config.changed(**st.session_state.get(state.FOLDED_SETTINGS, {}))
except ConfigError as error:
    with summary:
        show_error(error)
    st.stop()
with summary:
    card = st.container(border=True, key="card-before")
try:
    with samples:
        shown, seed = preview_bar()
        drawn = preview(recipe, shown, seed, space)
        st.session_state[state.PREVIEW_LABELS] = [sample.label for sample in drawn]
        preview_grid(drawn)
    if opened_dialog(SAMPLE):
        dialog("Sample", lambda: recipe_sample(space, recipe, seed, len(drawn)))
    with place:
        launch_button(
            f"Generate {count(config.images, 'images')}",
            "generate",
            lambda nonce: launch(
                space, "generate", config, name=label or f"{recipe_name(recipe)}, {count(config.images)}", nonce=nonce
            ),
            lambda _: show_datasets(),
        )
    with summary:
        same_command("generate", config, label)
    generation_check(card, config, space)  # last: the samples are there already
except GlyphlabError as error:
    with samples:
        show_error(error)
    with card:
        st.caption("What it will give and cost shows here once the recipe can be drawn.")
