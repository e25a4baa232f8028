"""What a person would say who looks at a run's curves: not improving, learning by heart, starved for images, no number.

Pure: a job and the frames of its events in, sentences out, the most urgent first. Each names what is seen and what may
help. Thresholds are rules of thumb and decide nothing.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from engine.evaluation.pinned_samples import KIND, parse
from engine.formatting import count, decimal, percent
from engine.jobs import Job, State

Level = Literal["wrong", "doubtful", "fine"]

_RECENT = 10  # points of the curve
_STARVED = 0.25  # share of time spent waiting for images
_IDLE_GPU = 0.3
_STALE = 3  # validations without a better one
_WORSE = 1.05  # times the best validation loss, from which it has risen
_ERROR = re.compile(r"^(?:[\w.]+\.)?\w*(?:Error|Exception|Exhausted|Interrupt)\b.*", re.MULTILINE)

Frames = Mapping[str, pd.DataFrame]


@dataclass(frozen=True)
class Finding:
    """One sentence about a run, in plain text."""

    level: Level
    text: str


def findings(run: Job, frames: Frames, log: str = "") -> list[Finding]:
    """Return what there is to say.

    Args:
        run: whose state and config are looked at.
        frames: its events by kind.
        log: the tail of its log, for a run that failed.
    """
    rules = (_ended(run, log), _no_number(run, frames), _starved(run, frames), _stale(frames), _by_heart(frames))
    found = [finding for rule in rules for finding in rule]
    return found or list(_first_words(frames)) or list(_improves(frames))


def last_error(log: str) -> str | None:
    """Return the last line of a log that names an error, cut to 300 characters."""
    lines = _ERROR.findall(log)
    return lines[-1][:300] if lines else None


def _ended(run: Job, log: str) -> Iterator[Finding]:
    if run.state is State.failed and (error := last_error(log)) and error[:60] not in run.message:
        yield Finding("wrong", f"Last error in its log: {error}")
    batch = run.config.get("batch")
    if run.state is State.out_of_memory and isinstance(batch, int) and batch > 1 and "batch to" not in run.message:
        yield Finding("wrong", f"Memory ran out with {count(batch, 'images')} a step. Clone it with {batch // 2}.")


def _no_number(run: Job, frames: Frames) -> Iterator[Finding]:
    losses = _column(frames, "train", "loss")
    if len(losses) and losses.tail(1).isna().all() and run.state is not State.diverged:
        yield Finding("wrong", "The loss is no number any more (NaN). Stop it and clone it with a lower learning rate.")


def _starved(run: Job, frames: Frames) -> Iterator[Finding]:
    if not run.state.live:
        return
    waiting = _column(frames, "train", "waiting").tail(_RECENT).mean()
    if waiting > _STARVED:
        remedy = (
            "Draw a dataset once instead of fresh images" if run.config.get("fresh") else "Other programs may be busy"
        )
        yield Finding("doubtful", f"Starved for data: it waits for images {percent(waiting)} of the time. {remedy}.")
    gpu = _column(frames, "train", "gpu").tail(_RECENT).mean()
    if gpu < _IDLE_GPU:
        yield Finding("doubtful", f"The GPU works only {percent(gpu)} of the time. A larger batch may use it better.")


def _stale(frames: Frames) -> Iterator[Finding]:
    validation = frames.get("validation")
    losses = _column(frames, "validation", "loss").dropna()
    if validation is None or losses.empty:
        return
    best = int(losses.to_numpy().argmin())
    since = len(losses) - 1 - best
    if since >= _STALE:
        at = validation.loc[losses.index[best]]
        epochs = _column(frames, "validation", "epoch")
        gone = epochs.iloc[-1] - epochs.loc[losses.index[best]] if len(epochs) else 0
        time = count(gone, "epochs") if gone >= 1 else count(since, "validations")
        yield Finding(
            "doubtful",
            f"Validation loss has not improved for {time} (best {decimal(losses.min())} at step {count(at['step'])}).",
        )


def _by_heart(frames: Frames) -> Iterator[Finding]:
    validation = _column(frames, "validation", "loss").dropna()
    train = _column(frames, "train", "loss").dropna()
    if len(validation) <= _STALE or len(train) < 2 * _RECENT:
        return
    falls = train.tail(_RECENT).mean() < train.iloc[-2 * _RECENT : -_RECENT].mean()
    if validation.iloc[-1] > _WORSE * validation.min() and falls:
        yield Finding(
            "doubtful",
            f"It begins to learn by heart: training loss falls to {decimal(train.tail(_RECENT).mean())}, but "
            f"validation loss rises to {decimal(validation.iloc[-1])}. More or other data, or augmentation, may help.",
        )


def _first_words(frames: Frames) -> Iterator[Finding]:
    pinned = frames.get(KIND)
    if pinned is None or pinned.empty:
        return
    readings = parse(pinned.iloc[-1].get("readings"))
    if readings and not any(reading.text for reading in readings):
        yield Finding("fine", "It writes nothing yet, as most readers do at first. Letters come as the loss falls.")


def _improves(frames: Frames) -> Iterator[Finding]:
    accuracy = _column(frames, "validation", "word_accuracy").dropna()
    if len(accuracy) > 1:
        better = accuracy.iloc[-1] - accuracy.iloc[-2]
        change = f"{100 * better:+.1f} points" if abs(better) >= 0.001 else "unchanged"
        yield Finding("fine", f"Last validation: {percent(accuracy.iloc[-1])} of the words right, {change}.")


def _column(frames: Frames, kind: str, name: str) -> pd.Series:
    frame = frames.get(kind)
    if frame is None or name not in frame:
        return pd.Series(dtype=float)
    return pd.to_numeric(frame[name], errors="coerce")
