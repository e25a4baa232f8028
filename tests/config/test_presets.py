"""Laws of the presets of runs, of readers and of locators."""

import pytest

from engine.cli.command import command
from engine.cli.presets import presets, start_values
from engine.commands import engine_command
from engine.config.diff import differences
from engine.config.locator_presets import LOCATOR_PRESETS, locator_preset
from engine.config.presets import TRAIN_PRESETS, train_preset
from engine.config.run import RunConfig
from engine.config.train import TrainConfig
from engine.errors import ConfigError
from engine.evaluation.starters import parent_network
from engine.workspace import STARTER, Workspace

DATASET = "0" * 26
ALL = [
    *(("train", name, preset, train_preset(name, DATASET)) for name, preset in TRAIN_PRESETS.items()),
    *(("train-locator", name, preset, locator_preset(name, DATASET)) for name, preset in LOCATOR_PRESETS.items()),
]
NAMES = [f"{kind} {name}" for kind, name, _, _ in ALL]


@pytest.mark.parametrize(("kind", "name", "preset", "config"), ALL, ids=NAMES)
def test_every_preset_survives_yaml_and_tells_about_itself(kind, name, preset, config: RunConfig):
    assert type(config).from_yaml(config.to_yaml()) == config
    assert preset.about.endswith(".")


@pytest.mark.parametrize(("kind", "name", "preset", "config"), ALL, ids=NAMES)
def test_the_command_line_starts_at_the_same_values(kind, name, preset, config: RunConfig):
    for word in (kind, kind.replace("train", "trial")):
        assert name in presets(word)
        assert type(config).parse(start_values(type(config), word, name) | {"dataset": DATASET}) == config


def test_a_reader_without_a_preset_begins_as_on_its_page():
    first = train_preset("five minutes", DATASET)
    assert TrainConfig.parse(start_values(TrainConfig, "train", None) | {"dataset": DATASET}) == first
    assert command("train", first) == engine_command(f"train --dataset {DATASET}")


def test_fine_tuning_has_the_network_of_the_starter_that_it_goes_on_from(workspace: Workspace):
    config = train_preset("fine-tuning", DATASET)
    assert config.start_from == STARTER
    assert parent_network(workspace, TrainConfig, STARTER).items() <= config.reader.plain().items()


def test_no_two_presets_are_the_same():
    plain = [config.plain() for _, _, _, config in ALL]
    assert all(differences(a, b) for index, a in enumerate(plain) for b in plain[:index])


@pytest.mark.parametrize(
    ("name", "network", "epochs"),
    [("second system, model 1", "fc_mask", 10), ("second system, model 2", "conv_mask", 5)],
)
def test_the_second_system_s_models_are_as_its_notes_tell(name: str, network: str, epochs: int):
    config = locator_preset(name, DATASET)
    assert (config.locator.network, config.epochs, config.minutes) == (network, epochs, None)
    assert (config.optimiser, config.loss, config.first) == ("sgd", "bce", 100)
    line = command("train-locator", config)
    assert line.endswith(f"train-locator --preset '{name}' --dataset {DATASET}")


@pytest.mark.parametrize(
    ("name", "encoder", "batch", "epochs", "length", "rate"),
    [
        ("aocr, 32 characters", "cnn8", 65, 50, 32, 1.0),
        ("aocr, 15 characters", "cnn8", 60, 47, 15, 1.0),
        ("aocr, residual blocks", "residual", 60, 25, 15, 0.05),
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
    with pytest.raises(ConfigError, match="twenty minutes"):
        locator_preset("ten seconds", DATASET)
