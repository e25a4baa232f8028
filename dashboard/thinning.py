"""Fewer points with the same shape: what a chart can show of a history of any length.

The cap keeps pages fast and messages small (a run may log a million steps). Files and exports keep every point. This
module draws nothing.
"""

import itertools

import numpy as np
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
    values = frame[column].to_numpy(dtype=float)
    edges = np.linspace(0, len(values), (limit - 2) // 3 + 1).astype(int)
    kept = {0, len(values) - 1}
    for start, stop in itertools.pairwise(edges):
        kept.update(start + offset for offset in _extremes(values[start:stop]))
    return frame.iloc[sorted(kept)]


def _extremes(bucket: np.ndarray) -> list[int]:
    """Return the offsets of a bucket's least, greatest and first missing value."""
    missing = np.isnan(bucket)
    found = [int(missing.argmax())] if missing.any() else []
    if not missing.all():
        found += [int(np.nanargmin(bucket)), int(np.nanargmax(bucket))]
    return found
