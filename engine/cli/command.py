"""The shell line that does the same as a page: only the settings that differ from the nearest preset.

The line holds no path of this machine; it is to be run in the repository's folder. This module starts nothing.
"""

import json
import shlex
from typing import Any

from engine.cli.presets import presets, start_values
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
    return shlex.join(["python", "-m", "engine", kind, *words])


def _flag(name: str, text: str) -> list[str]:
    return [f"{name}={text}"] if text.startswith("-") or not text else [name, text]


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
