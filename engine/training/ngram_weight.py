"""Choice of how much likely texts count beside the image, by the readings of the validation images.

They help where photos hold such texts as were learned, and bend others, such as serial numbers, into words. A weight
other than the usual one is chosen only where more images are read right with it than chance brings, so that a few
images do not decide. Watched datasets have no say. This module reads no image.
"""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from engine.evaluation.paired import ALPHA, holm, mcnemar

USUAL = 0.6
"""The weight where the validation images tell nothing else."""

LIKELY_WEIGHT = "likely_weight"
"""The name of the weight among a validation's figures."""

CANDIDATES = (0.0, 0.2, 0.4, USUAL, 0.8)


def choose_weight(right: Mapping[float, npt.NDArray[np.bool_]]) -> float:
    """Return the weight with which most images are read right, of those better than the usual one; else the usual one.

    Better is told by McNemar's test, adjusted for the number of weights (Holm). Of two that are equal the smaller wins.

    Args:
        right: by weight, whether each image is read right, bool (N,); the usual one among them.
    """
    usual = right[USUAL]
    others = sorted(right.keys() - {USUAL})
    pairs = [(int((right[weight] & ~usual).sum()), int((usual & ~right[weight]).sum())) for weight in others]
    p_values = holm([mcnemar(gained, lost) for gained, lost in pairs])
    better = [
        weight
        for weight, (gained, lost), p_value in zip(others, pairs, p_values, strict=True)
        if gained > lost and p_value < ALPHA
    ]
    return max(better, key=lambda weight: int(right[weight].sum()), default=USUAL)
