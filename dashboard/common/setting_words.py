"""Settings in words, as their forms have them: titles, values, and the changes from one config to another.

All of it is plain text. Units stand in titles, as in the labels of inputs, and shares in per cent.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from pydantic.fields import FieldInfo

from dashboard.common.fields import is_share, label, zero_words
from engine.config.base import Config
from engine.config.diff import differences
from engine.config.distributions import Within
from engine.formatting import sentence

_ALONE = {"either way": "±", "up to": "0 to "}


def path_title(path: Iterable[str | int], info: FieldInfo | None = None) -> str:
    """Return the title of the setting at a path, with the unit that is declared: `Texts 2 › Max width (px)`."""
    *groups, last = path
    names: list[str] = []
    for part in groups:
        _extend(names, part)
    if info is None:
        _extend(names, last)
    else:
        names.append(label(str(last), info))
    return " › ".join(names)


def _extend(names: list[str], part: str | int) -> None:
    """Add a part of a path; the number of a place in a list goes to the name before it."""
    if names and str(part).isdecimal():
        names[-1] += f" {int(part) + 1}"
    else:
        names.append(sentence(str(part)))


def value_words(value: Any, info: FieldInfo | None = None, names: Mapping[str, str] | None = None) -> str:
    """Return a plain value as its form shows it.

    Args:
        value: as JSON has it.
        info: how the setting is declared; None where that is not known.
        names: of datasets and runs, by the ids that settings hold. With them lists are written out, else counted.
    """
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, int | float):
        return _number_words(value, info)
    if isinstance(value, list | tuple):
        return _list_words(value, info, names)
    if isinstance(value, dict):
        return ", ".join(f"{key} {value_words(item, None, names)}" for key, item in value.items())
    return "none" if value in (None, "") else (names or {}).get(str(value), str(value))


def changes(before: Config, now: Config, names: Mapping[str, str] | None = None) -> Iterator[tuple[str, str, str]]:
    """Yield the settings in which two configs of one class differ: the title, what it was, what it is."""
    for path, (old, new) in differences(before.plain(), now.plain()).items():
        parts = path.split(".")
        info = _declaration(now, parts)
        yield path_title(parts, info), value_words(old, info, names), value_words(new, info, names)


def _declaration(config: Any, path: Sequence[str]) -> FieldInfo | None:
    """Return how the setting at a path is declared; None where the path leads elsewhere."""
    info = None
    for part in path:
        if isinstance(config, tuple) and part.isdecimal():
            info, config = None, config[int(part)] if int(part) < len(config) else None
        elif isinstance(config, Config) and part in type(config).model_fields:
            info, config = type(config).model_fields[part], getattr(config, part)
        else:
            return None
    return info


def _list_words(value: Sequence[Any], info: FieldInfo | None, names: Mapping[str, str] | None) -> str:
    if len(value) == 2 and all(isinstance(end, int | float) for end in value):
        low, high = (_number(end, info) for end in value)
        return f"{low.removesuffix(' %')} to {high}"
    if names is None:
        return f"{len(value)} chosen" if value else "none chosen"
    return ", ".join(value_words(item, None, names) for item in value) or "none"


def _number_words(value: float, info: FieldInfo | None) -> str:
    if info is None:
        return _number(value, None)
    if not value and (zero := zero_words(info)):
        return zero
    within = next((rule for rule in info.metadata if isinstance(rule, Within)), None)
    return (_ALONE.get(within.alone, "") if within and value else "") + _number(value, info)


def _number(value: float, info: FieldInfo | None) -> str:
    if info is not None and is_share(info):
        return f"{100 * value:.4g} %"
    return f"{value:g}" if isinstance(value, float) else str(value)
