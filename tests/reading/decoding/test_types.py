import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from glyphlab_read.reading.decoding.types import log_softmax, softmax


@given(st.lists(st.floats(-50, 50, width=32), min_size=2, max_size=9))
def test_softmax_sums_to_one_and_ignores_a_shift(logits):
    row = np.array(logits, dtype=np.float32)
    assert softmax(row).sum() == pytest.approx(1, abs=1e-5)
    assert softmax(row) == pytest.approx(softmax(row + 3), abs=1e-4)
    assert np.exp(log_softmax(row)) == pytest.approx(softmax(row), abs=1e-5)
