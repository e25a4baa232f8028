"""The figures that an adaptation leaves, validated, and in words for pages and the terminal. It computes nothing."""

from collections.abc import Callable

from pydantic import BaseModel, ConfigDict, ValidationError

from engine.formatting import count
from engine.jobs import Job, State

DRAWN_BY = {
    "fitted": "by the fitted recipe",
    "unfitted": "by the recipe as it was: the fit gained nothing beyond chance",
}
"""Words for the recipe that images were drawn by."""


class AdaptationSummary(BaseModel):
    """The figures of an adaptation; those of a stage are None before it.

    Attributes:
        asks: while it waits: how many images of each transcript people are asked for, by its id.
        asked: names of the images that it waits for, where not any will do.
        sure, sure_least: readings that the reader was sure of, and how many of them it needs to learn from them.
        recipe_drawn: a key of DRAWN_BY.
        run: id of the adapted reader.
        images, before, after: that judge; and how many of them were read before, and are now.
        difference, low, high: of the shares, and its 95 % interval.
        significant: whether the difference is beyond chance.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    asks: dict[str, int] | None = None
    asked: tuple[str, ...] | None = None
    sure: int | None = None
    sure_least: int = 10
    recipe_drawn: str | None = None
    run: str | None = None
    images: int = 0
    before: int = 0
    after: int = 0
    difference: float | None = None
    low: float = 0.0
    high: float = 0.0
    significant: bool = False


def adaptation_summary(job: Job) -> AdaptationSummary:
    """Return the figures of an adaptation; one that is torn or of another version has none."""
    try:
        return AdaptationSummary.model_validate(job.summary)
    except ValidationError:
        return AdaptationSummary()


def outcome_words(job: Job, strong: Callable[[str], str] = str) -> str:
    """Return what an adaptation gained, with its interval; empty before it has ended.

    Args:
        job: the adaptation.
        strong: marks the figure that counts.
    """
    told = adaptation_summary(job)
    if job.state is not State.finished or told.difference is None:
        return ""
    read = f"{told.before} of {count(told.images, 'images')} read before, {strong(str(told.after))} now"
    chance = "" if told.significant else ": so few images tell no difference from chance"
    return f"{read} (95 % interval {_span(told.low, told.high)}){chance}"


def _span(low: float, high: float) -> str:
    """Return the ends of a difference of shares in points, such as `3 to 43 points more`."""
    low, high = 100 * low, 100 * high
    if low >= 0:
        return f"{low:.0f} to {high:.0f} points more"
    return f"{-high:.0f} to {-low:.0f} points fewer" if high <= 0 else f"{-low:.0f} points fewer to {high:.0f} more"


def sure_words(told: AdaptationSummary) -> str:
    """Return how many sure readings were learned from, or that these were too few; empty before they are counted."""
    if told.sure is None:
        return ""
    if told.sure < told.sure_least:
        return f"skipped: {told.sure} of {told.sure_least} that it takes"
    return f"{count(told.sure, 'readings')}"


def recipe_words(told: AdaptationSummary) -> str:
    """Return which recipe the images were drawn by; empty before that is known."""
    return DRAWN_BY.get(told.recipe_drawn or "", "")
