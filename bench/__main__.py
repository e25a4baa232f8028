"""All figures at once: `make bench`, or `python -m bench [FOLDER…]`.

Prints the tables of `bench.speed` and `bench.datasets`, then that of `bench.score` over the given folders of labelled
images; without any, over the fixed test images where they lie beside the repository.
"""

import sys
from pathlib import Path

from bench import datasets, score, speed
from bench.command import run
from engine.evaluation.test_sets import LABELS

FIXED = Path(__file__).parents[2] / "shared" / "bench"


def main(folders: list[str]) -> None:
    """Print all tables."""
    speed.main([])
    print()
    datasets.main([])
    fixed = [str(FIXED / name) for name in ("seedlike", "real") if (FIXED / name / LABELS).is_file()]
    if folders or fixed:
        print()
        score.main(["--images", *(folders or fixed)])


if __name__ == "__main__":
    run(lambda: main(sys.argv[1:]))
