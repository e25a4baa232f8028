"""The loop: step after step until the plan is fulfilled, with validation, checkpoints and bundles at their moments.

After a kill at any point, a new loop over the newest checkpoint ends in the same weights on a CPU: whatever decides
anything is in the state, the tensors or the config. This module opens no dataset and reads no test split.
"""

import contextlib
import math
import time
from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from engine.config.train import TrainConfig
from engine.errors import CheckpointError
from engine.evaluation.diagnosis import PLATEAU
from engine.export.bundle import Exporter
from engine.jobs import paths
from engine.jobs.context import Diverged, JobContext, Stopped
from engine.reading.decoding.ngram import NgramModel
from engine.reading.decoding.types import Decoded
from engine.training import checkpoint as checkpoints
from engine.training.budget import (
    EXPORT_SHARE,
    Schedule,
    learning_rate,
    make_schedule,
    reports_after,
    steps_of_epochs,
    steps_of_minutes,
)
from engine.training.data import TrainingData
from engine.training.device import Gpus
from engine.training.pinned_samples import PinnedSamples
from engine.training.prefetch import Batch, stream
from engine.training.sampler import Sampler
from engine.training.state import Best, RunState
from engine.training.step_stats import StepMeter
from engine.training.step_timer import StepTimer
from engine.training.telemetry import Recorder
from engine.training.trainer import GROUPS, Trainer
from engine.training.validation import Validation, validate

_BUNDLES_KEPT = 3
_VALIDATION_PATIENCE = 20.0  # seconds that a stop waits for a validation, lest the runner lose patience with us


class Loop:
    """One run in this process.

    Args:
        config, job, material, source, learner, exporter: what it works with.
        language: which texts are likely, if the reader is to know.
        identity: hash of all that must not change between start and resume.
        test_images: how many are read at the end.
        gpus: those that learn; none on the CPU.
    """

    def __init__(
        self,
        config: TrainConfig,
        job: JobContext,
        material: TrainingData,
        source: Sampler,
        learner: Trainer,
        exporter: Exporter,
        *,
        language: NgramModel | None,
        identity: str,
        test_images: int = 0,
        gpus: Gpus = (),
    ) -> None:
        self._config, self._job, self._material, self._source = config, job, material, source
        self._learner, self._exporter, self._language = learner, exporter, language
        self._test_images = test_images
        self.recorder = Recorder(job)
        self._meter = StepTimer(60 * config.minutes) if config.minutes else None
        self._saved_at = time.monotonic()
        self._export_seconds = self._last_export = 0.0
        self.spent = StepMeter(gpus)
        self.state = RunState(identity=identity)
        self._plan: Schedule | None = None

    def run(self) -> None:
        """Learn until the plan is fulfilled.

        Raises:
            Stopped, Diverged, SpaceError, DatasetError: with a checkpoint to go on from.
        """
        self._resume()
        if self._meter is None and self._plan is None:
            self._fix_plan(steps_of_epochs(self._config, self._source.steps_per_epoch) or 1)
        self._job.phase("training")
        self._job.summary(steps_per_epoch=self._source.steps_per_epoch, batch=self._source.batch)
        batches = stream(self._source, self._config, self._material.charset.end, self.state.step)
        with contextlib.closing(batches):
            while self._plan is None or self.state.step < self._plan.steps:
                began = time.monotonic()
                batch = next(batches)
                self._step(batch, began, time.monotonic() - began)
        self._export_best()

    def _step(self, batch: Batch, began: float, waited: float) -> None:
        rate = learning_rate(self._config, self.state.step, self._plan)
        loss = self._learner.train_step(batch, rate)
        if not math.isfinite(loss):
            raise self._diverged(batch, loss, rate)
        self.state.step += 1
        self.state.nats += loss * batch.count
        self.state.characters += batch.count
        replanned = self._clock(time.monotonic() - began, waited, len(batch.indices))
        if reports_after(self.state.step, self._plan):
            self._report(rate)
        if self._plan and self._plan.evaluates_after(self.state.step):
            self._evaluate()
            self._save()
        elif replanned or time.monotonic() - self._saved_at > 60 * self._config.checkpoint_minutes:
            self._save()  # at once after a change of plan: a resumed run must not decide otherwise
        self._job.progress(self.state.step, self._plan.steps if self._plan else None, "steps")
        if self._job.stop_requested() and not (self._plan and self.state.step == self._plan.steps):
            self._save()
            raise Stopped

    def _clock(self, seconds: float, waited: float, images: int) -> bool:
        """Count a step's time, and plan by it where minutes decide; say whether a plan was changed."""
        self.spent.add(seconds, waited, images)
        if self._meter is None:
            return False
        limit = steps_of_epochs(self._config, self._source.steps_per_epoch)
        if self._plan is None:
            self._measure(self._meter, seconds, limit)
            if self._plan is None and limit is not None and self.state.step >= limit:
                self._fix_plan(limit)
        elif not self.state.planned_again and self.state.step > self._source.steps_per_epoch:
            # Images lie prepared in memory from the second epoch on, and steps take less time.
            self.state.planned_again = self._measure(self._meter, seconds, limit)
            return self.state.planned_again
        return False

    def _measure(self, meter: StepTimer, seconds: float, limit: int | None) -> bool:
        """Take in a step's duration, and plan by the pace once it is known; say whether it is."""
        meter.add(seconds)
        pace = meter.pace()
        if pace is None:
            return False
        validation, test = self._material.read_at_validation, self._test_images
        state, spent = self.state, (self._job.seconds, self._export_seconds)
        steps = steps_of_minutes(self._config, state.step, spent, pace, validation, test)
        self._fix_plan(steps if limit is None else min(steps, limit))
        self.recorder.note(state.step, f"{1000 * pace:.0f} ms a step: {state.planned_steps:,} steps fit.")
        self._meter = StepTimer(60 * (self._config.minutes or 0))
        return True

    def _fix_plan(self, steps: int) -> None:
        self.state.planned_steps = steps
        self._plan = make_schedule(self._config, steps)

    def _report(self, rate: float) -> None:
        loss = self.state.nats / max(self.state.characters, 1.0)
        self.recorder.train(self.state.step, self.epoch, loss, rate, self.spent.stats())
        self.state.last["loss"] = loss
        self.state.nats = self.state.characters = 0.0

    @property
    def epoch(self) -> int:
        """The epoch of the last step, from 1."""
        return (self.state.step - 1) // self._source.steps_per_epoch + 1

    def _evaluate(self) -> None:
        self._job.progress(self.state.step, self._plan and self._plan.steps, "steps", note="reading validation images")
        patience = self._patience()
        result = self._validate(patience)
        step = self.state.step
        self.recorder.validation(step, self.epoch, result)
        self._watch(patience)
        here = Best(step=step, word_accuracy=result.score.word_accuracy, cer=result.score.cer, loss=result.loss)
        self.state.stale += 1
        self.state.curve.append(round(here.word_accuracy, 4))
        if math.isfinite(result.loss) and here.beats(self.state.best):
            self.state.best, self.state.stale = here, 0
            spent = self._export_seconds + self._last_export
            if self.state.bundle_step is None or spent <= EXPORT_SHARE * self._job.seconds:
                self._export(step)
        self._job.summary(
            steps=step,
            best=self.state.best and self.state.best.figures(result.score.images),
            curve=self.state.short_curve,
            last={**self.state.last, "validation_loss": result.loss},
            bundle_step=self.state.bundle_step,
            stale_validations=self.state.stale,
        )
        self._lose_patience()

    def _validate(self, patience: Callable[[], None]) -> Validation:
        """Read the validation images, and keep what people watch of it."""
        material = self._material
        pins = PinnedSamples(material.validation, material.charset, self._config.reader)

        def after(numbers: npt.NDArray[np.int64], decoded: Sequence[Decoded]) -> None:
            patience()
            pins.add(numbers, decoded)

        result = validate(self._learner, material.validation, material.charset, self._language, after)
        pins.save_images(self._job.folder)
        self.recorder.pinned(self.state.step, self.epoch, pins.readings())
        return result

    def _watch(self, patience: Callable[[], None]) -> None:
        """Read the datasets that people watch; nothing hangs on what comes of it."""
        for id, rows in self._material.watched.items():
            result = validate(self._learner, rows, self._material.charset, self._language, lambda *_: patience())
            self.recorder.watched(self.state.step, self.epoch, result, id)

    def _patience(self) -> Callable[[], None]:
        """Return what is to be called now and then while images are read; it raises Stopped."""
        began = time.monotonic()

        def look() -> None:
            if time.monotonic() - began > _VALIDATION_PATIENCE and self._job.stop_requested():
                raise Stopped  # resuming validates again, from the checkpoint before

        return look

    def _lose_patience(self) -> None:
        """Say that validations do not get better any more, and end the run if the config waits no longer."""
        step, stale, patience = self.state.step, self.state.stale, self._config.patience
        if patience and stale >= patience:
            self.recorder.note(step, f"No better validation in the last {stale}: the run ends early, at step {step:,}.")
            self._fix_plan(step)
        elif stale == PLATEAU:
            best = self.state.best.step if self.state.best else 0
            self.recorder.note(
                step,
                f"The last {stale} validations were no better than that of step {best:,}. More or other data, "
                "augmentation or a lower learning rate may help.",
            )

    def _export(self, step: int) -> None:
        began = time.monotonic()
        checkpoints.discard(self._job.folder / paths.BUNDLES / str(step))
        scores = {"validation": self.state.best.model_dump() if self.state.best else None}
        parity = self._exporter.export(step, scores).parity
        self._last_export = time.monotonic() - began
        self._export_seconds += self._last_export
        self.recorder.bundle(step, parity, self._last_export)
        if parity.counts:
            self.state.bundle_step = step
            checkpoints.keep_newest(self._job.folder / paths.BUNDLES, _BUNDLES_KEPT)

    def _export_best(self) -> None:
        """Export the best checkpoint if its bundle had to wait; the network then holds its weights."""
        best = self.state.best
        if best is None or best.step == self.state.bundle_step:
            return
        saved = checkpoints.load(self._job.folder, best.step)
        if saved is not None:
            self._learner.restore("network", saved.groups["network"])
            self._export(best.step)

    def _save(self) -> None:
        if self.state.step in checkpoints.saved_steps(self._job.folder)[-1:]:
            return  # after a validation
        began = time.monotonic()
        groups = {group: self._learner.tensors(group) for group in GROUPS}
        size = checkpoints.save(self._job.folder, self.state.step, groups, self.state.model_dump())
        checkpoints.prune(self._job.folder, self.state.best and self.state.best.step)
        self._saved_at = time.monotonic()
        self.recorder.checkpoint(self.state.step, size, self._saved_at - began)

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
            self._learner.restore(group, found.groups[group])
        self.state = state
        if state.planned_steps is not None:
            self._plan = make_schedule(self._config, state.planned_steps)
        self._forget_after(state.step)
        for step in found.damaged:
            checkpoints.quarantine(self._job.folder, step)
            self.recorder.note(state.step, f"Checkpoint {step} is damaged; going on from step {state.step} instead.")

    def _forget_after(self, step: int) -> None:
        self._job.truncate_events(step)
        for later in checkpoints.numbered(self._job.folder / paths.BUNDLES):
            if later > step:
                checkpoints.discard(self._job.folder / paths.BUNDLES / str(later))

    def _diverged(self, batch: Batch, loss: float, rate: float) -> Diverged:
        samples = ", ".join(str(index) for index in batch.indices[:8])
        self.recorder.note(self.state.step, f"The loss became {loss} on a batch with the training samples {samples}, …")
        kept = checkpoints.saved_steps(self._job.folder)
        return Diverged(
            f"The loss became {loss} at step {self.state.step + 1}, with a learning rate of {rate:.2g}. "
            + (f"The checkpoint of step {kept[-1]} is kept. " if kept else "There was no checkpoint yet. ")
            + f"Start anew with a lower learning rate (a third of {self._config.learning_rate:g}), or clip harder."
        )
