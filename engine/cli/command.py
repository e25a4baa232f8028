"""The shell line that does the same as a page: only the settings that differ from the nearest preset.

The line is to be run in the repository's folder, and names no workspace. This module starts nothing.
"""

import json
import shlex
from typing import Any

from engine.cli.presets import presets, start_values
from engine.commands import engine_command
from engine.config.base import Config
from engine.config.diff import differences
from engine.config.sweeping import BaseSweepConfig


def command(kind: str, config: Config, name: str = "") -> str:
    """Return a line for a POSIX shell that launches a job of this kind, config and name."""
    plain = config.plain()
    starts = {preset: start_values(type(config), kind, preset) for preset in (None, *presets(kind))}
    changes = {preset: differences(values, plain) for preset, values in starts.items()}
    preset = min(changes, key=lambda preset: len(changes[preset]))  # no preset, if none saves a flag
    words = _flag("--preset", preset) if preset else []
    space = config.space if isinstance(config, BaseSweepConfig) else ()
    for path, (_, value) in changes[preset].items():
        words += _flag(f"--{path}", _text(value)) if path != "space" or not space else []
    for one in space:
        words += _flag("--vary", f"{one.path}={one.words}")
    words += _flag("--name", name) if name else []
    return engine_command(shlex.join([kind, *words]))


def _flag(name: str, text: str) -> list[str]:
    return [f"{name}={text}"] if text.startswith("-") or not text else [name, text]


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
