"""Parts that readings in bulk share, of words as of pages: the start of a job, and the list of the newest ones."""

from collections.abc import Callable
from pathlib import Path, PurePath

import streamlit as st

from dashboard.common.deleting import undo_line, with_deleted
from dashboard.common.jobs import any_live
from dashboard.common.launch import launch_button, same_command
from dashboard.common.page import live_fragment, pager
from engine.config.importing import SourceConfig
from engine.jobs import Job, launch, list_jobs
from engine.labels import file_name
from engine.sources.locate import list_uploads
from engine.sources.tree import has_pages
from engine.workspace import Collection, Workspace

_SHOWN = 5  # jobs on a page, newest first


def start_button(workspace: Workspace, label: str, kind: str, config: SourceConfig) -> None:
    """Draw the button that starts a job under its source's name, and the command that does the same."""

    def start(nonce: str) -> str:
        uploaded = next((upload.name for upload in list_uploads(workspace) if upload.id == config.upload), "")
        return launch(workspace, kind, config, name=uploaded or Path(config.path or "").name, nonce=nonce)

    launch_button(label, kind, start, lambda _: st.rerun())
    same_command(kind, config)


def saved_name(job: Job, ending: str) -> str:
    """Return the name of a file of what a job read: that of its source, without the ending of a file."""
    is_file = has_pages(job.name) or job.name.casefold().endswith(".zip")
    return file_name(PurePath(job.name).stem if is_file else job.name, ending)


def newest_jobs(
    workspace: Workspace, collection: Collection, nothing: tuple[str, str], draw: Callable[[Job, bool], None]
) -> None:
    """Draw the newest jobs of a collection, as long as one is live again and again.

    Args:
        workspace: where they are.
        collection: of the jobs.
        nothing: a title and a sentence for when there is none.
        draw: draws a job; the second argument says whether it is the newest.
    """

    def listed() -> None:
        jobs = list_jobs(workspace, collection)
        if not jobs:
            with st.container(border=True, key="card-nothing"):
                st.markdown(f"**{nothing[0]}**")
                st.caption(nothing[1])
        rows = with_deleted(workspace, collection, jobs)
        for job, deleted in rows[pager(len(rows), _SHOWN, collection)]:
            if deleted:
                undo_line(workspace, [job])
            else:
                draw(job, job is jobs[0])

    live_fragment(listed, lambda: any_live(workspace, collection), 1)
