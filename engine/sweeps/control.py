"""The start of a sweep, its extension, and a longer training of its best run: what people do to one.

Stopping, resuming and deleting are those of all jobs. This module loads no library that searches.
"""

import importlib.util
import math
import time

from engine.commands import install_command
from engine.config import flags
from engine.config.base import Config
from engine.config.run import RunConfig
from engine.config.sweeping import BaseSweepConfig, LocatorSweepConfig
from engine.config.variations import RECIPE, SEED, Combination, owner_of
from engine.errors import ConfigError, JobError
from engine.files import read_json, write_json
from engine.jobs import KINDS, Job, State, check_launch, launch, load_job, paths, resume
from engine.sweeps.runs import read_runs
from engine.workspace import Workspace

_LAST_LOOK = 10.0  # seconds at most from a sweep's last look for more runs to its end


def search_is_installed() -> bool:
    """Say whether Optuna is there, without loading it."""
    return importlib.util.find_spec("optuna") is not None


def needs_search(config: BaseSweepConfig) -> bool:
    """Say whether a sweep suggests settings or tests runs against the best, which takes Optuna."""
    return config.strategy == "tpe" or config.pruning == "wilcoxon"


def check_sweep(config: BaseSweepConfig) -> None:
    """Raise ConfigError where a sweep has one run alone, or needs Optuna, and that is not installed."""
    if config.most_runs == 1:
        raise ConfigError(
            "The sweep has 1 run, and it takes 2 or more to compare. Give more values or runs, or start it as a run by "
            "itself."
        )
    if needs_search(config) and not search_is_installed():
        wanted = f"Strategy {config.strategy}" if config.strategy == "tpe" else f"Pruning {config.pruning}"
        raise ConfigError(
            f"{wanted} needs Optuna, which is not installed. Run `{install_command('sweeps')}`, or choose grid or "
            "random with halving or without pruning."
        )


def kind_of_sweep(config: BaseSweepConfig) -> str:
    """Return the kind of job of a sweep."""
    return "sweep-locator" if isinstance(config, LocatorSweepConfig) else "sweep"


def kind_of_run(config: BaseSweepConfig) -> str:
    """Return the kind of job of a sweep's runs."""
    return "train-locator" if isinstance(config, LocatorSweepConfig) else "train"


def start_sweep(workspace: Workspace, config: BaseSweepConfig, *, name: str = "", nonce: str | None = None) -> str:
    """Start a sweep and return its id; nothing starts where one of its runs could not.

    Raises:
        ConfigError: it has one run alone, or needs Optuna, which is not installed, or varies the recipe of a dataset
            that has none, or by values that the recipe refuses.
        JobError: a device or a dataset is not there.
        SpaceError: the disk is full.
    """
    check_sweep(config)
    base = recipe_job(workspace, config) if config.varies_recipe else None
    for combination in config.corners:
        if base is not None:
            drawn_config(config, base, combination)
        check_launch(workspace, kind_of_run(config), config.run_with(combination))
    return launch(workspace, kind_of_sweep(config), config, name=name, nonce=nonce)


def recipe_job(workspace: Workspace, config: BaseSweepConfig) -> Job:
    """Return the job that drew the dataset of a sweep's run. Raises ConfigError where it was not drawn by a recipe."""
    job = load_job(workspace, "datasets", config.run.dataset)
    wanted = "generate-scenes" if isinstance(config, LocatorSweepConfig) else "generate"
    if job.kind != wanted:
        raise ConfigError(
            f"A setting of the recipe varies, and the dataset {job.name!r} was not drawn by one. Choose one that was "
            "generated, or vary settings of the run alone."
        )
    return job


def drawn_config(config: BaseSweepConfig, base: Job, combination: Combination) -> Config:
    """Return the config of the dataset that a combination draws.

    Args:
        config: of the sweep.
        base: the job that drew the dataset of its run, as `recipe_job` returns it.
        combination: of which the settings of the recipe are taken.

    Raises:
        ConfigError: the recipe refuses a value, or has no such place.
    """
    cls: type[Config] = owner_of(type(config.run), RECIPE)
    values = cls.parse(base.config).plain()
    for path, text in combination:
        if path.startswith(RECIPE):
            flags.assign(cls, values, path, text)
    return cls.parse(values)


def extended_by(sweep: Job) -> int:
    """Return the number of runs beyond its budget that a sweep was asked for; 0 where it was not."""
    try:
        return int(read_json(sweep.folder / paths.EXTENDED)["more"])
    except (OSError, ValueError, LookupError, TypeError):
        return 0


def extend(workspace: Workspace, sweep: Job, runs: int) -> None:
    """Let a sweep start so many more runs than its budget has; an ended one goes on.

    Raises:
        JobError: it is gone, or what it needs is missing; or its grid varies the seed itself and is through.
        SpaceError: the disk is full.
    """
    if runs < 1:
        raise JobError(f"{runs} more runs are none. Give 1 or more.")
    config, begun = sweep_config(sweep), len(read_runs(sweep.folder))
    varies_seed = any(one.path == SEED for one in config.space)
    if config.strategy == "grid" and varies_seed and max(begun, config.most_runs or 0) >= len(config.grid):
        raise JobError(
            f"{sweep.name!r} tries all combinations, the seed among them, so there are no further runs. Start a sweep "
            "over other seeds."
        )
    earlier = extended_by(sweep)
    if sweep.state is State.finished:  # it found no more than these, whatever it was asked for
        earlier = sum(run.extra for run in read_runs(sweep.folder))
    write_json(sweep.folder / paths.EXTENDED, {"more": earlier + runs})
    if not _looked_again(workspace, sweep).state.live:
        resume(workspace, sweep.collection, sweep.id, again=True)


def _looked_again(workspace: Workspace, sweep: Job) -> Job:
    """Return a sweep's job as it is once it has ended, or will surely look for more runs.

    A sweep looks after the end of each run. One that lives without an open run may have looked for the last time.
    """
    until = time.monotonic() + _LAST_LOOK
    while True:
        job = load_job(workspace, sweep.collection, sweep.id)
        if not job.state.live or any(run.open for run in read_runs(job.folder)) or time.monotonic() > until:
            return job
        time.sleep(0.1)


def train_longer(workspace: Workspace, sweep: Job, factor: float, *, nonce: str | None = None) -> str:
    """Start an ordinary run with the settings of a sweep's best run and a multiple of its time; return its id.

    Raises:
        JobError: the factor makes nothing longer, there is no best run yet, or it was deleted.
        ConfigError: it would take longer than a run may.
    """
    if not 1 < factor < math.inf:
        raise JobError(f"{factor:g} times as long is not longer. Give a number above 1, such as 3.")
    found = sweep.summary.get("best")
    if not isinstance(found, dict) or not isinstance(found.get("run"), str):
        raise JobError(f"No run of {sweep.name!r} has finished yet, so none is the best. Wait for the first.")
    best = load_job(workspace, "runs", found["run"])
    kind = KINDS[best.kind]
    config = kind.config.parse(best.config)
    if not isinstance(config, RunConfig):
        raise JobError(f"{best.name!r} is no run.")
    longer = config.changed(
        minutes=config.minutes and round(config.minutes * factor, 1),
        epochs=config.epochs and max(1, round(config.epochs * factor)),
    )
    return launch(workspace, kind.name, longer, name=f"{best.name[:60]}, {factor:g} times as long", nonce=nonce)


def sweep_config(sweep: Job) -> BaseSweepConfig:
    """Return the config of a sweep. Raises ConfigError where it is not valid any more."""
    config = KINDS[sweep.kind].config.parse(sweep.config)
    if not isinstance(config, BaseSweepConfig):
        raise ConfigError(f"{sweep.name!r} is no sweep.")
    return config
