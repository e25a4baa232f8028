"""Fewer points with the same shape: what a chart can show of a history of any length.

The cap keeps pages fast and messages small (a run may log a million steps). Files and exports keep every point. This
module draws nothing.
"""

import numpy as np
import numpy.typing as npt
import pandas as pd

LIMIT = 1500
"""The most points of one series that are sent to a browser."""


def thin(frame: pd.DataFrame, column: str, limit: int = LIMIT) -> pd.DataFrame:
    """Return rows of `frame` (ordered by step) that keep the extremes of `column`: spikes stay visible.

    The rows are cut into equal buckets; of each, those with the least and the greatest value stay, and the first one
    without a value (NaN), so that gaps show. First and last row always stay. Equal input gives equal output.

    Args:
        frame: one series, a row a point.
        column: the plotted value, float, NaN where there is none.
        limit: the most rows returned, at least 8.
    """
    if len(frame) <= limit:
        return frame
    return frame.iloc[remaining_rows(frame[column].to_numpy(dtype=float), limit)]


def remaining_rows(values: npt.NDArray[np.floating], limit: int) -> npt.NDArray[np.intp]:
    """Return the places that stay of more than `limit` values, float (N,), in their order."""
    width = -(-len(values) // ((limit - 2) // 3))
    buckets = np.full(-(-len(values) // width) * width, np.nan)
    buckets[: len(values)] = values
    buckets = buckets.reshape(-1, width)
    missing = np.isnan(buckets)
    missing[-1, len(values) - (len(buckets) - 1) * width :] = False  # only filled up, not missing
    offsets = np.arange(len(buckets)) * width
    some = ~np.isnan(buckets).all(axis=1)
    lowest = (offsets + np.where(np.isnan(buckets), np.inf, buckets).argmin(axis=1))[some]
    highest = (offsets + np.where(np.isnan(buckets), -np.inf, buckets).argmax(axis=1))[some]
    gaps = (offsets + missing.argmax(axis=1))[missing.any(axis=1)]
    return np.unique(np.concatenate(([0, len(values) - 1], lowest, highest, gaps)))
