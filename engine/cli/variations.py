"""Several values for a setting, and the runs that all their combinations make: `0.003 and 0.0005` × seeds `0 to 2`.

The same texts are read on the command line (`--vary learning_rate=0.003,0.0005`) and on the Train page. This module
starts nothing; `engine.jobs.launch_group` does.
"""

import itertools
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from engine.cli import flags
from engine.config.base import Config
from engine.config.train import RunConfig
from engine.errors import ConfigError
from engine.formatting import count, duration
from engine.parsing import parse_settings
from glyphlab_read.formatting import cut
from glyphlab_read.parsing import ParseFault

MOST = 100  # runs of one group
SEED = "seed"
_TO = re.compile(r"\s*(?:\.\.+|…|–|(?<![a-z])to(?![a-z])|(?<=\d)\s-\s(?=\d)|(?<=\d)-(?=\d+\b(?!\.)))\s*", re.IGNORECASE)
_RANGE = re.compile(r"(-?\d{1,18})\.\.(-?\d{1,18})")  # longer numbers are no seed
_SEMICOLON = re.compile(r"\s*;\s*")
_COMMAS = re.compile(r"\s*(?:,|\n|\band\b|\bor\b)\s*", re.IGNORECASE)
_BLANKS = re.compile(r"\s*(?:,|\s|\band\b|\bor\b)\s*", re.IGNORECASE)
_NO_POINT = re.compile(r"[+-]?0\d+")


@dataclass(frozen=True)
class Variation:
    """A setting, by its dotted path, with the texts of its values, each as a flag would have it."""

    path: str
    texts: tuple[str, ...]


Combination = tuple[tuple[str, str], ...]
"""One value of each varied setting: pairs of path and text."""


def parse_flag(cls: type[Config], text: str) -> Variation:
    """Return what `--vary SETTING=VALUES` asks for. Raises ConfigError."""
    path, equals, values = text.partition("=")
    if not equals:
        raise ConfigError(f"--vary {cut(text, 60)}: no values were given. Write --vary learning_rate=0.003,0.0005.")
    return parse_values(cls, path, values)


def parse_values(cls: type[Config], path: str, text: str) -> Variation:
    """Return a setting's values out of a text.

    They are separated by commas, by `and` or, for numbers, by blanks; `0..2` or `0 to 2` counts in whole numbers. Where
    a semicolon stands, only semicolons separate. Values of a setting that is a list are a YAML list of lists.

    Args:
        cls: the config's class.
        path: of the setting, with dots; blanks and hyphens stand for underscores.
        text: the values.

    Raises:
        ConfigError: no such setting, no value, one that is given twice, or a range that is none.
    """
    path = re.sub(r"[\s-]+", "_", path.strip().removeprefix("--")).lower()
    types = flags.value_types(cls, path)
    if flags.is_list(cls, path):
        texts = _lists(path, text)
    else:
        texts = [value for part in _parts(types, text) for value in _values(types, path, part)]
    if not texts:
        raise _fault(path, "no value was given. Write several, such as 0.003 and 0.0005, or 0 to 2.")
    if len(texts) > MOST:
        raise _fault(path, f"{len(texts):,} values were given; {MOST} runs are started at once. Give fewer.")
    same = [_number(value) for value in texts]
    again = next((value for place, value in enumerate(texts) if same[place] in same[:place]), None)
    if again is not None:
        hint = " Decimals are written with a point, such as 0.5." if "," in text and again.isdigit() else ""
        raise _fault(path, f"{cut(again, 40)!r} was given twice. Give each value once.{hint}")
    return Variation(path, tuple(texts))


def combinations(variations: Sequence[Variation]) -> list[Combination]:
    """Return all combinations of the values, in the order in which runs are started.

    Seeds change last, so that every setting has been tried once before any is tried again.

    Raises:
        ConfigError: a setting is varied twice, or there are more than `MOST` combinations.
    """
    paths = [variation.path for variation in variations]
    for place, path in enumerate(paths):
        if path in paths[:place]:
            raise _fault(path, "it is varied twice. Give all its values in one place.")
    total = 1
    for variation in variations:
        total *= len(variation.texts)
    if total > MOST:
        raise ConfigError(f"These values make {total:,} runs; {MOST} are started at once. Give fewer values.")
    ordered = sorted(variations, key=lambda variation: variation.path != SEED)
    found = [dict(pairs) for pairs in itertools.product(*([(v.path, text) for text in v.texts] for v in ordered))]
    return [tuple((path, pairs[path]) for path in paths) for pairs in found]


def run_name(name: str, combination: Combination) -> str:
    """Return the name of a run of a group: what the user called it, and the values that it has."""
    values = ", ".join(f"{setting_name(path)} {cut(text, 24)}" for path, text in combination)
    return f"{cut(name, 40)}: {values}" if name else values


def setting_name(path: str) -> str:
    """Return a setting's name within a sentence: that of its last part, `learning rate`."""
    return path.rpartition(".")[2].replace("_", " ")


def total_words(configs: Sequence[RunConfig], epoch: float | None = None) -> str:
    """Say how many runs these are and how long they take together, one after another.

    Args:
        configs: of the runs.
        epoch: seconds of an epoch, as far as a trial of the first run tells.
    """
    runs, minutes = count(len(configs), "runs"), [config.minutes for config in configs]
    limits = [limit for limit in minutes if limit is not None]
    if len(limits) == len(minutes):
        return f"{runs}, at most {duration(60 * sum(limits))} of work in all"
    epochs = sum(config.epochs or 0 for config in configs if config.minutes is None)
    also = f", and at most {duration(60 * sum(limits))}" if limits else ""
    if epoch is not None and epochs:
        whole = duration(epochs * epoch + 60 * sum(limits))
        return f"{runs}: {count(epochs, 'epochs')} in all{also}; about {whole}, if each is as fast as the first"
    return f"{runs}: {count(epochs, 'epochs')} in all{also}"


def _are_numbers(types: Iterable[Any]) -> bool:
    return all(kind in (int, float, type(None)) for kind in types)


def _parts(types: Sequence[Any], text: str) -> list[str]:
    text = text.strip()
    if text.startswith("[") and text.endswith("]"):
        text = text[1:-1]
    if _are_numbers(types):
        text = _TO.sub("..", text)
    between = _SEMICOLON if ";" in text else _BLANKS if _are_numbers(types) else _COMMAS
    return [part for part in between.split(text.strip()) if part]


def _values(types: Sequence[Any], path: str, part: str) -> list[str]:
    """Return the values that one part stands for: itself, or those of a range."""
    if not _are_numbers(types):
        return [part]
    if found := _RANGE.fullmatch(part):
        first, last = (int(end) for end in found.groups())
        if abs(last - first) >= MOST:
            raise _fault(path, f"{cut(part, 40)!r} is more than {MOST} values. Give fewer.")
        step = 1 if last >= first else -1
        return [str(value) for value in range(first, last + step, step)]
    if ".." in part:
        raise _fault(path, f"{cut(part, 40)!r} is no range of whole numbers. Write each value by itself.")
    if _NO_POINT.fullmatch(part):
        raise _fault(path, f"{cut(part, 40)!r} begins with 0. Decimals are written with a point, such as 0.003.")
    return [part]


def _fault(path: str, text: str) -> ConfigError:
    """Return the error of one setting, which pages name as their forms do."""
    return ConfigError(f"{path}: {text}", [(tuple(path.split(".")), text)])


def _number(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text


def _lists(path: str, text: str) -> list[str]:
    try:
        values = parse_settings(text)
    except ParseFault:
        values = None
    if not isinstance(values, list) or not all(isinstance(value, list) for value in values):
        raise _fault(path, f"{cut(text, 40)!r} is no list of lists. Write [[], [A]] for none, and for A alone.")
    return [json.dumps(value, ensure_ascii=False, separators=(",", ":")) for value in values]
