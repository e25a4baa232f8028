"""The starter reader's recipe: `python -m bench.starter.recipe [FILE…] > letters.yaml`, for `engine generate --config`.

`--language` of that command puts it into another language.

Mixes recipes in equal parts, texts and looks apart from each other: trdg's fonts (`trdg_fonts.yaml`) and various looks
in many fonts (`various.yaml`), unless other files are named. This module draws nothing.
"""

import argparse
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import yaml

from bench.command import run
from engine.config.generate import GenerateConfig
from engine.config.recipe import Recipe

HALVES = tuple(Path(__file__).resolve().with_name(f"{name}.yaml") for name in ("trdg_fonts", "various"))
"""The files whose recipes the starter's is made of."""

SEED = 2024
"""The seed of what the starter learned from."""

_IMAGES, _HELD_BACK = 300_000, 0.005


def mixed(files: Sequence[Path]) -> Recipe:
    """Return the recipe of some YAML files in equal parts. Raises ConfigError where one is not valid."""
    recipes = [Recipe.parse(yaml.safe_load(file.read_text())["recipe"]) for file in files]
    return Recipe(
        name="starter reader",
        texts=tuple(_in_equal_parts(recipe.texts for recipe in recipes)),
        looks=tuple(_in_equal_parts(recipe.looks for recipe in recipes)),
    )


def _in_equal_parts(groups: Iterable[Sequence[Any]]) -> Iterable[Any]:
    for group in groups:
        whole = sum(one.weight for one in group)
        yield from (one.changed(weight=one.weight / whole) for one in group)


def main(arguments: list[str] | None = None) -> None:
    """Print the settings of the dataset as YAML."""
    parser = argparse.ArgumentParser(prog="python -m bench.starter.recipe", description=__doc__)
    parser.add_argument("files", type=Path, nargs="*", default=HALVES, help="of recipes (default: the starter's two)")
    recipe = mixed(parser.parse_args(arguments).files)
    config = GenerateConfig(recipe=recipe, images=_IMAGES, seed=SEED, validation=_HELD_BACK, test=_HELD_BACK)
    sys.stdout.write(config.to_yaml())


if __name__ == "__main__":
    run(main)
