"""A trial before a run starts: a job of its own, which measures seconds per step, memory and the best batch size.

A result for the very same settings is shown again at once.
"""

import math

import streamlit as st

from dashboard.common.jobs import progress
from dashboard.common.markdown import literal
from dashboard.common.page import live_fragment, show_errors
from dashboard.train.crops import crops
from dashboard.train.run_kinds import RunKind
from engine.config.run import RunConfig
from engine.formatting import count, decimal, duration, pace, size
from engine.jobs import Job, State, launch, list_jobs, stop
from engine.jobs.summaries import BatchTrialSummary, TrialSummary, can_draw_more, trial_summary
from engine.workspace import Workspace

_OFTEN = 10  # epochs; after seven on 28,500 images a Chinese run's training loss was a twentieth of the other


def epoch_seconds(workspace: Workspace, config: RunConfig) -> float | None:
    """Return the seconds of an epoch, as a trial of the very same settings found; None without one."""
    tried = _tried(workspace, config)
    found = trial_summary(tried) if tried is not None else None
    return found.seconds / config.epochs if found and found.seconds is not None and config.epochs else None


def trial(workspace: Workspace, kind: RunKind, config: RunConfig, dataset: Job, key: str, fine: bool) -> None:
    """Draw the button that tries a few steps, what is found as soon as it is, and how the trial stands.

    Args:
        workspace: where trials are.
        kind: of the run.
        config: of the run.
        dataset: that it learns from.
        key: begins the keys of the inputs, which a button sets.
        fine: the checks found no fault.
    """
    tried = _tried(workspace, config)
    if tried is not None and tried.state.live:
        live_fragment(lambda: _follow(workspace, config), lambda: _is_live(_tried(workspace, config)), 1)
        return
    if tried is not None:
        _findings(tried, config)
        if tried.state is State.finished:
            _repeats(tried, config, dataset, key)
            return
        icon = ":gray[:material/stop:]" if tried.state is State.stopped else ":red[:material/error:]"
        st.markdown(f"{icon} {literal(tried.message or tried.state.words)}")
    pressed = st.button(
        "Try again" if tried else "Try a few steps",
        icon=":material/speed:",
        disabled=not fine or dataset.state is not State.finished,
        key="try-steps",
        help="A trial: it trains for less than a minute and keeps nothing. It shows seconds per step, memory, and the "
        "best batch size.",
    )
    if kind.name == "photos" and tried is None:
        st.caption("It first shows pieces of your photos with what is to be found in them: look before you train.")
    if pressed:
        with show_errors():
            launch(workspace, kind.trial, config)
            st.rerun()


def _tried(workspace: Workspace, config: RunConfig) -> Job | None:
    plain = config.plain()
    return next((job for job in list_jobs(workspace, "trials") if job.config == plain), None)


def _is_live(job: Job | None) -> bool:
    return job is not None and job.state.live


def _follow(workspace: Workspace, config: RunConfig) -> None:
    if tried := _tried(workspace, config):
        with st.container(horizontal=True, vertical_alignment="center"):
            with st.container(key="trial-progress"):
                progress(tried)
            if st.button("Stop", key="stop-trial", icon=":material/stop:", width="content"):
                with show_errors():
                    stop(workspace, tried.collection, tried.id, "The trial was stopped.")
                    st.rerun()
        _findings(tried, config)


def _findings(tried: Job, config: RunConfig) -> None:
    if found := trial_summary(tried):
        st.markdown("  \n".join(_lines(found, config)))
    crops(tried.folder)


def _repeats(tried: Job, config: RunConfig, dataset: Job, key: str) -> None:
    """Warn of a run that sees each drawn image too often, with a button that has new ones drawn."""
    found = trial_summary(tried)
    if found is None or config.fresh == "on" or not can_draw_more(dataset) or _keeps_up(_tried_as(found, config)):
        return
    times = _epochs(found, config)
    if times <= _OFTEN:
        return
    st.markdown(
        f":orange[:material/warning:] It sees each image about {count(round(times), 'times')}, and may learn them "
        "by heart. Make more images, or draw new ones in each epoch."
    )
    st.button(
        "Draw new ones",
        key="draw-fresh",
        icon=":material/autorenew:",
        on_click=st.session_state.__setitem__,
        args=(f"{key}.fresh", "on"),
        help="Turns Fresh on. Drawing takes time from learning on a processor: try a few steps again to see how much.",
    )


def _keeps_up(here: BatchTrialSummary) -> bool:
    """Say whether images were drawn, and as fast as they were learned from."""
    return (here.drawn_per_second or 0.0) >= (here.learned_per_second or math.inf)


def _epochs(found: TrialSummary, config: RunConfig) -> float:
    """Return how often a run sees each image, by what a trial found."""
    if config.minutes is None:
        return float(config.epochs or 0)
    steps = 60 * config.minutes / _tried_as(found, config).seconds_per_step
    return min(steps / found.steps_per_epoch, config.epochs or math.inf)


def _tried_as(found: TrialSummary, config: RunConfig) -> BatchTrialSummary:
    """Return the figures of the run's own batch, or of the one that has room."""
    return next((one for one in found.trials if one.batch == config.batch), found.trials[-1])


def _lines(found: TrialSummary, config: RunConfig) -> list[str]:
    here = _tried_as(found, config)
    lines = []
    if here.batch != config.batch:
        lines.append(f":red[:material/error:] A batch of {count(config.batch)} has no room; of {count(here.batch)}:")
    lines.append(
        f":material/speed: {decimal(here.seconds_per_step, 3, 's')} per step, "
        f"{pace(here.images_per_second, 'images')}, {size(here.peak_bytes)} of memory"
    )
    if here.drawn_per_second and here.learned_per_second:
        icon = ":green[:material/check:]" if _keeps_up(here) else ":orange[:material/warning:]"
        drawn, learned = (pace(each, "images") for each in (here.drawn_per_second, here.learned_per_second))
        rest = "" if _keeps_up(here) else ": learning waits" if config.fresh == "on" else ": a run takes stored images"
        lines.append(f"{icon} Drawing makes {drawn}, learning takes {learned}{rest}")
    if found.seconds is not None:
        lines.append(f":material/timer: {count(found.steps, 'steps')} take about {duration(found.seconds)}")
    else:
        steps = 60 * (config.minutes or 0) / here.seconds_per_step
        epochs = decimal(_epochs(found, config), 1, "epochs")
        lines.append(f":material/timer: At most {count(round(steps), 'steps')}, {epochs}")
    skipped = sum(found.skipped.values())
    if skipped:
        lines.append(f":orange[:material/warning:] {count(skipped, 'samples')} do not fit and are skipped")
    if found.warning:
        lines.append(f":orange[:material/warning:] {literal(found.warning)}")
    better = found.suggested_batch
    if better != config.batch:
        speed = next(one.images_per_second for one in found.trials if one.batch == better)
        lines.append(f":material/lightbulb: A batch of {count(better)} learns {pace(speed, 'images')}: try it")
    return lines
