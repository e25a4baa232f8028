"""The sweep job: it launches the next run while there is room, follows those at work, and stops those that fall behind.

Its runs are ordinary runs of one group, each launched by its number, so that none is lost or doubled however the sweep,
a runner or a worker dies: what was launched is found again, and what died is resumed. It trains nothing itself.
"""

import contextlib
import time
from typing import Any

from engine.config.sweeping import BaseSweepConfig
from engine.config.variations import run_name
from engine.errors import ConfigError, JobError
from engine.formatting import count
from engine.jobs import Job, State, launch, load_job, paths, resume, stop
from engine.jobs.context import JobContext, Stopped
from engine.jobs.event_frames import EventLog
from engine.sweeps import halving, wilcoxon
from engine.sweeps.control import extended_by, kind_of_run, needs_search, search_is_installed
from engine.sweeps.curves import ValidationCurve, measured, read_curve
from engine.sweeps.plan import Plan
from engine.sweeps.runs import SweepRun, came_through, figures, read_runs, taken_up, write_runs
from engine.sweeps.settings import INTERRUPTED, drawn_dataset, resume_drawing, run_config, seed_setting
from engine.workspace import Workspace

STOPPED = "Its sweep was stopped."
PRUNED = "Stopped early by its sweep: "
_POLL = 0.5  # seconds
_RESUMES = 10  # of one run whose processes die; then it has failed
_HOPELESS = 3  # first runs that all fail end the sweep
_DEAD = INTERRUPTED - {State.stopped}


class Sweep:
    """One sweep at work.

    Args:
        config: its settings.
        job: its job.
    """

    def __init__(self, config: BaseSweepConfig, job: JobContext) -> None:
        self._config, self._job, self._workspace = config, job, job.workspace
        self._greater = config.greater_is_better
        self._own = load_job(job.workspace, "sweeps", job.id)
        self._runs = read_runs(job.folder)
        self._runs = taken_up(self._runs, wait=config.pruning == "halving" and self._extended)
        self._logs: dict[str, EventLog] = {}
        self._search: Any = None
        if needs_search(config):
            from engine.sweeps.search import SweepStudy  # Optuna is loaded where it is needed

            self._search = SweepStudy(job.folder, config)
            for run in self._runs:
                self._remember(run)
        self._plan = Plan(config, self._search.suggest if config.strategy == "tpe" else None)
        self._judged: dict[int, int] = {}  # validations of a run, by its number
        self._told: list[str] = []  # states of the runs
        self._last = False  # whether no other run comes

    def run(self) -> None:
        """Go on until the plan or the budget is used up and no run is open; see `work`."""
        try:
            self._go_through()
        except Exception:  # nobody would follow those at work
            self._stop_all()
            raise

    def _go_through(self) -> None:
        self._job.phase("training")
        while True:
            at_work = sorted((run for run in self._runs if run.open), key=lambda run: run.state == "planned")
            for run in at_work[: self._config.at_once]:
                self._go_on(run)
            while self._has_slot() and (waiting := self._next_to_go_on(last=False)):
                self._let_go_on(waiting)
            while self._has_slot() and (planned := self._next_planned()):
                self._last = False
                self._keep(planned)
                self._remember(planned)
                self._go_on(planned)
            if self._states != self._told:
                self._take_in_resumed()
            self._tell()
            if not any(run.open for run in self._runs):
                if (last := self._next_to_go_on(last=True)) is None:
                    break
                self._last = True
                self._let_go_on(last)
            self._sleep()
        for run in [each for each in self._runs if each.state == "waiting"]:
            self._give_up(run)
        self._tell()

    @property
    def _extended(self) -> bool:
        """True where somebody asked for more runs than the budget has, and not all of these have begun."""
        return sum(run.extra for run in self._runs) < extended_by(self._own)

    @property
    def _states(self) -> list[str]:
        return [run.state for run in self._runs]

    def _has_slot(self) -> bool:
        return sum(run.open for run in self._runs) < self._config.at_once

    def _next_planned(self) -> SweepRun | None:
        """Return the run that comes next, within the budget or by an extension; None where none does."""
        config, begun = self._config, sum(not run.extra for run in self._runs)
        in_time = config.most_minutes is None or self._job.seconds < 60 * config.most_minutes
        planned = None
        if in_time and (config.most_runs is None or begun < config.most_runs):
            planned = self._plan.next(self._runs)
        if planned is None and self._extended and (planned := self._plan.next(self._runs, more=True)):
            planned = planned.model_copy(update={"extra": True})
        return planned

    def _remember(self, run: SweepRun) -> None:
        """Let the search know a run, and its end."""
        if self._search is not None:
            self._search.add(run)
            if not run.open:
                self._search.tell(run)

    def _go_on(self, run: SweepRun) -> None:
        """Launch a planned run; take in how a live one stands, and resume or end it."""
        if run.run is None:
            self._launch(run)
            return
        job = self._run_job(run)
        if job is None:
            return
        log = self._logs.setdefault(job.id, EventLog(job.folder / paths.EVENTS))
        curve = read_curve(log, self._config.metric)
        run = self._keep(measured(run, job, curve, greater_is_better=self._greater))
        if job.state.live:
            self._judge(run, job, curve)
        elif job.state is State.finished:
            self._end(run, "finished" if run.value is not None else "failed")
        elif job.state is State.stopped and job.message.startswith(PRUNED):
            halving_stopped = self._config.pruning == "halving"
            if halving_stopped and not run.judged:  # the sweep died between the stop and its note
                run = self._with_judgements(run, curve)
            self._end(run, "waiting" if halving_stopped else "pruned", run.message or job.message)
        elif run.state == "planned":  # it had failed, as all had
            self._resume(run.model_copy(update={"state": "live"}), job)
        elif run.resumed < _RESUMES and (job.state in _DEAD or job.message == STOPPED or self._lacked_dataset(job)):
            self._resume(run, job)
        else:
            why = run.message or job.message or job.state.words
            self._end(run, "stopped" if job.state is State.stopped else "failed", why)

    def _launch(self, run: SweepRun) -> None:
        """Launch a run by its number: a second time finds what the first one launched."""
        name = run_name(self._own.name, (*run.combination, *seed_setting(run, self._config.seeds)))
        nonce = f"sweep {self._job.id} {run.number}"
        try:
            config = run_config(self._config, run, self._own, self._workspace)
            id = launch(self._workspace, kind_of_run(self._config), config, name=name, nonce=nonce, group=self._job.id)
        except (ConfigError, JobError) as error:
            self._end(run, "failed", str(error))
        else:
            self._keep(run.model_copy(update={"run": id, "state": "live"}))

    def _resume(self, run: SweepRun, job: Job) -> None:
        try:
            if dataset := drawn_dataset(self._config, job, self._workspace):
                resume_drawing(self._workspace, dataset)
            resume(self._workspace, job.collection, job.id)
        except JobError as error:  # its last processes are ending, or what it needs is gone
            known = {"resumed": run.resumed + 1, "message": str(error)}
        else:
            known = {"resumed": run.resumed + (job.state is not State.stopped), "message": ""}
        self._keep(run.model_copy(update=known))

    def _lacked_dataset(self, job: Job) -> bool:
        """Say whether a run failed while it waited for its dataset, which was not drawn to its end."""
        dataset = drawn_dataset(self._config, job, self._workspace)
        undone = dataset is not None and (dataset.state.live or dataset.state in INTERRUPTED)
        return undone and job.state is State.failed

    def _judge(self, run: SweepRun, job: Job, curve: ValidationCurve) -> None:
        """Stop a live run early where it falls behind, unless it is about to end, or a further seed."""
        if self._config.pruning == "none" or job.state is State.stopping or run.combination in came_through(self._runs):
            return
        if self._judged.get(run.number, 0) >= len(curve.values):
            return
        self._judged[run.number] = len(curve.values)
        if len(curve.values) < self._config.spared or (run.steps is not None and curve.steps[-1] >= run.steps):
            return
        if self._config.pruning == "wilcoxon":
            behind = wilcoxon.falls_behind(job, curve, self._runs, self._config, self._workspace)
            why = "the best did better"
        else:
            known, run = len(run.judged), self._with_judgements(run, curve)
            runs = [run if each.number == run.number else each for each in self._runs]
            behind = not halving.goes_on(run, runs, known, greater_is_better=self._greater, last=self._last)
            why = "it was not among the best quarter"
        if behind:
            stop(self._workspace, job.collection, job.id, f"{PRUNED}{why}, at validation {len(curve.values)}.")
        self._keep(run)  # only now, so that a sweep that dies before the stop judges again

    def _with_judgements(self, run: SweepRun, curve: ValidationCurve) -> SweepRun:
        """Return a run with what halving judges it by."""
        spared = self._config.spared
        judgements = {"judged": halving.judged(curve.values, spared), "losses": halving.judged(curve.losses, spared)}
        return run.model_copy(update=judgements)

    def _next_to_go_on(self, *, last: bool) -> SweepRun | None:
        """Return the waiting run that is to go on now; with `last` no other run comes."""
        return halving.next_to_go_on(self._runs, greater_is_better=self._greater, last=last)

    def _let_go_on(self, run: SweepRun) -> None:
        """Resume a run that waits; one that somebody resumed is at work already, or has ended."""
        job = self._run_job(run)
        if job is not None and run.resumed >= _RESUMES:  # it was tried so often in vain
            self._end(run, "stopped", run.message)
        elif job is not None:
            run = self._keep(run.model_copy(update={"state": "live"}))
            if job.state is State.stopped:
                self._resume(run, job)

    def _give_up(self, run: SweepRun) -> None:
        """End a run that waited in vain; one that somebody resumed may have finished."""
        job = self._run_job(run)
        if job is not None and job.state is State.finished:
            self._go_on(run)
        elif job is not None:
            self._end(run, "pruned", run.message)

    def _take_in_resumed(self) -> None:
        """Let runs count that were stopped early for good, and that have finished since: somebody resumed them."""
        for run in [each for each in self._runs if each.state == "pruned"]:
            with contextlib.suppress(JobError):  # it was deleted
                if load_job(self._workspace, "runs", run.run or "").state is State.finished:
                    self._go_on(run)

    def _run_job(self, run: SweepRun) -> Job | None:
        """Return the job of a launched run; None where it was deleted, which ends the run."""
        try:
            return load_job(self._workspace, "runs", run.run or "")
        except JobError:
            self._end(run, "stopped", "Its run was deleted.")
            return None

    def _end(self, run: SweepRun, state: str, message: str = "") -> None:
        """Take in that a run ended, or waits. Raises JobError where the first ones all fail."""
        run = self._keep(SweepRun.model_validate({**run.plain(), "state": state, "message": message}))
        self._logs.pop(run.run or "", None)  # it holds every event
        value = "" if run.value is None else f", {self._config.metric.replace('_', ' ')} {run.value:.4g}"
        told = f": {message}" if message else ""
        self._job.event("note", None, text=f"{run_name('', run.combination)} {state}{value}{told}")
        self._remember(run)
        ended = [each for each in self._runs if not each.open]
        if len(ended) >= _HOPELESS and all(each.state == "failed" for each in ended):
            raise JobError(f"The first {len(ended)} runs all failed; the last one: {message} Mend it, then resume.")

    def _keep(self, run: SweepRun) -> SweepRun:
        """Put a run in its place, on the disk, too, where more changed than the time. Raises SpaceError."""
        known = self._runs[run.number] if run.number < len(self._runs) else None
        self._runs[run.number : run.number + 1] = [run]
        if known is None or run != known.model_copy(update={"seconds": run.seconds, "step": run.step}):
            write_runs(self._job.folder, self._runs)
        return run

    def _tell(self) -> None:
        """Report progress, and the figures that lists show."""
        config, runs = self._config, self._runs
        ended = sum(not run.open for run in runs)
        most = config.most_runs and config.most_runs + extended_by(self._own)
        live = len(runs) - ended
        waiting = sum(run.state == "waiting" for run in runs)
        parts = [f"{count(live, 'runs')} open"] if live > 1 else []
        parts += [f"{count(waiting)} waiting to go on"] if waiting else []
        self._job.progress(ended, most, "runs", ", ".join(parts), awaited=True)
        if self._states == self._told:
            return
        self._told = self._states
        told = figures(runs, greater_is_better=self._greater)
        self._job.summary(metric=config.metric, importance=self._importance(), **told)

    def _importance(self) -> dict[str, float] | None:
        """Return how much each setting explains; None where Optuna is not installed."""
        if not search_is_installed():
            return None
        from engine.sweeps.search import importance

        return importance(self._config, self._runs)

    def _sleep(self) -> None:
        """Wait a little. Raises Stopped."""
        until = time.monotonic() + _POLL
        while time.monotonic() < until:
            if self._job.stop_requested():
                raise Stopped
            time.sleep(0.05)

    def _stop_all(self) -> None:
        """Ask all runs at work to stop."""
        for run in self._runs:
            if run.run is not None and run.open:
                _stop(self._workspace, run.run)


def _stop(workspace: Workspace, run: str) -> None:
    """Stop a run; one that is about to end for another reason keeps that."""
    with contextlib.suppress(JobError):  # it was deleted
        if load_job(workspace, "runs", run).state is not State.stopping:
            stop(workspace, "runs", run, STOPPED)


def work(config: BaseSweepConfig, job: JobContext) -> None:
    """Go through a sweep.

    Raises:
        ConfigError: a setting of the recipe varies, and the dataset was not drawn by one.
        JobError: the first runs all failed.
        SpaceError: the disk is full.
        Stopped: the user asked.

    However it ends, the runs at work are stopped, too.
    """
    Sweep(config, job).run()
