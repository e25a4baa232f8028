"""What the ingredients of a reader's learning are worth: `python -m bench.learning_ablation --images FOLDER…`.

Trains a run on the starter's recipe as it is, and once more for each ingredient with that one changed, with three
seeds, and scores all on folders of labelled images, with likely texts and by the image alone. All runs see as many
images, however busy the machine is: `--epochs` times those of the dataset, which is drawn once and kept in the
workspace. Prints the machine, and a Markdown table. What a run scored is kept in `learning_ablation.csv` beside this
module and not trained again, so that the table can be filled in several sittings; `--only` names the variants of this
one. `--data` names other files of recipes than the starter's, mixed in equal parts, to compare recipes. A curriculum
(Bengio et al. 2009, "Curriculum learning") learns from plainly drawn words for its first fifth. No folder is learned
from.
"""

import argparse
import csv
import statistics
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import yaml

from bench.command import run
from bench.machine import print_machine
from bench.race import finished, made_once
from bench.starter.recipe import HALVES, SEED, mixed
from engine.cli.presets import merged
from engine.config.generate import GenerateConfig
from engine.config.recipe import Recipe
from engine.config.recipe_presets import PRESETS
from engine.config.train import TrainConfig
from engine.evaluation.evaluate import evaluate
from engine.evaluation.test_sets import folder_samples
from engine.jobs import Job, launch
from engine.reading.bundle import newest_bundle, open_reader
from engine.synth.whole_packs import ready_to_draw
from engine.workspace import Workspace

_SCORES = Path(__file__).with_suffix(".csv")
_STARTER = Path(__file__).parent / "starter"
_FIGURES = ("word_accuracy", "alphanumeric_accuracy", "word_accuracy_alone", "alphanumeric_accuracy_alone")

_CURRICULUM = "plain images first"
_PLAIN = PRESETS["TRDG words"]
_PLAIN_SHARE = 0.2  # of a curriculum's epochs

VARIANTS: dict[str, dict[str, Any]] = {
    "as it is": {},
    _CURRICULUM: {},
    "mean of weights, 0.999": {"average": 0.999},
    "mean of weights, 0.9995": {"average": 0.9995},
    "new images in each epoch": {"fresh": "on"},
    "no augmentation": {"augment": 0.0},
    "twice the augmentation": {"augment": 0.5},
    "adamw in place of muon": {"optimiser": "adamw"},
    "steps of 32 images": {"batch": 32},
    "steps of 128 images": {"batch": 128},
    "narrow images as they are": {"reader": {"widen_below": 0}},
    "widened below 192 px": {"reader": {"widen_below": 192}},
}
"""Settings in which a run differs from the starter's."""


class ScoredRun(NamedTuple):
    """One run on one test set."""

    variant: str
    seed: int
    length: str
    test: str


def main(arguments: list[str] | None = None) -> None:
    """Fill the table as far as asked, and print it."""
    parser = argparse.ArgumentParser(prog="python -m bench.learning_ablation", description=__doc__)
    parser.add_argument("--images", type=Path, nargs="+", required=True, help="folders of images with a labels.tsv")
    parser.add_argument("--workspace", type=Path, help="where the dataset stays for the next sitting; else it goes")
    parser.add_argument(
        "--data",
        type=Path,
        nargs="+",
        default=HALVES,
        help="YAML files of recipes (default: the starter's two)",
    )
    parser.add_argument("--samples", type=int, default=20_000, help="images of the dataset (default: 20,000)")
    parser.add_argument("--epochs", type=int, default=10, help="of each run (default: 10)")
    parser.add_argument("--scale", type=float, default=1.0, help="of the network; the starter's is 1.5 (default: 1)")
    parser.add_argument("--seeds", type=int, default=3, help="runs of each variant (default: 3)")
    parser.add_argument(
        "--only", nargs="*", default=list(VARIANTS), choices=list(VARIANTS), help="variants to train now"
    )
    options = parser.parse_args(arguments)
    print_machine()
    length = f"{options.epochs:,} epochs of {options.samples:,} images{_of(options.data)}, scale {options.scale:g}"
    tests = [folder.name for folder in options.images]
    with TemporaryDirectory(ignore_cleanup_errors=True) as temporary:
        workspace = Workspace((options.workspace or Path(temporary)).resolve())
        for seed in range(options.seeds):
            for variant in options.only:
                if not all(ScoredRun(variant, seed, length, test) in known_scores() for test in tests):
                    keep_scores(variant, seed, length, _trained(workspace, variant, seed, options))
    print(f"{length} each; letters and digits right in any case: mean ± standard deviation over seeds (runs)\n")
    for line in table(length, tests, range(options.seeds)):
        print(line, flush=True)


def _of(files: Sequence[Path]) -> str:
    """Return what tells a dataset of these recipes from the starter's."""
    resolved = tuple(file.resolve() for file in files)
    return "" if resolved == HALVES else f" of {' and '.join(file.stem for file in resolved)}"


def table(length: str, tests: Sequence[str], seeds: Sequence[int]) -> Iterator[str]:
    """Yield the lines of the table: a row a variant, two columns a test set."""
    heads = [head for test in tests for head in (test, f"{test}, by the image alone")]
    yield f"| variant | {' | '.join(heads)} |"
    yield f"| --- |{' ---: |' * len(heads)}"
    scores = known_scores()
    for variant in VARIANTS:
        cells = []
        for test in tests:
            rows = [found for seed in seeds if (found := scores.get(ScoredRun(variant, seed, length, test)))]
            cells += [_mean([row[name] for row in rows]) for name in (_FIGURES[1], _FIGURES[3])]
        if any(cell != "–" for cell in cells):
            yield f"| {variant} | {' | '.join(cells)} |"


def _mean(shares: Sequence[float]) -> str:
    if not shares:
        return "–"
    spread = f" ± {100 * statistics.stdev(shares):.1f}" if len(shares) > 1 else ""
    return f"{100 * statistics.mean(shares):.1f}{spread} % ({len(shares)})"


def known_scores() -> dict[ScoredRun, dict[str, float]]:
    """Return the scores of the runs so far."""
    if not _SCORES.exists():
        return {}
    with _SCORES.open(newline="") as file:
        return {
            ScoredRun(row["variant"], int(row["seed"]), row["length"], row["test"]): {
                name: float(row[name]) for name in _FIGURES
            }
            for row in csv.DictReader(file)
        }


def keep_scores(variant: str, seed: int, length: str, scores: dict[str, dict[str, float]]) -> None:
    """Append the scores of a run by test set."""
    begins = not _SCORES.exists()
    with _SCORES.open("a", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        if begins:
            rows.writerow([*ScoredRun._fields, *_FIGURES])
        for test, score in scores.items():
            rows.writerow([variant, seed, length, test, *(f"{score[name]:.4f}" for name in _FIGURES)])


def _trained(workspace: Workspace, variant: str, seed: int, options: argparse.Namespace) -> dict[str, dict[str, float]]:
    """Train a variant, and return its scores by test set."""
    length = {"epochs": options.epochs, "minutes": None, "reader": {"scale": options.scale}}
    settings = merged(merged(yaml.safe_load((_STARTER / "run.yaml").read_text()), length), VARIANTS[variant])
    settings["seed"] = seed
    if variant == _CURRICULUM:
        plain = max(1, round(_PLAIN_SHARE * options.epochs))
        dataset = _drawn(workspace, _PLAIN, _PLAIN.name, options.samples)
        begun = _run(workspace, {**settings, "epochs": plain, "dataset": dataset.id})
        settings |= {"epochs": options.epochs - plain, "start_from": begun.id}
    dataset = _drawn(workspace, mixed(options.data), f"learning ablation{_of(options.data)}", options.samples)
    trained = _run(workspace, {**settings, "dataset": dataset.id})
    reader = open_reader(newest_bundle(workspace, trained.id).folder, workspace, threads=2)
    found = {}
    for folder in options.images:
        figures = evaluate(reader, folder_samples(folder)).plain()
        found[folder.name] = {name: figures.get(name, figures[name.removesuffix("_alone")]) for name in _FIGURES}
    return found


def _drawn(workspace: Workspace, recipe: Recipe, name: str, images: int) -> Job:
    config = GenerateConfig(recipe=recipe, images=images, seed=SEED, validation=0.05, test=0.0)
    return made_once(workspace, "generate", f"{name}, {images:,} images", ready_to_draw(config, workspace))


def _run(workspace: Workspace, settings: dict[str, Any]) -> Job:
    return finished(workspace, "runs", launch(workspace, "train", TrainConfig.parse(settings)))


if __name__ == "__main__":
    run(main)
