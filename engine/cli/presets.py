"""Named starting points of each kind's config, as plain values, for the command line.

The presets themselves are declared beside the configs; recipes are also those that were saved. This module checks
nothing: the config does.
"""

import shlex
from typing import Any

from pydantic_core import PydanticUndefined

from engine.config.base import Config
from engine.config.generate import GenerateScenesConfig
from engine.config.locator_presets import LOCATOR_PRESETS
from engine.config.presets import TRAIN_PRESETS
from engine.config.recipe import Recipe
from engine.config.recipe_presets import PRESETS
from engine.config.scene_recipe import SCENE_PRESETS, SceneRecipe
from engine.errors import ConfigError
from engine.formatting import count
from engine.synth.saved_recipes import saved_recipes
from engine.workspace import Workspace


def presets(kind: str) -> dict[str, dict[str, Any]]:
    """Return what each preset of a kind sets; a kind may have none."""
    if kind in ("generate", "fit", "adapt"):
        return {name: {"recipe": recipe.plain()} for name, recipe in PRESETS.items()}
    if kind == "generate-scenes":
        return {name: {"recipe": recipe.plain()} for name, recipe in SCENE_PRESETS.items()}
    if kind in ("sweep", "sweep-locator"):
        return {name: {"run": values} for name, values in presets(kind.replace("sweep", "train")).items()}
    runs = {"train": TRAIN_PRESETS, "train-locator": LOCATOR_PRESETS}.get(kind.replace("trial", "train"), {})
    return {name: preset.values for name, preset in runs.items()}


def start_values(cls: type[Config], kind: str, preset: str | None) -> dict[str, Any]:
    """Return the plain values to set flags on: the defaults, changed by a preset. Raises ConfigError.

    Without a preset runs of readers begin with the first one, as on the page where they are started.
    """
    known = presets(kind)
    if preset is None and kind in ("train", "trial", "sweep"):
        preset = next(iter(known))
    if preset is not None and preset not in known:
        raise ConfigError(f"{preset!r} is no preset of {kind}. There are: {', '.join(map(repr, known))}. Pick one.")
    return merged(defaults(cls), known[preset] if preset else {})


def resolve_recipe(workspace: Workspace, cls: type[Config], values: dict[str, Any]) -> None:
    """Put a recipe in the place of its name: a preset's, or the name or the id of a saved one.

    Raises:
        ConfigError: none or several fit.
    """
    name = values.get("recipe")
    if not isinstance(name, str):
        return
    scenes = issubclass(cls, GenerateScenesConfig)
    known = SCENE_PRESETS if scenes else PRESETS
    saved = saved_recipes(workspace, SceneRecipe) if scenes else saved_recipes(workspace, Recipe)
    fits = {one.id: one.recipe for one in saved if one.recipe and name in (one.id, one.name)}
    found = [fits[name]] if name in fits else [*fits.values(), *([known[name]] if name in known else [])]
    if any(one != found[0] for one in found):
        newest = ", ".join(sorted(fits, reverse=True)[:5])
        preset = (" and a preset", f", or --preset {shlex.quote(name)}") if name in known else ("", "")
        raise ConfigError(
            f"recipe: {name[:80]!r} fits {count(len(fits), 'saved recipes')}{preset[0]}. Give an id{preset[1]}; the "
            f"newest first: {newest}."
        )
    if not found:
        names = ", ".join(map(repr, dict.fromkeys([*(one.name for one in saved if one.recipe), *known])))
        raise ConfigError(f"recipe: {name[:80]!r} is no recipe here. There are {names}; or give all of it as YAML.")
    values["recipe"] = found[0].plain()


def merged(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    """Return the values below, overridden by those above, group by group; a list is replaced as a whole."""
    both = {**below, **above}
    return {
        key: merged(below[key], value) if isinstance(value, dict) and isinstance(below.get(key), dict) else value
        for key, value in both.items()
    }


def defaults(cls: type[Config]) -> dict[str, Any]:
    """Return the plain defaults of a config class; settings without one are left out, but for those inside a group."""
    fields = {name: field for name, field in cls.model_fields.items() if field.default is not PydanticUndefined}
    blank = cls.model_construct(**{name: field.default for name, field in fields.items()})
    groups = {name: field.annotation for name, field in cls.model_fields.items() if name not in fields}
    inside = {
        name: defaults(group) for name, group in groups.items() if isinstance(group, type) and issubclass(group, Config)
    }
    return {**inside, **blank.model_dump(mode="json", include=set(fields))}
