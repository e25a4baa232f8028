"""The config of a run of a sweep: its settings, its seed, and the dataset that a varied recipe draws for it."""

import hashlib

from engine.config.run import RunConfig
from engine.config.sweeping import BaseSweepConfig
from engine.config.variations import RECIPE, SEED, Combination, run_name
from engine.errors import JobError
from engine.jobs import Job, State, launch, load_job, resume
from engine.sweeps.control import drawn_config, recipe_job
from engine.sweeps.runs import SweepRun
from engine.workspace import Workspace

INTERRUPTED = {State.lost, State.killed, State.stopped}
"""States of jobs that ended before their work was done, through no fault of their own."""


def run_config(config: BaseSweepConfig, run: SweepRun, sweep: Job, workspace: Workspace) -> RunConfig:
    """Return the config of a run, whose dataset is drawn where that needs it.

    Args:
        config: of the sweep.
        run: of which the settings and the seed are taken.
        sweep: the sweep's job.
        workspace: the sweep's.

    Raises:
        ConfigError: the settings do not go together, or the dataset was not drawn by a recipe.
        JobError: its dataset cannot be drawn.
    """
    drawn = _dataset(config, run.combination, sweep, workspace) if config.varies_recipe else None
    return config.run_with((*run.combination, *seed_setting(run)), drawn)


def seed_setting(run: SweepRun, seeds: int = 2) -> tuple[tuple[str, str], ...]:
    """Return the seed of a run as a setting; nothing where it is varied itself, or where all runs have one."""
    return () if run.seed is None or seeds < 2 else ((SEED, str(run.seed)),)


def _dataset(config: BaseSweepConfig, combination: Combination, sweep: Job, workspace: Workspace) -> str:
    """Return the dataset of some values of the recipe, drawn once for all runs that have them."""
    base = recipe_job(workspace, config)
    drawn_by = [pair for pair in combination if pair[0].startswith(RECIPE)]
    digest = hashlib.sha256(repr(sorted(drawn_by)).encode()).hexdigest()
    id = launch(
        workspace,
        base.kind,
        drawn_config(config, base, combination),
        name=run_name(sweep.name, tuple((path.removeprefix(RECIPE), text) for path, text in drawn_by)),
        nonce=f"sweep {sweep.id} recipe {digest}",
    )
    resume_drawing(workspace, load_job(workspace, "datasets", id))
    return id


def drawn_dataset(config: BaseSweepConfig, run: Job, workspace: Workspace) -> Job | None:
    """Return the dataset that a sweep had drawn for a run; None where it draws none, or where that was deleted."""
    if not config.varies_recipe:
        return None
    try:
        return load_job(workspace, "datasets", str(run.config.get("dataset")))
    except JobError:
        return None


def resume_drawing(workspace: Workspace, dataset: Job) -> None:
    """Resume a dataset that was interrupted while it was drawn. Raises JobError and SpaceError as `resume` does."""
    if dataset.state in INTERRUPTED:
        resume(workspace, dataset.collection, dataset.id)
