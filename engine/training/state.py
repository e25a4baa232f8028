"""Where a run stands, beside its tensors: all that the loop's later decisions depend on.

Written into each checkpoint and read back from it. This module decides nothing.
"""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from engine.evaluation.diagnosis import validation_rank
from engine.evaluation.metrics import wilson


class Best(BaseModel):
    """The best validation so far."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    step: int
    word_accuracy: float
    cer: float
    loss: float

    def beats(self, other: "Best | None") -> bool:
        """Say whether this is better: by word accuracy, then by CER, then by loss."""
        return other is None or self._rank > other._rank

    def figures(self, images: int) -> dict[str, Any]:
        """Return what lists show of it, with the 95 % interval that the number of validation images leaves."""
        interval = wilson(round(self.word_accuracy * images), images)
        shown = self.model_dump(include={"step", "word_accuracy", "cer"})
        return {**shown, "images": images, "interval": list(interval)}

    @property
    def _rank(self) -> tuple[float, float, float]:
        return validation_rank(self.word_accuracy, self.cer, self.loss)


class RunState(BaseModel):
    """Changed by the loop as it goes.

    Attributes:
        step: steps done.
        planned_steps: the run's length, once it is known.
        planned_again: whether that is of the pace after the first epoch.
        nats, characters: summed since the curve's last point.
        best: the best validation.
        stale: validations since the best one.
        bundle_step: the newest bundle that counts.
        curve: word accuracy at each validation, for the small curves of lists.
        identity: hash of config and dataset, which must not change between start and resume.
    """

    model_config = ConfigDict(extra="forbid")

    identity: str
    step: int = 0
    planned_steps: int | None = None
    planned_again: bool = False
    nats: float = 0.0
    characters: float = 0.0
    best: Best | None = None
    stale: int = 0
    bundle_step: int | None = None
    last: dict[str, Any] = Field(default_factory=dict)
    curve: list[float] = Field(default_factory=list)

    @property
    def short_curve(self) -> list[float]:
        """The curve, evenly thinned to fewer than forty points, the newest among them."""
        newest_first = self.curve[::-1][:: max(1, len(self.curve) // 20)]
        return newest_first[::-1]
