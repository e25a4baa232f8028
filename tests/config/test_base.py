"""Guarantees of all configs: closed, frozen, documented, and the same after a round trip."""

from pathlib import Path
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.config.base import Config, setting
from engine.errors import ConfigError
from engine.files import write_json


class Inner(Config):
    height: int = setting(32, help="Height of the image.", unit="px", ge=8, le=128)


class Outer(Config):
    kind: Literal["a", "b"] = setting("a", help="A choice.")
    inner: Inner = setting(Inner(), help="Nested.")
    spans: tuple[float, ...] = setting((0.5, 1.0), help="Some numbers.", min_length=1)
    inners: tuple[Inner, ...] = setting((), help="Some groups.")
    colour: str = setting("#000000", pattern="^#[0-9a-f]{6}$", help="Colour, as #rrggbb.")


configs = st.builds(
    Outer,
    kind=st.sampled_from(["a", "b"]),
    inner=st.builds(Inner, height=st.integers(8, 128)),
    spans=st.lists(st.floats(-1e6, 1e6), min_size=1).map(tuple),
)


@given(configs)
def test_a_config_survives_yaml_and_json(config: Outer):
    assert Outer.from_yaml(config.to_yaml()) == config
    assert Outer.parse(config.plain()) == config


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"innner": {}}, ["innner", "unknown setting", "Did you mean inner?"]),
        ({"inner": {"height": 4}}, ["inner.height", "4", "greater than or equal to 8"]),
        ({"inner": {"height": "tall"}}, ["inner.height", "'tall'", "integer"]),
        ({"kind": "c"}, ["kind", "'c'", "'a' or 'b'"]),
        ({"kind": "c", "inner": {"height": 999}}, ["kind", "inner.height", "128"]),
        ({"colour": "red"}, ["colour: 'red' was given. What is asked for: Colour, as #rrggbb."]),
        ({"spans": "x"}, ["spans: 'x' was given. A list is asked for, such as [a, b]."]),
        ({"spans": []}, ["spans: [] was given. At least 1 must be given: Some numbers."]),
        ({"inners": "x"}, ["A list is asked for, such as [{height: …}]."]),
        (
            {"inner": "x"},
            ["A group of settings is asked for, such as {height: …}, or one alone, such as inner.height."],
        ),
        ([1, 2], ["[1, 2] was given. A group of settings is asked for, such as {kind: …}"]),
    ],
)
def test_a_fault_names_the_setting_the_value_and_the_rule(values, words):
    with pytest.raises(ConfigError) as caught:
        Outer.parse(values)
    for word in words:
        assert word in str(caught.value)


def test_faults_are_told_apart_and_show_no_whole_config():
    with pytest.raises(ConfigError) as caught:
        Outer.parse({"kind": "c", "inner": {"height": 999, "widht": 1}})
    assert [path for path, _ in caught.value.faults] == [("kind",), ("inner", "height"), ("inner", "widht")]
    assert "{" not in str(caught.value)


@pytest.mark.parametrize("text", ["{", "a: [", "!!python/object:os.system {}", "\0", "[" * 5000, "a: 2024-99-99"])
def test_text_that_is_no_yaml_is_refused(text: str):
    with pytest.raises(ConfigError):
        Outer.from_yaml(text)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path):
    (tmp_path / "binary.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigError, match=r"binary\.yaml"):
        Outer.load(tmp_path / "binary.yaml")
    with pytest.raises(ConfigError, match=r"missing\.yaml"):
        Outer.load(tmp_path / "missing.yaml")


def test_a_changed_copy_is_checked_too():
    assert Outer().changed(inner=Inner(height=64)).inner.height == 64
    with pytest.raises(ConfigError, match=r"inner\.height"):
        Outer().changed(inner={"height": 1})


def test_what_is_set_apart_from_the_defaults_makes_the_same_config():
    config = Outer(kind="a", inner=Inner(height=40))
    assert config.non_defaults() == {"inner": {"height": 40}}
    assert Outer.parse(config.non_defaults()) == config


def test_a_run_of_an_earlier_version_is_still_the_same_run():
    class Later(Outer):
        more: int = setting(3, help="A setting that came later.")

    earlier = Outer(kind="b")
    assert Later.parse(earlier.plain()).non_defaults() == earlier.non_defaults()


def test_the_config_of_a_job_is_one_for_the_next_job(tmp_path: Path):
    write_json(tmp_path / "config.json", Outer(kind="b").plain())
    assert Outer.load(tmp_path / "config.json") == Outer(kind="b")
