"""A dataset out again, in the layout of another program: choose, start, download."""

from functools import partial

import streamlit as st

from dashboard.caches.datasets import opened_scenes
from dashboard.common.buckets import send_archive
from dashboard.common.deleting import undo_line, with_deleted
from dashboard.common.fields import field
from dashboard.common.jobs import actions, archive_button, facts, job_card
from dashboard.common.launch import launch_button, same_command
from dashboard.common.markdown import literal
from dashboard.common.page import live_fragment, pager, show_errors
from engine.config.exporting import ExportConfig, SceneExportConfig
from engine.datasets.exporting import LAYOUTS, Layout
from engine.datasets.scenes.exporting.job import check_levels
from engine.datasets.scenes.exporting.layouts import SCENE_LAYOUTS, SceneLayout
from engine.datasets.splits import SPLITS
from engine.jobs import Job, State, launch, list_jobs, paths
from engine.jobs.summaries import holds_scenes
from engine.workspace import Workspace

_SHOWN = 10  # exports on a page, newest first
AnyExport = ExportConfig | SceneExportConfig


def exports(workspace: Workspace, dataset: Job) -> None:
    """Draw the choices and the button, then the exports made so far with their downloads."""
    config = _choices(dataset)
    if config is None:
        st.caption("Choose one split at least.")
        return
    with show_errors():
        if isinstance(config, SceneExportConfig):
            check_levels(config, opened_scenes(dataset.folder), SCENE_LAYOUTS[config.layout])
        _start(workspace, dataset, config)
    live_fragment(
        lambda: _list(workspace, dataset), lambda: any(job.state.live for job in _exports_of(workspace, dataset)), 1
    )


def _start(workspace: Workspace, dataset: Job, config: AnyExport) -> None:
    kind = "export-scenes" if holds_scenes(dataset) else "export"
    launch_button(
        f"Export as {_titles(dataset)[config.layout]}",
        f"export-{dataset.id}",
        lambda nonce: launch(workspace, kind, config, name=f"{dataset.name[:60]}, {config.layout}", nonce=nonce),
        lambda _: st.rerun(),
    )
    same_command(kind, config)


def _titles(dataset: Job) -> dict[str, str]:
    return {name: layout.title for name, layout in _layouts(dataset).items()}


def _layouts(dataset: Job) -> dict[str, Layout | SceneLayout]:
    return {**SCENE_LAYOUTS} if holds_scenes(dataset) else {**LAYOUTS}


def _choices(dataset: Job) -> AnyExport | None:
    scenes = holds_scenes(dataset)
    defaults = SceneExportConfig(dataset=dataset.id) if scenes else ExportConfig(dataset=dataset.id)
    key, titles = f"export-{dataset.id}", _titles(dataset)
    left, right = st.columns(2)
    layout = left.selectbox(
        "Layout",
        list(titles),
        index=list(titles).index(defaults.layout),
        format_func=titles.__getitem__,
        key=f"{key}.layout",
        help=type(defaults).model_fields["layout"].description,
        persist_state="session",
    )
    left.caption(" ".join(_layouts(dataset)[layout].use.partition("\n\n")[0].splitlines()))
    with right:
        splits = st.pills(
            "Splits",
            list(SPLITS),
            selection_mode="multi",
            default=list(SPLITS),
            key=f"{key}.splits",
            persist_state="session",
        )
        chosen = {name: field(defaults, name, key) for name in (("level", "archive") if scenes else ("archive",))}
    return defaults.changed(layout=layout, splits=tuple(splits), **chosen) if splits else None


def _exports_of(workspace: Workspace, dataset: Job) -> list[Job]:
    return [job for job in list_jobs(workspace, "exports") if job.config.get("dataset") == dataset.id]


def _list(workspace: Workspace, dataset: Job) -> None:
    rows = with_deleted(workspace, "exports", _exports_of(workspace, dataset))
    rows = [row for row in rows if row[0].config.get("dataset") == dataset.id]
    for job, deleted in rows[pager(len(rows), _SHOWN, f"exports-{dataset.id}")]:
        if deleted:
            undo_line(workspace, [job])
        else:
            job_card(job, facts(job), partial(_buttons, workspace, job))


def _buttons(workspace: Workspace, job: Job) -> None:
    packed = archive_button(job)
    if packed:
        send_archive(job)
    if not packed and job.state is State.finished:
        st.caption(f"Not packed; it lies in {literal(str(job.folder / paths.EXPORT_FILES))}", width="content")
    actions(workspace, job, f"export-{job.id}")
