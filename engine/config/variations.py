"""Several values for a setting, or a range of them, and the runs that they make: `0.003 and 0.0005` × seeds `0 to 2`.

The same texts are read on the command line (`--vary learning_rate=0.003,0.0005`) and on the Train page, and stand in
the file of a sweep. This module draws nothing by chance and starts nothing; `engine.sweeps` does.
"""

import itertools
import json
import math
import re
from collections.abc import Iterable, Sequence
from typing import Annotated, Any, Literal, Self, get_origin

from pydantic import BeforeValidator, model_validator

from engine.config import flags
from engine.config.base import Config, setting
from engine.config.generate import GenerateConfig, GenerateScenesConfig
from engine.config.run import RunConfig
from engine.config.train import TrainLocatorConfig
from engine.errors import ConfigError
from engine.formatting import count, duration
from engine.parsing import parse_settings
from glyphlab_read.formatting import cut
from glyphlab_read.parsing import ParseFault

MOST = 100
"""Values of one setting."""

MOST_RUNS = 1000
"""Runs of one sweep."""

SEED = "seed"
RECIPE = "recipe."
"""Begins the paths of a recipe's settings."""

_TO = re.compile(r"\s*(?:\.\.+|…|–|(?<![a-z])to(?![a-z])|(?<=\d)\s-\s(?=\d)|(?<=\d)-(?=\d+\b(?!\.)))\s*", re.IGNORECASE)
_WHOLE = re.compile(r"(-?\d{1,18})\.\.(-?\d{1,18})")  # longer numbers are no seed
_NUMBER = r"[+-]?(?:\d{1,18}(?:\.\d{0,18})?|\.\d{1,18})(?:e[+-]?\d{1,3})?"
_RANGE = re.compile(rf"({_NUMBER})\.\.({_NUMBER})(?:\s*,?\s*(log|linear))?", re.IGNORECASE)
_SEMICOLON = re.compile(r"\s*;\s*")
_COMMAS = re.compile(r"\s*(?:,|\n|\band\b|\bor\b)\s*", re.IGNORECASE)
_BLANKS = re.compile(r"\s*(?:,|\s|\band\b|\bor\b)\s*", re.IGNORECASE)
_NO_POINT = re.compile(r"[+-]?0\d+")


def _text(value: Any) -> Any:
    """Return a value of a YAML file as a flag would have it."""
    if isinstance(value, str):
        return value
    return "none" if value is None else json.dumps(value, ensure_ascii=False, separators=(",", ":"))


class Variation(Config):
    """A setting that is varied: by the texts of its values, each as a flag would have it, or by a range of numbers."""

    path: str = setting(
        pattern=r"^[a-z][a-z0-9_.]{0,99}$",
        help="The setting, with dots: learning_rate, reader.decoder; or recipe.looks.0.skew, of the dataset's recipe.",
    )
    values: tuple[Annotated[str, BeforeValidator(_text)], ...] = setting((), max_length=MOST, help="Its values.")
    low: float | None = setting(None, allow_inf_nan=False, help="Of a range: the least value.")
    high: float | None = setting(None, allow_inf_nan=False, help="Of a range: the greatest value.")
    scale: Literal["linear", "log"] = setting(
        "linear", help="Of a range: linear, or log, where each doubling counts alike, as it does for learning rates."
    )
    whole: bool = setting(False, help="Of a range: whole numbers only.")

    @property
    def is_range(self) -> bool:
        """True for a range of numbers."""
        return not self.values

    @model_validator(mode="after")
    def _values_or_range(self) -> Self:
        if bool(self.values) == (self.low is not None or self.high is not None):
            raise ValueError(f"{self.path}: give either values, or low and high")
        if self.values:
            return self
        if self.low is None or self.high is None or self.low >= self.high:
            raise ValueError(f"{self.path}: low is {self.low}, high is {self.high}. Give both, the lower one as low")
        if self.scale == "log" and self.low <= 0:
            raise ValueError(
                f"{self.path}: a range by log begins above 0, and low is {self.low:g}. Raise it, or take linear"
            )
        if self.whole and not (self.low.is_integer() and self.high.is_integer()):
            raise ValueError(f"{self.path}: {self.low:g} to {self.high:g} are no whole numbers. Round them")
        return self

    def at(self, share: float) -> str:
        """Return the text of the value at a share of the range, 0 the least and 1 the greatest."""
        low, high = float(self.low or 0), float(self.high or 0)
        log = self.scale == "log"
        value = low * (high / low) ** share if log else low + (high - low) * share
        return number_text(value, self.whole)

    def grid(self, points: int) -> tuple[str, ...]:
        """Return its values, or so many of its range, evenly over it with both ends."""
        if not self.is_range:
            return self.values
        return tuple(dict.fromkeys(self.at(place / (points - 1)) for place in range(points)))

    @property
    def words(self) -> str:
        """The text that `parse_values` reads as this variation."""
        if self.is_range:
            ends = [number_text(end or 0, self.whole) for end in (self.low, self.high)]
            return f"{ends[0]}..{ends[1]} {self.scale}"
        if all(text.startswith("[") for text in self.values):  # lists, as a list of them
            return f"[{','.join(self.values)}]"
        if any(re.search(r"[,\s]", text) for text in self.values):
            return "".join(f"{text};" for text in self.values)
        return ",".join(self.values)


def number_text(value: float, whole: bool) -> str:
    """Return a number of a range as a flag would have it: whole, or of four digits."""
    return str(round(value)) if whole else f"{value:.4g}"


Combination = tuple[tuple[str, str], ...]
"""One value of each varied setting: pairs of path and text."""


def parse_flag(cls: type[Config], text: str) -> Variation:
    """Return what `--vary SETTING=VALUES` asks for. Raises ConfigError."""
    path, equals, values = text.partition("=")
    if not equals:
        raise ConfigError(f"--vary {cut(text, 60)}: no values were given. Write --vary learning_rate=0.003,0.0005.")
    return parse_values(cls, path, values)


def parse_values(cls: type[Config], path: str, text: str) -> Variation:
    """Return a setting's values, or a range of them, out of a text.

    Values are separated by commas, by `and` or, for numbers, by blanks; `0..2` or `0 to 2` counts in whole numbers.
    Where a semicolon stands, only semicolons separate. Values of a setting that is a list are a YAML list of lists. Two
    ends that are no whole numbers are a range, and so are any with `log` or `linear` behind them.

    Args:
        cls: the class of the run's config.
        path: of the setting, with dots; blanks and hyphens stand for underscores. After `recipe.`: of the recipe.
        text: the values.

    Raises:
        ConfigError: no such setting, no value, one that is given twice, or a range that is none.
    """
    path = re.sub(r"[\s-]+", "_", path.strip().removeprefix("--")).lower()
    types = flags.value_types(owner_of(cls, path), path)
    numbers = _are_numbers(types)
    if numbers and (found := _RANGE.fullmatch(_TO.sub("..", text.strip()))):
        low, high, scale = found.groups()
        if scale or not _WHOLE.fullmatch(f"{low}..{high}"):
            whole = float not in types
            return _parsed(path, low=float(low), high=float(high), scale=(scale or "linear").lower(), whole=whole)
    if numbers and "[" in text and flags.is_list(owner_of(cls, path), path):
        values = _spans(path, text)
    elif flags.is_list(owner_of(cls, path), path) and not numbers:
        values = _lists(path, text)
    else:
        values = [value for part in _parts(numbers, text) for value in _values(numbers, path, part)]
    if not values:
        raise _fault(path, "no value was given. Write several, such as 0.003 and 0.0005, or 0 to 2.")
    if len(values) > MOST:
        raise _fault(path, f"{len(values):,} values were given, and {MOST} are the most. Give fewer, or a range.")
    same = [_number(value) for value in values]
    again = next((value for place, value in enumerate(values) if same[place] in same[:place]), None)
    if again is not None:
        hint = " Decimals are written with a point, such as 0.5." if "," in text and again.isdigit() else ""
        raise _fault(path, f"{cut(again, 40)!r} was given twice. Give each value once.{hint}")
    return _parsed(path, values=values)


def owner_of(cls: type[Config], path: str) -> type[Config]:
    """Return the class that has a setting: the run's, or that of the dataset for a recipe's."""
    if not path.startswith(RECIPE):
        return cls
    return GenerateScenesConfig if issubclass(cls, TrainLocatorConfig) else GenerateConfig


def combinations(variations: Sequence[Variation], points: int = 4) -> list[Combination]:
    """Return all combinations of the values, in the order in which runs are started.

    Seeds change last, so that every setting has been tried once before any is tried again. Of a range so many points.

    Raises:
        ConfigError: a setting is varied twice, or there are more than `MOST_RUNS` combinations.
    """
    paths = [variation.path for variation in variations]
    for place, path in enumerate(paths):
        if path in paths[:place]:
            raise _fault(path, "it is varied twice. Give all its values in one place.")
    values = {variation.path: variation.grid(points) for variation in variations}
    total = math.prod(map(len, values.values()))
    if total > MOST_RUNS:
        raise ConfigError(f"These values make {total:,} runs, and {MOST_RUNS:,} are the most. Give fewer values.")
    ordered = sorted(values, key=lambda path: path != SEED)
    found = [dict(pairs) for pairs in itertools.product(*([(path, text) for text in values[path]] for path in ordered))]
    return [tuple((path, pairs[path]) for path in paths) for pairs in found]


def run_name(name: str, combination: Combination) -> str:
    """Return the name of a run of a sweep: what the user called that, and the values that the run has."""
    names = setting_names(path for path, _ in combination)
    values = ", ".join(f"{names[path]} {cut(text, 24)}" for path, text in combination)
    return f"{cut(name, 40)}: {values}" if name else values


def setting_names(paths: Iterable[str]) -> dict[str, str]:
    """Return the names of settings within a sentence, by path.

    A name is the last part, `learning rate`, or as many as tell it from the others: `looks 0 skew`, `looks 1 skew`.
    """
    parts = {path: path.split(".") for path in paths}
    return {path: _name(own, [other for other in parts.values() if other != own]) for path, own in parts.items()}


def _name(parts: Sequence[str], others: Sequence[Sequence[str]]) -> str:
    """Return the shortest end of a path that begins with a word and that no other path has."""
    for length in range(1, len(parts)):
        if not parts[-length].isdigit() and all(other[-length:] != parts[-length:] for other in others):
            return " ".join(parts[-length:]).replace("_", " ")
    return " ".join(parts).replace("_", " ")


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
    """Say whether values are numbers, or pairs of ends between which samples draw their own."""
    scalars = [kind for kind in types if get_origin(kind) is not tuple]
    return bool({int, float} & set(scalars)) and all(kind in (int, float, type(None)) for kind in scalars)


def _parts(numbers: bool, text: str) -> list[str]:
    text = text.strip()
    if text.startswith("[") and text.endswith("]"):
        text = text[1:-1]
    if numbers:
        text = _TO.sub("..", text)
    between = _SEMICOLON if ";" in text else _BLANKS if numbers else _COMMAS
    return [part for part in between.split(text.strip()) if part]


def _values(numbers: bool, path: str, part: str) -> list[str]:
    """Return the values that one part stands for: itself, or those of a range."""
    if not numbers:
        return [part]
    if found := _WHOLE.fullmatch(part):
        first, last = (int(end) for end in found.groups())
        if abs(last - first) >= MOST:
            raise _fault(path, f"{cut(part, 40)!r} is more than {MOST} values. Give fewer, or write linear behind it.")
        step = 1 if last >= first else -1
        return [str(value) for value in range(first, last + step, step)]
    if ".." in part:
        raise _fault(path, f"{cut(part, 40)!r} is no range of whole numbers. Write each value by itself.")
    if _NO_POINT.fullmatch(part):
        raise _fault(path, f"{cut(part, 40)!r} begins with 0. Decimals are written with a point, such as 0.003.")
    return [part]


def _parsed(path: str, **values: Any) -> Variation:
    try:
        return Variation.parse({"path": path, **values})
    except ConfigError as error:
        raise _fault(path, error.faults[0][1]) from None


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


def _spans(path: str, text: str) -> list[str]:
    """Return single numbers and pairs of ends: `0, [2, 8]`."""
    try:
        values = parse_settings(text if text.strip().startswith("[[") else f"[{text}]")
    except ParseFault:
        values = None
    if not isinstance(values, list):
        raise _fault(path, f"{cut(text, 40)!r} cannot be read. Write numbers or pairs of ends, such as 0, [2, 8].")
    return [_text(value) for value in values]
