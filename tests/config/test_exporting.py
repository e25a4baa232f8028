"""The config of an export."""

import pytest

from engine.config.exporting import ExportConfig
from engine.errors import ConfigError


def test_it_survives_yaml():
    config = ExportConfig(dataset="0" * 26, layout="doctr", splits=("test",), archive=False)
    assert ExportConfig.from_yaml(config.to_yaml()) == config


@pytest.mark.parametrize("values", [{}, {"dataset": "../runs"}, {"dataset": "0" * 26, "splits": []}])
def test_a_dataset_and_a_split_are_needed(values: dict):
    with pytest.raises(ConfigError):
        ExportConfig.parse(values)
