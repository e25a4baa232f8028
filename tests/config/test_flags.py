"""Every value of a config can be set by a flag, and a wrong flag is reported with its remedy."""

import re
import shlex
from typing import Any

import pytest

from engine.cli.presets import defaults, merged, presets, start_values
from engine.config.editing import EditConfig
from engine.config.flags import assign, describe, explain, flags, split
from engine.config.generate import GenerateConfig
from engine.config.reading import EvaluateConfig
from engine.config.sweeping import SweepConfig
from engine.config.train import TrainConfig
from engine.errors import ConfigError
from engine.jobs import KINDS
from engine.workspace import new_id

CONFIGS = [kind.config for kind in KINDS.values()]


@pytest.mark.parametrize("cls", CONFIGS)
def test_every_setting_has_a_flag_with_help(cls):
    for flag in flags(cls):
        assert flag.field.description, flag.path
        assert f"--{flag.path}" in describe(cls)


@pytest.mark.parametrize("kind", KINDS)
def test_examples_of_help_are_settings_of_the_command_itself(kind: str):
    cls = KINDS[kind].config
    values = start_values(cls, kind, None)
    for path, text in re.findall(r"--([\w.]+) ('[^']+'|\S+)\.", explain(cls)):
        assign(cls, values, path, shlex.split(text)[0])  # raises where there is no such place


def test_help_tells_unit_choices_bounds_default_and_kind():
    helps = {flag.path: flag.help for flag in flags(TrainConfig)}
    assert helps["batch"].endswith("[images; 1 to 2048; default 32]")
    assert "[ctc | attention; default ctc]" in helps["reader.decoder"]
    assert helps["dataset"].endswith("[required]")
    assert "empty by default" in helps["epochs"]
    assert "[px; 16 to 96 in steps of 8; default 32]" in helps["reader.height"]
    assert helps["reader.colour"].endswith("[true | false; default true]")
    drawn = {flag.path: flag.help for flag in flags(GenerateConfig)}
    assert drawn["recipe.looks.N.skew"].endswith("[degrees; 0 to 45, or [least, most] from -45 to 45; default 0]")
    assert "[degrees; 0 to 180, or [least, most]; default [" in drawn["recipe.looks.N.after.motion_blur.angle"]
    kinds = {flag.kind for flag in flags(GenerateConfig) if flag.path == "recipe.texts.N.max_length"}
    assert kinds == {"words", "frequent", "names", "list", "digits", "characters"}


@pytest.mark.parametrize(
    ("cls", "flag", "path"),
    [
        (TrainConfig, "--on", "launcher"),
        (EvaluateConfig, "--on", "launcher"),
        (SweepConfig, "--on", "run.launcher"),
        (SweepConfig, "--run.on", "run.launcher"),
    ],
)
def test_where_it_runs_has_a_short_name_that_help_lists(cls, flag: str, path: str):
    assert split(cls, [flag, "ray"]) == ([(path, "ray")], [])
    assert f"--{path}, --on " in describe(cls)


def test_the_short_name_is_no_setting_where_nothing_chooses_a_place():
    assert split(EditConfig, ["--on", "ray"]) == ([], ["--on", "ray"])
    assert "--on" not in describe(EditConfig)


@pytest.mark.parametrize(
    ("words", "settings", "rest"),
    [
        (["--batch", "8"], [("batch", "8")], []),
        (["--batch=8", "--name", "x"], [("batch", "8")], ["--name", "x"]),
        (["--learning-rate", "1"], [("learning_rate", "1")], []),
        (["--reader.decoder", "ctc", "--detach"], [("reader.decoder", "ctc")], ["--detach"]),
        (["--name=--batch=8"], [], ["--name=--batch=8"]),
        (["--seed", "-1"], [("seed", "-1")], []),
        (["--device=--x"], [("device", "--x")], []),
    ],
)
def test_settings_are_separated_from_other_arguments(words: list[str], settings: list, rest: list[str]):
    assert split(TrainConfig, words) == (settings, rest)


@pytest.mark.parametrize("words", [["--name", "--batch"], ["--batch", "--dataset", "letters"], ["--batch", "--detach"]])
def test_a_flag_without_a_value_takes_no_other_flag_for_one(words: list[str]):
    with pytest.raises(ConfigError, match=r"--batch: no value was given\. Write --batch=VALUE"):
        split(TrainConfig, words)


@pytest.mark.parametrize(
    ("cls", "path", "text", "value"),
    [
        (TrainConfig, "batch", "8", "8"),
        (TrainConfig, "minutes", "null", None),
        (TrainConfig, "minutes", "", None),
        (TrainConfig, "reader.decoder", "attention", "attention"),
        (TrainConfig, "device", "null", "null"),
        (GenerateConfig, "recipe.name", "no: [", "no: ["),
        (GenerateConfig, "recipe.name", "null", "null"),
        (GenerateConfig, "recipe.looks.0.skew", "5", 5),
        (GenerateConfig, "recipe.looks.0.skew", "[-2, 5]", [-2, 5]),
        (GenerateConfig, "recipe.looks.0.fonts", '["a", "b"]', ["a", "b"]),
        (GenerateConfig, "recipe.looks.0.background", "{white: 1}", {"white": 1}),
        (GenerateConfig, "recipe.texts.1.min_length", "2", "2"),
        (EvaluateConfig, "folder", "none", None),
    ],
)
def test_a_text_means_what_the_setting_s_type_says(cls, path: str, text: str, value: Any):
    values = defaults(cls)
    assign(cls, values, path, text)
    place: Any = values
    for part in path.split("."):
        place = place[int(part)] if isinstance(place, list) else place[part]
    assert place == value


@pytest.mark.parametrize(
    ("path", "text", "words"),
    [
        ("recipe.looks.0.skw", "1", "Did you mean skew"),
        ("recipe.looks.9.skew", "1", "place 9 of a list of 1"),
        ("recipe.looks.x.skew", "1", "there is no setting 'x'"),
        ("recipe.looks.²", "1", "there is no setting '²'"),
        ("recipe.texts.0.case.upper.more", "1", "there is no setting 'more'"),
        ("recipe.looks.%s.skew" % ("9" * 5000), "1", "of a list of 1"),
        ("recipe.looks", "[", "neither YAML nor JSON"),
        ("recipe.looks", "[" * 5000, "100 deep"),
        ("recipe.looks", f"[{'1' * 5000}]", "5,000 digits"),
        ("images.more", "1", "there is no setting 'more'"),
    ],
)
def test_a_place_that_is_not_there_is_reported(path: str, text: str, words: str):
    with pytest.raises(ConfigError, match=words.replace("[", r"\[")):
        assign(GenerateConfig, defaults(GenerateConfig), path, text)


@pytest.mark.parametrize(("kind", "preset"), [(kind, preset) for kind in KINDS for preset in presets(kind)])
def test_every_preset_is_valid(kind: str, preset: str):
    cls = KINDS[kind].config
    required = {"dataset": new_id()}
    values = start_values(cls, kind, preset)
    if "space" in cls.model_fields:
        values |= {"run": {**values["run"], **required}, "space": [{"path": "seed", "values": [0, 1]}]}
    if "upload" in cls.model_fields:
        required = {"path": "my-photos"}
    assert cls.parse({**values, **{name: value for name, value in required.items() if name in cls.model_fields}})


def test_groups_are_set_upon_each_other_and_lists_as_a_whole():
    below = {"a": {"b": 1, "c": [1, 2]}, "d": 1}
    assert merged(below, {"a": {"c": [3]}, "d": {"e": 2}}) == {"a": {"b": 1, "c": [3]}, "d": {"e": 2}}


def test_an_unknown_preset_is_refused():
    with pytest.raises(ConfigError, match=r"'x' is no preset of train\. There are: 'five minutes', "):
        start_values(TrainConfig, "train", "x")
