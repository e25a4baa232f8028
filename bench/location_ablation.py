"""What a locator's ingredients are worth: `python -m bench.location_ablation --workspace FOLDER --photos FOLDER`.

Trains the run of `bench.location_race` as it is, and once more for each ingredient with that one left out or replaced,
with two seeds, and scores all on a folder of labelled photos. Prints the machine, and a Markdown table. Runs that the
workspace holds already are not trained again, so that the table can be filled in several sittings; `--only` names the
variants of this one.
"""

import argparse
from pathlib import Path
from typing import Any, NamedTuple

from bench.command import run
from bench.location import icdar_samples
from bench.location_race import race_locator
from bench.machine import print_machine
from bench.race import finished_before
from engine.evaluation.locate import SceneSample, evaluate_locator
from engine.jobs import Job
from engine.location.bundle import newest_locator_bundle
from engine.location.locator import Locator
from engine.workspace import Workspace


class Variant(NamedTuple):
    """A run that differs in one thing: settings of its recipe and of itself."""

    recipe: dict[str, Any]
    run: dict[str, Any]


VARIANTS: dict[str, Variant] = {
    "as it is": Variant({}, {}),
    "adamw in place of muon": Variant({}, {"optimiser": "adamw"}),
    "steps of 8 pieces": Variant({}, {"batch": 8}),
    "no mean of weights": Variant({}, {"average": 0.0}),
    "no augmentation": Variant({}, {"augment": 0.0}),
    "cross-entropy alone": Variant({}, {"loss": "bce"}),
    "Dice alone": Variant({}, {"loss": "dice"}),
    "hard negatives": Variant({}, {"negatives": "hard"}),
    "no halls": Variant({"halls": 0.0}, {}),
    "no pictures as grounds": Variant({"picture": 0.0}, {}),
    "no planes": Variant({"planes": 0.0}, {}),
    "no distractors": Variant({"distractors": 0}, {}),
    "no scene without text": Variant({"empty": 0.0}, {}),
    "no perspective": Variant({"perspective": 0.0}, {}),
    "stored scenes, none new": Variant({}, {"fresh": False}),
}


def main(arguments: list[str] | None = None) -> None:
    """Fill the table as far as asked, and print it."""
    parser = argparse.ArgumentParser(prog="python -m bench.location_ablation", description=__doc__)
    parser.add_argument("--workspace", type=Path, required=True, help="where the runs are kept")
    parser.add_argument("--photos", type=Path, required=True, help="a folder laid out as ICDAR 2015's")
    parser.add_argument("--minutes", type=float, default=20.0, help="of each run, generation included")
    parser.add_argument("--seeds", type=int, default=2, help="runs of each variant")
    parser.add_argument(
        "--only", nargs="*", default=list(VARIANTS), choices=list(VARIANTS), help="variants to train now"
    )
    options = parser.parse_args(arguments)
    print_machine()
    workspace, samples = Workspace(options.workspace.resolve()), icdar_samples(options.photos)
    seeds = range(options.seeds)
    print(f"{options.minutes:g} minutes each; {len(samples)} photos, {options.photos.name}; H-mean at IoU 0.5\n")
    print(f"| variant | {' | '.join(f'seed {seed}' for seed in seeds)} | mean |\n| --- |{' --- |' * (len(seeds) + 1)}")
    for name, variant in VARIANTS.items():
        done = [_trained(workspace, name, variant, seed, options) for seed in seeds]
        scores = [_h_mean(workspace, job, samples) for job in done if job is not None]
        if scores:
            cells = [f"{score:.3f}" for score in [*scores, sum(scores) / len(scores)]]
            print(f"| {name} | {' | '.join(cells)} |", flush=True)


def _trained(workspace: Workspace, name: str, variant: Variant, seed: int, options: argparse.Namespace) -> Job | None:
    """Return the run of a variant, trained before or now; None where it is not one to train now."""
    title = f"{name}, seed {seed}, {options.minutes:g} min"
    job = finished_before(workspace, "runs", title)
    if job is None and name in options.only:
        settings = {**variant.run, "seed": seed}
        _, job = race_locator(workspace, "street signs", variant.recipe, settings, options.minutes, title)
    return job


def _h_mean(workspace: Workspace, job: Job, samples: list[SceneSample]) -> float:
    locator = Locator.open(newest_locator_bundle(workspace, job.id).folder, workspace, threads=2)
    return evaluate_locator(locator, samples, "word").score.counts.h_mean


if __name__ == "__main__":
    run(main)
