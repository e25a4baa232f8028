"""What a recipe gains by a fit to photos: `python -m bench.fit --crops FOLDER --images FOLDER… --workspace FOLDER`.

Takes so many crops of a folder, without their labels, fits the preset "scene text" to them, and trains two readers that
differ in the recipe alone: as it is, and fitted. Each has the same minutes, generation included, or sees as many images
(`--epochs`), however busy the machine is, and is scored on other folders of labelled images. All of that for each of
three seeds, which choose the crops, too. Prints the machine, how long each fit took and what its crops that were held
out said, and a Markdown table with the gain and its 95 % interval over the seeds (Student's t). What a reader scored is
kept in `fit.csv` beside this module and not trained again, and fits stay in the workspace, so that the table can be
filled in several sittings; `--only` names the steps of this one. The folders that score are neither fitted to nor
learned from.
"""

import argparse
import csv
import random
import shutil
import statistics
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from scipy.stats import t as student

from bench.command import run
from bench.machine import print_machine
from bench.race import finished, finished_before, race
from engine.cli.presets import merged
from engine.config.fitting import FitConfig
from engine.config.generate import GenerateConfig
from engine.config.recipe import Recipe
from engine.config.recipe_presets import PRESETS
from engine.errors import JobError
from engine.evaluation.evaluate import evaluate
from engine.evaluation.test_sets import LABELS, folder_samples
from engine.formatting import duration
from engine.jobs import Job, launch
from engine.jobs.summaries import fit_summary
from engine.reading.bundle import newest_bundle, open_reader
from engine.synth.photo_fit.kept import fitted_recipe
from engine.synth.photo_fit.wording import verdict
from engine.workspace import Workspace

_SCORES = Path(__file__).with_suffix(".csv")
_RUN = Path(__file__).parent / "starter" / "run.yaml"
_FIGURES = ("word_accuracy", "alphanumeric_accuracy")
_UNFITTED, _FITTED = "scene text", "scene text, fitted"
STEPS = ("fit", _UNFITTED, _FITTED)


class FitScore(NamedTuple):
    """One reader on one test set."""

    recipe: str
    seed: int
    length: str
    test: str


def main(arguments: list[str] | None = None) -> None:
    """Do the steps that are asked for and not done yet, and print the table."""
    parser = argparse.ArgumentParser(prog="python -m bench.fit", description=__doc__)
    parser.add_argument("--crops", type=Path, required=True, help="a folder of crops to fit to")
    parser.add_argument("--images", type=Path, nargs="+", required=True, help="folders of images with a labels.tsv")
    parser.add_argument("--workspace", type=Path, required=True, help="where fits stay for the next sitting")
    parser.add_argument("--number", type=int, default=100, help="crops of each fit (default: 100)")
    parser.add_argument("--trials", type=int, default=200, help="of each fit (default: 200)")
    parser.add_argument("--minutes", type=float, default=20.0, help="of each reader (default: 20)")
    parser.add_argument("--epochs", type=int, help="of each reader, in place of the minutes")
    parser.add_argument("--scale", type=float, default=1.5, help="of the network (default: 1.5, as the starter's)")
    parser.add_argument("--samples", type=int, default=40_000, help="images generated for each (default: 40,000)")
    parser.add_argument("--seeds", type=int, default=3, help="of each step (default: 3)")
    parser.add_argument("--only", nargs="*", default=list(STEPS), choices=STEPS, help="steps to do now")
    options = parser.parse_args(arguments)
    print_machine()
    workspace, seeds = Workspace(options.workspace.resolve()), range(options.seeds)
    length = f"{_learning(options)}, {options.number} crops, {options.trials} trials"
    tests = [folder.name for folder in options.images]
    for seed in seeds:
        job = _fit(workspace, seed, options)
        if job is not None:
            print(f"Fit {seed}: {duration(job.seconds)}. {verdict(fit_summary(job))}", flush=True)
        for name in (_UNFITTED, _FITTED):
            known = known_scores()
            if name in options.only and not all(FitScore(name, seed, length, test) in known for test in tests):
                keep_scores(name, seed, length, _trained(workspace, _recipe(name, job), seed, options))
    print(f"\n{length}; letters and digits right in any case\n")
    for line in table(length, tests, seeds):
        print(line, flush=True)


def _learning(options: argparse.Namespace) -> str:
    """Return how long each reader learns, and its network where that is not the starter's."""
    length = f"{options.minutes:g} minutes"
    if options.epochs:
        length = f"{options.epochs:,} epochs of {options.samples:,} images"
    return length if options.scale == 1.5 else f"{length}, scale {options.scale:g}"


def table(length: str, tests: Sequence[str], seeds: Sequence[int]) -> Iterator[str]:
    """Yield the lines of the table: a row a test set and seed, then the mean gain with its interval."""
    scores = known_scores()
    yield f"| test set | seed | {_UNFITTED} | {_FITTED} | gain, points |\n| --- | ---: | ---: | ---: | ---: |"
    for test in tests:
        gains = []
        for seed in seeds:
            pair = [scores.get(FitScore(name, seed, length, test)) for name in (_UNFITTED, _FITTED)]
            shares = [None if row is None else 100 * row["alphanumeric_accuracy"] for row in pair]
            cells = ["–" if share is None else f"{share:.1f} %" for share in shares]
            gain = None if shares[0] is None or shares[1] is None else shares[1] - shares[0]
            gains += [] if gain is None else [gain]
            yield f"| {test} | {seed} | {' | '.join(cells)} | {'–' if gain is None else f'{gain:+.1f}'} |"
        if len(gains) > 1:
            half = student.ppf(0.975, len(gains) - 1) * statistics.stdev(gains) / len(gains) ** 0.5
            mean = statistics.mean(gains)
            yield f"| {test} | mean | | | {mean:+.1f} ({mean - half:+.1f} to {mean + half:+.1f}) |"


def known_scores() -> dict[FitScore, dict[str, float]]:
    """Return the scores of the readers so far."""
    if not _SCORES.exists():
        return {}
    with _SCORES.open(newline="") as file:
        return {
            FitScore(row["recipe"], int(row["seed"]), row["length"], row["test"]): {
                name: float(row[name]) for name in _FIGURES
            }
            for row in csv.DictReader(file)
        }


def keep_scores(recipe: str, seed: int, length: str, scores: dict[str, dict[str, float]]) -> None:
    """Append the scores of a reader, by test set."""
    begins = not _SCORES.exists()
    with _SCORES.open("a", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        if begins:
            rows.writerow([*FitScore._fields, *_FIGURES])
        for test, score in scores.items():
            rows.writerow([recipe, seed, length, test, *(f"{score[name]:.4f}" for name in _FIGURES)])


def _fit(workspace: Workspace, seed: int, options: argparse.Namespace) -> Job | None:
    """Return the fit of a seed, which is made if that is asked for; None where it is not there."""
    name = f"seed {seed}, {options.number} crops, {options.trials} trials"
    known = finished_before(workspace, "fits", name)
    if known is not None or "fit" not in options.only:
        return known
    names = sorted(path.name for path in options.crops.iterdir() if path.is_file() and path.name != LABELS)
    folder = workspace.imports / f"crops-{seed}-{options.number}"
    folder.mkdir(exist_ok=True)
    for one in random.Random(seed).sample(names, min(options.number, len(names))):
        shutil.copy(options.crops / one, folder)
    settings = {"recipe": PRESETS[_UNFITTED].plain(), "path": str(folder), "trials": options.trials, "seed": seed}
    return finished(workspace, "fits", launch(workspace, "fit", FitConfig.parse(settings), name=name))


def _recipe(name: str, job: Job | None) -> Recipe:
    if name == _UNFITTED:
        return PRESETS[_UNFITTED]
    recipe = None if job is None else fitted_recipe(job.folder)
    if recipe is None:
        raise JobError("There is no fit of this seed in the workspace. Add fit to --only.")
    return recipe


def _trained(workspace: Workspace, recipe: Recipe, seed: int, options: argparse.Namespace) -> dict[str, Any]:
    """Train a reader on a recipe, and return its scores by test set."""
    data = GenerateConfig(recipe=recipe, images=options.samples, validation=0.01, test=0.01, seed=seed)
    settings = merged(
        yaml.safe_load(_RUN.read_text()),
        {"seed": seed, "epochs": options.epochs, "reader": {"scale": options.scale}},
    )
    _, trained = race(workspace, data, settings, None if options.epochs else options.minutes)
    reader = open_reader(newest_bundle(workspace, trained.id).folder, workspace)
    return {folder.name: evaluate(reader, folder_samples(folder)).score.plain() for folder in options.images}


if __name__ == "__main__":
    run(main)
