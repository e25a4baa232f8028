"""Scores of a bundle on labelled images: `python -m bench.score --images FOLDER… [--bundle FOLDER | --run ID]`.

Prints a Markdown table: word accuracy with its 95 % interval, any case, alphanumeric in any case, CER, and the time per
image, read one by one on one core unless --threads says otherwise; where likely texts took part, a second line by the
image alone. A folder holds labels.tsv: name, tab, text; one a line. Nothing is trained or tuned.
"""

import argparse
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

from bench.command import run
from bench.readers import add_reader_arguments, chosen_reader
from engine.evaluation.evaluate import evaluate
from engine.evaluation.metrics import Score
from engine.evaluation.test_sets import LABELS, TestSample, folder_samples
from glyphlab_read.reading.reader import Reader

HEADER = """\
| test set | images | exact | 95 % interval | any case | alphanumeric, any case | CER | ms per image |
| --- | --- | --- | --- | --- | --- | --- | --- |"""
_TIMED = 200


def row(name: str, score: Score, milliseconds: float) -> str:
    """Return one line of the table."""
    low, high = score.interval
    cells = [
        name,
        f"{score.images:,}",
        f"{score.word_accuracy:.1%}",
        f"{low:.1%} to {high:.1%}",
        f"{score.any_case_accuracy:.1%}",
        f"{score.alphanumeric_accuracy:.1%}",
        f"{score.cer:.1%}",
        f"{milliseconds:.1f}",
    ]
    return f"| {' | '.join(cells)} |"


def milliseconds_alone(reader: Reader, samples: Sequence[TestSample]) -> float:
    """Return the mean time from opened image to text, read one by one, over at most 200 images."""
    images = [sample.load() for sample in samples[:_TIMED]]
    reader.read_many(images[:1])
    started = time.perf_counter()
    for image in images:
        reader.read_many([image])
    return 1000 * (time.perf_counter() - started) / len(images)


def print_scores(reader: Reader, folders: Iterable[Path], limit: int = 0) -> None:
    """Print the table of a reader on folders of labelled images, of each only the first `limit` where that is not 0.

    Where likely texts took part, a second line has what it reads by the image alone.
    """
    print(HEADER)
    for folder in folders:
        samples = folder_samples(folder)
        samples = samples[: limit or len(samples)]
        scored, took = evaluate(reader, samples), milliseconds_alone(reader, samples)
        print(row(folder.name, scored.score, took), flush=True)
        if scored.alone:
            print(row(f"{folder.name}, by the image alone", scored.alone, took), flush=True)


def main(arguments: list[str] | None = None) -> None:
    """Score one reader on each folder."""
    parser = argparse.ArgumentParser(prog="python -m bench.score", description=__doc__)
    parser.add_argument("--images", type=Path, nargs="+", required=True, help=f"folders of images with a {LABELS}")
    parser.add_argument("--limit", type=int, default=0, help="only the first images of each; 0: all")
    add_reader_arguments(parser)
    options = parser.parse_args(arguments)
    folders = [given.parent if given.name == LABELS else given for given in options.images]
    print_scores(chosen_reader(options), folders, options.limit)


if __name__ == "__main__":
    run(main)
