"""Archives from and to buckets on pages: an address, a button, a bar; nothing where no package is installed."""

from collections.abc import Callable

import streamlit as st

from dashboard.common.jobs import progress_text
from dashboard.common.markdown import literal
from dashboard.common.page import show_errors
from engine.jobs import Job, Progress, metered, paths
from engine.labels import file_name
from engine.sources.buckets import Report, can_reach_buckets, fetch, send
from engine.workspace import Workspace

_LOGIN = "The login is that of the environment in which Glyphlab was started: docs/buckets.md."


def fetch_from_bucket(workspace: Workspace, key: str) -> str | None:
    """Draw an address and a button; return the id of the upload that a click made of what lies there."""
    address = st.text_input(
        "Address",
        key=f"{key}-bucket",
        max_chars=1000,
        placeholder="s3://bucket/words.zip, or a folder",
        help=f"A zip file, or a folder of files, of s3:// or gs://. {_LOGIN}",
        persist_state="session",
    )
    if not address_button("Fetch", f"{key}-fetch", ":material/download:", address):
        return None
    return _with_bar("fetching", lambda report: fetch(workspace, address, report).id)


def send_to_bucket(key: str, name: str, put: Callable[[str, Report], str]) -> None:
    """Draw a popover with an address; `put(address, report)` sends a file of that name and returns where it is."""
    if not can_reach_buckets():
        return
    box = st.popover("Send", icon=":material/cloud_upload:", key=f"{key}-box", on_change="rerun")
    if not box.open:
        return
    with box:
        address = st.text_input(
            "Address",
            key=f"{key}-address",
            max_chars=1000,
            placeholder=f"s3://bucket/{name}",
            help=f"Of s3:// or gs://; after a slash the file's own name is put. Nothing is replaced. {_LOGIN}",
            persist_state="session",
        )
        if address_button("Send", f"{key}-send", ":material/upload:", address):
            to = f"{address}{name}" if address.endswith("/") else address
            if place := _with_bar("sending", lambda report: put(to, report)):
                st.success(f"It is at {literal(place)}", icon=":material/check:")


def address_button(label: str, key: str, icon: str, address: str | None) -> bool:
    """Draw a button that needs an address; without one it says so and cannot be pressed."""
    return st.button(
        label, key=key, icon=icon, disabled=not address, help=None if address else "Type an address first."
    )


def send_archive(job: Job) -> None:
    """Draw the popover that sends the archive of a packed export."""
    archive = job.folder / paths.EXPORT_ARCHIVE
    send_to_bucket(f"send-{job.id}", file_name(job.name, "zip"), lambda address, report: send(archive, address, report))


def _with_bar(phase: str, act: Callable[[Report], str]) -> str | None:
    """Do something that takes a while while a bar shows how far it is; None where it failed, which is shown."""
    bar = st.progress(0.0)

    def show(now: Progress) -> None:
        bar.progress(min(1.0, (now.done or 0) / (now.total or 1)), text=progress_text(now))

    result = None
    with show_errors():
        result = act(metered(phase, show))
    bar.empty()
    return result
