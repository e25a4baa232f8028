"""Base class of all configs: closed models (see `glyphlab_read.settings`), read and written as YAML or JSON.

A setting is declared once, with its default, bounds, unit and help; forms, command-line flags, error messages and
docs are all drawn from that declaration. This module knows no particular setting and opens no file but the one it is
given.
"""

from pathlib import Path
from typing import Any, Self

import yaml

from engine.errors import ConfigError
from engine.files import CHECKSUM
from engine.parsing import MAX_SETTINGS_BYTES, parse_settings
from glyphlab_read.parsing import ParseFault, read_regular
from glyphlab_read.settings import ClosedModel, setting

__all__ = ["Config", "setting"]


class Config(ClosedModel):
    """Base of all configs: a closed model that is read and written as YAML or JSON."""

    @classmethod
    def parse(cls, values: Any) -> Self:
        """Validate plain values (as JSON or YAML give them).

        Raises:
            ConfigError: one line for each faulty field with its name, its value, the rule and the remedy.
        """
        if isinstance(values, dict):  # a job's config.json, too
            values = {name: value for name, value in values.items() if name != CHECKSUM}
        return super().parse(values)

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

    def non_defaults(self) -> dict[str, Any]:
        """Return the values that are not the defaults, as JSON types; settings that come later do not change it."""
        return self.model_dump(mode="json", exclude_defaults=True)

    def to_yaml(self) -> str:
        """Return the config as YAML, in the order in which its fields are declared."""
        return yaml.safe_dump(self.plain(), sort_keys=False, allow_unicode=True)
