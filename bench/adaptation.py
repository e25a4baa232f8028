"""What an adaptation gains a reader: `python -m bench.adaptation --photos FOLDER --images FOLDER… --workspace DIR`.

Takes so many crops of a labelled folder without their labels, and adapts the starter to them by the job that Home
starts. Where it waits for people, it is answered with the folder's own labels: the readings that it asks for, then the
words that were set aside. The starter, the reader of drawn images alone, the self-trained one and the final one are
scored on other folders, with likely texts and by the image alone. Prints the machine, what the job did, and a Markdown
table with the gains and their 95 % intervals, over the same images. The jobs stay in the workspace, where the next
sitting finds them, and goes on with one that was stopped. The folders that score are not learned from; `--photos` is
laid out as they are, with a labels.tsv.
"""

import argparse
import random
import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from bench.command import run
from bench.machine import print_machine
from bench.race import finished
from engine.adaptation.requests import open_images, readable_images
from engine.adaptation.stages import StageName, stage_jobs
from engine.config.adapting import AdaptConfig
from engine.evaluation.evaluate import ALONE, read_rows
from engine.evaluation.metrics import Score, score
from engine.evaluation.paired import match, pair
from engine.evaluation.test_sets import folder_samples
from engine.formatting import duration, percent
from engine.jobs import Job, launch, list_jobs, load_job, paths, read_events, resume
from engine.reading.bundle import newest_bundle, open_reader
from engine.sources.labelling import READING, ImageLabel, give_labels
from engine.workspace import STARTER, Workspace

_POLL = 0.5  # seconds
_READERS: Mapping[str, StageName] = {"drawn images alone": "learn", "self-trained": "teach", "confirmed": "tune"}


class Scored(NamedTuple):
    """A reader on one test set: its score, and a row per image that is right where letters and digits are."""

    score: Score
    rows: pd.DataFrame


def main(arguments: list[str] | None = None) -> None:
    """Adapt once, and print the table."""
    parser = argparse.ArgumentParser(prog="python -m bench.adaptation", description=__doc__)
    parser.add_argument("--photos", type=Path, required=True, help="a folder of crops to adapt to")
    parser.add_argument("--images", type=Path, nargs="+", required=True, help="folders of images with a labels.tsv")
    parser.add_argument("--workspace", type=Path, required=True, help="where the jobs stay for the next sitting")
    parser.add_argument("--crops", type=int, default=100, help="taken of the folder (default: 100)")
    parser.add_argument("--confirmed", type=int, default=20, help="readings that are asked for (default: 20)")
    parser.add_argument("--minutes", type=float, default=15.0, help="of learning from drawn images (default: 15)")
    parser.add_argument("--own", type=float, help="minutes of each later run (default: a third of these)")
    parser.add_argument("--samples", type=int, default=20_000, help="images drawn (default: 20,000)")
    parser.add_argument("--trials", type=int, default=200, help="of the fit (default: 200)")
    parser.add_argument("--seed", type=int, default=0, help="chooses the crops, too (default: 0)")
    options = parser.parse_args(arguments)
    print_machine()
    workspace = Workspace(options.workspace.resolve())
    job = adapted(workspace, options)
    print(f"Adaptation {job.id}. {told(job)}\n", flush=True)
    for line in table(workspace, job, options.images):
        print(line, flush=True)


def adapted(workspace: Workspace, options: argparse.Namespace) -> Job:
    """Return the finished adaptation of these settings: found in the workspace, resumed or launched.

    Raises:
        JobError: it failed or was stopped.
    """
    own = options.minutes / 3 if options.own is None else options.own
    config = AdaptConfig(
        path=str(_crops(workspace, options.photos, options.crops, options.seed)),
        content="word",
        trials=options.trials,
        images=options.samples,
        minutes=options.minutes,
        teach_minutes=own,
        tune_minutes=own,
        confirmed=options.confirmed,
        seed=options.seed,
    )
    there = next((job for job in list_jobs(workspace, "adaptations") if job.config == config.plain()), None)
    if there is None:
        there = load_job(workspace, "adaptations", launch(workspace, "adapt", config, name=options.photos.name))
    elif there.state.resumable:
        resume(workspace, "adaptations", there.id)
    texts = {sample.name: sample.text for sample in folder_samples(options.photos)}
    while (job := load_job(workspace, "adaptations", there.id)).state.live:
        answer(workspace, job, texts)
        time.sleep(_POLL)
    return finished(workspace, "adaptations", there.id)


def _crops(workspace: Workspace, folder: Path, number: int, seed: int) -> Path:
    """Return a folder of so many crops without their labels, among the workspace's imports."""
    names = [sample.name for sample in folder_samples(folder)]
    copied = workspace.imports / f"{folder.name}-{number}-{seed}"
    copied.mkdir(exist_ok=True)
    for name in random.Random(seed).sample(names, min(number, len(names))):
        shutil.copy(folder / name, copied)
    return copied


def answer(workspace: Workspace, job: Job, texts: Mapping[str, str]) -> None:
    """Label what an adaptation waits for as Read would; an image without a text is left out."""
    asked: list[str] = job.summary.get("asked") or []
    for number, transcript in enumerate(job.summary.get("asks") or {}):
        folder = workspace.folder("transcripts", transcript)
        names = open_images(folder, asked if number == 0 else readable_images(folder))
        rows = (event for event in read_events(folder / paths.EVENTS)[0] if event.get("kind") == READING)
        digests = {str(row["image"]): str(row.get("sha256") or "") for row in rows}
        labels = ((name, texts.get(name, "")) for name in names)
        give_labels(
            folder, [ImageLabel(name, text, "right" if text else "out", digests[name]) for name, text in labels]
        )


def told(job: Job) -> str:
    """Return a line about what an adaptation did, and what its own words that were set aside say."""
    figures = job.summary
    return (
        f"{duration(job.seconds)} in all; {figures['recipe_drawn']} recipe; {figures['sure']} sure readings, of which "
        f"{figures['sure_least']} are needed; {len(figures['asked'])} asked for; set aside: {figures['before']} of "
        f"{figures['images']} read before, {figures['after']} after"
    )


def table(workspace: Workspace, job: Job, folders: Sequence[Path]) -> Iterator[str]:
    """Yield the lines of the table: a row per test set, way of reading and reader."""
    known = stage_jobs(job.folder)
    runs = {"starter": STARTER, **{name: known[stage].id for name, stage in _READERS.items() if stage in known}}
    yield (
        "| test set | reader | exact | alphanumeric, any case | beyond the starter | beyond drawn images alone |\n"
        "| --- | --- | ---: | ---: | ---: | ---: |"
    )
    readers = {name: open_reader(newest_bundle(workspace, run).folder, workspace) for name, run in runs.items()}
    for folder in folders:
        samples = folder_samples(folder)
        rows = {name: read_rows(reader, samples) for name, reader in readers.items()}
        yield from lines(folder.name, {name: scored(own) for name, own in rows.items()})
        alone = {name: scored(own, alone=True) for name, own in rows.items()}
        yield from lines(f"{folder.name}, by the image alone", alone)


def scored(rows: pd.DataFrame, *, alone: bool = False) -> Scored:
    """Return the score of rows of readings; by the image alone where that is asked for and likely texts took part.

    Level views are of the images that it is unsure of with likely texts; `bench.starter.install` reads again without.
    """
    texts = rows["text"]
    if alone and rows[ALONE].notna().any():
        texts = rows[ALONE].fillna("")  # a blank image has no text either way
    scores = [score([truth], [text]) for truth, text in zip(rows["truth"], texts, strict=True)]
    right = [bool(one.alphanumeric) for one in scores]
    return Scored(sum(scores, Score()), rows.assign(text=texts, right=right))


def lines(test: str, readers: Mapping[str, Scored]) -> Iterator[str]:
    """Yield a row for each reader, with its gains over the first, and over the second where it comes later."""
    names = list(readers)
    for place, (name, own) in enumerate(readers.items()):
        gains = [_gain(own, readers[other]) if names.index(other) < place else "" for other in names[:2]]
        shares = f"{percent(own.score.word_accuracy)} | {percent(own.score.alphanumeric_accuracy)}"
        yield f"| {test} | {name} | {shares} | {' | '.join(gains)} |"


def _gain(own: Scored, other: Scored) -> str:
    """Return how many more words are read, in points, with the 95 % interval over the same images."""
    found = pair(match(own.rows, other.rows))
    low, high = found.interval
    return f"{100 * found.difference:+.1f} ({100 * low:+.1f} to {100 * high:+.1f})"


if __name__ == "__main__":
    run(main)
