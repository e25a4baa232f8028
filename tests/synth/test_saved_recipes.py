"""Saved recipes: written whole, listed by name, read back equal; what cannot be read is said and harms nothing."""

import os
from pathlib import Path

import pytest

from engine.config.diff import differences
from engine.config.recipe import Recipe
from engine.config.recipe_presets import PRESETS
from engine.config.scene_recipe import SCENE_PRESETS, SceneRecipe
from engine.config.style import Style
from engine.errors import ConfigError
from engine.synth import delete_recipe, save_recipe, saved_recipe, saved_recipes
from engine.workspace import Workspace, new_id


@pytest.fixture
def space(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path)


@pytest.mark.parametrize("name", PRESETS)
def test_a_saved_recipe_comes_back_equal_under_its_name(space: Workspace, name: str):
    saved = save_recipe(space, PRESETS[name], " mine\n")
    assert saved.name == "mine"
    back = saved_recipe(space, saved.id, Recipe)
    assert list(differences(PRESETS[name].plain(), back.plain())) == ["name"]
    assert saved_recipes(space, Recipe) == [saved]


@pytest.mark.parametrize("name", SCENE_PRESETS)
def test_a_recipe_of_scenes_is_saved_apart_from_those_of_words(space: Workspace, name: str):
    saved = save_recipe(space, SCENE_PRESETS[name], "mine")
    back = saved_recipe(space, saved.id, SceneRecipe)
    assert list(differences(SCENE_PRESETS[name].plain(), back.plain())) == ["name"]
    assert saved_recipes(space, SceneRecipe) == [saved]
    assert saved_recipes(space, Recipe) == []
    with pytest.raises(ConfigError, match="no saved recipe"):
        delete_recipe(space, saved.id, Recipe)


def test_saving_again_replaces_and_deleting_forgets(space: Workspace):
    first = save_recipe(space, Recipe(), "b")
    other = save_recipe(space, Recipe(), "A")
    again = save_recipe(space, PRESETS["receipts"], "c", first.id)
    assert again.id == first.id
    assert [saved.name for saved in saved_recipes(space, Recipe)] == ["A", "c"]
    delete_recipe(space, other.id, Recipe)
    assert [saved.name for saved in saved_recipes(space, Recipe)] == ["c"]
    assert len(list(space.recipes.glob("*.yaml"))) == 1


def test_what_cannot_be_read_is_listed_last_with_its_fault(space: Workspace, tmp_path: Path):
    for text in ("name: from later\nnovelty: 3\n", "{", "\udcff", "name: &a [*a]", f"seed: {'1' * 5000}"):
        (space.recipes / f"{new_id()}.yaml").write_bytes(text.encode(errors="surrogateescape"))
    (space.recipes / "not an id.yaml").write_text(Recipe().to_yaml())
    (tmp_path / "outside.yaml").write_text(Recipe().to_yaml())
    (space.recipes / f"{new_id()}.yaml").symlink_to(tmp_path / "outside.yaml")
    os.mkfifo(space.recipes / f"{new_id()}.yaml")
    sound = save_recipe(space, Recipe(), "z")
    first, *broken = saved_recipes(space, Recipe)
    assert first == sound
    assert len(broken) == 6
    assert all(saved.recipe is None and saved.fault for saved in broken)
    (later,) = (saved for saved in broken if saved.name == "from later")
    assert "novelty" in later.fault
    with pytest.raises(ConfigError, match="novelty"):
        saved_recipe(space, later.id, Recipe)
    delete_recipe(space, later.id, Recipe)


@pytest.mark.parametrize("id", ["", "../secret", "x" * 26, "01m7zjses73sz76s8py2gqw8d6"])
def test_an_id_that_is_none_is_refused(space: Workspace, id: str):
    for act in (saved_recipe, delete_recipe):
        with pytest.raises(ConfigError, match="no saved recipe"):
            act(space, id, Recipe)
    if id:
        with pytest.raises(ConfigError, match="no saved recipe"):
            save_recipe(space, Recipe(), "name", id)


def test_a_recipe_that_could_not_be_read_again_is_not_saved(space: Workspace):
    faces = tuple(f"pack/{number:0500}" for number in range(500))
    with pytest.raises(ConfigError, match=r"2\.\d MB, and no more than 2 MB"):
        save_recipe(space, Recipe(looks=(Style(fonts=faces),) * 8), "mine")
    assert saved_recipes(space, Recipe) == []


def test_a_recipe_without_a_name_is_not_saved(space: Workspace):
    with pytest.raises(ConfigError, match="needs a name"):
        save_recipe(space, Recipe(), " \n")
