"""Comparison of configs as plain values: the settings in which two or many of them differ.

Plain values are those of `Config.plain` or of a job's JSON file, which may come from another version and lack settings.
"""

from collections.abc import Iterator, Sequence
from typing import Any


def differences(*configs: Any) -> dict[str, tuple[Any, ...]]:
    """Return the settings that differ between configs: the value in each, by dotted path, in order of declaration.

    Groups are compared setting by setting, and so are lists of groups of equal length; any other list is one value, and
    so is a group of another `kind`. A setting that a config lacks is None.
    """
    return {".".join(path): values for path, values in _differing(configs, ())}


def flatten(config: Any, path: str = "") -> dict[str, Any]:
    """Return the settings of one config by dotted path; a list is one value."""
    if not isinstance(config, dict):
        return {path: config}
    settings: dict[str, Any] = {}
    for name, value in config.items():
        settings |= flatten(value, f"{path}.{name}" if path else str(name))
    return settings


def _differing(values: Sequence[Any], path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], tuple[Any, ...]]]:
    if all(value == values[0] for value in values):  # most of thousands of runs are, so this is all the work
        return
    children = _children(values, root=not path)
    if children is None:
        yield path, tuple(values)
        return
    for name, inner in children.items():
        yield from _differing(inner, (*path, name))


def _children(values: Sequence[Any], *, root: bool) -> dict[str, list[Any]] | None:
    """Return the values inside groups or lists by name or index, or None where they are compared as a whole."""
    if all(isinstance(value, list) and len(value) == len(values[0]) for value in values):
        if all(isinstance(item, dict) for value in values for item in value):
            return {str(index): [value[index] for value in values] for index in range(len(values[0]))}
        return None
    groups = [{} if value is None else value for value in values]
    if not all(isinstance(group, dict) for group in groups):
        return None
    if not root and any(group.get("kind") != groups[0].get("kind") for group in groups):
        return None
    names = dict.fromkeys(name for group in groups for name in group)
    return {str(name): [group.get(name) for group in groups] for name in names}
