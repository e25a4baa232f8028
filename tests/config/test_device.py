"""Ids of devices."""

import pytest

from engine.config.device import gpu_id, gpu_numbers


@pytest.mark.parametrize(
    ("id", "numbers"), [(None, ()), ("cpu", ()), ("gpu:0", (0,)), ("gpu:12", (12,)), ("gpu:0,2", (0, 2))]
)
def test_an_id_names_gpus_or_none(id, numbers):
    assert gpu_numbers(id) == numbers
    assert not numbers or gpu_id(numbers) == id
