"""Base class of manifests and of all configs: frozen, closed to unknown keys, each value documented and bounded.

This module knows no particular setting and opens no file.
"""

import difflib
from collections.abc import Sequence
from typing import Any, Self, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from glyphlab_read.errors import ConfigError
from glyphlab_read.formatting import cut

_MOST_FAULTS = 20  # that are told at once


class ClosedModel(BaseModel):
    """Values that are checked as they come in. Equal values are equal models; a changed one is a copy (`changed`)."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True, use_attribute_docstrings=False)

    @classmethod
    def parse(cls, values: Any) -> Self:
        """Validate plain values (as JSON gives them).

        Raises:
            ConfigError: one line for each faulty field with its name, its value, the rule and the remedy.
        """
        try:
            return cls.model_validate(values)
        except ValidationError as error:
            faults = error.errors()
            told = [(tuple(fault["loc"]), _explain(cls, fault)) for fault in faults[:_MOST_FAULTS]]
            if len(faults) > _MOST_FAULTS:
                told.append(((), f"And {len(faults) - _MOST_FAULTS:,} faults more."))
            lines = [": ".join(filter(None, [".".join(map(str, loc)), text])) for loc, text in told]
            raise ConfigError("\n".join(lines), told) from None

    def plain(self) -> dict[str, Any]:
        """Return the values as JSON types; `parse(plain())` gives an equal model."""
        return self.model_dump(mode="json")

    def changed(self, **values: Any) -> Self:
        """Return a validated copy with other top-level values. Raises ConfigError."""
        return self.parse({**self.plain(), **{key: _plain(value) for key, value in values.items()}})


def setting(
    default: Any = ...,
    *,
    help: str,
    unit: str = "",
    share: bool = False,
    folded: bool = False,
    zero: str = "",
    **bounds: Any,
) -> Any:
    """Declare one setting.

    Args:
        default: its value when none is given; without one the setting is required.
        help: one sentence for tooltips, `--help` and docs.
        unit: what its numbers count ("px", "degrees", "images"); empty for plain numbers and words.
        share: True for a part of a whole from 0 to 1, which pages show in per cent.
        folded: True for settings that forms keep behind "more".
        zero: what 0 stands for ("all"), which forms show in place of the figure.
        bounds: pydantic's constraints (`ge`, `le`, `min_length`, …).
    """
    extra = {"unit": unit, "share": share, "folded": folded, "zero": zero}
    return Field(default, description=help, json_schema_extra=extra, **bounds)


def _plain(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    return [_plain(item) for item in value] if isinstance(value, list | tuple) else value


def _explain(cls: type[ClosedModel], fault: ErrorDetails) -> str:
    """Turn one pydantic fault into value, rule and remedy."""
    if fault["type"] == "extra_forbidden":
        like = difflib.get_close_matches(str(fault["loc"][-1]), cls.model_fields, 1) if len(fault["loc"]) == 1 else []
        return f"unknown setting. {f'Did you mean {like[0]}?' if like else 'Check the spelling, or remove it.'}"
    if fault["type"] == "missing":
        return "no value was given and there is no default. Add it."
    given = "" if isinstance(fault["input"], dict) else f"{cut(repr(fault['input']), 60)} was given. "
    if fault["type"] == "value_error" and not given:  # a rule among several settings, which says what to do
        return f"{_rule(cls, fault)}."
    return f"{given}{_rule(cls, fault)}. Change it and try again."


def _rule(cls: type[ClosedModel], fault: ErrorDetails) -> str:
    """Return the rule that a fault breaks, with an example where pydantic's words have none."""
    help, models = _declared(cls, fault["loc"])
    help, first = help.rstrip("."), next(iter(models[0].model_fields)) if models else ""
    group = f"{{{first}: …}}"
    match fault["type"], fault.get("ctx", {}):
        case "string_pattern_mismatch", _ if help:
            return f"What is asked for: {help}"
        case "tuple_type" | "list_type", _:
            return f"A list is asked for, such as [{group if first else 'a, b'}]"
        case "model_type" | "model_attributes_type", _ if first:
            name = ".".join(map(str, [*fault["loc"], first]))
            return f"A group of settings is asked for, such as {group}, or one alone, such as {name}"
        case "dict_type", _:
            return "A group is asked for, such as {name: value}"
        case "too_short", {"min_length": least} if help:
            return f"At least {least} must be given: {help}"
        case _:
            return fault["msg"].removeprefix("Value error, ").rstrip(".")


def _declared(cls: type[BaseModel], place: Sequence[int | str]) -> tuple[str, list[type[BaseModel]]]:
    """Return the help of the setting at a place of a model, and the models that its value or its items may be."""
    help, models = "", [cls]
    for part in place:
        fields = [model.model_fields[part] for model in models if part in model.model_fields]
        if fields:  # else a place in a list, or the kind of one of several models
            help = fields[0].description or ""
            models = [model for field in fields for model in _models_in(field.annotation)]
    return help, models


def _models_in(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for part in get_args(annotation) for model in _models_in(part)]
