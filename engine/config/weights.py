"""What weighted configs share: choices with weights, and bounds that must stand in order."""

from functools import cached_property
from itertools import accumulate
from typing import Self

from pydantic import model_validator

from engine.config.base import Config, setting


def weight() -> float:
    """Declare the weight of one part of a list."""
    return setting(1.0, ge=0, le=1000, help="How often this is drawn, against the weights beside it; 0 is never.")


class Weights(Config):
    """Base of weighted choices: each field is one choice, its value how often it is drawn."""

    @cached_property
    def choices(self) -> tuple[tuple[str, ...], tuple[float, ...]]:
        """The choices that can be drawn, and the sums of their weights up to each; worked out once for all throws."""
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
        raise ValueError(f"{low} is {least}, above {high}, which is {most}")


def some_weight(config: Config, field: str) -> None:
    """Raise ValueError when a list is empty or every part of it has weight 0."""
    if not any(part.weight for part in getattr(config, field)):
        raise ValueError(f"Nothing in {field} has a weight above 0, so nothing can be drawn. Add one or raise a weight")
