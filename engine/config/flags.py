"""Command-line flags drawn from config classes: one dotted flag for each setting, its help from its declaration.

A flag names a place in the config's plain values (`--reader.decoder attention`, `--recipe.looks.0.skew 5`), so that
every value of a config can be set by a flag. This module puts values in place; the config itself checks them.
"""

import difflib
import functools
import shlex
import textwrap
import types
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from engine.config.base import Config
from engine.config.distributions import Within
from engine.errors import ConfigError
from engine.parsing import parse_settings
from glyphlab_read.formatting import cut
from glyphlab_read.parsing import ParseFault

_ALIASES = {"on": ("launcher", "run.launcher"), "run.on": ("run.launcher",)}
"""Shorter names of settings; one stands for the first of its settings that the config has."""

_EMPTY = ("", "null", "none")


@dataclass(frozen=True)
class Flag:
    """One setting as a flag: its dotted path, its declaration, and for members of a union the kind they belong to."""

    path: str
    field: FieldInfo
    kind: str = ""

    @property
    def help(self) -> str:
        """Description, unit, choices, bounds and default in one line."""
        parts = [_unit(self.field), _choices(self.field.annotation), _bounds(self.field), _default(self.field)]
        details = "; ".join(part for part in parts if part)
        only = f"(kind {self.kind}) " if self.kind else ""
        return f"{only}{self.field.description or ''}{f' [{details}]' if details else ''}"


@functools.cache
def flags(cls: type[Config]) -> tuple[Flag, ...]:
    """Return the flags of a config class in the order of declaration; N stands for a place in a list, from 0."""
    return tuple(_walk(cls, "", ""))


def explain(cls: type[Config]) -> str:
    """Return the form of a config class's flags in a few sentences, with examples among its own settings."""
    known = flags(cls)
    empty = [flag for flag in known if _is_list(flag.field.annotation) and not _has_value(flag.field)]
    nowhere = tuple(f"{flag.path}.N." for flag in empty)  # these lists have no place 0
    settable = [flag for flag in known if _has_value(flag.field) and not _models(flag.field.annotation)]
    settable = [flag for flag in settable if not flag.path.startswith(nowhere)]
    lists = [flag for flag in settable if isinstance(flag.field.default, tuple)]
    alone = min(
        (flag for flag in settable if not _is_list(flag.field.annotation)),
        key=lambda flag: ("." not in flag.path, ".N." in flag.path, flag.kind),
        default=None,
    )
    text = f"Settings are flags{_example(alone)}."
    if any(".N." in flag.path for flag in known):
        text += " N below is a place in a list, from 0."
    if any("." in flag.path or _is_list(flag.field.annotation) for flag in known):
        text += f" Lists and groups as a whole are YAML or JSON{_example(next(iter(lists), None))}."
    return text


def describe(cls: type[Config]) -> str:
    """Return the flags of a config class with their help, as a text of 110 columns."""
    left = 34
    wrap = textwrap.TextWrapper(width=110, initial_indent=" " * left, subsequent_indent=" " * left)
    blocks, short = [], {path: f", --{alias}" for alias, path in reversed(_aliases(cls).items())}
    for flag in flags(cls):
        also = short.get(flag.path, "")
        head = f"  --{flag.path}{also} "
        text = wrap.fill(flag.help)
        blocks.append(head + text[len(head) :] if len(head) <= left else f"{head}\n{text}")
    return "\n".join(blocks)


def split(cls: type[Config], arguments: Sequence[str]) -> tuple[list[tuple[str, str]], list[str]]:
    """Separate the settings (path, text) from all other arguments. Raises ConfigError for a setting without a value."""
    settings: list[tuple[str, str]] = []
    rest: list[str] = []
    words, aliases = iter(arguments), _aliases(cls)
    for word in words:
        name, equals, text = word.removeprefix("--").partition("=")
        path = aliases.get(name, name.replace("-", "_"))
        if not word.startswith("--") or path.partition(".")[0] not in cls.model_fields:
            rest.append(word)
            continue
        value = text if equals else next(words, None)
        if value is None or (value.startswith("--") and not equals):  # the next flag
            raise ConfigError(f"--{name}: no value was given. Write --{name}=VALUE.")
        settings.append((path, value))
    return settings, rest


def assign(cls: type[Config], values: dict[str, Any], path: str, text: str) -> None:
    """Put the value that `text` means at a dotted path of plain values.

    Raises:
        ConfigError: the class has no such setting, or a list no such place.
    """
    *parents, last = path.split(".")
    annotations = list(_annotations(cls, path))
    place: Any = values
    for part in parents:
        place = _step(place, part, path)
    value = _value(text, annotations)
    if isinstance(place, list):
        _step(place, last, path)
        place[int(last)] = value
    elif isinstance(place, dict):
        place[last] = value
    else:
        raise ConfigError(f"--{path}: {'.'.join(parents)} is {place!r}, which has no parts. Set it as a whole.")


def value_types(cls: type[Config], path: str) -> list[Any]:
    """Return the types that a setting's value may have, such as [int, NoneType]. Raises ConfigError for no setting."""
    return [leaf for annotation in _annotations(cls, path) for leaf in _members(annotation)]


def is_list(cls: type[Config], path: str) -> bool:
    """Say whether a setting's value may be a list. Raises ConfigError for no setting."""
    return any(get_origin(kind) in (tuple, list) for kind in value_types(cls, path))


def _aliases(cls: type[Config]) -> dict[str, str]:
    """Return the shorter names that a config class has, and the path that each means."""
    known = {flag.path for flag in flags(cls)}
    found = {alias: next((path for path in paths if path in known), "") for alias, paths in _ALIASES.items()}
    return {alias: path for alias, path in found.items() if path}


def _walk(cls: type[Config], prefix: str, kind: str) -> Iterator[Flag]:
    for name, field in cls.model_fields.items():
        path = f"{prefix}{name}"
        models = _models(field.annotation)
        inner = f"{path}.N." if _is_list(field.annotation) else f"{path}."
        if not models or _is_list(field.annotation):
            yield Flag(path, field, kind)
        for model in models:
            yield from _walk(model, inner, _kind(model) if len(models) > 1 else kind)


def _annotations(cls: type[Config], path: str) -> Iterator[Any]:
    """Yield the annotations that a path may lead to (several in a union). Raises ConfigError when there is none."""
    here: list[Any] = [cls]
    for part in path.split("."):
        known = [name for annotation in here for model in _models(annotation) for name in model.model_fields]
        below = [inner for annotation in here for inner in _into(annotation, part)]
        if not below:
            close = difflib.get_close_matches(part, known, 1)
            hint = f"Did you mean {close[0]}" if close else f"There are: {', '.join(dict.fromkeys(known)) or 'none'}"
            raise ConfigError(f"--{path}: there is no setting {part!r}. {hint}; --help lists them all.")
        here = below
    yield from here


def _into(annotation: Any, part: str) -> list[Any]:
    if _is_list(annotation):
        return [_item(annotation)] if part.isascii() and part.isdigit() else []
    models = _models(annotation)
    return [model.model_fields[part].annotation for model in models if part in model.model_fields]


def _step(place: Any, part: str, path: str) -> Any:
    if isinstance(place, dict):
        return place.setdefault(part, {})
    if isinstance(place, list):
        if part in map(str, range(len(place))):
            return place[int(part)]
        raise ConfigError(
            f"--{path}: place {cut(part, 20)} of a list of {len(place)}. Count from 0, or set the list as a whole."
        )
    raise ConfigError(f"--{path}: {place!r} has no parts. Set it as a whole.")


def _value(text: str, annotations: list[Any]) -> Any:
    """Return what a text means: YAML for lists and groups, nothing for an empty optional, else itself."""
    leaves = [leaf for annotation in annotations for leaf in _members(annotation)]
    if type(None) in leaves and text.lower() in _EMPTY:
        return None
    for choice in (choice for leaf in leaves if get_origin(leaf) is Literal for choice in get_args(leaf)):
        if text == str(choice):
            return choice
    if all(leaf in (str, int, float, bool, type(None)) or get_origin(leaf) is Literal for leaf in leaves):
        return text
    try:
        return parse_settings(text)
    except ParseFault as error:
        raise ConfigError(f"{text[:60]!r} is neither YAML nor JSON ({error}). Quote it for the shell.") from None


def _members(annotation: Any) -> list[Any]:
    """Return the alternatives of a union, or the annotation alone."""
    if get_origin(annotation) is Annotated:
        return _members(get_args(annotation)[0])
    if get_origin(annotation) in (Union, types.UnionType):
        return [member for part in get_args(annotation) for member in _members(part)]
    return [annotation]


def _is_list(annotation: Any) -> bool:
    return any(get_origin(member) in (tuple, list) for member in _members(annotation))


def _item(annotation: Any) -> Any:
    return next(get_args(member)[0] for member in _members(annotation) if get_origin(member) in (tuple, list))


def _models(annotation: Any) -> list[type[Config]]:
    """Return the config classes that an annotation, or the items of its list, may be."""
    inner = _item(annotation) if _is_list(annotation) else annotation
    return [member for member in _members(inner) if isinstance(member, type) and issubclass(member, Config)]


def _kind(model: type[Config]) -> str:
    field = model.model_fields.get("kind")
    return str(field.default) if field else model.__name__


def _unit(field: FieldInfo) -> str:
    extra = field.json_schema_extra
    return str(extra.get("unit", "")) if isinstance(extra, dict) else ""


def _choices(annotation: Any) -> str:
    if bool in _members(annotation):
        return "true | false"
    choices = [choice for leaf in _members(annotation) if get_origin(leaf) is Literal for choice in get_args(leaf)]
    return " | ".join(str(choice) for choice in choices)


def _example(flag: Flag | None) -> str:
    """Return a setting with its default as one types it, for the end of a sentence; nothing where there is none."""
    if flag is None:
        return ""
    return f", such as --{flag.path.replace('.N.', '.0.')} {shlex.quote(_as_typed(flag.field.default))}"


def _bounds(field: FieldInfo) -> str:
    for rule in field.metadata:
        if isinstance(rule, Within):
            least = f" from {-rule.le} to {rule.le}" if rule.signed else ""
            return f"{rule.ge} to {rule.le}, or [least, most]{least}"
    signs = {"ge": "≥", "gt": ">", "le": "≤", "lt": "<"}
    found = {
        name: getattr(rule, name) for rule in field.metadata for name in (*signs, "multiple_of") if hasattr(rule, name)
    }
    steps = f" in steps of {found.pop('multiple_of')}" if "multiple_of" in found else ""
    if "ge" in found and "le" in found:
        return f"{found['ge']} to {found['le']}{steps}"
    return ", ".join(f"{signs[name]} {value}" for name, value in found.items() if value is not None) + steps


def _default(field: FieldInfo) -> str:
    if field.default is PydanticUndefined:
        return "required"
    if _models(field.annotation):
        return ""
    return f"default {_as_typed(field.default)}" if _has_value(field) else "empty by default"


def _has_value(field: FieldInfo) -> bool:
    """Say whether a setting has a default that is not empty."""
    return field.default is not PydanticUndefined and field.default not in (None, "", ())


def _as_typed(value: Any) -> str:
    """Return a default as one types it: true, [train, test], 0.5."""
    if isinstance(value, tuple):
        return f"[{', '.join(map(_as_typed, value))}]"
    return str(value).lower() if isinstance(value, bool) else str(value)
