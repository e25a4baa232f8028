"""Recipes that pages speak of: the one by which a dataset was drawn, and the one whose samples suit a reader."""

from collections.abc import Sequence

from engine.config.recipe import Recipe
from engine.config.recipe_presets import PRESETS
from engine.config.scene_recipe import SceneRecipe
from engine.errors import ConfigError, JobError
from engine.jobs import Job, load_job
from engine.jobs.summaries import can_draw_more, holds_scenes
from engine.workspace import STARTER, Workspace, is_id


def made_by(dataset: Job) -> Recipe | SceneRecipe | None:
    """Return the recipe of a dataset that was drawn; None for others, and for one of a recipe that is read no more."""
    if not can_draw_more(dataset):
        return None
    try:
        return (SceneRecipe if holds_scenes(dataset) else Recipe).parse(dataset.config.get("recipe") or {})
    except ConfigError:
        return None


def learned_from(workspace: Workspace, reader: str, runs: Sequence[Job]) -> tuple[str, Recipe]:
    """Return the recipe of the words that a reader learned from, with words for it; the starter's where none is known.

    Args:
        workspace: where the datasets are.
        reader: name of its bundle: the id of its run, or that of a starter.
        runs: all runs.
    """
    run = next((one for one in runs if one.id == reader), None)
    dataset = str(run.config.get("dataset") or "") if run else ""
    try:
        recipe = made_by(load_job(workspace, "datasets", dataset)) if is_id(dataset) else None
    except JobError:  # it was deleted
        recipe = None
    if isinstance(recipe, Recipe):
        return "the recipe that it learned from", recipe
    return f"the {STARTER} recipe", PRESETS["starter"]
