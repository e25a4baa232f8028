"""The training loop: step after step until the schedule is fulfilled, with validation, checkpoints and bundles.

After a kill at any point, a new loop over the newest checkpoint ends in the same weights on a CPU: all that decides
anything is in the state, the tensors or the config. Where minutes limit a run, the clock decides its length, which is
saved as soon as it is decided. This module opens no dataset, reads no test split and knows no network; see `task`.
"""

import contextlib
import math
import time
from collections.abc import Callable
from dataclasses import dataclass

from engine.bundles.folder import newest_step
from engine.config.run import RunConfig
from engine.errors import CheckpointError
from engine.evaluation.diagnosis import PLATEAU
from engine.jobs import paths
from engine.jobs.context import Diverged, JobContext, Stopped
from engine.training import checkpoint as checkpoints
from engine.training.budget import EXPORT_SHARE, Budget, Schedule, learning_rate, reports_after
from engine.training.checkpoint import Best, RunState
from engine.training.device import Gpus
from engine.training.task import Task, TrainBatch, ValidationResult
from engine.training.telemetry import Recorder, StepMeter
from engine.training.trainer import GROUPS

_BUNDLES_KEPT = 3
_VALIDATION_PATIENCE = 20.0  # seconds that a stop waits for a validation; the runner ends a job that waits for longer


@dataclass(frozen=True)
class RunSetup:
    """One run, opened and checked.

    Attributes:
        config: its settings.
        job: whose folder it writes to.
        task: what is learned.
        recorder: where its figures go.
        first: the state of a run that begins, with all that must not change between start and resume.
        gpus: those that learn; none on the CPU.
    """

    config: RunConfig
    job: JobContext
    task: Task
    recorder: Recorder
    first: RunState
    gpus: Gpus = ()


class Loop:
    """One run in this process.

    Attributes:
        state: where the run stands.
        meter: durations of this process's steps.
    """

    def __init__(self, setup: RunSetup) -> None:
        self._config, self._job, self._task, self._recorder = setup.config, setup.job, setup.task, setup.recorder
        task = setup.task
        self._budget = Budget(
            setup.config,
            task.steps_per_epoch,
            task.validation_images * task.validation_cost / task.batch,
            task.test_images * task.test_seconds,
        )
        self._saved_at = time.monotonic()
        self._export_seconds = self._last_export = 0.0
        self.meter = StepMeter(setup.gpus)
        self.state = setup.first

    def run(self) -> None:
        """Learn until the schedule is fulfilled.

        Raises:
            Stopped, Diverged, SpaceError, DatasetError: with a checkpoint to go on from.
        """
        self._resume()
        self._budget.begin(self.state)
        self._job.phase("compiling")
        self._job.summary(steps_per_epoch=self._task.steps_per_epoch, batch=self._task.batch)
        with contextlib.closing(self._task.batches(self.state.position)) as batches:
            while self._schedule is None or self.state.step < self._schedule.steps:
                began = time.monotonic()
                batch = next(batches)
                self._step(batch, began, time.monotonic() - began)
        self._export_best()

    @property
    def epoch(self) -> int:
        """The epoch of the last step, from 1."""
        return (self.state.position - 1) // self._task.steps_per_epoch + 1

    @property
    def _schedule(self) -> Schedule | None:
        return self._budget.schedule

    def _step(self, batch: TrainBatch, began: float, waited: float) -> None:
        rate = learning_rate(self._config, self.state.step, self._schedule, self.state.ahead)
        loss = self._task.trainer.train_step(batch, rate)
        if not self.meter.images:
            self._job.phase("training")  # the first step of a process compiled the network
        if not math.isfinite(loss):
            raise self._diverged(batch, loss, rate)
        self.state.step += 1
        self.state.nats += loss * batch.count
        self.state.characters += batch.count
        seconds = time.monotonic() - began
        self.meter.add(seconds, waited, len(batch.indices))
        planned = self._plan(seconds)
        if reports_after(self.state.step, self._schedule):
            self._report(rate)
        if self._schedule and self._schedule.evaluates_after(self.state.step):
            self._validate()
            self._save()
        elif planned or time.monotonic() - self._saved_at > 60 * self._config.checkpoint_minutes:
            self._save()  # at once after a schedule was made: a resumed run must not decide otherwise
        self._job.progress(self.state.step, self._schedule and self._schedule.steps, "steps")
        if self._job.stop_requested() and not (self._schedule and self.state.step == self._schedule.steps):
            self._save()
            raise Stopped

    def _plan(self, seconds: float) -> bool:
        """Let the budget count a step's time; return whether it made a schedule of it."""
        pace = self._budget.after_step(self.state, seconds, (self._job.seconds, self._export_seconds))
        if pace is None:
            return False
        self._note(f"{1000 * pace:.0f} ms per step: {self.state.planned_steps:,} steps fit.")
        return True

    def _note(self, text: str) -> None:
        self._recorder.note(self.state.step, text)

    def _report(self, rate: float) -> None:
        loss = self.state.nats / max(self.state.characters, 1.0)
        figures = self._task.loss_figures(loss)
        self._recorder.train(self.state.step, self.epoch, figures, rate, self.meter.stats())
        self.state.last["loss"] = loss
        self.state.nats = self.state.characters = 0.0

    def _validate(self) -> None:
        step, steps = self.state.step, self._schedule and self._schedule.steps
        self._job.progress(step, steps, "steps", note="reading validation images")
        result = self._task.validate(step, self.epoch, self._stop_check())
        self._keep_best(result)
        self._job.summary(
            steps=step,
            best=self.state.best and self._task.describe(self.state.best, result.images),
            curve=self.state.short_curve,
            last={**self.state.last, "validation_loss": result.loss},
            bundle_step=self.state.bundle_step,
            stale_validations=self.state.stale,
        )
        self._stop_if_stale()

    def _stop_check(self) -> Callable[[], None]:
        """Return the function that a validation calls now and then; it raises Stopped."""
        began = time.monotonic()

        def check() -> None:
            if time.monotonic() - began > _VALIDATION_PATIENCE and self._job.stop_requested():
                raise Stopped  # resuming validates again, from the checkpoint before

        return check

    def _keep_best(self, result: ValidationResult) -> None:
        """Count a validation, and export a bundle where it is the best so far and the time for bundles allows."""
        here = Best(step=self.state.step, loss=result.loss, **result.metrics)
        self.state.stale += 1
        self.state.curve.append(round(next(iter(result.metrics.values())), 4))
        best = self.state.best
        if not math.isfinite(result.loss) or (
            best is not None and self._task.rank(here.metrics) <= self._task.rank(best.metrics)
        ):
            return
        self.state.best, self.state.stale = here, 0
        expected = self._export_seconds + self._last_export
        if self.state.bundle_step is None or expected <= EXPORT_SHARE * self._job.seconds:
            self._export(here)

    def _stop_if_stale(self) -> None:
        """Note that validations do not improve any more, and end the run if the config waits no longer."""
        step, stale, patience = self.state.step, self.state.stale, self._config.patience
        if patience and stale >= patience:
            self._note(f"No better validation in the last {stale}: the run ends early, at step {step:,}.")
            self._budget.end_at(step, self.state)
        elif stale == PLATEAU:
            best = self.state.best.step if self.state.best else 0
            self._note(
                f"The last {stale} validations were no better than that of step {best:,}. More or other data, "
                "augmentation or a lower learning rate may help."
            )

    def _export(self, best: Best) -> None:
        began = time.monotonic()
        bundles = self._job.folder / paths.BUNDLES
        checkpoints.discard(bundles / str(best.step))
        parity = self._task.export(best)
        self._last_export = time.monotonic() - began
        self._export_seconds += self._last_export
        self._recorder.bundle(best.step, parity.plain(), self._last_export)
        if parity.counts:
            self.state.bundle_step = best.step
            checkpoints.keep_newest(bundles, _BUNDLES_KEPT)

    def _export_best(self) -> None:
        """Export the best checkpoint if its bundle had to wait; the network then holds its weights."""
        best = self.state.best
        if best is None or best.step == self.state.bundle_step:
            return
        saved = checkpoints.load(self._job.folder, best.step)
        if saved is not None:
            self._task.trainer.restore("network", saved.groups["network"])
            self._export(best)

    def _save(self) -> None:
        if self.state.step in checkpoints.saved_steps(self._job.folder)[-1:]:
            return  # after a validation
        began = time.monotonic()
        groups = {group: self._task.trainer.tensors(group) for group in GROUPS}
        size = checkpoints.save(self._job.folder, self.state.step, groups, self.state.model_dump())
        checkpoints.prune(self._job.folder, self.state.best and self.state.best.step)
        self._saved_at = time.monotonic()
        self._recorder.checkpoint(self.state.step, size, self._saved_at - began)

    def _resume(self) -> None:
        """Take up the newest whole checkpoint, and forget what came after it."""
        found = checkpoints.load_newest(self._job.folder)
        checkpoints.sweep(self._job.folder / paths.BUNDLES)
        if found is None:
            self._forget_after(0)
            return
        state = RunState.model_validate(found.state)
        if state.identity != self.state.identity:
            raise CheckpointError(
                "The config or the dataset is not the one this run began with, so it cannot go on. "
                "Start a new run with the changed one."
            )
        for group in GROUPS:
            self._task.trainer.restore(group, found.groups[group])
        state.count_epochs_by(self._task.steps_per_epoch)
        for kept in ("precision", "backend", "fresh", "charset", "batch"):  # which those of older versions lack
            setattr(state, kept, getattr(self.state, kept))
        self.state = state
        self._forget_after(state.step)
        state.bundle_step = newest_step(self._job.folder)
        for step in found.damaged:
            checkpoints.quarantine(self._job.folder, step)
            self._note(f"Checkpoint {step} is damaged; going on from step {state.step} instead.")

    def _forget_after(self, step: int) -> None:
        self._job.truncate_events(step)
        for later in checkpoints.numbered(self._job.folder / paths.BUNDLES):
            if later > step:
                checkpoints.discard(self._job.folder / paths.BUNDLES / str(later))

    def _diverged(self, batch: TrainBatch, loss: float, rate: float) -> Diverged:
        samples = ", ".join(str(index) for index in batch.indices[:8])
        self._note(f"The loss became {loss} on a batch with the training samples {samples}, …")
        kept = checkpoints.saved_steps(self._job.folder)
        return Diverged(
            f"The loss became {loss} at step {self.state.step + 1}, with a learning rate of {rate:.2g}. "
            + (f"The checkpoint of step {kept[-1]} is kept. " if kept else "There was no checkpoint yet. ")
            + f"Start a new run with a lower learning rate (a third of {self._config.learning_rate:g}), or clip harder."
        )
