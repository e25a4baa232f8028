"""Accuracy of a reader after a fixed time in all: `python -m bench.race --minutes 10 --images FOLDER…`.

Generates a dataset and trains a run on it, as jobs like any other, and scores the run's bundle on folders of labelled
images. The minutes include generation, training and export; scoring comes after them. Prints the machine, and a
Markdown table as `bench.score` does. Nothing is tuned on the folders.
"""

import argparse
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml

from bench.command import run
from bench.machine import print_machine
from bench.score import print_scores
from engine.cli.presets import merged
from engine.config.base import Config
from engine.config.generate import GenerateConfig, GenerationConfig
from engine.config.recipe import Recipe
from engine.config.recipe_presets import PRESETS
from engine.errors import JobError
from engine.jobs import KINDS, Job, State, launch, list_jobs, load_job
from engine.reading.bundle import newest_bundle, open_reader
from engine.workspace import Collection, Workspace

READERS, LOCATORS = ("generate", "train"), ("generate-scenes", "train-locator")
"""Kinds of jobs that make the data, and that train on it."""


def race(
    workspace: Workspace,
    data: GenerationConfig,
    run: dict[str, Any],
    minutes: float | None,
    kinds: tuple[str, str] = READERS,
) -> tuple[Job, Job]:
    """Generate and train in so many minutes together, and return both jobs, finished; None: as `run` says.

    Raises:
        JobError: one of them failed.
    """
    began = time.monotonic()
    dataset = finished(workspace, "datasets", launch(workspace, kinds[0], data))
    left = None if minutes is None else minutes - (time.monotonic() - began) / 60
    config = KINDS[kinds[1]].config.parse({**run, "dataset": dataset.id, "minutes": left})
    return dataset, finished(workspace, "runs", launch(workspace, kinds[1], config))


def summary(dataset: Job, trained: Job) -> str:
    """Return a sentence about both jobs."""
    figures = trained.summary
    return (
        f"Run {trained.id}, {dataset.summary['images']:,} images in {dataset.seconds:.0f} s; "
        f"{figures['steps']:,} steps in {trained.seconds:.0f} s at {figures['images_per_second']:,} images/s, "
        f"{figures['parameters']:,} parameters, {figures['precision']}\n"
    )


def finished(workspace: Workspace, collection: Collection, id: str) -> Job:
    """Wait for a job, and return it, finished. Raises JobError."""
    while (job := load_job(workspace, collection, id)).state.live:
        time.sleep(0.5)
    if job.state is not State.finished:
        raise JobError(f"{job.name} {job.state.words}: {job.message}")
    return job


def finished_before(workspace: Workspace, collection: Collection, name: str) -> Job | None:
    """Return the finished job of that name in a workspace that a bench has filled in part, or None."""
    there = list_jobs(workspace, collection)
    return next((job for job in there if job.name == name and job.state is State.finished), None)


def made_once(workspace: Workspace, kind: str, name: str, config: Config) -> Job:
    """Return the finished job of that name, which is launched where there is none yet. Raises JobError."""
    collection = KINDS[kind].collection
    there = finished_before(workspace, collection, name)
    return there or finished(workspace, collection, launch(workspace, kind, config, name=name))


def _generate_config(options: argparse.Namespace) -> GenerateConfig:
    if options.dataset:
        return GenerateConfig.load(options.dataset)
    recipe = PRESETS.get(options.recipe) or Recipe.load(Path(options.recipe))
    return GenerateConfig(recipe=recipe, images=options.samples, validation=0.01, test=0.01)


def main(arguments: list[str] | None = None) -> None:
    """Race once, and print the scores."""
    parser = argparse.ArgumentParser(prog="python -m bench.race", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0, help="in all")
    parser.add_argument("--images", type=Path, nargs="+", required=True, help="folders of images with a labels.tsv")
    parser.add_argument("--recipe", default="TRDG words", help="a preset's name, or a YAML file")
    parser.add_argument("--samples", type=int, default=40_000, help="images generated")
    parser.add_argument("--dataset", type=Path, help="a YAML file of all that is generated, instead of these two")
    parser.add_argument("--run", type=Path, help="a YAML file of settings that differ from the defaults")
    parser.add_argument("--set", default="{}", help="more settings of the run, as YAML")
    parser.add_argument("--workspace", type=Path, help="where both jobs stay; else they are deleted at the end")
    options = parser.parse_args(arguments)
    settings = yaml.safe_load(options.run.read_text()) if options.run else {}
    settings = merged(settings, yaml.safe_load(options.set))
    data = _generate_config(options)
    print_machine()
    with TemporaryDirectory(ignore_cleanup_errors=True) as temporary:
        workspace = Workspace((options.workspace or Path(temporary)).resolve())
        dataset, trained = race(workspace, data, settings, options.minutes)
        print(f"Recipe {data.recipe.name}. {summary(dataset, trained)}")
        print_scores(open_reader(newest_bundle(workspace, trained.id).folder, workspace), options.images)


if __name__ == "__main__":
    run(main)
