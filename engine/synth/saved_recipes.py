"""Recipes saved under a name: one YAML file each, named by an id; the name is a field of the recipe.

The file is what `Recipe.to_yaml` writes, so it can be shared, edited, and given to `--config`-like settings. A recipe
that this version cannot read is listed with its fault and not offered for use.
"""

from dataclasses import dataclass
from pathlib import Path

import yaml

from engine.config.recipe import Recipe
from engine.errors import ConfigError
from engine.files import write_bytes
from engine.labels import label
from engine.workspace import Workspace, is_id, new_id

_MAX_BYTES = 1_000_000  # of a file that is read; a recipe has a few thousand


@dataclass(frozen=True)
class SavedRecipe:
    """A saved recipe: its id, its name, and the recipe, or the fault if it cannot be read."""

    id: str
    name: str
    recipe: Recipe | None
    fault: str = ""


def save_recipe(workspace: Workspace, recipe: Recipe, name: str, id: str | None = None) -> SavedRecipe:
    """Save a recipe under a name, as a new file or in place of a saved one.

    Raises:
        ConfigError: the name is empty, or there is no saved recipe of that id.
        SpaceError: the disk is full; what was saved before stays.
    """
    shown = label(name)
    if not shown:
        raise ConfigError("name: a saved recipe needs a name. Write one and save again.")
    path = _path(workspace, id) if id else workspace.recipes / f"{new_id()}.yaml"
    named = recipe.changed(name=shown)
    write_bytes(path, named.to_yaml().encode())
    return SavedRecipe(path.stem, shown, named)


def saved_recipes(workspace: Workspace) -> list[SavedRecipe]:
    """Return the saved recipes by name, those that cannot be read last."""
    found = [_read(path) for path in workspace.recipes.glob("*.yaml") if is_id(path.stem) and not path.is_symlink()]
    return sorted(found, key=lambda saved: (saved.recipe is None, saved.name.casefold(), saved.id))


def saved_recipe(workspace: Workspace, id: str) -> Recipe:
    """Return a saved recipe by its id. Raises ConfigError when there is none or it cannot be read."""
    saved = _read(_path(workspace, id))
    if saved.recipe is None:
        raise ConfigError(saved.fault)
    return saved.recipe


def delete_recipe(workspace: Workspace, id: str) -> None:
    """Delete a saved recipe; datasets made by it keep theirs. Raises ConfigError when there is none."""
    _path(workspace, id).unlink(missing_ok=True)


def _path(workspace: Workspace, id: str) -> Path:
    path = workspace.recipes / f"{id}.yaml"
    if not is_id(id) or path.is_symlink() or not path.is_file():
        raise ConfigError(f"{id[:40]!r} is no saved recipe. Choose one from the list.")
    return path


def _read(path: Path) -> SavedRecipe:
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise ConfigError(f"{path.name} has over {_MAX_BYTES // 1000} kB, so it is no recipe. Delete it.")
        recipe = Recipe.load(path)
        return SavedRecipe(path.stem, label(recipe.name) or path.stem, recipe)
    except (ConfigError, OSError) as error:
        return SavedRecipe(path.stem, _name_in(path), None, str(error))


def _name_in(path: Path) -> str:
    """Return the name that a file of another version gives, else the file's own."""
    try:
        values = yaml.safe_load(path.read_text(encoding="utf-8")[:_MAX_BYTES])
        return label(str(values["name"])) or path.stem
    except (OSError, UnicodeDecodeError, yaml.YAMLError, TypeError, KeyError):
        return path.stem
