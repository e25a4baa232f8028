"""What is deleted can be brought back for a day, and only then."""

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from engine.config.recipe import Recipe
from engine.config.recipe_presets import PRESETS
from engine.config.scene_recipe import SCENE_PRESETS, SceneRecipe
from engine.discarded import Discarded, discard
from engine.errors import ConfigError
from engine.synth import add_list, add_picture, delete_asset, delete_recipe, list_assets, save_recipe, saved_recipes
from engine.workspace import Workspace
from tests.helpers.sources import encoded, picture

Deleted = tuple[Discarded, Callable[[], list[str]]]


def word_list(space: Workspace) -> Deleted:
    asset = add_list(space, b"zebra", "animals")
    return delete_asset(space, "lists", asset.id), lambda: [each.label for each in list_assets(space, "lists")]


def background(space: Workspace) -> Deleted:
    asset = add_picture(space, encoded(picture(1, (40, 30))), "animals")
    return delete_asset(space, "pictures", asset.id), lambda: [each.label for each in list_assets(space, "pictures")]


def recipe(space: Workspace) -> Deleted:
    saved = save_recipe(space, PRESETS["receipts"], "animals")
    return delete_recipe(space, saved.id, Recipe), lambda: [each.name for each in saved_recipes(space, Recipe)]


def scene_recipe(space: Workspace) -> Deleted:
    saved = save_recipe(space, SCENE_PRESETS["documents"], "animals")
    found = lambda: [each.name for each in saved_recipes(space, SceneRecipe)]  # noqa: E731
    return delete_recipe(space, saved.id, SceneRecipe), found


@pytest.mark.parametrize("delete", [word_list, background, recipe, scene_recipe])
def test_a_deletion_is_taken_back(delete: Callable[[Workspace], Deleted], workspace: Workspace):
    deleted, listed = delete(workspace)
    assert (deleted.name, listed()) == ("animals", [])
    deleted.bring_back()
    assert listed() == ["animals"]


def test_what_was_deleted_a_day_ago_goes_for_good(tmp_path: Path):
    first, second = tmp_path / "first", tmp_path / "second"
    first.write_text("1")
    second.write_text("2")
    old = discard("the first", [first])
    (aside,) = tmp_path.glob(".*/first")
    os.utime(aside, (0, time.time() - 90_000))
    discard("the second", [second]).bring_back()
    assert second.read_text() == "2"
    with pytest.raises(ConfigError, match="'the first' cannot be brought back"):
        old.bring_back()
