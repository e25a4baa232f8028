"""Charts show fewer points than a run has, and every spike all the same."""

import numpy as np
import pandas as pd
import pytest

from dashboard.runs.downsample import LIMIT, thin


def series(values: np.ndarray) -> pd.DataFrame:
    return pd.DataFrame({"step": np.arange(len(values)), "value": values})


def test_short_series_stay_as_they_are():
    frame = series(np.arange(LIMIT, dtype=float))
    assert thin(frame, "value") is frame


@pytest.mark.parametrize("seed", range(5))
def test_extremes_ends_and_order_survive_at_any_length(seed: int):
    random = np.random.default_rng(seed)
    values = random.normal(size=int(random.integers(LIMIT + 1, 200_000)))
    spike = int(random.integers(len(values)))
    values[spike] = 1e6
    thinned = thin(series(values), "value")
    assert len(thinned) <= LIMIT
    assert thinned["step"].is_monotonic_increasing
    assert {0, spike, len(values) - 1} <= set(thinned["step"])
    assert thinned["value"].min() == values.min()


def test_gaps_survive():
    values = np.ones(50_000)
    values[20_000:20_100] = np.nan
    assert thin(series(values), "value")["value"].isna().any()
    assert len(thin(series(np.full(5000, np.nan)), "value")) <= LIMIT
