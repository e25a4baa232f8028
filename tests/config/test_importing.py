"""The config of an import: one source, rules that agree with each other, and what a look depends on."""

import pytest

from engine.config.documents import ReadPagesConfig
from engine.config.fitting import FitConfig
from engine.config.importing import ImportConfig, Rules, SourceConfig
from engine.errors import ConfigError


def test_it_survives_yaml():
    config = ImportConfig(path="mine", rules=Rules(charset="abc?", outside="replace", too_long="cut", max_length=7))
    assert ImportConfig.from_yaml(config.to_yaml()) == config


@pytest.mark.parametrize(
    "values", [{}, {"path": "a", "upload": "0" * 26}, {"path": "a", "validation": 0.5, "test": 0.5}]
)
def test_one_source_and_something_to_train_on(values: dict):
    with pytest.raises(ConfigError):
        ImportConfig.parse(values)


@pytest.mark.parametrize(
    ("cls", "values", "message"),
    [
        (ReadPagesConfig, {}, "It is not said where the images lie. Give path or upload"),
        (ImportConfig, {}, "Give path, upload or transcript"),
        (FitConfig, {}, "Give path, upload, transcript or dataset"),
        (FitConfig, {"path": "a", "dataset": "0" * 26}, "path and dataset are given, and the images lie in one place"),
    ],
)
def test_a_source_that_is_missing_or_one_too_many_names_what_this_config_takes(
    cls: type[SourceConfig], values: dict, message: str
):
    with pytest.raises(ConfigError, match=message):
        cls.parse(values)


@pytest.mark.parametrize("upload", ["../../etc", "0" * 25, "A" * 26, "0" * 26 + "\n"])
def test_an_upload_is_an_id_and_never_a_path(upload: str):
    with pytest.raises(ConfigError, match="upload"):
        ImportConfig.parse({"upload": upload})


@pytest.mark.parametrize(
    ("rules", "message"),
    [
        ({"replacement": "??"}, "not one character"),
        ({"replacement": ""}, "not one character"),
        ({"outside": "replace", "charset": "abc"}, "not in the charset"),
    ],
)
def test_a_replacement_is_one_character_that_may_stand_in_a_label(rules: dict, message: str):
    with pytest.raises(ConfigError, match=message):
        ImportConfig.parse({"path": "a", "rules": rules})


def test_a_composed_and_a_decomposed_charset_are_the_same():
    assert Rules(charset="e\u0301").charset == "é"


def test_rules_do_not_change_what_a_look_depends_on():
    config = ImportConfig(path="mine")
    assert config.reading == config.changed(rules=Rules(max_length=3), splits="source", test=0.2).reading
    assert config.reading != config.changed(encoding="utf-16").reading
