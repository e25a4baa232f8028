"""The reader of a run as a file for other programs: choose a format, start, see how it reads there, download.

A format that reads otherwise than the lab is refused by the job; what it read otherwise is shown in any case. The texts
are foreign and shown as such.
"""

import csv
from functools import partial

import streamlit as st

from dashboard.caches.files import stored_image
from dashboard.common.buckets import send_archive
from dashboard.common.deleting import undo_line, with_deleted
from dashboard.common.images import picture
from dashboard.common.jobs import actions, archive_button, job_card
from dashboard.common.launch import launch_button, same_command
from dashboard.common.markdown import literal
from engine.config.exporting import ModelConversionConfig
from engine.config.model_formats import MODEL_FORMATS
from engine.formatting import ago, count, decimal, percent, size
from engine.jobs import Job, launch, list_jobs, paths
from engine.jobs.summaries import model_conversion_summary
from engine.sources.spreadsheet import unescape_formula
from engine.workspace import Workspace, bundle_name

_LISTED = 20  # differences


def take_away(workspace: Workspace, run: Job, key: str) -> None:
    """Draw the choice of a format, and the exports of a run's reader that were made so far."""
    left, right = st.columns([1, 2], vertical_alignment="bottom")
    name = left.selectbox(
        "Format",
        list(MODEL_FORMATS),
        format_func=lambda name: MODEL_FORMATS[name].title,
        key=f"{key}-format",
        persist_state="session",
    )
    right.caption(MODEL_FORMATS[name].use)
    config = ModelConversionConfig(run=bundle_name(run.id), format=MODEL_FORMATS[name].name)
    launch_button(
        f"Write it for {MODEL_FORMATS[name].title}",
        f"{key}-{name}",
        lambda nonce: launch(workspace, "convert-model", config, name=f"{run.name[:60]}, {name}", nonce=nonce),
        lambda _: st.rerun(),
        filled=False,
    )
    same_command("convert-model", config)
    for job, deleted in with_deleted(workspace, "exports", list_jobs(workspace, "exports")):
        if job.kind != "convert-model" or job.config.get("run") != config.run:
            continue
        if deleted:
            undo_line(workspace, [job])
            continue
        with job_card(job, gate_words(job), partial(_buttons, workspace, job)):
            _differences(job, key)


def gate_words(job: Job) -> str:
    """Return Markdown: how a format reads beside the lab, its size and its time, each with the lab's."""
    gate = model_conversion_summary(job)
    if gate is None:
        return f"made {ago(job.created)}"
    words = [f"{count(gate.same)} of {count(gate.images, 'images')} read as in the lab"]
    if gate.truths:
        right, lab = gate.right / gate.truths, gate.lab_right / gate.truths
        words.append(f"{percent(right)} right, in the lab {percent(lab)}")
    words.append(f"{decimal(gate.milliseconds)} ms per image, in the lab {decimal(gate.lab_milliseconds)} ms")
    if job.summary.get("bytes"):
        words.append(size(job.summary["bytes"]))
    return " · ".join(words)


def _buttons(workspace: Workspace, job: Job) -> None:
    if archive_button(job):
        send_archive(job)
    actions(workspace, job, f"take-{job.id}")


def _differences(job: Job, key: str) -> None:
    folder = job.folder / paths.DIFFERENCES
    gate = model_conversion_summary(job)
    if gate is None or gate.same == gate.images or not (folder / paths.DIFFERENCES_CSV).is_file():
        return
    box = st.expander(
        f"Read otherwise: {count(gate.images - gate.same, 'images')}", key=f"{key}-{job.id}-apart", on_change="rerun"
    )
    if not box.open:
        return
    with box, open(folder / paths.DIFFERENCES_CSV, encoding="utf-8", newline="") as file:
        for row, _ in zip(csv.DictReader(file), range(_LISTED), strict=False):
            truth, lab, other = (unescape_formula(row[name]) for name in ("truth", "lab", "format"))
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                image = stored_image(folder / row["image"])
                if image is not None:
                    picture(image, f"Image that says {truth}" if truth else "Image", room=280)
                said = f" · says {literal(truth)}" if truth else ""
                st.markdown(f"{literal(other) or '(nothing)'} · in the lab {literal(lab) or '(nothing)'}{said}")
