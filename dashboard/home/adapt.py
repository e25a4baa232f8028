"""From photos without labels to a reader of them: the start of an adaptation, and where each one stands."""

import contextlib
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import streamlit as st

from dashboard.common.deleting import undo_line, with_deleted
from dashboard.common.fields import fields
from dashboard.common.jobs import actions, job_card
from dashboard.common.labelling import go_label
from dashboard.common.launch import launch_button, same_command, watch
from dashboard.common.markdown import literal
from dashboard.common.source_picker import choose_source
from dashboard.home.first_steps import DONE, LATER, NOW
from engine.adaptation.asking import label_request
from engine.adaptation.stages import StageJob, StageName, minutes_left, minutes_of_stages, stage_jobs
from engine.adaptation.summary import adaptation_summary, outcome_words
from engine.config.adapting import AdaptConfig
from engine.errors import ConfigError, JobError
from engine.formatting import count, duration
from engine.jobs import Job, State, launch, list_jobs
from engine.workspace import Workspace

_SHOWN = 3  # adaptations
_SETTINGS = ["content", "images", "minutes", "teach_minutes", "tune_minutes", "sure", "confirmed", "judged", "trials"]


class _Step(NamedTuple):
    """Some stages as one step for people."""

    title: str
    stages: tuple[StageName, ...]


_STEPS = (
    _Step("Read your images as a first guess, some of them set aside", ("judge", "read")),
    _Step("Fit the drawing to them", ("fit",)),
    _Step("Draw images like them, and learn from these", ("draw", "learn")),
    _Step("Learn from the readings it is sure of", ("reread", "sure", "teach", "ask")),
    _Step("You confirm or correct what it reads", ()),
    _Step("Learn from that, and judge by the images set aside", ("truths", "tune", "test", "before", "after")),
)
_ASKED = 4  # the step that is yours


def adapt_card(space: Workspace) -> None:
    """Draw the start of an adaptation."""
    with st.expander("A reader of your own photos, without labels", icon=":material/add_a_photo:", key="card-adapt"):
        st.caption(
            "Give 30 to 300 photos, or words cut out of them. A reader learns from images drawn like yours, then "
            "from yours, and asks you about some of its readings. Images set aside say what was gained."
        )
        source = choose_source(space, "adapt", "Photos or words, or a zip file of them")
        if source is None:
            return
        with st.expander("Settings"):
            values = fields(AdaptConfig.parse(source), _SETTINGS, "adapt.settings")
        config = AdaptConfig.parse({**source, **values})
        minutes = sum(minutes_of_stages(config).values())
        asked = count(config.confirmed + config.judged, "readings")
        st.caption(f"About {duration(60 * minutes)} of this machine's time, and {asked} to confirm at most.")
        launch_button(
            "Start",
            "adapt",
            lambda nonce: launch(space, "adapt", config, name=Path(source.get("path", "")).name, nonce=nonce),
            lambda _: st.rerun(),
            filled=False,
        )
        same_command("adapt", config)


def adaptations(space: Workspace) -> None:
    """Draw where the newest adaptations stand."""
    for job, deleted in with_deleted(space, "adaptations", list_jobs(space, "adaptations"))[:_SHOWN]:
        if deleted:
            undo_line(space, [job])
            continue
        with job_card(job, outcome_words(job, "**{}**".format), lambda job=job: actions(space, job, f"adapt-{job.id}")):
            _steps(space, job)
            if job.state.live:
                _time_left(space, job)


def _steps(space: Workspace, job: Job) -> None:
    known = stage_jobs(job.folder)
    asks = adaptation_summary(job).asks or {}
    now = _ASKED if asks else _at(known)
    for number, step in enumerate(_STEPS):
        done = job.state is State.finished or number < now
        icon = DONE if done else NOW if number == now else LATER
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(f"{icon} {step.title}", width="content")
            if number == _ASKED and asks:
                _ask(space, job, asks)
            for stage in step.stages:
                if stage in known and known[stage].collection == "runs":
                    _watch_button(known[stage].id)


def _time_left(space: Workspace, job: Job) -> None:
    with contextlib.suppress(JobError, ConfigError):  # a stage was deleted, or other versions had other settings
        left = minutes_left(space, job.folder, AdaptConfig.parse(job.config))
        st.caption(f"About {duration(60 * left)} of work left in all.")


def _watch_button(run: str) -> None:
    if st.button("Watch", key=f"adapt-watch-{run}", type="tertiary", icon=":material/show_chart:"):
        watch(run)


def _at(known: dict[StageName, StageJob]) -> int:
    """Return the number of the step of the last stage that was launched."""
    begun = [number for number, step in enumerate(_STEPS) if any(stage in known for stage in step.stages)]
    return max(begun, default=0)


def _ask(space: Workspace, job: Job, transcripts: Iterable[str]) -> None:
    for transcript in transcripts:
        try:
            asked = label_request(space, job, transcript)
        except JobError as error:
            st.caption(literal(str(error)))
            continue
        label = f"{'Those set aside' if asked.judges else 'The least sure'}: {asked.done} of {asked.wanted}"
        done = asked.done >= asked.wanted
        if st.button(label, key=f"adapt-ask-{transcript}", icon=":material/keyboard:", disabled=done):
            go_label(transcript)
