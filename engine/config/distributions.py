"""Spans: a setting that is one number, or two ends between which each sample draws its own value.

A span is written as a number (`height: 32`) or as a pair (`height: [32, 48]`), and stays what it was written as. This
module draws nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pydantic_core import CoreSchema, core_schema

Span = int | tuple[int, int]
FloatSpan = float | tuple[float, float]


@dataclass(frozen=True)
class Within:
    """The bounds of a span, read by forms and `--help` as those of a number are.

    Attributes:
        ge, le: the least and the largest end.
        whole: whether only whole numbers count.
        signed: whether the ends of a pair may also lie as far below zero as `le` lies above it.
        optional: whether None is allowed too.
    """

    ge: float
    le: float
    whole: bool = True
    signed: bool = False
    optional: bool = False

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
