"""Recipes saved under a name, of words or of scenes: one YAML file each, named by an id; the name is in the recipe.

The file is what `to_yaml` writes, so it can be shared, edited, and given to `--config`-like settings. A recipe that
this version cannot read is listed with its fault and not offered for use.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from engine.config.recipe import Recipe
from engine.config.scene_recipe import SceneRecipe
from engine.discarded import Discarded, discard
from engine.errors import ConfigError
from engine.files import write_bytes
from engine.labels import label
from engine.parsing import parse_settings
from engine.workspace import Workspace, is_id, new_id
from glyphlab_read.parsing import read_regular

AnyRecipe = TypeVar("AnyRecipe", Recipe, SceneRecipe)

_MAX_BYTES = 2_000_000  # of a file; a recipe has a few thousand, 36,000 where a look names all faces of all packs


@dataclass(frozen=True)
class SavedRecipe(Generic[AnyRecipe]):
    """A saved recipe: its id, its name, and the recipe, or the fault if it cannot be read."""

    id: str
    name: str
    recipe: AnyRecipe | None
    fault: str = ""


def save_recipe(workspace: Workspace, recipe: AnyRecipe, name: str, id: str | None = None) -> SavedRecipe[AnyRecipe]:
    """Save a recipe under a name, as a new file or in place of a saved one.

    Raises:
        ConfigError: the name is empty, there is no saved recipe of that id, or the recipe is too long to be read.
        SpaceError: the disk is full; what was saved before stays.
    """
    shown = label(name)
    if not shown:
        raise ConfigError("name: a saved recipe needs a name. Write one and save again.")
    kind = type(recipe)
    path = _path(workspace, id, kind) if id else _folder(workspace, kind) / f"{new_id()}.yaml"
    named = recipe.changed(name=shown)
    content = named.to_yaml().encode()
    if len(content) > _MAX_BYTES:
        size = f"{len(content) / 1e6:.1f} MB, and no more than {_MAX_BYTES / 1e6:g} MB are read"
        raise ConfigError(f"The recipe has {size}. Name fewer fonts, or leave out some looks.")
    write_bytes(path, content)
    return SavedRecipe(path.stem, shown, named)


def saved_recipes(workspace: Workspace, kind: type[AnyRecipe]) -> list[SavedRecipe[AnyRecipe]]:
    """Return the saved recipes of a kind by name, those that cannot be read last."""
    paths = _folder(workspace, kind).glob("*.yaml")
    found = [_read(path, kind) for path in paths if is_id(path.stem) and not path.is_symlink()]
    return sorted(found, key=lambda saved: (saved.recipe is None, saved.name.casefold(), saved.id))


def saved_recipe(workspace: Workspace, id: str, kind: type[AnyRecipe]) -> AnyRecipe:
    """Return a saved recipe by its id. Raises ConfigError when there is none or it cannot be read."""
    saved = _read(_path(workspace, id, kind), kind)
    if saved.recipe is None:
        raise ConfigError(saved.fault)
    return saved.recipe


def delete_recipe(workspace: Workspace, id: str, kind: type[AnyRecipe]) -> Discarded:
    """Delete a saved recipe; datasets made by it keep theirs. Raises ConfigError when there is none.

    Returns what brings it back within a day.
    """
    path = _path(workspace, id, kind)
    return discard(_read(path, kind).name, [path])


def _folder(workspace: Workspace, kind: type[Recipe] | type[SceneRecipe]) -> Path:
    return workspace.scene_recipes if issubclass(kind, SceneRecipe) else workspace.recipes


def _path(workspace: Workspace, id: str, kind: type[Recipe] | type[SceneRecipe]) -> Path:
    path = _folder(workspace, kind) / f"{id}.yaml"
    if not is_id(id) or path.is_symlink() or not path.is_file():
        raise ConfigError(f"{id[:40]!r} is no saved recipe. Choose one from the list.")
    return path


def _read(path: Path, kind: type[AnyRecipe]) -> SavedRecipe[AnyRecipe]:
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise ConfigError(f"{path.name} has over {_MAX_BYTES / 1e6:g} MB, so it is no recipe. Delete it.")
        recipe = kind.load(path)
        return SavedRecipe(path.stem, label(recipe.name) or path.stem, recipe)
    except (ConfigError, OSError) as error:
        return SavedRecipe(path.stem, _name_in(path), None, str(error))


def _name_in(path: Path) -> str:
    """Return the name that a file of another version gives, else the file's own."""
    try:
        name = parse_settings(read_regular(path, _MAX_BYTES).decode())["name"]
        return (label(name) if isinstance(name, str) else "") or path.stem
    except (OSError, ValueError, TypeError, KeyError):
        return path.stem
