"""The starter reader, fine-tuned on labelled crops: `python -m bench.fine_tuning --learn FOLDER --images FOLDER…`.

Goes on from the starter for some minutes by the preset "fine-tuning", with the crops of a folder among drawn images by
the starter's own recipe, and scores both readers on other folders of labelled images, with likely texts and by the
image alone. Drawing is not counted among the minutes; the dataset stays in the workspace, if one is named, and is found
there again. Prints the machine, and two Markdown tables. The folders that score are not learned from; `--learn` is laid
out as they are, with a labels.tsv. Without it only drawn images are learned from: what a fine-tuning loses by itself.
"""

import argparse
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

import yaml

from bench.command import run
from bench.machine import print_machine
from bench.race import finished, made_once, summary
from bench.score import print_scores
from bench.starter.recipe import HALVES, SEED, mixed
from engine.cli.presets import merged
from engine.config.generate import GenerateConfig
from engine.config.importing import ImportConfig
from engine.config.presets import TRAIN_PRESETS
from engine.config.train import TrainConfig
from engine.jobs import Job, launch
from engine.reading.bundle import newest_bundle, open_reader
from engine.synth.whole_packs import ready_to_draw
from engine.workspace import STARTER, Workspace

_HELD_BACK = 0.05  # of the crops, to choose the best checkpoint and the weight of likely texts by


def main(arguments: list[str] | None = None) -> None:
    """Fine-tune once, and print the scores before and after."""
    parser = argparse.ArgumentParser(prog="python -m bench.fine_tuning", description=__doc__)
    parser.add_argument("--learn", type=Path, help="a folder of crops to learn from; else drawn images alone")
    parser.add_argument("--images", type=Path, nargs="+", required=True, help="folders of images with a labels.tsv")
    parser.add_argument("--samples", type=int, default=20_000, help="images drawn beside them (default: 20,000)")
    parser.add_argument("--weight", type=float, default=0.33, help="crops seen for each drawn image (default: 0.33)")
    parser.add_argument("--minutes", type=float, default=20.0, help="of the run (default: 20)")
    parser.add_argument("--set", default="{}", help="more settings of the run, as YAML")
    parser.add_argument("--workspace", type=Path, help="where all stays for the next sitting; else it goes")
    options = parser.parse_args(arguments)
    print_machine()
    with TemporaryDirectory(ignore_cleanup_errors=True) as temporary:
        workspace = Workspace((options.workspace or Path(temporary)).resolve())
        drawn = _drawn(workspace, options.samples)
        crops = _crops(workspace, options.learn) if options.learn else None
        own = {
            **TRAIN_PRESETS["fine-tuning"].values,
            "dataset": drawn.id,
            "mix": [{"dataset": crops.id, "weight": options.weight}] if crops else [],
            "validate_on": crops and crops.id,
            "unfit": "skip",
            "minutes": options.minutes,
        }
        config = TrainConfig.parse(merged(own, yaml.safe_load(options.set)))
        trained = finished(workspace, "runs", launch(workspace, "train", config))
        print(summary(drawn, trained))
        for name, run_id in {"the starter": STARTER, "fine-tuned": trained.id}.items():
            print(f"\n{name}\n")
            print_scores(open_reader(newest_bundle(workspace, run_id).folder, workspace), options.images)


def _drawn(workspace: Workspace, images: int) -> Job:
    """Return the dataset of so many images by the starter's recipe, found in the workspace or made."""
    config = GenerateConfig(recipe=mixed(HALVES), images=images, seed=SEED + 1, validation=0.01, test=0.0)
    name = f"starter's recipe, {images:,} images"
    return made_once(workspace, "generate", name, ready_to_draw(config, workspace))


def _crops(workspace: Workspace, folder: Path) -> Job:
    """Return the dataset of a folder of crops, found in the workspace or imported."""
    copied = shutil.copytree(folder, workspace.imports / folder.name, dirs_exist_ok=True)
    config = ImportConfig.parse({"path": str(copied), "validation": _HELD_BACK, "test": 0.0})
    return made_once(workspace, "import", f"crops of {folder.name}", config)


if __name__ == "__main__":
    run(main)
