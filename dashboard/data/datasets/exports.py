"""A dataset out again, in the layout of another program: choose, start, download."""

from functools import partial

import streamlit as st

from dashboard.common.fields import field
from dashboard.common.jobs import actions, facts, job_card
from dashboard.common.launch import launch_button, same_command
from dashboard.common.markdown import literal
from dashboard.common.page import live_fragment
from engine.config.exporting import ExportConfig
from engine.datasets.exporting import LAYOUTS
from engine.datasets.splits import SPLITS
from engine.formatting import size
from engine.jobs import Job, State, launch, list_jobs, paths
from engine.workspace import Workspace

_SHOWN = 10  # exports, newest first


def exports(workspace: Workspace, dataset: Job) -> None:
    """Draw the choices and the button, then the exports made so far with their downloads."""
    config = _choices(dataset)
    if config is None:
        st.caption("Choose one split at least.")
        return
    launch_button(
        f"Export as {LAYOUTS[config.layout].title}",
        f"export-{dataset.id}",
        lambda nonce: launch(workspace, "export", config, name=f"{dataset.name[:60]}, {config.layout}", nonce=nonce),
        lambda _: st.rerun(),
    )
    same_command("export", config)
    live_fragment(
        lambda: _list(workspace, dataset), lambda: any(job.state.live for job in _exports_of(workspace, dataset)), 1
    )


def _choices(dataset: Job) -> ExportConfig | None:
    key, defaults = f"export-{dataset.id}", ExportConfig(dataset=dataset.id)
    left, right = st.columns(2)
    layout = left.selectbox(
        "Layout",
        list(LAYOUTS),
        format_func=lambda name: LAYOUTS[name].title,
        key=f"{key}.layout",
        help=ExportConfig.model_fields["layout"].description,
        persist_state="session",
    )
    left.caption(LAYOUTS[layout].use.splitlines()[0])
    splits = right.pills(
        "Splits",
        list(SPLITS),
        selection_mode="multi",
        default=list(SPLITS),
        key=f"{key}.splits",
        persist_state="session",
    )
    with right:
        archive = field(defaults, "archive", key)
    return defaults.changed(layout=layout, splits=tuple(splits), archive=archive) if splits else None


def _exports_of(workspace: Workspace, dataset: Job) -> list[Job]:
    return [job for job in list_jobs(workspace, "exports") if job.config.get("dataset") == dataset.id]


def _list(workspace: Workspace, dataset: Job) -> None:
    for job in _exports_of(workspace, dataset)[:_SHOWN]:
        job_card(job, facts(job), partial(_buttons, workspace, job))


def _buttons(workspace: Workspace, job: Job) -> None:
    path = job.folder / paths.EXPORT_ARCHIVE
    if job.state is State.finished and path.is_file():
        st.download_button(
            f"Download {size(path.stat().st_size)}",
            lambda: path.open("rb"),
            file_name=f"{job.id[-6:]}.zip",
            mime="application/zip",
            key=f"download-{job.id}",
            icon=":material/download:",
            on_click="ignore",
        )
    elif job.state is State.finished:
        st.caption(f"Not packed; it lies in {literal(str(job.folder / paths.EXPORT_FILES))}", width="content")
    actions(workspace, job, f"export-{job.id}")
