"""Laws of the presets of runs."""

import pytest

from engine.cli.presets import presets, start_values
from engine.config.diff import differences
from engine.config.presets import TRAIN_PRESETS, train_preset
from engine.config.train import TrainConfig
from engine.errors import ConfigError

DATASET = "0" * 26


@pytest.mark.parametrize("name", TRAIN_PRESETS)
def test_every_preset_is_valid_and_survives_yaml(name: str):
    config = train_preset(name, DATASET)
    assert TrainConfig.from_yaml(config.to_yaml()) == config
    assert TRAIN_PRESETS[name].about.endswith(".")


@pytest.mark.parametrize("name", TRAIN_PRESETS)
def test_the_command_line_starts_at_the_same_values(name: str):
    assert name in presets("train")
    assert TrainConfig.parse(start_values(TrainConfig, "train", name) | {"dataset": DATASET}) == train_preset(
        name, DATASET
    )


def test_no_two_presets_are_the_same():
    configs = [train_preset(name, DATASET) for name in TRAIN_PRESETS]
    assert all(differences(a.plain(), b.plain()) for index, a in enumerate(configs) for b in configs[:index])


@pytest.mark.parametrize(
    ("name", "encoder", "batch", "epochs", "length", "rate"),
    [
        ("first system, 24 Aug", "cnn8", 65, 50, 32, 1.0),
        ("first system, 26 Aug", "cnn8", 60, 47, 15, 1.0),
        ("first system, residual 28 Aug", "residual", 60, 25, 15, 0.05),
    ],
)
def test_the_first_system_s_runs_are_as_its_notes_tell(name, encoder, batch, epochs, length, rate):
    config = train_preset(name, DATASET)
    assert (config.reader.encoder, config.reader.decoder, config.reader.recurrent) == (encoder, "attention", 256)
    assert (config.batch, config.epochs, config.reader.max_length) == (batch, epochs, length)
    assert (config.optimiser, config.learning_rate, config.minutes) == ("adadelta", rate, None)


def test_an_unknown_preset_names_the_known_ones():
    with pytest.raises(ConfigError, match="five minutes"):
        train_preset("ten seconds", DATASET)
