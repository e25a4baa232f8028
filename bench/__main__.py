"""All figures at once: `make bench`, or `python -m bench [FOLDER…]`.

Prints the tables of `bench.speed` and `bench.datasets`, then that of `bench.score` over the given folders of labelled
images; without any, over the fixed test images where they lie beside the repository.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from bench import datasets, score, speed
from bench.command import run
from engine.evaluation.test_sets import LABELS

FIXED = Path(__file__).parents[2] / "shared" / "bench"


def main(arguments: Sequence[str]) -> None:
    """Print all tables."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("folders", nargs="*", metavar="FOLDER", help="labelled images, on which the starter is scored")
    folders = parser.parse_args(arguments).folders
    speed.main([])
    print()
    datasets.main([])
    fixed = [str(FIXED / name) for name in ("seedlike", "real") if (FIXED / name / LABELS).is_file()]
    if folders or fixed:
        print()
        score.main(["--images", *(folders or fixed)])


if __name__ == "__main__":
    run(lambda: main(sys.argv[1:]))
