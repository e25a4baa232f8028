"""Make a run's newest locator the starter: `python -m bench.starter.install_locator --run ID --photos FOLDER…`.

Tunes its thresholds again on the validation scenes of its run, all of them, by the rule of today. Then scores it on
folders of labelled photos and on folders of photos without text, writes the scores into its manifest and its model
card, and replaces the starter's folder. The network itself is copied as it is. This module trains nothing.
"""

import argparse
import shutil
from pathlib import Path

from bench import location
from bench.command import run
from engine.datasets.scenes.dataset import open_scenes
from engine.errors import BundleError
from engine.evaluation.locate import LocationTables, SceneSample, evaluate_locator, scene_samples
from engine.evaluation.location_score import protocol
from engine.jobs import Job, load_job
from engine.location.bundle import newest_locator_bundle, open_locator, save_locator_bundle
from engine.location.tuning import MappedScene, tune
from engine.workspace import STARTER, Workspace
from glyphlab_read.location.bundle import LOCATOR_STARTER_FOLDER, LocatorBundle, load_locator_graphs
from glyphlab_read.location.locator import Locator

MAX_BYTES = 3_000_000
"""A starter larger than this does not belong into a repository."""

_CARD = """\
# The starter locator

Finds words, and lines of them, in photos: signs, labels, posters, notices. It comes with Glyphlab so that the *Read*
page works at once; train your own for your own photos.

## What it is
{network}, {size:.1f} MB, for photos seen at a longer side of {side:,} px; larger sides find smaller text.

## How it was made
By Glyphlab's own commands, listed in `bench/starter/LOCATOR.md`, on synthetic scenes alone (recipe *{recipe}*), without
a photo that somebody labelled: {steps:,} steps in {minutes:.0f} minutes on {device}.

## How well it finds text
{table}

{protocols}

## What it does not do
It reads nothing, and has seen Latin letters alone. Very large letters, letters below each other, glowing ones and text
in glass are often missed; neighbouring words are sometimes taken for one, and lamps, shelves or leaves for text. No
threshold was chosen on a photo of the test sets.
"""


def install(
    bundle: LocatorBundle, runs: list[Job], tables: dict[str, LocationTables], workspace: Workspace, target: Path
) -> None:
    """Write the starter's folder with its manifest and card, replacing an older one.

    Args:
        bundle: whose graph is copied.
        runs: its run, and those that it went on from, for the card.
        tables: by the name of the test set.
        workspace: where the run's dataset lies.
        target: the starter's folder; what is there is replaced.

    Raises:
        BundleError: the bundle is larger than 3 MB, or damaged.
    """
    graphs = load_locator_graphs(bundle)
    size = sum(map(len, graphs.values()))
    if size > MAX_BYTES:
        raise BundleError(f"The bundle has {size / 1e6:.1f} MB; a starter has 3 at most. Train a smaller locator.")
    dataset = open_scenes(workspace.folder("datasets", runs[0].config["dataset"]))
    recipe = str(dataset.manifest.recipe["name"])
    manifest = bundle.manifest.changed(
        run=STARTER,
        scores={name: one.score.plain() for name, one in tables.items()},
        trained_on={"dataset": recipe, "hash": bundle.manifest.trained_on.hash},
    )
    fresh = target.with_name(f"{target.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    save_locator_bundle(fresh, manifest, graphs)
    (fresh / "CARD.md").write_text(_card(bundle, runs, tables, size, recipe), encoding="utf-8")
    shutil.rmtree(target, ignore_errors=True)
    fresh.rename(target)


def _card(bundle: LocatorBundle, runs: list[Job], tables: dict[str, LocationTables], size: int, recipe: str) -> str:
    manifest, level = bundle.manifest, "word"
    side = manifest.preprocessing.side
    said = [protocol(name, one.score.scenes, level, side, manifest.thresholds[level]) for name, one in tables.items()]
    return _CARD.format(
        network=manifest.locator.get("network"),
        size=size / 1e6,
        side=side,
        recipe=recipe,
        steps=sum(one.summary["steps"] for one in runs),
        minutes=sum(one.seconds for one in runs) / 60,
        device=runs[0].device,
        table="\n".join([location.HEADER, *(location.row(name, one.score, "") for name, one in tables.items())]),
        protocols="\n\n".join(f"{sentence}." for sentence in said),
    )


def tuned(bundle: LocatorBundle, job: Job, workspace: Workspace) -> LocatorBundle:
    """Return a bundle with thresholds tuned on the validation scenes of its run."""
    locator = open_locator(bundle.folder, workspace, threads=2)
    folder = workspace.folder("datasets", job.config["validate_on"] or job.config["dataset"])
    synthetic = open_scenes(folder).manifest.kind == "synthetic"
    mapped = []
    for sample in scene_samples(folder, "validation"):
        photo = sample.load()
        side = bundle.manifest.preprocessing.usual_side(photo.size, drawn=True)
        mapped.append(MappedScene(locator.text_map(photo, side), sample.regions))
    name = f"{len(mapped)} validation scenes of its recipe"
    thresholds = {level: tune(mapped, level, name, synthetic=synthetic) for level in bundle.manifest.levels}
    return LocatorBundle(bundle.folder, bundle.manifest.changed(thresholds=thresholds))


def _runs(workspace: Workspace, id: str) -> list[Job]:
    """Return a run and those that it went on from, the last one first."""
    runs = [load_job(workspace, "runs", id)]
    while parent := runs[-1].config.get("start_from"):
        runs.append(load_job(workspace, "runs", parent))
    return runs


def main(arguments: list[str] | None = None) -> None:
    """Score a run's newest locator and install it."""
    parser = argparse.ArgumentParser(prog="python -m bench.starter.install_locator", description=__doc__)
    parser.add_argument("--run", required=True, help="id of the run")
    parser.add_argument("--photos", type=Path, nargs="+", required=True, help="folders laid out as ICDAR 2015's")
    parser.add_argument("--empty", type=Path, nargs="*", default=[], help="folders of photos without text")
    parser.add_argument("--workspace", type=Path, help="the artifacts root (default: the repository's)")
    parser.add_argument("--target", type=Path, default=LOCATOR_STARTER_FOLDER, help="the starter's folder")
    options = parser.parse_args(arguments)
    workspace = Workspace(options.workspace.resolve()) if options.workspace else Workspace.default()
    runs = _runs(workspace, options.run)
    bundle = tuned(newest_locator_bundle(workspace, options.run), runs[0], workspace)
    locator = Locator(bundle.manifest, load_locator_graphs(bundle), threads=2)
    tests: dict[str, list[SceneSample]] = {folder.name: location.icdar_samples(folder) for folder in options.photos}
    if options.empty:
        tests["photos without text"] = location.empty_samples(options.empty)
    tables = {name: evaluate_locator(locator, samples, "word") for name, samples in tests.items()}
    install(bundle, runs, tables, workspace, options.target)
    print((options.target / "CARD.md").read_text(encoding="utf-8"))


if __name__ == "__main__":
    run(main)
