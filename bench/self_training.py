"""A locator that goes on with real photos: `python -m bench.self_training --run ID --learn FOLDER --photos FOLDER`.

Fine-tunes a run for some minutes, half on new synthetic scenes, half on the photos of a folder laid out as ICDAR
2015's: once with outlines by the run's own locator (self-training; the folder's labels are not looked at), once with
those of the folder. Prints the machine, and the tables of `bench.location` over other photos: of the run, and of both
that came of it.
"""

import argparse
import shutil
from pathlib import Path

from bench import location
from bench.command import run
from bench.machine import print_machine
from bench.race import finished
from engine.config.locating import LabelScenesConfig
from engine.config.scene_importing import SceneImportConfig
from engine.config.train import TrainLocatorConfig
from engine.jobs import launch, load_job
from engine.workspace import Workspace


def main(arguments: list[str] | None = None) -> None:
    """Fine-tune twice, and print the scores."""
    parser = argparse.ArgumentParser(prog="python -m bench.self_training", description=__doc__)
    parser.add_argument("--run", required=True, help="id of the run to go on with")
    parser.add_argument("--workspace", type=Path, required=True, help="the artifacts root where it is")
    parser.add_argument("--learn", type=Path, required=True, help="folder of photos to learn from")
    parser.add_argument("--photos", type=Path, required=True, help="folder of other photos to score")
    parser.add_argument("--minutes", type=float, default=10.0, help="of each run")
    parser.add_argument("--sure", type=float, default=0.8, help="score from which on a box counts as text")
    parser.add_argument("--unsure", type=float, default=0.5, help="score below which a box is no text")
    parser.add_argument("--side", type=int, default=1600, help="longer side of photos, px")
    options = parser.parse_args(arguments)
    print_machine()
    workspace = Workspace(options.workspace.resolve())
    copied = shutil.copytree(options.learn, workspace.imports / options.learn.name, dirs_exist_ok=True)
    source = SceneImportConfig.parse({"path": str(copied), "format": "icdar-2015", "validation": 0.0, "test": 0.0})
    labelled = finished(workspace, "datasets", launch(workspace, "import-scenes", source)).id
    labels = LabelScenesConfig(
        dataset=labelled, run=options.run, sure=options.sure, unsure=options.unsure, side=options.side
    )
    found = finished(workspace, "datasets", launch(workspace, "label-scenes", labels)).id
    base = TrainLocatorConfig.parse(load_job(workspace, "runs", options.run).config)
    runs = {"before": options.run}
    for name, dataset in {"its own outlines": found, "the folder's outlines": labelled}.items():
        changes = {"start_from": options.run, "minutes": options.minutes, "mix": [{"dataset": dataset, "weight": 1.0}]}
        config = TrainLocatorConfig.parse({**base.plain(), **changes, "learning_rate": base.learning_rate / 2})
        runs[name] = finished(workspace, "runs", launch(workspace, "train-locator", config)).id
    for name, id in runs.items():
        print(f"\n{name}", flush=True)
        place = ["--run", id, "--workspace", str(workspace.root), "--side", str(options.side)]
        location.main([*place, "--photos", str(options.photos)])


if __name__ == "__main__":
    run(main)
