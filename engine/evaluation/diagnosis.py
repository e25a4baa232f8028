"""Diagnosis of a run from its curves: plateau, overfitting, waiting for data, an idle GPU, NaN, the last error.

Pure: a job and the frames of its events in, sentences out, the most urgent first. Each names the symptom and a remedy.
Thresholds are rules of thumb: a run notes a plateau by the same one, and ends early by `TrainConfig.patience` alone.
"""

import itertools
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd

from engine.evaluation.paired import ALPHA, holm, mcnemar
from engine.evaluation.pinned_samples import KIND, parse
from engine.formatting import count, decimal, per_cent, percent, percents
from engine.jobs import Job, State
from engine.jobs.events import DAMAGED, damage
from engine.jobs.summaries import run_summary

Level = Literal["wrong", "doubtful", "fine"]

PLATEAU = 4
"""Validations in a row without a better one that make a plateau; see `validation_rank`."""

_RECENT = 10  # points of the curve
_STARVED = 0.25  # share of time spent waiting for images
_IDLE_GPU = 0.3
_NOTHING = 0.05  # word accuracy or H-mean, under which a run has learned next to nothing: short words come by chance
_FIRST_WORDS = 400  # steps, within which a small reader reads its first words
_RISING = 0.003  # what a last validation gained, from which more time promises more
_RISEN = 1.05  # times the best validation loss, from which it has risen
_ERROR = re.compile(r"^(?:[\w.]+\.)?\w*(?:Error|Exception|Exhausted|Interrupt)\b.*", re.MULTILINE)

Frames = Mapping[str, pd.DataFrame]


@dataclass(frozen=True)
class Finding:
    """One sentence about a run, in plain text.

    Attributes:
        level: how it is to be taken.
        text: it.
        clone: True where a clone of the run with other settings is the remedy.
    """

    level: Level
    text: str
    clone: bool = False


def validation_rank(word_accuracy: float, cer: float, loss: float) -> tuple[float, float, float]:
    """Return the key by which validations are compared, higher is better: word accuracy, then CER, then loss."""
    return word_accuracy, -cer, -loss


def location_rank(h_mean: float, pixel_f1: float, loss: float) -> tuple[float, float, float]:
    """Return the key by which validations of locators are compared: H-mean, then the F1 of pixels, then loss."""
    return h_mean, pixel_f1, -loss


def findings(run: Job, frames: Frames, log: str = "") -> list[Finding]:
    """Return what there is to say, the most urgent first.

    Args:
        run: its state and config.
        frames: its events by kind.
        log: the tail of its log, for a run that failed.
    """
    nothing = list(_learned_nothing(run, frames))
    rules = (
        _ended(run, log),
        _damaged(frames),
        _not_a_number(run, frames),
        _starved(run, frames),
        nothing or itertools.chain(_plateau(frames), _overfits(frames), _misled(frames), _done(run, frames)),
    )
    found = [finding for rule in rules for finding in rule]
    return found or list(_writes_nothing(frames)) or list(_last_change(frames))


def last_error(log: str) -> str | None:
    """Return the last line of a log that names an error, cut to 300 characters."""
    lines = _ERROR.findall(log)
    return lines[-1][:300] if lines else None


def _ended(run: Job, log: str) -> Iterator[Finding]:
    if run.state is State.failed and (error := last_error(log)) and error[:60] not in run.message:
        yield Finding("wrong", f"Last error in its log: {error}")
    batch = run.config.get("batch")
    if run.state is State.out_of_memory and isinstance(batch, int) and batch > 1 and "batch to" not in run.message:
        yield Finding(
            "wrong", f"Memory ran out with {count(batch, 'images')} per step. Clone it with {batch // 2}.", clone=True
        )


def _learned_nothing(run: Job, frames: Frames) -> Iterator[Finding]:
    values, what = _validations(frames)
    if run.state is not State.finished or values.empty or values.max() >= _NOTHING:
        return
    steps = _column(frames, "train", "step").max()
    length = count(steps, "steps") if steps > 0 else "its time"
    few = steps < _FIRST_WORDS
    why = (
        f"{length} are too few: the first {what} come after some hundreds."
        if few
        else f"{length} brought no more. Look at its images and labels, and try a lower learning rate."
    )
    yield Finding(
        "wrong",
        f"It has learned next to nothing yet: {_score_words(frames, values.idxmax())}. {why}"
        + (" Clone it with more time." if few else ""),
        clone=True,
    )


def _done(run: Job, frames: Frames) -> Iterator[Finding]:
    values, _ = _validations(frames)
    if run.state is not State.finished or len(values) < 2:
        return
    best = values.max()
    text = f"It is done. Its best validation: {_score_words(frames, values.idxmax())}."
    if values.iloc[-1] == best and best - values.iloc[-2] >= _RISING:
        text += f" The last one still gained {per_cent(best - values.iloc[-2]):.1f} points: more time may help."
    yield Finding("fine", text)


def _validations(frames: Frames) -> tuple[pd.Series, Literal["words", "boxes"]]:
    """Return the figure of each validation that people look at first, 0 to 1, and what it counts."""
    h_mean = _column(frames, "validation", "h_mean").dropna()
    return (h_mean, "boxes") if len(h_mean) else (_column(frames, "validation", "word_accuracy").dropna(), "words")


def _score_words(frames: Frames, row: Any) -> str:
    """Return what the validation in a row of its frame came to."""
    values, what = _validations(frames)
    if what == "boxes":
        return f"H-mean {percent(values.get(row))}"
    alone = _column(frames, "validation", "word_accuracy_alone").get(row)
    return f"{percents(values.get(row), alone)} of the words right"


def _damaged(frames: Frames) -> Iterator[Finding]:
    if DAMAGED in frames:
        yield Finding("wrong", damage(len(frames[DAMAGED])))


def _not_a_number(run: Job, frames: Frames) -> Iterator[Finding]:
    losses = _column(frames, "train", "loss")
    if len(losses) and losses.tail(1).isna().all() and run.state is not State.diverged:
        yield Finding("wrong", "The loss is no longer a number (NaN). Stop it and clone it with a lower learning rate.")


def _starved(run: Job, frames: Frames) -> Iterator[Finding]:
    if not run.state.live:
        return
    waiting = _column(frames, "train", "waiting").tail(_RECENT).mean()
    if waiting > _STARVED:
        drawing = run_summary(run).fresh
        remedy = "Clone it with Fresh off to learn from stored images" if drawing else "Other programs may be busy"
        yield Finding("doubtful", f"Starved for data: it waits for images {percent(waiting)} of the time. {remedy}.")
    gpu = _column(frames, "train", "gpu").tail(_RECENT).mean()
    if gpu < _IDLE_GPU:
        yield Finding("doubtful", f"The GPU works only {percent(gpu)} of the time. A larger batch may use it better.")


def _plateau(frames: Frames) -> Iterator[Finding]:
    columns = ("step", "epoch", "word_accuracy", "cer", "loss", "h_mean", "pixel_f1")
    rows = pd.DataFrame({name: _column(frames, "validation", name) for name in columns}).dropna(subset="loss")
    if rows.empty:
        return
    locates = rows["h_mean"].notna().any()
    figures = ["h_mean", "pixel_f1", "loss"] if locates else ["word_accuracy", "cer", "loss"]
    rank = location_rank if locates else validation_rank
    ranks = [rank(*row) for row in rows[figures].fillna(0.0).itertuples(index=False)]
    best = max(range(len(ranks)), key=ranks.__getitem__)
    stale = len(ranks) - 1 - best
    if stale >= PLATEAU:
        at, last = rows.iloc[best], rows.iloc[-1]
        epochs = last["epoch"] - at["epoch"]
        time = count(epochs, "epochs") if epochs >= 1 else count(stale, "validations")
        accuracy = at["word_accuracy"]
        value = f"loss {decimal(at['loss'])}" if pd.isna(accuracy) and not locates else _score_words(frames, at.name)
        yield Finding("doubtful", f"Validation has not improved for {time}. Best at step {count(at['step'])}: {value}.")


def _overfits(frames: Frames) -> Iterator[Finding]:
    validation = _column(frames, "validation", "loss").dropna()
    train = _column(frames, "train", "loss").dropna()
    if len(validation) < PLATEAU or len(train) < 2 * _RECENT:
        return
    falls = train.tail(_RECENT).mean() < train.iloc[-2 * _RECENT : -_RECENT].mean()
    if validation.iloc[-1] > _RISEN * validation.min() and falls:
        yield Finding(
            "doubtful",
            f"It begins to overfit: training loss falls to {decimal(train.tail(_RECENT).mean())}, but "
            f"validation loss rises to {decimal(validation.iloc[-1])}. More or other data, or augmentation, may help.",
        )


def _misled(frames: Frames) -> Iterator[Finding]:
    """Name the other datasets of which significantly more images are read by the image alone than with likely texts.

    Of many datasets some differ by chance alone, so p values are adjusted for all of them together (Holm).
    """
    found: dict[str, tuple[str, float, float]] = {}
    for kind in ("watched", "test"):
        won, lost = (_column(frames, kind, f"likely_{name}").tolist() for name in ("won", "lost"))
        datasets = frames[kind].get("dataset", []) if lost else []
        names = frames[kind].get("dataset_name", datasets) if lost else []
        for dataset, name, *counts in zip(datasets, names, won, lost, strict=False):
            found[str(dataset)] = (name if isinstance(name, str) else str(dataset), *counts)
    known = [one for one in found.values() if math.isfinite(one[1] + one[2])]
    p_values = holm([mcnemar(int(missed), int(gained)) for _, gained, missed in known])
    for (name, gained, missed), p in zip(known, p_values, strict=True):
        if missed > gained and p < ALPHA:
            yield Finding(
                "doubtful",
                f"Likely texts mislead it on {name}: {count(missed - gained, 'images')} more are read by the image "
                "alone. Validate on such texts, so that their weight is chosen for them, or set language to 0.",
                clone=True,
            )


def _writes_nothing(frames: Frames) -> Iterator[Finding]:
    pinned = frames.get(KIND)
    if pinned is None or pinned.empty:
        return
    readings = parse(pinned.iloc[-1].get("readings"))
    if readings and not any(reading.text for reading in readings):
        yield Finding("fine", "It writes nothing yet, as most readers do at first. Letters come as the loss falls.")


def _last_change(frames: Frames) -> Iterator[Finding]:
    values, _ = _validations(frames)
    if len(values) > 1:
        better = values.iloc[-1] - values.iloc[-2]
        change = f"{per_cent(better):+.1f} points" if abs(better) >= 0.001 else "unchanged"
        yield Finding("fine", f"Last validation: {_score_words(frames, values.index[-1])}, {change}.")


def _column(frames: Frames, kind: str, name: str) -> pd.Series:
    frame = frames.get(kind)
    if frame is None or name not in frame:
        return pd.Series(dtype=float)
    return pd.to_numeric(frame[name], errors="coerce")
