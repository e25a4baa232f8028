"""Optuna for sweeps: suggestions by TPE, early stops by Wilcoxon's test, importance by PED-ANOVA.

The study lies in the sweep's folder as a journal, which several processes may write and any death leaves whole: its
lock is the kernel's. Its trials come in the order of the sweep's runs, but for two kinds: those of settings that were
tried before, and further ones of runs that went on after they had been told as stopped early or failed, which Optuna
cannot take back. Importing this module loads Optuna, so only sweeps that need it do. It asks nobody on a network, and
reads no run.
"""

import contextlib
import warnings
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import optuna
from optuna.distributions import BaseDistribution, CategoricalDistribution, FloatDistribution, IntDistribution
from optuna.importance import get_param_importances
from optuna.pruners import NopPruner, WilcoxonPruner
from optuna.samplers import TPESampler
from optuna.storages import BaseStorage, JournalStorage
from optuna.storages.journal import JournalFileBackend, JournalFileOpenLock
from optuna.trial import FrozenTrial, Trial, TrialState, create_trial

from engine.config.sweeping import BaseSweepConfig
from engine.config.variations import Combination, Variation, number_text
from engine.jobs import locks, paths
from engine.sweeps.runs import BEHIND, SweepRun

_NAME = "sweep"
_P_THRESHOLD = 0.1  # of Wilcoxon's test, one-sided
_FIRST_AT_RANDOM = 10  # suggestions before the first that learns; fewer where there are few runs
_LEAST_FOR_IMPORTANCE = 6  # runs
_ENDS = {"finished": TrialState.COMPLETE} | dict.fromkeys(BEHIND, TrialState.PRUNED)
_AGAIN = "run that went on"  # attribute of a further trial
_TRIED = "settings of an earlier run"  # attribute of a trial without a run
_ASKS = 10  # for settings that were not tried

optuna.logging.set_verbosity(optuna.logging.WARNING)


class _KernelLock(JournalFileOpenLock):
    """A lock that the kernel frees at any death; Optuna's own leaves a file that others wait for."""

    def __init__(self, path: Path) -> None:
        super().__init__(str(path))
        self._path = path
        self._held = contextlib.ExitStack()

    def acquire(self) -> bool:
        self._held.enter_context(locks.held(self._path))
        return True

    def release(self) -> None:
        self._held.close()


class SweepStudy:
    """The study of one sweep.

    Args:
        folder: of the sweep.
        config: of the sweep.
    """

    def __init__(self, folder: Path, config: BaseSweepConfig) -> None:
        self._config = config
        self._distributions = {one.path: _distribution(one) for one in config.space}
        self._study = optuna.create_study(
            storage=_journal(folder),
            study_name=_NAME,
            load_if_exists=True,
            direction=_direction(config),
            pruner=NopPruner(),  # runs are judged elsewhere
        )

    def suggest(self, number: int, tried: Collection[Combination] = ()) -> Combination | None:
        """Return the settings of the run of a number: new ones, or those that it was given before.

        Those among `tried` are asked for again; None where the search comes to no others.
        """
        for _ in range(_ASKS):
            known = self._trials()
            combination = self._settings(self._trial(known[number])) if number < len(known) else self.ask()[1]
            if combination not in tried:
                return combination
            trial = self._trial(self._trials()[number])
            trial.set_user_attr(_TRIED, value=True)
            self._study.tell(trial, state=TrialState.FAIL)
        return None

    def _trials(self) -> list[FrozenTrial]:
        """Return one trial for each run."""
        trials = self._study.get_trials(deepcopy=False)
        return [trial for trial in trials if not {_AGAIN, _TRIED} & trial.user_attrs.keys()]

    def _trial(self, known: FrozenTrial) -> Trial:
        return Trial(self._study, known._trial_id)

    @property
    def finished_runs(self) -> int:
        """Runs with a value."""
        return len(self._study.get_trials(deepcopy=False, states=[TrialState.COMPLETE]))

    def ask(self) -> tuple[int, Combination]:
        """Return the number and the settings of a new run; several processes may ask at once."""
        trial = self._study.ask()
        number = next(place for place, known in enumerate(self._trials()) if known.number == trial.number)
        return number, self._settings(trial)

    def _settings(self, trial: Trial) -> Combination:
        self._study.sampler = _sampler(self._config, trial.number)
        return tuple((one.path, _suggested(trial, one)) for one in self._config.space)

    def add(self, run: SweepRun) -> None:
        """Make the trial of a run that has none yet: its settings were not suggested here, or the journal is lost."""
        if run.number >= len(self._trials()):
            params = _params(self._config, run.combination)
            self._study.add_trial(
                create_trial(state=TrialState.RUNNING, params=params, distributions=self._distributions)
            )

    def tell(self, run: SweepRun) -> None:
        """Report a run that ended or waits; a second time does nothing, unless it was taken up and has finished."""
        known = self._trials()[run.number]
        trial, state = self._trial(known), _ENDS.get(run.state, TrialState.FAIL)
        if run.value is None:
            state = TrialState.FAIL
        if known.state in (TrialState.PRUNED, TrialState.FAIL) and state is TrialState.COMPLETE:
            self._tell_again(run)
        elif not known.state.is_finished():
            if state is TrialState.PRUNED:
                trial.report(run.value or 0.0, run.validations)
            self._study.tell(trial, run.value if state is TrialState.COMPLETE else None, state)

    def _tell_again(self, run: SweepRun) -> None:
        """Report the end of a run that was told as stopped early or failed, once."""
        if any(trial.user_attrs.get(_AGAIN) == run.number for trial in self._study.get_trials(deepcopy=False)):
            return
        params = _params(self._config, run.combination)
        told = create_trial(
            value=run.value, params=params, distributions=self._distributions, user_attrs={_AGAIN: run.number}
        )
        self._study.add_trial(told)


def reads_worse(scores: npt.NDArray[Any], best: npt.NDArray[Any], *, greater_is_better: bool = True) -> bool:
    """Return whether the scores of images (N,) lie below those of the best run (N,), by Wilcoxon's signed-rank test."""
    study = optuna.create_study(direction="maximize" if greater_is_better else "minimize")
    for state, values in ((TrialState.COMPLETE, best), (TrialState.RUNNING, scores)):
        value = float(np.mean(values)) if state is TrialState.COMPLETE else None
        study.add_trial(create_trial(state=state, value=value, intermediate_values=dict(enumerate(values.tolist()))))
    with warnings.catch_warnings(action="ignore", category=optuna.exceptions.ExperimentalWarning):  # it is pinned
        pruner = WilcoxonPruner(p_threshold=_P_THRESHOLD)
    return pruner.prune(study, study.get_trials(deepcopy=False)[1])


def importance(config: BaseSweepConfig, runs: Sequence[SweepRun]) -> dict[str, float]:
    """Return how much of the metric each setting explains, as shares by path, the greatest first (PED-ANOVA).

    Nothing while there are too few runs to tell. Where halving lets few finish, all are taken at their first judgement.
    """
    if config.pruning == "halving":
        values = {run.number: run.judged[0] for run in runs if run.judged}
    else:
        values = {run.number: run.value for run in runs if run.state == "finished" and run.value is not None}
    if len(values) < _LEAST_FOR_IMPORTANCE or len(set(values.values())) < 2:
        return {}
    study = optuna.create_study(direction=_direction(config))
    distributions = {one.path: _distribution(one) for one in config.space}
    for number, value in values.items():
        params = _params(config, runs[number].combination)
        study.add_trial(create_trial(value=value, params=params, distributions=distributions))
    return {path: float(share) for path, share in get_param_importances(study).items()}


def _journal(folder: Path) -> BaseStorage:
    """Open the study's file; a line that a full disk or a power cut left half is taken off its end."""
    path, lock = folder / paths.STUDY, folder / paths.STUDY_LOCK
    with locks.held(lock), open(path, "ab+") as file:
        file.seek(0)
        file.truncate(file.read().rfind(b"\n") + 1)
    return JournalStorage(JournalFileBackend(str(path), lock_obj=_KernelLock(lock)))


def _sampler(config: BaseSweepConfig, number: int) -> TPESampler:
    """Return a sampler whose chance follows from the number of the run, so that a resumed search goes on alike."""
    first = _FIRST_AT_RANDOM if config.runs is None else min(_FIRST_AT_RANDOM, max(4, config.runs // 4))
    return TPESampler(n_startup_trials=first, multivariate=True, constant_liar=True, seed=config.seed + number)


def _direction(config: BaseSweepConfig) -> Literal["maximize", "minimize"]:
    return "maximize" if config.greater_is_better else "minimize"


def _distribution(one: Variation) -> BaseDistribution:
    if not one.is_range:
        return CategoricalDistribution(one.values)
    low, high, log = one.low or 0.0, one.high or 0.0, one.scale == "log"
    return IntDistribution(int(low), int(high), log) if one.whole else FloatDistribution(low, high, log)


def _suggested(trial: Trial, one: Variation) -> str:
    if not one.is_range:
        return str(trial.suggest_categorical(one.path, one.values))
    low, high, log = one.low or 0.0, one.high or 0.0, one.scale == "log"
    if one.whole:
        return number_text(trial.suggest_int(one.path, int(low), int(high), log=log), whole=True)
    return number_text(trial.suggest_float(one.path, low, high, log=log), whole=False)


def _params(config: BaseSweepConfig, combination: Combination) -> dict[str, Any]:
    """Return the values of a combination as the study has them; numbers of a range within its ends."""
    texts = dict(combination)
    return {
        one.path: texts[one.path]
        if not one.is_range
        else int(texts[one.path])
        if one.whole
        else min(max(float(texts[one.path]), one.low or 0.0), one.high or 0.0)
        for one in config.space
    }
