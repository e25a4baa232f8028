"""Laws of the training config."""

import pytest

from engine.config.training import TrainConfig
from engine.errors import ConfigError

DATASET = "0" * 26


def test_a_run_must_end():
    with pytest.raises(ConfigError, match="never end"):
        TrainConfig.parse({"dataset": DATASET, "minutes": None})
    assert TrainConfig.parse({"dataset": DATASET, "minutes": None, "epochs": 1}).epochs == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [("dataset", "../etc"), ("batch", 0), ("device", "tpu"), ("learning_rate", 0), ("minutes", 0), ("epoch", 3)],
)
def test_a_wrong_value_is_refused_by_its_name(field: str, value: object):
    with pytest.raises(ConfigError, match=field):
        TrainConfig.parse({"dataset": DATASET, field: value})
