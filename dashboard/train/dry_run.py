"""Dry run of the first steps before a run starts: seconds per step, total time, memory, and the best batch size.

A result for the very same settings is shown again at once. This module measures nothing: a pre-flight job does.
"""

import streamlit as st

from dashboard.common.jobs import progress
from dashboard.common.markdown import literal
from dashboard.common.page import live_fragment, show_errors
from engine.config.train import TrainConfig
from engine.formatting import count, decimal, duration, size
from engine.jobs import Job, State, launch, list_jobs
from engine.jobs.summaries import PreflightSummary, preflight_summary
from engine.workspace import Workspace


def dry_run(workspace: Workspace, config: TrainConfig, ready: bool) -> None:
    """Draw the button that tries a few steps, its progress, and its result."""
    tried = _tried(workspace, config)
    if _is_live(tried):
        live_fragment(lambda: _follow(workspace, config), lambda: _is_live(_tried(workspace, config)), 1)
        return
    if tried is not None and tried.state is State.finished and (found := preflight_summary(tried)):
        st.markdown("  \n".join(_lines(found, config)))
        return
    if tried is not None:
        st.markdown(f":red[:material/error:] {literal(tried.message or tried.state.words)}")
    pressed = st.button(
        "Try again" if tried else "Try a few steps",
        icon=":material/speed:",
        disabled=not ready,
        key="try-steps",
        help="Trains for some seconds and keeps nothing: shows seconds per step, memory, and the best batch size.",
    )
    if pressed:
        with show_errors():
            launch(workspace, "preflight", config)
            st.rerun()


def _tried(workspace: Workspace, config: TrainConfig) -> Job | None:
    plain = config.plain()
    return next((job for job in list_jobs(workspace, "preflights") if job.config == plain), None)


def _is_live(job: Job | None) -> bool:
    return job is not None and job.state.live


def _follow(workspace: Workspace, config: TrainConfig) -> None:
    if tried := _tried(workspace, config):
        progress(tried)


def _lines(found: PreflightSummary, config: TrainConfig) -> list[str]:
    here = next((one for one in found.trials if one.batch == config.batch), found.trials[-1])
    lines = [
        f":material/speed: {decimal(here.seconds_per_step, 3, 's')} per step, "
        f"{count(here.images_per_second)} images/s, {size(here.peak_bytes)} of memory"
    ]
    if found.seconds is not None:
        lines.append(f":material/timer: {count(found.steps, 'steps')} take about {duration(found.seconds)}")
    else:
        steps = 60 * (config.minutes or 0) / here.seconds_per_step
        epochs = decimal(steps / found.steps_per_epoch, 1, "epochs")
        lines.append(f":material/timer: At most {count(int(steps), 'steps')}, {epochs}")
    skipped = sum(found.skipped.values())
    if skipped:
        lines.append(f":orange[:material/warning:] {count(skipped, 'samples')} do not fit and are skipped")
    better = found.suggested_batch
    if better != config.batch:
        speed = next(one.images_per_second for one in found.trials if one.batch == better)
        lines.append(f":material/lightbulb: A batch of {count(better)} learns {count(speed)} images/s: try it")
    return lines
