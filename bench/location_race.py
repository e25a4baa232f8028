"""A locator after a fixed time in all: `python -m bench.location_race --minutes 20 --photos FOLDER…`.

Generates scenes and trains a run on them that draws new ones as it learns, as jobs like any other, and scores the run's
bundle on folders of labelled photos. The minutes include generation, training and export; scoring comes after them.
Prints the machine, and tables as `bench.location` does. No photo is learned from, and nothing is tuned on one.
"""

import argparse
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml

from bench import location
from bench.command import run
from bench.machine import print_machine
from bench.race import LOCATORS, race, summary
from engine.cli.presets import merged
from engine.config.generate import GenerateScenesConfig
from engine.config.scene_recipe import SCENE_PRESETS, SceneRecipe
from engine.jobs import Job
from engine.workspace import Workspace

_SCENES = {"width": [640, 800], "height": [480, 640]}  # px; crops have 512
_RUN = {"fresh": "on", "validation_images": 40, "evaluate_every": 2500}


def race_locator(
    workspace: Workspace,
    recipe: str,
    change: dict[str, Any],
    settings: dict[str, Any],
    minutes: float | None,
) -> tuple[Job, Job]:
    """Generate scenes and train on them in so many minutes together, and return both jobs, finished.

    Args:
        workspace: where both are kept.
        recipe: a preset's name, or a YAML file.
        change: settings of the recipe that differ from it.
        settings: of the run, likewise.
        minutes: in all; None: as the settings say.

    Raises:
        JobError: one of them failed.
    """
    chosen = SCENE_PRESETS.get(recipe) or SceneRecipe.load(Path(recipe))
    chosen = chosen.changed(**merged(_SCENES, change))
    data = GenerateScenesConfig(recipe=chosen, images=160, validation=0.4, test=0.1)
    return race(workspace, data, merged(_RUN, settings), minutes, LOCATORS)


def main(arguments: list[str] | None = None) -> None:
    """Race once, and print the scores."""
    parser = argparse.ArgumentParser(prog="python -m bench.location_race", description=__doc__)
    parser.add_argument("--minutes", type=float, default=20.0, help="in all")
    parser.add_argument("--photos", type=Path, nargs="+", required=True, help="folders laid out as ICDAR 2015's")
    parser.add_argument("--recipe", default="street signs", help="a preset's name, or a YAML file")
    parser.add_argument("--change", default="{}", help="settings of the recipe that differ from it, as YAML")
    parser.add_argument("--set", default="{}", help="settings of the run, as YAML")
    parser.add_argument("--side", type=int, nargs="+", default=[1280, 1600], help="longer sides of photos, px")
    parser.add_argument("--workspace", type=Path, help="where both jobs stay; else they are deleted at the end")
    options = parser.parse_args(arguments)
    change, settings = yaml.safe_load(options.change), yaml.safe_load(options.set)
    print_machine()
    with TemporaryDirectory(ignore_cleanup_errors=True) as temporary:
        workspace = Workspace((options.workspace or Path(temporary)).resolve())
        dataset, trained = race_locator(workspace, options.recipe, change, settings, options.minutes)
        print(summary(dataset, trained))
        run_of = ["--run", trained.id, "--workspace", str(workspace.root)]
        for folder in options.photos:
            for side in options.side:
                print(f"{folder.name}, longer side {side} px")
                location.main([*run_of, "--photos", str(folder), "--side", str(side)])


if __name__ == "__main__":
    run(main)
