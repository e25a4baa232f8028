"""Results of a trial in lines, as pages and terminals show them: pace, memory, duration, and the batch that suits."""

import math
from typing import Literal, NamedTuple

from engine.config.run import RunConfig
from engine.formatting import count, decimal, duration, pace, size
from engine.jobs.summaries import BatchTrialSummary, TrialSummary

TrialLineKind = Literal["fault", "pace", "good", "doubt", "time", "advice"]


class TrialLine(NamedTuple):
    """A line in plain words, and its kind."""

    kind: TrialLineKind
    text: str


def trial_lines(found: TrialSummary, config: RunConfig) -> list[TrialLine]:
    """Return what a trial of a run's config found; the warning of its summary is told apart, as it is elsewhere."""
    here = measured_batch(found, config)
    lines = []
    if here.batch != config.batch:
        lines.append(TrialLine("fault", f"A batch of {count(config.batch)} has no room; of {count(here.batch)}:"))
    seconds, images = decimal(here.seconds_per_step, 3, "s"), pace(here.images_per_second, "images")
    lines.append(TrialLine("pace", f"{seconds} per step, {images}, {size(here.peak_bytes)} of memory"))
    if here.drawn_per_second and here.learned_per_second:
        good = drawing_keeps_up(here)
        drawn, learned = (pace(each, "images") for each in (here.drawn_per_second, here.learned_per_second))
        rest = "" if good else ": learning waits" if config.fresh == "on" else ": a run takes stored images"
        lines.append(TrialLine("good" if good else "doubt", f"Drawing makes {drawn}, learning takes {learned}{rest}"))
    if found.seconds is not None:
        lines.append(TrialLine("time", f"{count(found.steps, 'steps')} take about {duration(found.seconds)}"))
    else:
        steps = 60 * (config.minutes or 0) / here.seconds_per_step
        epochs = decimal(epochs_seen(found, config), 1, "epochs")
        lines.append(TrialLine("time", f"At most {count(round(steps), 'steps')}, {epochs}"))
    if skipped := sum(found.skipped.values()):
        lines.append(TrialLine("doubt", f"{count(skipped, 'samples')} do not fit and are skipped"))
    better = found.suggested_batch
    if better != config.batch:
        speed = next(one.images_per_second for one in found.trials if one.batch == better)
        lines.append(TrialLine("advice", f"A batch of {count(better)} learns {pace(speed, 'images')}: try it"))
    return lines


def measured_batch(found: TrialSummary, config: RunConfig) -> BatchTrialSummary:
    """Return the figures of the run's own batch, or of the one that has room."""
    return next((one for one in found.trials if one.batch == config.batch), found.trials[-1])


def drawing_keeps_up(here: BatchTrialSummary) -> bool:
    """Say whether images were drawn, and as fast as they were learned from."""
    return (here.drawn_per_second or 0.0) >= (here.learned_per_second or math.inf)


def epochs_seen(found: TrialSummary, config: RunConfig) -> float:
    """Return how often a run sees each image, by what a trial found."""
    if config.minutes is None:
        return float(config.epochs or 0)
    steps = 60 * config.minutes / measured_batch(found, config).seconds_per_step
    return min(steps / found.steps_per_epoch, config.epochs or math.inf)
