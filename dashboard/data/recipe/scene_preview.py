"""Preview of a recipe of scenes: six photos with outlines or mask on demand, and one of them large with its texts."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from dashboard.caches.samples import ScenePhoto, scene_photos
from dashboard.common import state
from dashboard.common.enlarged import enlarge_button, step_buttons
from dashboard.common.images import jpeg_url
from dashboard.common.page import opened_dialog, show_errors
from dashboard.common.regions import RegionView, legend, region_view_choice, with_regions
from dashboard.common.tables import draw_table
from dashboard.data.recipe.preview import roll_button
from engine.config.scene_recipe import SceneRecipe
from engine.formatting import count, sentence
from engine.regions.polygons import text_height
from engine.regions.region import LEVELS, Level, Region, at_level
from engine.workspace import Workspace

SCENE = "scene"  # name of the dialog
_SCENES, _COLUMNS = 6, 3  # all are on a desktop's first screen
_WIDTH, _LARGE = 560, 1400  # px at most of a photo as it is sent, small and large; on the page it is half as wide
_LABELS = 40  # texts by which fonts are shown


def scene_grid(space: Workspace, recipe: SceneRecipe) -> int:
    """Draw the choice of a view, the button that rolls others, and the photos; return their seed. Raises ConfigError.

    Each photo shows as soon as it is drawn, and the page moves on in between when a setting moved meanwhile.
    """
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        view = region_view_choice("scene-view")
        seed = roll_button("photos")
    grid = st.grid(_COLUMNS, min_column_width=160, gap=("small", "small"), key="samples-photos")
    key = st.empty()
    texts: list[str] = []
    words: list[Region] = []
    for index, photo in enumerate(scene_photos(recipe, _SCENES, seed, space)):
        with grid.cell(), st.container(gap="xxsmall", key=f"zoom-scene-{index}"):
            _photo(index, photo, view)
        words += photo.words()
        texts += [word.text for word in photo.words() if word.text]
    key.caption(legend(words, view))
    st.session_state[state.PREVIEW_LABELS] = texts[:_LABELS]
    return seed


def _photo(index: int, photo: ScenePhoto, view: RegionView) -> None:
    pixels, scale = photo.image(_WIDTH)
    words = _words(photo.words())
    st.image(jpeg_url(with_regions(pixels, photo.words(), view, scale)), alt=f"Scene {index + 1}: {words}")
    st.caption(words)
    enlarge_button(f"scene-{index}", f"scene {index + 1}", SCENE, index)


def _words(words: Sequence[Region]) -> str:
    if not words:
        return "No text"
    counted = sum(not word.ignore for word in words)
    ignored = len(words) - counted
    rest = f" · {count(ignored)} more {'do' if ignored > 1 else 'does'} not count" if ignored else ""
    return count(counted, "words") + rest


def large_scene(space: Workspace, recipe: SceneRecipe, seed: int) -> None:
    """Draw the scene that the dialog is about: large, with the outlines of a level, and what it says."""
    about = opened_dialog(SCENE)
    if about is None:
        return
    (index,) = about
    with show_errors():
        photo = list(scene_photos(recipe, index + 1, seed, space))[index]
        left, right = st.columns([2.2, 1], gap="medium")
        with left:
            view, level = _view_of_large()
            regions = at_level(photo.regions, level)
            pixels, scale = photo.image(_LARGE)
            shown = with_regions(pixels, regions, view, scale)
            st.image(jpeg_url(shown), alt=f"Scene {index + 1}, large: {_words(photo.words())}", width="stretch")
            st.caption(legend(regions, view))
            step_buttons(SCENE, index, _SCENES)
        with right:
            st.markdown(f"**Scene {index + 1} of {_SCENES}**")
            things = f"{count(photo.factors['distractors'], 'things')} that are no text"
            size = f"{count(photo.size[0])} × {count(photo.size[1])} px"
            st.caption(" · ".join([size, _words(photo.words()), things]))
            if photo.words():
                _texts(photo.words())


def _view_of_large() -> tuple[RegionView, Level]:
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        view = region_view_choice("scene-view-large")
        chosen = st.segmented_control(
            "Outlines of",
            LEVELS,
            default="word",
            required=True,
            format_func=lambda level: f"{sentence(level)}s",
            key="scene-level",
            label_visibility="collapsed",
            persist_state="session",
        )
    return view, LEVELS[LEVELS.index(chosen or "word")]


def _texts(words: Sequence[Region]) -> None:
    rows = [
        {"Says": word.text or "", "Height (px)": round(text_height(word.polygon)), "Counts": not word.ignore}
        for word in words
    ]
    draw_table(pd.DataFrame(rows), hide_index=True, height=420, width="stretch")
