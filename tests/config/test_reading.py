import pytest

from engine.config.reading import EvaluateConfig
from engine.errors import ConfigError
from engine.workspace import new_id


def test_it_round_trips_with_either_test_set():
    for config in (EvaluateConfig(dataset=new_id()), EvaluateConfig(folder="/images", run=new_id())):
        assert EvaluateConfig.from_yaml(config.to_yaml()) == config


def test_a_relative_folder_is_fixed_where_it_was_typed(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert EvaluateConfig(folder="photos").folder == str(tmp_path / "photos")


@pytest.mark.parametrize(
    ("values", "rule"),
    [
        ({}, "Neither"),
        ({"dataset": "0" * 26, "folder": "/images"}, "Both"),
        ({"dataset": "../../etc"}, "dataset"),
        ({"dataset": "0" * 26, "run": "newest"}, "run"),
        ({"dataset": "0" * 26, "split": "all"}, "split"),
        ({"dataset": "0" * 26, "beam": 3}, "beam: unknown"),
    ],
)
def test_other_values_are_refused_with_the_rule(values, rule):
    with pytest.raises(ConfigError, match=rule):
        EvaluateConfig.parse(values)
