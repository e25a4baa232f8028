"""Ids in the place of names: settings of the command line that name a job by its id, its end, its name or `latest`.

Which settings do is said here; which job a name fits is said in manage.py.
"""

from typing import Any

from engine.cli.manage import find
from engine.config.base import Config
from engine.config.variations import Variation
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


def put_ids(workspace: Workspace, cls: type[Config], values: dict[str, Any]) -> None:
    """Put ids in the place of names in the plain values of a config. Raises JobError when none or several fit one."""
    for key in [name for name in cls.model_fields if name in values]:
        if key in _REFERENCES:
            values[key] = _id_of(workspace, _REFERENCES[key], values[key])
        elif key in _LISTS and isinstance(values[key], list):
            values[key] = [_id_of(workspace, "datasets", one) for one in values[key]]
        elif key == _MIX and isinstance(values[key], list):
            values[key] = [_with_id(workspace, one) for one in values[key]]


def with_ids(workspace: Workspace, one: Variation) -> Variation:
    """Return a variation of a dataset or a run with ids in place of names. Raises JobError as above."""
    collection = _REFERENCES.get(one.path)
    if collection is None:
        return one
    return one.changed(values=[_id_of(workspace, collection, text) for text in one.values])


def _with_id(workspace: Workspace, group: Any) -> Any:
    if not isinstance(group, dict) or "dataset" not in group:
        return group
    return {**group, "dataset": _id_of(workspace, "datasets", group["dataset"])}


def _id_of(workspace: Workspace, collection: Collection, value: Any) -> Any:
    """Return the id of the job that a text names; what is no name of one stays for the config to judge."""
    if not isinstance(value, str) or is_id(value) or value in (STARTER, "none"):
        return value
    return find(workspace, collection, value).id
