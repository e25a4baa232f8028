"""Make a run's newest bundle the starter: `python -m bench.starter.install --run ID --images FOLDER…`.

Scores it on folders of labelled images, writes the scores into its manifest and its model card, and replaces the
starter's folder. The network itself is copied as it is. Without `--run` the starter that is there is scored again, as
after a change of how readers read. This module trains nothing.
"""

import argparse
import shutil
from pathlib import Path
from typing import Any

from bench.command import run
from bench.score import HEADER, row
from engine.datasets import open_dataset
from engine.errors import BundleError
from engine.evaluation.evaluate import Evaluation, evaluate
from engine.evaluation.test_sets import folder_samples
from engine.jobs import Job, load_job
from engine.reading.bundle import newest_bundle, open_bundle, open_reader, save_bundle
from engine.workspace import STARTER, Workspace
from glyphlab_read.reading.bundle import STARTER_FOLDER, Bundle, load_graphs, load_ngram

MAX_BYTES = 8_000_000
"""A starter larger than this does not belong into a repository."""

_CARD_NAME = "CARD.md"
_CARD = """\
# The starter reader

Reads one word or a short line of printed Latin text in an image cropped to it. It comes with Glyphlab so that the
*Read* page works at once; train your own for your own images.

## What it is
{encoder} + {decoder}, {size:.1f} MB, for images scaled to {height} px height, {classes} characters:
`{charset}`

## How it was made
By Glyphlab's own commands, from the files in `bench/starter`, on synthetic images alone ({images:,} of them, recipe
*{recipe}*): {steps:,} steps in {minutes:.0f} minutes on {device}.

## How well it reads
Where an image leaves a doubt, it prefers texts like those it learned from (English words, names, numbers, prices).
Alphanumeric in any case is how benchmarks of scene text count (IIIT5K, ICDAR 2015).

{table}

## What it does not do
It finds no text in whole photos, reads no letters that are stacked and hardly any curved text, no handwriting and no
script but Latin. A slanted or sideways word it reads in level views, too, which takes up to three times as long.
What it has not learned it still answers: look at the confidence.
"""


def install(bundle: Bundle, run: Job, evaluations: dict[str, Evaluation], workspace: Workspace, target: Path) -> None:
    """Write the starter's folder with its manifest and card, replacing an older one.

    Args:
        bundle: whose graphs are copied.
        run: its run, for the card.
        evaluations: by the name of the test set.
        workspace: where the run's dataset lies.
        target: the starter's folder; what is there is replaced.

    Raises:
        BundleError: the bundle is larger than 8 MB, or damaged.
    """
    graphs, ngram = load_graphs(bundle), load_ngram(bundle)
    size = sum(map(len, [*graphs.values(), ngram]))
    if size > MAX_BYTES:
        raise BundleError(f"The bundle has {size / 1e6:.1f} MB; a starter has 8 at most. Train a smaller reader.")
    dataset = open_dataset(workspace.folder("datasets", run.config["dataset"]))
    recipe = str(dataset.manifest.model_dump(mode="json")["recipe"]["name"])
    manifest = bundle.manifest.changed(
        run=STARTER,
        scores=_scores(evaluations),
        trained_on={"dataset": recipe, "hash": bundle.manifest.trained_on.hash},
    )
    fresh = target.with_name(f"{target.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    save_bundle(fresh, manifest, graphs, ngram)
    (fresh / _CARD_NAME).write_text(_card(bundle, run, evaluations, size, recipe, len(dataset)), encoding="utf-8")
    shutil.rmtree(target, ignore_errors=True)
    fresh.rename(target)


def score_again(bundle: Bundle, evaluations: dict[str, Evaluation]) -> None:
    """Replace the scores in the manifest and the card of a starter that is installed. Raises BundleError."""
    card = (bundle.folder / _CARD_NAME).read_text(encoding="utf-8")
    before, _, after = card.partition(HEADER)
    _, _, rest = after.partition("\n\n")
    fresh = bundle.folder.with_name(f"{bundle.folder.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    manifest = bundle.manifest.changed(scores=_scores(evaluations))
    save_bundle(fresh, manifest, load_graphs(bundle), load_ngram(bundle))
    (fresh / _CARD_NAME).write_text(f"{before}{_table(evaluations)}\n\n{rest}", encoding="utf-8")
    shutil.rmtree(bundle.folder)
    fresh.rename(bundle.folder)


def _scores(evaluations: dict[str, Evaluation]) -> dict[str, dict[str, Any]]:
    return {name: evaluation.figures() for name, evaluation in evaluations.items()}


def _table(evaluations: dict[str, Evaluation]) -> str:
    rows = [row(name, one.score, one.figures()["milliseconds_per_image"]) for name, one in evaluations.items()]
    return "\n".join([HEADER, *rows])


def _card(bundle: Bundle, run: Job, evaluations: dict[str, Evaluation], size: int, recipe: str, images: int) -> str:
    manifest = bundle.manifest
    return _CARD.format(
        encoder=manifest.reader.get("encoder"),
        decoder=manifest.decoder.kind,
        size=size / 1e6,
        height=manifest.preprocessing.height,
        classes=len(manifest.charset),
        charset=manifest.charset,
        images=images,
        recipe=recipe,
        steps=manifest.step,
        minutes=run.seconds / 60,
        device=run.device,
        table=_table(evaluations),
    )


def main(arguments: list[str] | None = None) -> None:
    """Score a run's newest bundle and install it."""
    parser = argparse.ArgumentParser(prog="python -m bench.starter.install", description=__doc__)
    parser.add_argument("--run", help="id of the run; without it the starter is scored again")
    parser.add_argument("--images", type=Path, nargs="+", required=True, help="folders of labelled images")
    parser.add_argument("--workspace", type=Path, help="the artifacts root (default: the repository's)")
    parser.add_argument("--target", type=Path, default=STARTER_FOLDER, help="the starter's folder")
    options = parser.parse_args(arguments)
    workspace = Workspace(options.workspace.resolve()) if options.workspace else Workspace.default()
    bundle = newest_bundle(workspace, options.run) if options.run else open_bundle(options.target, workspace)
    evaluations = {}
    for how, use_ngram in (("", True), (", by the image alone", False)):
        reader = open_reader(bundle.folder, workspace, use_ngram=use_ngram)
        for folder in options.images:
            evaluations[folder.name + how] = evaluate(reader, folder_samples(folder))
    if options.run:
        install(bundle, load_job(workspace, "runs", options.run), evaluations, workspace, options.target)
    else:
        score_again(bundle, evaluations)
    print((options.target / _CARD_NAME).read_text(encoding="utf-8"))


if __name__ == "__main__":
    run(main)
