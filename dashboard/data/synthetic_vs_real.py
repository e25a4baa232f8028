"""Synthetic beside real: choose both, their images, and what tells them apart with the setting that would close it."""

from typing import Any

import streamlit as st

from dashboard.caches.datasets import gaps
from dashboard.common import state
from dashboard.common.forms import form_line, open_form
from dashboard.common.kinds import DataKind
from dashboard.common.page import show_errors
from dashboard.data.datasets.compare import gap_cards
from dashboard.data.likeness.fit import fit_section
from dashboard.data.likeness.hints import Tuning, hint
from dashboard.data.likeness.sides import FORM, LIKENESS, LikenessKind, Side, drawn_side, finished, gallery, real_side
from dashboard.data.likeness.tries import tries_line
from dashboard.data.recipe.shelf import KnownRecipe, drafts_of, forget, keep_typed, known_recipes
from engine.datasets.comparison import FEWEST, whole_distance
from engine.workspace import Workspace


def synthetic_vs_real(space: Workspace, name: DataKind) -> None:
    """Draw the two choices, both sets as images, the fit of one to the other, their distance, and the gaps ranked."""
    kind = LIKENESS[name]
    open_form(space, FORM)
    form_line(space, FORM)
    synthetic, real, recipe = None, None, None
    left, right = st.columns(2, gap="medium")
    with left, st.container(border=True, key="card-synthetic", height="stretch"), show_errors():
        synthetic, recipe = _synthetic(space, kind)
    with right, st.container(border=True, key="card-real", height="stretch"), show_errors():
        real = real_side(kind, space)
        if real:
            gallery(kind, real)
    if kind.name == "words":
        st.session_state[state.FIT_RECIPE] = recipe.choice if recipe else None
        fit_section(space, recipe, real)
    if synthetic is None or real is None:
        return
    if len(real.measures) < FEWEST:
        st.caption(f"Drop {FEWEST} {kind.noun} or more: with fewer, no difference can be told from chance.")
        return
    found = gaps(synthetic.measures, real.measures)
    whole = whole_distance(found)
    if recipe and whole is not None:
        tries_line(space, kind, synthetic, real, whole)
    st.markdown("**What tells them apart, the farthest first**")
    tuning = recipe and Tuning(space, kind, recipe.recipe, real, lambda moved: _take(space, kind, recipe, moved))
    gap_cards(
        found,
        (synthetic.name, synthetic.measures),
        (real.name, real.measures),
        kind.measures,
        key="likeness",
        remedy=(lambda gap: hint(tuning, gap)) if tuning else None,
    )


def _synthetic(space: Workspace, kind: LikenessKind) -> tuple[Side, KnownRecipe | None]:
    """Draw the choice of a recipe or a dataset; return the set, and the recipe if it is one."""
    recipes = known_recipes(space, kind.shelf)
    made = {id: job for id, job in finished(kind, space).items() if not job.kind.startswith("import")}
    names = {
        **{f"recipe {title}": f"Recipe: {title}" for title in recipes},
        **{id: f"Dataset: {job.name}" for id, job in made.items()},
    }
    widget = f"likeness-synthetic-{kind.name}"
    wanted = st.session_state.pop(state.LIKENESS_WANTED, {}).get(kind.name)
    if wanted is not None:  # the tuned one of the recipe whose slider was just set
        tuned = next((title for title, one in recipes.items() if one.choice == wanted), None)
        st.session_state[widget] = f"recipe {tuned}"
    if st.session_state.get(widget) not in (None, *names):
        del st.session_state[widget]
    key = str(
        st.selectbox("Synthetic", list(names), format_func=names.__getitem__, key=widget, persist_state="session")
    )
    if key in made:
        side = kind.dataset(space, made[key], kind.shown)
        gallery(kind, side)
        return side, None
    title = key.removeprefix("recipe ")
    side = drawn_side(kind, space, recipes[title].recipe, f"synthetic, {title}")
    gallery(kind, side)
    return side, recipes[title]


def _take(space: Workspace, kind: LikenessKind, known: KnownRecipe, moved: Any) -> None:
    """Put a moved recipe into the draft of the one that it was made of; what else was tuned there is put aside."""
    drafts = drafts_of(space, kind.shelf)
    draft = drafts.get(known.choice)
    if draft is None or draft.recipe() != known.recipe:
        forget(space, kind.shelf, known.choice, aside=True)
        drafts[known.choice] = draft = kind.shelf.edited(known.recipe)
    draft.take(moved)
    keep_typed(space, kind.shelf, known.choice, draft, drawn=True)
    st.session_state[kind.shelf.chosen] = known.choice
    st.session_state[state.LIKENESS_WANTED] = {kind.name: known.choice}
