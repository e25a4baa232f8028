"""Laws of the training config."""

from typing import Any

import pytest

from engine.config.train import TrainConfig
from engine.errors import ConfigError

DATASET = "0" * 26


def test_a_run_must_end():
    with pytest.raises(ConfigError, match="never end"):
        TrainConfig.parse({"dataset": DATASET, "minutes": None})
    assert TrainConfig.parse({"dataset": DATASET, "minutes": None, "epochs": 1}).epochs == 1


def test_a_share_to_keep_of_nothing_is_refused_with_one_remedy():
    with pytest.raises(ConfigError) as caught:
        TrainConfig.parse({"dataset": DATASET, "keep_start": 0.5})
    assert str(caught.value).startswith("Keep start is 50 %, but Start from is empty")
    assert str(caught.value).endswith("Choose a run to start from, or set Keep start to 0.")


@pytest.mark.parametrize(
    ("field", "value"),
    [("dataset", "../etc"), ("batch", 0), ("device", "tpu"), ("learning_rate", 0), ("minutes", 0), ("epoch", 3)],
)
def test_a_wrong_value_is_refused_by_its_name(field: str, value: object):
    with pytest.raises(ConfigError, match=field):
        TrainConfig.parse({"dataset": DATASET, field: value})


@pytest.mark.parametrize(
    ("changes", "same"),
    [
        ({"learning_rate": 0.1, "reader": {"max_length": 9}}, True),
        ({"validate_on": DATASET}, True),
        ({"dataset": "1" * 26, "validate_on": DATASET}, True),
        ({"dataset": "1" * 26}, False),
        ({"seed": 1}, False),
        ({"validation_images": 100}, False),
        ({"unfit": "skip"}, False),
    ],
)
def test_runs_say_whether_they_are_validated_on_the_same_images(changes: dict[str, Any], same: bool):
    run = TrainConfig.parse({"dataset": DATASET})
    assert (TrainConfig.parse({"dataset": DATASET, **changes}).validation_choice == run.validation_choice) is same


def test_runs_that_skip_samples_of_other_lengths_are_not_validated_on_the_same_images():
    long, short = (
        TrainConfig.parse({"dataset": DATASET, "unfit": "skip", "reader": {"max_length": length}}) for length in (9, 5)
    )
    assert long.validation_choice != short.validation_choice


def test_a_batch_is_shared_evenly_among_gpus_named_once_in_order():
    assert TrainConfig.parse({"dataset": DATASET, "device": "gpu:0,2", "batch": 6}).device_count == 2
    assert TrainConfig.parse({"dataset": DATASET, "device": "cpu", "batch": 5}).device_count == 1
    with pytest.raises(ConfigError, match="multiple of 3, such as 66"):
        TrainConfig.parse({"dataset": DATASET, "device": "gpu:0,1,2", "batch": 64})
    for device in ("gpu:1,0", "gpu:0,0"):
        with pytest.raises(ConfigError, match="once, in ascending order"):
            TrainConfig.parse({"dataset": DATASET, "device": device})
