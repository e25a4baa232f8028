"""Laws of the training config and its presets."""

import pytest

from engine.config.training import TRAIN_PRESETS, TrainConfig, train_preset
from engine.errors import ConfigError

DATASET = "0" * 26


@pytest.mark.parametrize("name", TRAIN_PRESETS)
def test_every_preset_is_valid_and_survives_yaml(name: str):
    config = train_preset(name, DATASET)
    assert TrainConfig.from_yaml(config.to_yaml()) == config


def test_an_unknown_preset_names_the_known_ones():
    with pytest.raises(ConfigError, match="five minutes"):
        train_preset("ten seconds", DATASET)


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
