"""The card of one fit: how drawn words come nearer trial by trial, what changed, and the use of its recipe."""

from collections.abc import Sequence
from itertools import accumulate
from typing import Any

import numpy as np
import streamlit as st

from dashboard.caches.files import image
from dashboard.common import state
from dashboard.common.images import drawing, picture
from dashboard.common.jobs import actions, facts, job_card
from dashboard.common.markdown import literal
from dashboard.common.page import show_errors
from dashboard.data.charts import histogram
from dashboard.data.datasets.statistics import chart, measure_title
from dashboard.data.likeness.tries import history
from dashboard.data.recipe.shelf import WORDS
from engine.config.recipe import Recipe
from engine.datasets.comparison import distance
from engine.formatting import count
from engine.jobs import Job, State
from engine.jobs.summaries import FitSummary, fit_summary
from engine.synth import delete_recipe, save_recipe, saved_recipes
from engine.synth.photo_fit.kept import distances, fitted_recipe, kept_crops, measures_of, strip, strips
from engine.synth.photo_fit.measured import FIT_MEASURES
from engine.synth.photo_fit.wording import verdict
from engine.workspace import Workspace

_REAL = 8  # real words beside the drawn ones
_STRIPS = 4  # pictures of the way, the first and the last among them
_CHARTS = 4
_TOLD = 8  # changes that are not folded


def fit_card(space: Workspace, job: Job) -> None:
    """Draw a fit, live or ended."""
    summary = fit_summary(job)
    with job_card(job, _words(job, summary), lambda: actions(space, job, f"fit-{job.id}")), show_errors():
        left, right = st.columns([1.6, 1], gap="medium")
        with left:
            _nearer(job)
        with right:
            _course(job)
            if told := verdict(summary):
                st.markdown(f"{':green[:material/check:] ' if summary.gained else ':material/info: '}{literal(told)}")
            if job.state is State.finished:
                _changes(summary)
        if job.state is State.finished:
            _result(space, job, summary)


def _words(job: Job, summary: FitSummary) -> str:
    parts = [f"{count(summary.crops, 'crops')}, {count(summary.labelled or 0)} with labels"] if summary.crops else []
    if summary.left_out:
        parts.append(f":orange[{count(summary.left_out)} left out]")
    return " · ".join([*parts, facts(job)])


def _nearer(job: Job) -> None:
    """Draw the real words, and below them samples of the nearest recipes so far, from the first to the last."""
    real = [crop.image for crop in kept_crops(job.folder, _REAL)]
    if not real:
        return
    st.caption("Real")
    picture(strip(real), "Real words")
    found = strips(job.folder)
    shown = [found[at] for at in dict.fromkeys(np.linspace(0, len(found) - 1, min(len(found), _STRIPS)).astype(int))]
    far = list(accumulate(_finite(distances(job.folder)), min))
    for one in shown:
        nearest = f", distance {far[min(one.trial, len(far) - 1)]:.3f}" if far else ""
        name = "Drawn by the recipe as it was" if one.trial == 0 else f"Drawn after {count(one.trial, 'trials')}"
        st.caption(f"{name}{nearest}")
        picture(strip([image(path.read_bytes()) for path in one.samples]), f"{name}{nearest}")


def _course(job: Job) -> None:
    """Draw the distance of the nearest recipe over the trials."""
    far = list(accumulate(_finite(distances(job.folder)), min))
    if len(far) < 2:
        return
    st.markdown(
        f"**Distance of features {far[-1]:.3f}** :gray[at first {far[0]:.3f}]",
        help="To the photos that the search sees, in their measures and in what a reader's network sees of them: 0 for "
        "images of one source, 1 for such that have nothing in common.",
    )
    drawing(history(far), f"Distance over {count(len(far), 'trials')}, now {far[-1]:.3f}")
    st.caption(f"Of the nearest of {count(len(far), 'trials')}: lower is nearer.")


def _changes(summary: FitSummary) -> None:
    """Draw what a finished fit changed, the farthest first."""
    if not summary.changes:
        st.caption("No number of the recipe was moved.")
        return
    st.markdown("**What changed**")
    st.markdown("\n".join(f"- {literal(change)}" for change in summary.changes[:_TOLD]))
    if len(summary.changes) > _TOLD:
        with st.expander(f"{count(len(summary.changes) - _TOLD)} more"):
            st.markdown("\n".join(f"- {literal(change)}" for change in summary.changes[_TOLD:]))


def _result(space: Workspace, job: Job, summary: FitSummary) -> None:
    """Draw the distributions before and after, and the use of the recipe."""
    box = st.expander(
        "Distributions, before and after", icon=":material/bar_chart:", key=f"fit-bars-{job.id}", on_change="rerun"
    )
    if box.open:
        with box:
            _distributions(job)
    used = st.session_state.get(state.FITTED_USED)
    if used and used[0] == job.id:
        with st.container(border=True, key=f"card-used-{job.id}", horizontal=True, vertical_alignment="center"):
            st.markdown("The fitted recipe is chosen, here and under **Make a dataset**.", width="stretch")
            if st.button("Undo", key=f"fit-undo-{job.id}", icon=":material/undo:"):
                _undo(space, used)
                st.rerun()
            if st.button("Make a dataset with it", key=f"fit-make-{job.id}", icon=":material/arrow_forward:"):
                st.session_state[state.TAB_WANTED] = True
                st.rerun()
    else:
        words = "Use this recipe" if summary.gained else "Use it all the same"
        if st.button(words, key=f"fit-use-{job.id}", icon=":material/check:"):
            _use(space, job, summary)
            st.rerun()


def _distributions(job: Job) -> None:
    """Draw the measures that came nearest to those of the photos that were held out."""
    sets = measures_of(job.folder)
    if not sets:
        st.caption("They are no longer there.")
        return
    gains: dict[str, float] = {}
    for name in FIT_MEASURES:
        values = {each: frame[name].dropna().to_numpy(dtype=float) for each, frame in sets.items()}
        if all(len(each) for each in values.values()):
            gains[name] = distance(values["before"], values["real"]) - distance(values["after"], values["real"])
    grid = st.grid(min_column_width=300)
    for name in sorted(gains, key=lambda name: -abs(gains[name]))[:_CHARTS]:
        with grid.cell():
            columns = {each: frame[name] for each, frame in sets.items()}
            chart(histogram(columns, measure_title(name, FIT_MEASURES)), f"fit-{job.id}-{name}")


def _use(space: Workspace, job: Job, summary: FitSummary) -> None:
    """Choose the fitted recipe, which is saved first where the fit did not, and note what was chosen before."""
    recipe = fitted_recipe(job.folder)
    if recipe is None:
        return
    there = {one.id for one in saved_recipes(space, Recipe) if one.recipe is not None}
    saved = None if summary.recipe in there else save_recipe(space, recipe, recipe.name).id
    former = st.session_state.get(state.FIT_RECIPE)
    st.session_state[state.FITTED_USED] = (job.id, former, st.session_state.get(WORDS.chosen), saved)
    _choose(saved or summary.recipe, saved or summary.recipe)


def _undo(space: Workspace, used: Sequence[Any]) -> None:
    """Choose what was chosen before, and delete the recipe if it was saved for this alone."""
    _, former, chosen, saved = used
    st.session_state.pop(state.FITTED_USED, None)
    _choose(former, chosen)
    if saved is not None:
        delete_recipe(space, saved, Recipe)


def _choose(beside: str | None, make: str | None) -> None:
    """Choose a recipe beside the photos, and one under *Make a dataset*."""
    if beside is not None:
        st.session_state[state.LIKENESS_WANTED] = {"words": beside}
    if make is None:
        st.session_state.pop(WORDS.chosen, None)
    else:
        st.session_state[WORDS.chosen] = make


def _finite(found: Sequence[float | None]) -> list[float]:
    return [one if one is not None else float("inf") for one in found]
