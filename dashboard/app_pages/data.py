"""Data: what will the network see?"""

import streamlit as st

from dashboard.components.browser import open_dataset_page
from dashboard.components.chrome import head
from dashboard.components.datasets import OPEN, dataset_list
from dashboard.components.errors import show_error
from dashboard.components.fields import fields
from dashboard.components.importer import importer
from dashboard.components.launch import launch_button, same_command
from dashboard.components.likeness import likeness
from dashboard.components.preview import before_you_make_it, preview_grid
from dashboard.components.recipe import recipe_editor
from dashboard.loaders import workspace
from dashboard.samples import cost, preview
from dashboard.words import count, literal
from engine.config.base import differences
from engine.config.generate import GenerateConfig
from engine.config.recipe import PRESETS, Recipe
from engine.errors import ConfigError, GlyphlabError
from engine.jobs import launch


def show_datasets() -> None:
    """Open the list, where the new dataset shows its progress."""
    st.session_state.pop(OPEN, None)
    st.session_state["data-launched"] = True
    st.rerun()


space = workspace()
place = head("What will the network see?")
if st.session_state.pop("data-launched", False):
    st.session_state["data-tab"] = "Datasets"
make, browse, bring, beside = st.tabs(
    ["Make a dataset", "Datasets", "Import", "Synthetic beside real"], on_change="rerun", key="data-tab"
)
if browse.open:
    with browse:
        if opened := st.session_state.get(OPEN):
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
        likeness(space, st.session_state.get("data-tuned", {}) | PRESETS)
    st.stop()

settings, samples, summary = make.columns([1.05, 2.2, 1], gap="medium")
with settings:
    name = str(st.selectbox("Recipe", list(PRESETS), key="data-recipe", persist_state="session"))
    with st.container(height=580, border=False):
        values = recipe_editor(PRESETS[name], f"data.{name}")
    defaults = GenerateConfig()
try:
    recipe = Recipe.parse({"name": name, **values})
except ConfigError as error:
    with samples:
        show_error(error)
    st.stop()

if differences(PRESETS[name], recipe):
    st.session_state["data-tuned"] = {f"{name}, as tuned": recipe}
else:
    st.session_state.pop("data-tuned", None)

with summary:
    label = st.text_input("Name", placeholder=f"{name}, dataset", max_chars=80, key="data-name")
    chosen = fields(defaults, ["images", "seed"], "data")
    config = defaults.changed(recipe=recipe, **chosen)
    card = st.container(border=True, key="card-before")

with samples:
    bar = st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute")
    changes = differences(PRESETS[name], recipe)
    with bar, st.container(horizontal=True, width="content"):
        if st.button("Roll again", icon=":material/casino:", help="Draw other samples by the same recipe."):
            st.session_state["data-roll"] = st.session_state.get("data-roll", 0) + 1
        with st.popover(f"{count(len(changes), 'changes')}" if changes else "No changes", disabled=not changes):
            for change in changes:
                st.markdown(f"{literal(change.path)}: {literal(str(change.left))} → **{literal(str(change.right))}**")
        with st.popover("YAML", icon=":material/code:"):
            st.code(recipe.to_yaml(), language="yaml")
    try:
        drawn = preview(recipe, 12, st.session_state.get("data-roll", 0))
        preview_grid(drawn)
        with card:
            before_you_make_it(config, drawn, cost(recipe, config.images))
    except GlyphlabError as error:
        show_error(error)
        st.stop()

with place:
    launch_button(
        f"Generate {count(config.images, 'images')}",
        "generate",
        lambda nonce: launch(space, "generate", config, name=label or f"{name}, {count(config.images)}", nonce=nonce),
        lambda _: show_datasets(),
    )
with summary:
    same_command("generate", config, label)
