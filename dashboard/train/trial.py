"""A trial before a run starts: a job of its own, which measures seconds per step, memory and the best batch size.

A result for the very same settings is shown again at once.
"""

import streamlit as st

from dashboard.common.jobs import progress
from dashboard.common.markdown import literal
from dashboard.common.page import live_fragment, show_errors
from dashboard.train.crops import crops
from dashboard.train.run_kinds import RunKind
from engine.config.run import RunConfig
from engine.formatting import count
from engine.jobs import Job, State, launch, list_jobs, stop
from engine.jobs.summaries import can_draw_more, trial_summary
from engine.jobs.trial_words import TrialLineKind, drawing_keeps_up, epochs_seen, measured_batch, trial_lines
from engine.workspace import Workspace

_OFTEN = 10  # epochs; after seven on 28,500 images a Chinese run's training loss was a twentieth of the other
_ICONS: dict[TrialLineKind, str] = {
    "fault": ":red[:material/error:]",
    "pace": ":material/speed:",
    "good": ":green[:material/check:]",
    "doubt": ":orange[:material/warning:]",
    "time": ":material/timer:",
    "advice": ":material/lightbulb:",
}


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
        lines = [f"{_ICONS[line.kind]} {line.text}" for line in trial_lines(found, config)]
        if found.warning:
            lines.append(f"{_ICONS['doubt']} {literal(found.warning)}")
        st.markdown("  \n".join(lines))
    crops(tried.folder)


def _repeats(tried: Job, config: RunConfig, dataset: Job, key: str) -> None:
    """Warn of a run that sees each drawn image too often, with a button that has new ones drawn."""
    found = trial_summary(tried)
    if found is None or config.fresh == "on" or not can_draw_more(dataset):
        return
    times = epochs_seen(found, config)
    if times <= _OFTEN or drawing_keeps_up(measured_batch(found, config)):
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
