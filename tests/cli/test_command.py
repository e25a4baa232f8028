"""The command that a page shows launches exactly what the page would."""

import shlex
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from engine.cli import main as cli
from engine.cli.command import command
from engine.cli.presets import presets, start_values
from engine.commands import engine_command, python_command
from engine.config.base import Config
from engine.config.exporting import ExportConfig
from engine.config.generate import GenerateConfig
from engine.config.importing import ImportConfig, Rules, TableConfig
from engine.config.reader import ReaderConfig
from engine.config.reading import EvaluateConfig
from engine.config.recipe import Recipe
from engine.config.recipe_presets import PRESETS
from engine.config.style import Colours, Style
from engine.config.text_sources import Characters, Digits, Words
from engine.config.train import TrainConfig
from engine.jobs import KINDS
from engine.workspace import new_id

WEIGHTS = st.floats(0.5, 9, allow_nan=False)
NAMES = st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), max_size=40)
TEXTS = st.one_of(
    st.builds(Words, weight=WEIGHTS, max_length=st.integers(1, 30), cut=st.booleans()),
    st.builds(Digits, weight=WEIGHTS, max_length=st.integers(1, 9)),
    st.builds(Characters, weight=WEIGHTS, symbols=st.sampled_from(["", "--", "$(x)", "'\"", "null", "[", "é"])),
)
LOOKS = st.builds(
    Style,
    weight=WEIGHTS,
    skew=st.integers(0, 45),
    fonts=st.lists(st.sampled_from(["latin/Roboto-Regular", "latin/FFF_Tusj"]), max_size=2).map(tuple),
    colours=st.lists(st.builds(Colours, weight=WEIGHTS), min_size=1, max_size=2).map(tuple),
)
RECIPES = st.one_of(
    st.sampled_from(list(PRESETS.values())),
    st.builds(
        Recipe,
        name=NAMES,
        texts=st.lists(TEXTS, min_size=1, max_size=3).map(tuple),
        looks=st.lists(LOOKS, min_size=1, max_size=2).map(tuple),
    ),
)
DATASETS = st.integers().map(lambda _: new_id())
READERS = st.builds(ReaderConfig, decoder=st.sampled_from(["ctc", "attention"]), dropout=st.floats(0, 0.8))
CONFIGS = st.one_of(
    st.builds(GenerateConfig, recipe=RECIPES, images=st.integers(10, 10**6), validation=st.floats(0, 0.4)),
    st.builds(
        TrainConfig, dataset=DATASETS, reader=READERS, epochs=st.integers(1, 9), minutes=st.none() | st.floats(1, 60)
    ),
    st.builds(EvaluateConfig, dataset=DATASETS, split=st.sampled_from(["train", "test"])),
    st.builds(
        ImportConfig,
        upload=DATASETS,
        format=st.sampled_from(["auto", "icdar"]),
        rules=st.builds(Rules, charset=st.sampled_from(["", "-", "abc'$?"]), max_length=st.integers(1, 99)),
        table=st.builds(TableConfig, image=st.sampled_from(["", "2", "null", "--a b"])),
    ),
    st.builds(ExportConfig, dataset=DATASETS, splits=st.sampled_from([("test",), ("train", "validation")])),
    st.builds(EvaluateConfig, dataset=st.none(), folder=st.sampled_from(["/tmp/a b", "/tmp/--x", "/tmp/'"])),
)


@pytest.fixture
def launched(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, Config, str]]:
    """The launches of the command line; nothing is started."""
    calls: list[tuple[str, Config, str]] = []

    def record(_: Any, kind: str, config: Config, *, name: str) -> str:
        calls.append((kind, config, name))
        return new_id()

    monkeypatch.setattr(cli.jobs, "launch", record)
    monkeypatch.setattr(cli, "follow", lambda *_: 0)
    return calls


def kind_of(config: Config) -> str:
    return next(kind.name for kind in KINDS.values() if kind.config is type(config))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(config=CONFIGS, name=NAMES)
@example(config=GenerateConfig(), name="")
@example(config=GenerateConfig(), name="--detach")
@example(config=GenerateConfig(recipe=Recipe(name="-")), name="'; rm -rf ~ #")
def test_the_command_launches_the_same_kind_config_and_name(launched: list, config: Config, name: str):
    line = command(kind_of(config), config, name)
    start, _, words = line.partition(" -m engine ")
    assert start == python_command()
    assert cli.main(shlex.split(words)) == 0
    assert launched[-1] == (kind_of(config), config, name)


@pytest.mark.parametrize("kind", ["generate", "train"])
def test_a_preset_alone_is_its_name_and_what_is_required(kind: str):
    cls, dataset = KINDS[kind].config, new_id()
    needed = {"dataset": dataset} if kind == "train" else {}
    for name in presets(kind):
        config = cls.parse({**start_values(cls, kind, name), **needed})
        words = shlex.split(command(kind, config))[4:]
        same_as_default = config == cls.parse({**start_values(cls, kind, None), **needed})
        assert words == ([] if same_as_default else ["--preset", name]) + (["--dataset", dataset] if needed else [])


def test_one_change_is_one_flag():
    config = GenerateConfig(recipe=PRESETS["TRDG words"], images=60_000)
    assert command("generate", config) == engine_command("generate --preset 'TRDG words' --images 60000")
    look = config.plain()["recipe"]["looks"][0] | {"skew": 7}
    tilted = config.changed(recipe={**config.plain()["recipe"], "looks": [look]})
    assert "--recipe.looks.0.skew 7" in command("generate", tilted)
