"""What a locator's ingredients are worth: `python -m bench.location_ablation --workspace FOLDER --photos FOLDER`.

Trains the run of `bench.location_race` as it is, and once more for each ingredient with that one left out or replaced,
with two seeds, and scores all on a folder of labelled photos. Prints the machine, and a Markdown table. What a run
scored is kept in `location_ablation.csv` beside this module and not trained again, so that the table can be filled in
several sittings; `--only` names the variants of this one. With `--epochs` all runs see as many pieces of scenes,
however busy the machine is: an epoch has 80, and 20 minutes on two quiet cores are 214.
"""

import argparse
import csv
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from bench.command import run
from bench.location import icdar_samples
from bench.location_race import race_locator
from bench.machine import print_machine
from engine.evaluation.locate import SceneSample, evaluate_locator
from engine.location.bundle import newest_locator_bundle, open_locator
from engine.workspace import Workspace

_SCORES = Path(__file__).with_suffix(".csv")


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
    "stored scenes, none new": Variant({}, {"fresh": "off"}),
}


def main(arguments: list[str] | None = None) -> None:
    """Fill the table as far as asked, and print it."""
    parser = argparse.ArgumentParser(prog="python -m bench.location_ablation", description=__doc__)
    parser.add_argument("--photos", type=Path, required=True, help="a folder laid out as ICDAR 2015's")
    length = parser.add_mutually_exclusive_group()
    length.add_argument("--minutes", type=float, default=20.0, help="of each run, generation included")
    length.add_argument("--epochs", type=int, help="of each run, however long they take")
    parser.add_argument("--seeds", type=int, default=2, help="runs of each variant")
    parser.add_argument(
        "--only", nargs="*", default=list(VARIANTS), choices=list(VARIANTS), help="variants to train now"
    )
    options = parser.parse_args(arguments)
    print_machine()
    samples, seeds = icdar_samples(options.photos), range(options.seeds)
    length_words = f"{options.epochs:,} epochs" if options.epochs else f"{options.minutes:g} minutes"
    for seed in seeds:
        for name in options.only:
            if (name, seed, length_words) not in known_scores():
                keep_score(name, seed, length_words, _trained(VARIANTS[name], seed, options, samples))
    scores = known_scores()
    print(f"{length_words} each; {len(samples)} photos, {options.photos.name}; H-mean at IoU 0.5\n")
    print(f"| variant | {' | '.join(f'seed {seed}' for seed in seeds)} | mean |\n| --- |{' --- |' * (len(seeds) + 1)}")
    for name in VARIANTS:
        row = [scores.get((name, seed, length_words)) for seed in seeds]
        known = [score for score in row if score is not None]
        if known:
            cells = ["–" if score is None else f"{score:.3f}" for score in [*row, sum(known) / len(known)]]
            print(f"| {name} | {' | '.join(cells)} |", flush=True)


def known_scores() -> dict[tuple[str, int, str], float]:
    """Return the H-means of the runs so far, by variant, seed and length."""
    if not _SCORES.exists():
        return {}
    with _SCORES.open(newline="") as file:
        return {(row["variant"], int(row["seed"]), row["length"]): float(row["h_mean"]) for row in csv.DictReader(file)}


def keep_score(variant: str, seed: int, length: str, h_mean: float) -> None:
    """Append the H-mean of a run."""
    begins = not _SCORES.exists()
    with _SCORES.open("a", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        if begins:
            rows.writerow(["variant", "seed", "length", "h_mean"])
        rows.writerow([variant, seed, length, f"{h_mean:.4f}"])


def _trained(variant: Variant, seed: int, options: argparse.Namespace, samples: list[SceneSample]) -> float:
    """Train a variant, and return its H-mean."""
    settings = {**variant.run, "seed": seed, "epochs": options.epochs}
    with TemporaryDirectory(ignore_cleanup_errors=True) as temporary:
        workspace = Workspace(Path(temporary).resolve())
        minutes = None if options.epochs else options.minutes
        _, job = race_locator(workspace, "street signs", variant.recipe, settings, minutes)
        locator = open_locator(newest_locator_bundle(workspace, job.id).folder, workspace, threads=2)
        return evaluate_locator(locator, samples, "word").score.counts.h_mean


if __name__ == "__main__":
    run(main)
