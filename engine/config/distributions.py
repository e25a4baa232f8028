"""Settings from which each sample draws its own value: ranges of numbers, and weighted choices.

A range (`Span`) is written as one number (`height: 32`) or as a pair (`height: [32, 48]`), and stays as it was written.
This module draws nothing.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import Any, Literal, Self

from pydantic import model_validator
from pydantic.fields import FieldInfo
from pydantic_core import CoreSchema, core_schema

from engine.config.base import Config, setting

Span = int | tuple[int, int]
FloatSpan = float | tuple[float, float]
Alone = Literal["as it is", "up to", "either way"]
"""The meaning of a single number of a span: the number itself, a range from 0, or one as far below zero as above."""


@dataclass(frozen=True)
class Within:
    """Bounds of a span, read by forms and `--help` as those of a number are.

    Attributes:
        ge, le: the smallest and the largest end.
        whole: whether both ends are integers.
        signed: whether the ends of a pair may also lie as far below zero as `le` lies above it.
        optional: whether None is allowed too.
        alone: how a single number is meant.
    """

    ge: float
    le: float
    whole: bool = True
    signed: bool = False
    optional: bool = False
    alone: Alone = "as it is"

    def __get_pydantic_core_schema__(self, source: Any, handler: Callable[[Any], CoreSchema]) -> CoreSchema:
        number = core_schema.int_schema() if self.whole else core_schema.float_schema(allow_inf_nan=False)
        choices: list[CoreSchema | tuple[CoreSchema, str]] = [number, core_schema.tuple_schema([number, number])]
        what = "one integer, or two as [least, most]" if self.whole else "one number, or two as [least, most]"
        union = core_schema.union_schema(choices, custom_error_type="span", custom_error_message=f"It should be {what}")
        checked = core_schema.no_info_after_validator_function(self._check, union)
        return core_schema.nullable_schema(checked) if self.optional else checked

    def _check(self, value: Any) -> Any:
        low, high = ends(value)
        least = -self.le if self.signed and isinstance(value, tuple) else self.ge
        if low > high:
            raise ValueError(f"The least, {low:g}, is above the most, {high:g}")
        if low < least:
            raise ValueError(f"It should be greater than or equal to {least:g}")
        if high > self.le:
            raise ValueError(f"It should be less than or equal to {self.le:g}")
        return value


def ends(span: Any) -> tuple[Any, Any]:
    """Return both ends of a span; those of a single number are equal."""
    return span if isinstance(span, tuple) else (span, span)


@dataclass(frozen=True)
class SettingBounds:
    """Bounds between which a setting is moved.

    Attributes:
        low, high: the least and the largest value; of one that is meant either way, of how far.
        whole: whether it is an integer.
        alone: how a single number is meant; None where there is never a pair.
        optional: whether None is allowed too.
    """

    low: float
    high: float
    whole: bool
    alone: Alone | None
    optional: bool = False

    def clip(self, value: float) -> float:
        """Return a value, or the bound that it lies beyond."""
        return min(max(value, self.low), self.high)


def bounds_of(info: FieldInfo) -> SettingBounds | None:
    """Return the bounds of a number or a span from its declaration; None for all other settings."""
    within = next((rule for rule in info.metadata if isinstance(rule, Within)), None)
    if within is not None:
        signed = within.signed and within.alone != "either way"
        return SettingBounds(
            -within.le if signed else within.ge, within.le, within.whole, within.alone, within.optional
        )
    found = {name: getattr(rule, name) for rule in info.metadata for name in ("ge", "le") if hasattr(rule, name)}
    if info.annotation not in (int, float) or set(found) != {"ge", "le"}:
        return None
    return SettingBounds(found["ge"], found["le"], info.annotation is int, None)


def setting_at(config: type[Config], path: str) -> FieldInfo:
    """Return the declaration of the setting at a path with dots, none of whose groups is a list."""
    inner: Any = config
    *groups, name = path.split(".")
    for group in groups:
        inner = inner.model_fields[group].annotation
    return inner.model_fields[name]


def is_weight(config: type[Config], path: str) -> bool:
    """Say whether a setting is the weight of one choice of a `Weights` config."""
    group = path.rpartition(".")[0]
    kind = setting_at(config, group).annotation if group else None
    return isinstance(kind, type) and issubclass(kind, Weights)


def value_at(part: Mapping[str, Any], path: str) -> Any:
    """Return the value at a path with dots in the plain values of a config."""
    for name in path.split("."):
        part = part[name]
    return part


def as_pair(value: Any) -> tuple[Any, Any]:
    """Return both ends of a span in plain values, where a pair may be a list."""
    return ends(tuple(value) if isinstance(value, list) else value)


def weight() -> float:
    """Declare the weight of one part of a list."""
    return setting(1.0, ge=0, le=1000, help="How often this is drawn, relative to the other weights; 0 is never.")


def choice_weight(default: float, help: str) -> float:
    """Declare the weight of one choice of a `Weights` config."""
    return setting(default, ge=0, le=1000, help=help)


class Weights(Config):
    """Base of weighted choices: each field is one choice, its value the relative weight."""

    @cached_property
    def choices(self) -> tuple[tuple[str, ...], tuple[float, ...]]:
        """The choices with a weight above 0, and their cumulative weights; computed once for all samples."""
        drawn = {name: value for name, value in self.plain().items() if value}
        return tuple(drawn), tuple(accumulate(drawn.values()))

    @model_validator(mode="after")
    def _something_can_be_drawn(self) -> Self:
        if not any(self.plain().values()):
            raise ValueError(f"All weights are 0, so nothing can be drawn. Raise one of {', '.join(self.plain())}")
        return self


def in_order(config: Config, low: str, high: str) -> None:
    """Raise ValueError, naming both values, when the setting `low` is above the setting `high`."""
    least, most = getattr(config, low), getattr(config, high)
    if least > most:
        raise ValueError(f"{low} is {least}, above {high}, which is {most}. Lower the one or raise the other")


def some_weight(config: Config, field: str) -> None:
    """Raise ValueError when a list is empty or every part of it has weight 0."""
    if not any(part.weight for part in getattr(config, field)):
        raise ValueError(f"Nothing in {field} has a weight above 0, so nothing can be drawn. Add one or raise a weight")
