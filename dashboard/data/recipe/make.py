"""Making a dataset: the recipe at the left, its samples in the middle, what it will give and cost at the right.

Words and photos are made in the same places; a `Making` says what differs.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard.caches.samples import preview
from dashboard.common import state
from dashboard.common.fields import fields
from dashboard.common.forms import Form, end_form, form_line, keys, open_form
from dashboard.common.kinds import DataKind
from dashboard.common.launch import launch_button, same_command
from dashboard.common.launchers import launcher_fields
from dashboard.common.page import dialog, opened_dialog, show_error
from dashboard.common.set_aside import show_set_aside
from dashboard.data.likeness.panel import beside_panel
from dashboard.data.likeness.sides import LIKENESS
from dashboard.data.recipe.editor import recipe_editor
from dashboard.data.recipe.generation_check import scenes_check, words_check
from dashboard.data.recipe.picker import choose_recipe, recipe_bar
from dashboard.data.recipe.preview import preview_bar, preview_grid
from dashboard.data.recipe.scene_editor import scene_editor
from dashboard.data.recipe.scene_preview import SCENE, large_scene, scene_grid
from dashboard.data.recipe.shelf import SCENES, WORDS, AnyDraft, RecipeShelf, recipe_name
from dashboard.data.sample_dialog import SAMPLE, recipe_sample
from engine.config.generate import GenerateConfig, GenerateScenesConfig
from engine.config.recipe import Recipe
from engine.config.scene_recipe import SceneRecipe
from engine.drafts import damaged_drafts
from engine.errors import ConfigError, GlyphlabError
from engine.formatting import count
from engine.jobs import launch
from engine.synth.saved_recipes import AnyRecipe
from engine.synth.whole_packs import ready_to_draw
from engine.workspace import Workspace

_FOLDED = ("validation", "test", "format", "quality", "processes")


@dataclass(frozen=True)
class Making(Generic[AnyRecipe, AnyDraft]):
    """The making of a dataset of one kind.

    Attributes:
        job: kind of the job.
        unit: what is made.
        shelf: its recipes.
        defaults: config of the job at which inputs start.
        widths: of the three columns.
        edit: draws the editor of a draft, given texts by which fonts are shown.
        show: draws samples of a recipe. Raises GlyphlabError when it cannot be drawn.
        check: fills the card with what a generation will give and cost. Raises GlyphlabError likewise.
    """

    job: str
    unit: str
    shelf: RecipeShelf[AnyRecipe, AnyDraft]
    defaults: Any
    widths: tuple[float, float, float]
    edit: Callable[[Workspace, AnyDraft, Sequence[str]], None]
    show: Callable[[Workspace, AnyRecipe], None]
    check: Callable[[DeltaGenerator, Any, Workspace], None]


FORM = Form(
    "make",
    keys(
        "data-name-images",
        "data-name-photos",
        state.FOLDED_SETTINGS,
        state.RECIPE_STYLE,
        starts=("data-images.", "data-photos."),
    ),
    noun="settings",
)
"""The inputs beside the recipe, of words and of photos."""


def make_dataset(space: Workspace, kind: DataKind, place: DeltaGenerator, then: Callable[[str], None]) -> None:
    """Draw the recipe, its preview and the check; the button that makes the dataset goes to `place`.

    `then` is called with the id of the job that was started.
    """
    open_form(space, FORM)
    if kind == "photos":
        _make(space, _PHOTOS, place, then)
    else:
        _make(space, _WORDS, place, then)


def _make(
    space: Workspace, making: Making[AnyRecipe, AnyDraft], place: DeltaGenerator, then: Callable[[str], None]
) -> None:
    shelf = making.shelf
    show_set_aside(space, damaged_drafts(space, shelf.kind), "An edited recipe that was not saved")
    bar = st.container(horizontal=True, vertical_alignment="center")
    with st.container(key="recipe-columns"):  # on phones the samples stay above the settings: see style.css
        settings, samples, summary = st.columns(making.widths, gap="medium")
    with bar:
        choice, draft = choose_recipe(space, shelf)
    with settings, st.container(key="recipe-settings"):
        making.edit(space, draft, st.session_state.get(state.PREVIEW_LABELS, ()))
    try:
        recipe = draft.recipe()
    except ConfigError as error:
        with bar:
            recipe_bar(space, shelf, choice, draft, None)
        with samples:
            show_error(error)
        return
    with bar:
        recipe_bar(space, shelf, choice, draft, recipe)
    try:
        with summary:
            form_line(space, FORM)
            above = st.container()
            config = _config(space, making, recipe)
            usual = f"{recipe_name(recipe)}, {count(config.images)}"
            name = above.text_input(
                "Name", placeholder=usual, max_chars=80, key=f"data-name-{making.unit}", persist_state="session"
            )
    except ConfigError as error:
        with summary:
            show_error(error)
        return
    with summary:
        card = st.container(border=True, key="card-before")
    try:
        with samples, st.container(key="recipe-samples"):
            making.show(space, recipe)
        with place:
            _launch(space, making, config, name or usual, then)
        with summary:
            same_command(making.job, config, name)
        making.check(card, config, space)  # late: the samples are there already
        with samples:
            beside_panel(space, LIKENESS["photos" if making is _PHOTOS else "words"], draft, recipe)
    except GlyphlabError as error:
        with samples:
            show_error(error)
        with card:
            st.caption("What it will give and cost shows here once the recipe can be drawn.")


def _config(space: Workspace, making: Making[AnyRecipe, Any], recipe: AnyRecipe) -> Any:
    """Draw how many images are made, and how; return the job's config. Raises ConfigError."""
    defaults, key = making.defaults, f"data-{making.unit}"
    values = {**fields(defaults, ["images", "seed"], key), **launcher_fields(space, defaults, key)}
    config = defaults.changed(recipe=recipe, **values)
    folded = st.session_state.setdefault(state.FOLDED_SETTINGS, {})
    with st.expander("More about the dataset", key=f"{key}-more", on_change="rerun") as more:
        if more.open:
            folded[making.unit] = fields(defaults, _FOLDED, key)
    return config.changed(**folded.get(making.unit, {}))


def _launch(space: Workspace, making: Making[Any, Any], config: Any, name: str, then: Callable[[str], None]) -> None:
    def start(nonce: str) -> str:
        id = launch(space, making.job, ready_to_draw(config, space), name=name, nonce=nonce)
        end_form(space, FORM)
        return id

    launch_button(f"Generate {count(config.images, making.unit)}", making.job, start, then)


def _show_words(space: Workspace, recipe: Recipe) -> None:
    shown, seed = preview_bar()
    drawn = preview(recipe, shown, seed, space)
    st.session_state[state.PREVIEW_LABELS] = [sample.label for sample in drawn]
    preview_grid(drawn)
    if opened_dialog(SAMPLE):
        dialog("Sample", lambda: recipe_sample(space, recipe, seed, len(drawn)))


def _show_scenes(space: Workspace, recipe: SceneRecipe) -> None:
    seed = scene_grid(space, recipe)
    if opened_dialog(SCENE):
        dialog("Scene", lambda: large_scene(space, recipe, seed))


_WORDS = Making("generate", "images", WORDS, GenerateConfig(), (1.15, 2.1, 1), recipe_editor, _show_words, words_check)
_PHOTOS = Making(
    "generate-scenes",
    "photos",
    SCENES,
    GenerateScenesConfig(images=500),
    (1.1, 2.4, 1),
    scene_editor,
    _show_scenes,
    scenes_check,
)
