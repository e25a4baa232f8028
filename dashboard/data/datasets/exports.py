"""A dataset out again, in the layout of another program: choose, start, download."""

import streamlit as st

from dashboard.common.fields import field
from dashboard.common.jobs import actions, badge, facts, progress, title
from dashboard.common.launch import launch_button, same_command
from dashboard.common.markdown import literal
from engine.config.exporting import ExportConfig
from engine.datasets.exporting import LAYOUTS
from engine.datasets.splits import SPLITS
from engine.formatting import size
from engine.jobs import Job, State, launch, list_jobs, paths
from engine.workspace import Workspace


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
    live = any(job.state.live for job in _made(workspace, dataset))
    st.fragment(_list, run_every=1 if live else None)(workspace, dataset, live)


def _choices(dataset: Job) -> ExportConfig | None:
    key, defaults = f"export-{dataset.id}", ExportConfig(dataset=dataset.id)
    left, right = st.columns(2)
    layout = left.selectbox(
        "Layout", list(LAYOUTS), format_func=lambda name: LAYOUTS[name].title, key=f"{key}.layout",
        help=ExportConfig.model_fields["layout"].description, persist_state="session",
    )  # fmt: skip
    left.caption(LAYOUTS[layout].use.splitlines()[0])
    splits = right.pills(
        "Splits", list(SPLITS), selection_mode="multi", default=list(SPLITS), key=f"{key}.splits",
        persist_state="session",
    )  # fmt: skip
    with right:
        archive = field(defaults, "archive", key)
    return defaults.changed(layout=layout, splits=tuple(splits), archive=archive) if splits else None


def _made(workspace: Workspace, dataset: Job) -> list[Job]:
    return [job for job in list_jobs(workspace, "exports") if job.config.get("dataset") == dataset.id]


def _list(workspace: Workspace, dataset: Job, was_live: bool) -> None:
    jobs = _made(workspace, dataset)
    if was_live and not any(job.state.live for job in jobs):
        st.rerun()  # the page stops the clock
    for job in jobs[:10]:
        with st.container(border=True, key=f"card-{job.id}", gap="xsmall"):
            with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
                st.markdown(f"{title(job)} {badge(job)}", width="content")
                st.caption(facts(job), width="content")
                with st.container(horizontal=True, width="content"):
                    _download(job)
                    actions(workspace, job, f"export-{job.id}")
            progress(job)


def _download(job: Job) -> None:
    path = job.folder / paths.EXPORT_ARCHIVE
    if job.state is not State.finished:
        return
    if not path.is_file():
        st.caption(f"Not packed; it lies in {literal(str(job.folder / paths.EXPORT_FILES))}", width="content")
        return
    st.download_button(
        f"Download {size(path.stat().st_size)}", lambda: path.open("rb"), file_name=f"{job.id[-6:]}.zip",
        mime="application/zip", key=f"download-{job.id}", icon=":material/download:", on_click="ignore",
    )  # fmt: skip
