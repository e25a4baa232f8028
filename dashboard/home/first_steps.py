"""The first visit, led through: images, a run that learns from them, reading one's own; gone with the second run."""

from collections.abc import Sequence

import streamlit as st

from dashboard.common.markdown import literal
from engine.formatting import percents
from engine.jobs import Job, State, list_jobs
from engine.jobs.summaries import ScoreSummary, can_read, finds_text, run_summary, word_datasets
from engine.workspace import Workspace

DONE, NOW, LATER = ":green[:material/check_circle:]", ":orange[:material/pending:]", ":gray[:material/circle:]"
"""Icons of a step."""

Step = tuple[str, str]


def first_steps(workspace: Workspace) -> None:
    """Draw where the first run stands and what comes next; nothing once there are several."""
    datasets = word_datasets(workspace)
    runs = [run for run in list_jobs(workspace, "runs") if not finds_text(run)]
    if len(runs) > 1 or not datasets:
        return
    with st.container(border=True, key="card-first", gap="small"):
        st.markdown("**Your first reader**")
        used = [job for job in datasets if runs and job.id == runs[0].config.get("dataset")] or datasets
        for icon, words in (_images(used[0]), _learns(runs), _reads(runs)):
            st.markdown(f"{icon} {words}")


def next_step(runs: Sequence[Job], live: bool) -> tuple[str, str, dict[str, str]]:
    """Return the verb of Home's filled button, the page it leads to, and what is asked of that page."""
    if live and runs:
        return "Watch it learn", "app_pages/watch.py", {}
    if len(runs) == 1 and runs[0].state is State.finished:
        if finds_text(runs[0]):
            return "Find text in your photos", "app_pages/read.py", {"kind": "photos", "locator": runs[0].id}
        return "Read your images", "app_pages/read.py", {"run": runs[0].id}
    return "Train a reader", "app_pages/train.py", {}


def _images(dataset: Job) -> Step:
    if dataset.state is State.finished:
        return DONE, f"The images are there: {literal(dataset.name)}"
    return (NOW, "The images are being drawn") if dataset.state.live else (LATER, "Make images on Data")


def _learns(runs: Sequence[Job]) -> Step:
    if not runs:
        return LATER, "Train a reader on them: five minutes will do"
    run, best = runs[0], run_summary(runs[0]).best
    if run.state is State.finished:
        return DONE, f"It has learned: {_share(best)} of the validation words"
    if run.state is State.waiting:
        return NOW, "A run waits for them, and then learns by itself"
    if run.state.live:
        return NOW, "It learns: see how, step by step, on Watch"
    return LATER, f"It ended early ({run.state.words}): see Watch for why, and resume it there"


def _share(best: ScoreSummary | None) -> str:
    return percents(best.word_accuracy, best.word_accuracy_alone) if best else "some"


def _reads(runs: Sequence[Job]) -> Step:
    if runs and can_read(runs[0]):
        return NOW, "Drop an image of your own on Read. Wrong? Type what it says, and it is kept for the next run"
    return LATER, "Then it reads images of your own, on Read"
