"""The second system's two networks beside ours: `python -m bench.second_system --photos ../shared/bench/scenes`.

All learn from the same 100 synthetic photos of Chinese streets, the two as their notes say (their presets), ours for
some minutes. Prints the machine, the loss of each round, and a Markdown table over other photos of the same streets
and over folders of labelled photos: how many pixels are told apart as text or not, and boxes. Pixels are counted on
maps of 640 px. Drawn photos are seen at their own size, as everywhere. Nothing is tuned on a folder. Runs
that the workspace holds already are not trained again.
"""

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.command import run
from bench.location import icdar_samples
from bench.machine import print_machine
from bench.race import made_once
from engine.config.generate import GenerateScenesConfig
from engine.config.locator_presets import LOCATOR_PRESETS
from engine.config.scene_recipe import SCENE_PRESETS
from engine.config.train import TrainLocatorConfig
from engine.evaluation.locate import SceneSample, evaluate_locator, scene_samples
from engine.evaluation.location_score import LocationScore
from engine.jobs import paths
from engine.jobs.events import read_events
from engine.location.bundle import newest_locator_bundle, open_locator
from engine.workspace import Workspace

_RECIPE = SCENE_PRESETS["Chinese street"].changed(width=[640, 800], height=[480, 640])
_DATA = GenerateScenesConfig(recipe=_RECIPE, images=200, validation=0.2, test=0.3)  # 100 to learn from
_DRAWN = "held-out streets"
_HEADER = """\
| network | parameters | photos | accuracy | precision | recall | F1 | IoU | word H-mean |
| --- | --- | --- | --- | --- | --- | --- | --- | --- |"""


def main(arguments: list[str] | None = None) -> None:
    """Train all three, and print the table."""
    parser = argparse.ArgumentParser(prog="python -m bench.second_system", description=__doc__)
    parser.add_argument("--photos", type=Path, nargs="*", default=[], help="folders laid out as ICDAR 2015's")
    parser.add_argument("--minutes", type=float, default=20.0, help="of our network's run")
    parser.add_argument("--workspace", type=Path, help="where the jobs stay; else they are deleted at the end")
    options = parser.parse_args(arguments)
    print_machine()
    with TemporaryDirectory(ignore_cleanup_errors=True) as temporary:
        workspace = Workspace((options.workspace or Path(temporary)).resolve())
        dataset = made_once(workspace, "generate-scenes", "Chinese streets", _DATA).id
        tests = {_DRAWN: scene_samples(workspace.folder("datasets", dataset), "test")}
        tests |= {folder.name: icdar_samples(folder) for folder in options.photos}
        runs = {name: LOCATOR_PRESETS[name].values for name in LOCATOR_PRESETS if name.startswith("second system")}
        runs |= {"ours, the same photos": {"minutes": options.minutes, "first": 100}}
        runs |= {"ours, new streets all the time": {"minutes": options.minutes, "fresh": "on"}}
        rows: list[str] = []
        for name, values in runs.items():
            config = TrainLocatorConfig.parse({**values, "dataset": dataset})
            job = made_once(workspace, "train-locator", name, config)
            events, _ = read_events(job.folder / paths.EVENTS)
            losses = [f"{event['loss']:.3f}" for event in events if event["kind"] == "validation"]
            print(f"{name}: {job.seconds:.0f} s, loss over validation photos by round: {', '.join(losses)}", flush=True)
            rows += _rows(name, job.summary["parameters"], workspace, job.id, tests)
        print("\n".join(["", _HEADER, *rows]))


def _rows(
    name: str, parameters: int, workspace: Workspace, run_id: str, tests: Mapping[str, Sequence[SceneSample]]
) -> list[str]:
    """Return the lines of one network, one a test set."""
    locator = open_locator(newest_locator_bundle(workspace, run_id).folder, workspace, threads=2)
    lines = []
    for title, samples in tests.items():
        score = evaluate_locator(locator, samples, "word").score
        cells = [name, f"{parameters:,}", f"{len(samples)} of {title}", *_pixels(score), f"{score.counts.h_mean:.3f}"]
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def _pixels(score: LocationScore) -> list[str]:
    values = score.pixels.plain() if score.pixels else {}
    return [_figure(values.get(name)) for name in ("accuracy", "precision", "recall", "f1", "iou")]


def _figure(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


if __name__ == "__main__":
    run(main)
