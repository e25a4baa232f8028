"""Real images beside the sliders of a recipe: the distance, its history, and hints that move the sliders."""

from dataclasses import replace
from typing import Any

import streamlit as st

from dashboard.caches.datasets import gaps
from dashboard.common.forms import open_form
from dashboard.common.page import show_errors
from dashboard.data.likeness.hints import Tuning, hint
from dashboard.data.likeness.sides import FORM, LikenessKind, drawn_side, gallery, real_side
from dashboard.data.likeness.tries import tries_line
from dashboard.data.recipe.draft import Draft
from engine.datasets.comparison import FEWEST, whole_distance
from engine.formatting import sentence
from engine.workspace import Workspace

_HINTS = 4
_SHOWN = 4  # real images: the hints are to be seen under them


def beside_panel(space: Workspace, kind: LikenessKind, draft: Draft[Any], recipe: Any) -> None:
    """Draw the panel, folded until it is asked for: while it is folded nothing is drawn for it and nothing measured."""
    open_form(space, FORM)
    with st.expander(
        "Beside real images", icon=":material/compare:", key=f"likeness-panel-{kind.name}", on_change="rerun"
    ) as panel:
        if not panel.open:
            return
        with show_errors():
            _beside(space, kind, draft, recipe)


def _beside(space: Workspace, kind: LikenessKind, draft: Draft[Any], recipe: Any) -> None:
    left, right = st.columns([1.4, 1], gap="medium")
    with left:
        real = real_side(kind, space)
        if real is None:
            return
        gallery(kind, replace(real, shown=real.shown[:_SHOWN]))
    if len(real.measures) < FEWEST:
        st.caption(f"Drop {FEWEST} or more: with fewer, no difference can be told from chance.")
        return
    synthetic = drawn_side(kind, space, recipe, "the recipe")
    found = gaps(synthetic.measures, real.measures)
    with right:
        whole = whole_distance(found)
        if whole is not None:
            tries_line(space, kind, synthetic, real, whole)
    tuning = Tuning(space, kind, recipe, real, draft.take)
    significant = [gap for gap in found if gap.significant]
    if not significant:
        st.markdown(":green[:material/check:] **No measure tells the two apart.**")
    for gap in significant[:_HINTS]:
        with st.container(border=True, key=f"card-hint-{gap.measure}", gap="xsmall"):
            st.markdown(f"**{sentence(gap.measure)}** :gray[distance {gap.distance:.2f}]")
            hint(tuning, gap)
