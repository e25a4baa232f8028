"""Ids in the place of names: settings of the command line that name a job by its id, its end, its name or `latest`.

Which settings do is said here; which job a name fits is said in manage.py.
"""

from typing import Any

from engine.cli.manage import find, run_id
from engine.config.base import Config
from engine.config.locating import EvaluateLocatorConfig, LabelScenesConfig
from engine.config.train import TrainLocatorConfig
from engine.workspace import STARTER, Collection, Workspace, is_id

_REFERENCES: dict[str, Collection] = {
    "dataset": "datasets",
    "validate_on": "datasets",
    "follows": "datasets",
    "run": "runs",
    "locator": "runs",
    "start_from": "runs",
    "transcript": "transcripts",
}
_LISTS = ("watch_on", "test_on")  # of datasets
_MIX = "mix"  # a list of groups, each with a dataset
_OF_LOCATORS = (TrainLocatorConfig, EvaluateLocatorConfig, LabelScenesConfig)  # whose runs are those of locators


def put_ids(workspace: Workspace, cls: type[Config], values: dict[str, Any]) -> None:
    """Put ids in the place of names in the plain values of a config. Raises JobError when none or several fit one."""
    for key in [name for name in cls.model_fields if name in values]:
        if key in _REFERENCES:
            values[key] = _id_of(workspace, cls, key, values[key])
        elif key in _LISTS and isinstance(values[key], list):
            values[key] = [_id_of(workspace, cls, "dataset", one) for one in values[key]]
        elif key == _MIX and isinstance(values[key], list):
            values[key] = [_with_id(workspace, cls, one) for one in values[key]]


def with_ids(workspace: Workspace, cls: type[Config], one: Any) -> Any:
    """Return the plain values of a variation of a config's setting with ids in place of names. Raises JobError.

    What is no list of values of such a setting stays for the config to judge.
    """
    if not isinstance(one, dict):
        return one
    key, values = str(one.get("path")), one.get("values")
    if key not in _REFERENCES or not isinstance(values, list):
        return one
    return {**one, "values": [_id_of(workspace, cls, key, value) for value in values]}


def _with_id(workspace: Workspace, cls: type[Config], group: Any) -> Any:
    if not isinstance(group, dict) or "dataset" not in group:
        return group
    return {**group, "dataset": _id_of(workspace, cls, "dataset", group["dataset"])}


def _id_of(workspace: Workspace, cls: type[Config], key: str, value: Any) -> Any:
    """Return the id of the job that a text names; what is no name of one stays for the config to judge."""
    if not isinstance(value, str) or is_id(value) or value in (STARTER, "none"):
        return value
    if _REFERENCES[key] == "runs":
        return run_id(workspace, value, locator=key == "locator" or issubclass(cls, _OF_LOCATORS))
    return find(workspace, _REFERENCES[key], value).id
