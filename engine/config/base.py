"""Base class of all configs: frozen, closed to unknown keys, documented by field, read and written as YAML or JSON.

A setting is declared once, with its default, bounds, unit and help; forms, command-line flags, error messages and
docs are all drawn from that declaration. This module knows no particular setting and opens no file but the one it is
given.
"""

import difflib
from pathlib import Path
from typing import Any, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from engine.errors import ConfigError
from engine.files import CHECKSUM
from engine.formatting import cut
from engine.parsing import MAX_SETTINGS_BYTES, ParseFault, parse_settings, read_regular

_MOST_FAULTS = 20  # that are told at once


class Config(BaseModel):
    """Base of all configs. Equal values are equal configs; a changed one is a copy (`changed`)."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True, use_attribute_docstrings=False)

    @classmethod
    def parse(cls, values: Any) -> Self:
        """Validate plain values (as JSON or YAML give them).

        Raises:
            ConfigError: one line for each faulty field with its name, its value, the rule and the remedy.
        """
        if isinstance(values, dict):  # a job's config.json, too
            values = {name: value for name, value in values.items() if name != CHECKSUM}
        try:
            return cls.model_validate(values)
        except ValidationError as error:
            faults = error.errors()
            told = [(tuple(fault["loc"]), _explain(cls, fault)) for fault in faults[:_MOST_FAULTS]]
            if len(faults) > _MOST_FAULTS:
                told.append(((), f"And {len(faults) - _MOST_FAULTS:,} faults more."))
            lines = [": ".join(filter(None, [".".join(map(str, loc)), text])) for loc, text in told]
            raise ConfigError("\n".join(lines), told) from None

    @classmethod
    def from_yaml(cls, text: str) -> Self:
        """Parse YAML or JSON text. Raises ConfigError as `parse` does, also for text that is no YAML."""
        try:
            values = parse_settings(text)
        except ParseFault as error:
            raise ConfigError(
                f"This is no YAML or JSON that is read: {error}. Save a config from Glyphlab to see the form."
            ) from None
        return cls.parse({} if values is None else values)

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read a YAML or JSON file. Raises ConfigError, also when it is missing, a link, a pipe or not UTF-8."""
        try:
            text = read_regular(path, MAX_SETTINGS_BYTES).decode()
        except (OSError, ValueError) as error:
            raise ConfigError(f"{path.name!r} cannot be read as text ({error}). Give a YAML or JSON file.") from None
        return cls.from_yaml(text)

    def plain(self) -> dict[str, Any]:
        """Return the values as JSON types; `parse(plain())` gives an equal config."""
        return self.model_dump(mode="json")

    def non_defaults(self) -> dict[str, Any]:
        """Return the values that are not the defaults, as JSON types; settings that come later do not change it."""
        return self.model_dump(mode="json", exclude_defaults=True)

    def to_yaml(self) -> str:
        """Return the config as YAML, in the order in which its fields are declared."""
        return yaml.safe_dump(self.plain(), sort_keys=False, allow_unicode=True)

    def changed(self, **values: Any) -> Self:
        """Return a validated copy with other top-level values. Raises ConfigError."""
        return self.parse({**self.plain(), **{key: _plain(value) for key, value in values.items()}})


def setting(
    default: Any = ..., *, help: str, unit: str = "", share: bool = False, folded: bool = False, **bounds: Any
) -> Any:
    """Declare one setting.

    Args:
        default: its value when none is given; without one the setting is required.
        help: one sentence for tooltips, `--help` and docs.
        unit: what its numbers count ("px", "degrees", "images"); empty for plain numbers and words.
        share: True for a part of a whole from 0 to 1, which pages show in per cent.
        folded: True for settings that forms keep behind "more".
        bounds: pydantic's constraints (`ge`, `le`, `min_length`, …).
    """
    extra = {"unit": unit, "share": share, "folded": folded}
    return Field(default, description=help, json_schema_extra=extra, **bounds)


def _plain(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    return [_plain(item) for item in value] if isinstance(value, list | tuple) else value


def _explain(cls: type[Config], fault: ErrorDetails) -> str:
    """Turn one pydantic fault into value, rule and remedy."""
    if fault["type"] == "extra_forbidden":
        like = difflib.get_close_matches(str(fault["loc"][-1]), cls.model_fields, 1) if len(fault["loc"]) == 1 else []
        return f"unknown setting. {f'Did you mean {like[0]}?' if like else 'Check the spelling, or remove it.'}"
    if fault["type"] == "missing":
        return "no value was given and there is no default. Add it."
    rule = fault["msg"].removeprefix("Value error, ").rstrip(".")
    given = "" if isinstance(fault["input"], dict) else f"{cut(repr(fault['input']), 60)} was given. "
    return f"{given}{rule}. Change it and try again."
