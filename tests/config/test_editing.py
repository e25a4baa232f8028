"""The config of an edit: at least one change, and one at most for each sample."""

from typing import Any

import pytest

from engine.config.editing import EditConfig
from engine.errors import ConfigError

ID = "0" * 26


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({}, "nothing would change"),
        ({"removals": [1, 1]}, "Sample 1 is named 2 times"),
        ({"removals": [3], "corrections": [{"sample": 3, "label": "a"}]}, "Sample 3 is named 2 times"),
        ({"removals": [-1]}, "no sample -1"),
        ({"corrections": [{"sample": -1, "label": "a"}]}, "corrections.0.sample"),
        ({"corrections": [{"sample": 1, "label": ""}]}, "corrections.0.label"),
    ],
)
def test_an_edit_without_one_meaning_is_refused(values: dict[str, Any], named: str):
    with pytest.raises(ConfigError, match=named):
        EditConfig.parse({"dataset": ID, **values})


def test_an_edit_survives_its_file():
    config = EditConfig.parse({"dataset": ID, "removals": [2, 0], "corrections": [{"sample": 1, "label": "é ñ"}]})
    assert EditConfig.parse(config.plain()) == config
