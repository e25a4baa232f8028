"""Configs of sweeps: the run that is varied, the settings that vary, the way through them, and the budget.

A sweep of readers and one of locators differ in their run and in what it is judged by. This module draws nothing and
starts nothing.
"""

from typing import Literal, Self

from pydantic import model_validator

from engine.config import flags
from engine.config.base import Config, setting
from engine.config.run import RunConfig
from engine.config.train import TrainConfig, TrainLocatorConfig
from engine.config.variations import MOST_RUNS, RECIPE, SEED, Combination, Variation, combinations
from engine.errors import ConfigError

Strategy = Literal["grid", "random", "tpe"]
Pruning = Literal["none", "halving", "wilcoxon"]

_SMALLER = {"cer", "loss"}  # is better


class BaseSweepConfig(Config):
    """Settings that sweeps of both kinds share. A sweep ends when its grid or its budget is used up."""

    run: RunConfig
    metric: str
    space: tuple[Variation, ...] = setting(
        min_length=1,
        max_length=20,
        help="The settings that vary, each with its values or its range; on the command line --vary SETTING=VALUES.",
    )
    strategy: Strategy = setting(
        "grid",
        help="grid: every combination. random: drawn evenly, which finds as much with fewer runs where few settings "
        "matter. tpe: where earlier runs were good, by Optuna.",
    )
    runs: int | None = setting(
        None, ge=1, le=MOST_RUNS, unit="runs", help="Runs at most. Empty: all combinations of a grid."
    )
    most_minutes: float | None = setting(
        None, gt=0, le=525_600, unit="min", help="Time after which no further run is started. Empty: no limit."
    )
    seeds: int = setting(
        1,
        ge=1,
        le=20,
        unit="seeds",
        help="Runs of each combination, with another seed each: they tell chance from effect.",
    )
    at_once: int = setting(
        1, ge=1, le=64, unit="runs", help="Runs that are started before others have ended; each waits for its device."
    )
    pruning: Pruning = setting(
        "none",
        help="Which runs are stopped early. halving: after the spared validations, and after 4 and 16 times as many, "
        "only the best quarter goes on; the others wait, and go on if they come to be among it. wilcoxon: a run that "
        "reads the validation images worse than the best one did at the same point, beyond chance.",
    )
    spared: int = setting(
        2, ge=1, le=100, unit="validations", help="Validations that each run takes before it may be stopped early."
    )
    points: int = setting(4, ge=2, le=50, unit="values", help="Values of each range in a grid, its ends among them.")
    seed: int = setting(0, ge=0, le=2**31 - 1, folded=True, help="Another seed draws other combinations.")

    @property
    def greater_is_better(self) -> bool:
        """True where the best run has the greatest value of the metric."""
        return self.metric not in _SMALLER

    @property
    def grid(self) -> list[Combination]:
        """All combinations, in order; those of other strategies, too."""
        return combinations(self.space, self.points)

    @property
    def corners(self) -> list[Combination]:
        """The combinations that are checked beforehand: a whole grid, else each value or end of a range by itself."""
        if self.strategy == "grid":
            return self.grid
        return [((one.path, text),) for one in self.space for text in one.grid(2)]

    @property
    def varies_recipe(self) -> bool:
        """True where a setting of the dataset's recipe varies, so that datasets are drawn."""
        return any(one.path.startswith(RECIPE) for one in self.space)

    @property
    def most_runs(self) -> int | None:
        """Runs at most; None where only time ends the sweep."""
        if self.strategy != "grid":
            return self.runs
        whole = len(self.grid) * self.seeds
        return whole if self.runs is None else min(self.runs, whole)

    def run_with(self, combination: Combination, drawn: str | None = None) -> RunConfig:
        """Return the run of a combination, settings of the recipe left aside.

        One that learns from another dataset than the sweep's is validated and tested on that, as all others are.

        Args:
            combination: the values.
            drawn: the dataset that a varied recipe drew for it.

        Raises:
            ConfigError: they do not go together.
        """
        values = self.run.plain()
        for path, text in combination:
            if not path.startswith(RECIPE):
                flags.assign(type(self.run), values, path, text)
        given, own = self.run.parse(values), self.run.dataset
        dataset = drawn or given.dataset
        if dataset == own:
            return given
        tested = given.test_on if own in given.test_on else (*given.test_on, own)
        return given.changed(dataset=dataset, validate_on=given.validate_on or own, test_on=tested)

    @model_validator(mode="after")
    def _ends_some_time(self) -> Self:
        if self.strategy != "grid" and self.runs is None and self.most_minutes is None:
            raise ValueError(f"Strategy {self.strategy} has no end of its own. Give runs or most_minutes")
        return self

    @model_validator(mode="after")
    def _varies_each_setting_once(self) -> Self:
        paths = [one.path for one in self.space]
        again = next((path for place, path in enumerate(paths) if path in paths[:place]), None)
        if again:
            raise ValueError(f"{again} is varied twice. Give all its values in one place")
        if SEED in paths and self.seeds > 1:
            raise ValueError(f"seeds is {self.seeds}, and seed varies, too. Give the seeds in one place")
        if "dataset" in paths and self.varies_recipe:
            recipe = next(path for path in paths if path.startswith(RECIPE))
            raise ValueError(f"dataset varies, and {recipe} draws datasets of its own. Vary one of them")
        return self

    @model_validator(mode="after")
    def _every_value_fits(self) -> Self:
        try:
            for combination in self.corners:
                self.run_with(combination)
        except ConfigError as error:
            raise ValueError(str(error)) from None
        return self


class SweepConfig(BaseSweepConfig):
    """One sweep over runs of a reader."""

    run: TrainConfig = setting(help="The run, whose other settings stay.")
    metric: Literal["word_accuracy", "cer", "loss"] = setting(
        "word_accuracy", help="What runs are judged by, on their validation images, at their best validation."
    )


class LocatorSweepConfig(BaseSweepConfig):
    """One sweep over runs of a locator."""

    run: TrainLocatorConfig = setting(help="The run, whose other settings stay.")
    metric: Literal["h_mean", "pixel_f1", "loss"] = setting(
        "h_mean", help="What runs are judged by, on their validation photos, at their best validation."
    )
