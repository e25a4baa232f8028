"""The weight of likely texts: chosen by what is read right, and not by chance."""

import numpy as np
import pytest

from engine.training.ngram_weight import CANDIDATES, USUAL, choose_weight


def read_right(images: int, counts: dict[float, int]) -> dict[float, np.ndarray]:
    """Return which of `images` each weight reads: the first so many; weights that are not named as the usual one."""
    return {weight: np.arange(images) < counts.get(weight, counts[USUAL]) for weight in CANDIDATES}


@pytest.mark.parametrize(
    ("counts", "chosen", "why"),
    [
        ({0.0: 300, 0.2: 280, USUAL: 200}, 0.0, "serial numbers are bent into words"),
        ({0.0: 230, 0.2: 260, 0.4: 250, USUAL: 200}, 0.2, "a little is best"),
        ({0.0: 250, 0.4: 250, USUAL: 200}, 0.0, "as good with less"),
        ({0.0: 100, USUAL: 200, 0.8: 240}, 0.8, "they help more than usual"),
        ({0.0: 205, USUAL: 200}, USUAL, "five images are chance"),
        ({USUAL: 200}, USUAL, "nothing tells them apart"),
        ({USUAL: 0}, USUAL, "nothing is read yet"),
    ],
)
def test_another_weight_than_the_usual_one_is_chosen_where_it_reads_more(counts: dict, chosen: float, why: str):
    assert choose_weight(read_right(500, counts)) == chosen, why


def test_images_won_and_lost_in_turn_choose_nothing():
    right = read_right(500, {USUAL: 250})
    right[0.0] = np.arange(500) >= 240  # 260 are right, and hardly one that the usual weight reads
    assert choose_weight(right) == USUAL
