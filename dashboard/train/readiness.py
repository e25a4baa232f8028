"""Checks before a run starts: its data, the shapes of its tensors, and the queue of its device.

Only what is known without loading the network; steps per second and memory show on Watch within seconds.
"""

import streamlit as st

from dashboard.common.jobs import dataset_words
from dashboard.common.markdown import literal
from engine.config.train import TrainConfig
from engine.formatting import count, duration
from engine.jobs import KINDS, Job, list_jobs, overlap
from engine.jobs.summaries import dataset_summary
from engine.workspace import Workspace

_WAIT = ":orange[:material/hourglass_empty:]"


def preflight(workspace: Workspace, config: TrainConfig, dataset: Job) -> bool:
    """Draw the checks; return whether the run may start."""
    st.markdown("**Before you start**")
    longest, writes = dataset_summary(dataset).max_length, config.reader.max_length
    fits = not longest or longest <= writes
    lines = [f":material/image: {literal(dataset.name)}: {dataset_words(dataset)}"]
    if dataset.state.live:
        lines.append(f"{_WAIT} The dataset is {dataset.state.words}; the run waits for it")
    if longest and fits:
        lines.append(f":green[:material/check:] Longest text {count(longest)}, the reader writes up to {count(writes)}")
    if not fits:
        lines.append(f":red[:material/error: Texts are up to {count(longest)} long. Raise Max length to that.]")
    lines += [_shapes(config, dataset), f":material/timer: {_time(config)}"]
    lines += [
        f"{_WAIT} Waits for {literal(run.name)} on {_device(run.device)}" for run in waiting_for(workspace, config)[:1]
    ]
    st.markdown("  \n".join(lines))
    return fits


def start_label(workspace: Workspace, config: TrainConfig) -> str:
    """Return the label of the start button: start at once, or queue and behind which run."""
    ahead = waiting_for(workspace, config)
    device = str(KINDS["train"].device(config))
    return f"Queue behind {literal(ahead[-1].name)}" if ahead else f"Start on {_device(device)}"


def waiting_for(workspace: Workspace, config: TrainConfig) -> list[Job]:
    """Return the live runs that have or wait for the same device, oldest first."""
    device = KINDS["train"].device(config)
    return [job for job in reversed(list_jobs(workspace, "runs")) if job.state.live and overlap(job.device, device)]


def _device(id: str | None) -> str:
    return (id or "").replace("gpu:", "GPU ").replace(",", " and ").replace("cpu", "CPU")


def _shapes(config: TrainConfig, dataset: Job) -> str:
    reader = config.reader
    characters = dataset_summary(dataset).charset_size
    classes = f" × {count(characters + 1, 'classes')}" if characters else ""
    return (
        f":material/view_in_ar: {reader.height} × {reader.max_width} px → {reader.encoder} → "
        f"{count(reader.time_steps, 'time steps')} → {reader.decoder}{classes}"
    )


def _time(config: TrainConfig) -> str:
    if config.minutes is not None:
        return f"At most {duration(60 * config.minutes)} of work"
    return f"{count(config.epochs, 'epochs')}; the time shows on Watch after the first steps"
