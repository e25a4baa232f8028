"""The choice of a source of images: a folder or zip file on the server, or one that is uploaded, or is in a bucket.

Uploads are saved at once and only their id stays in the session; the engine decides what may be read. The server's
setting maxUploadSize says how large an upload may be; larger sources are put below a data root. What is fetched from a
bucket is an upload from then on.
"""

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from dashboard.common.buckets import fetch_from_bucket
from dashboard.common.callbacks import guarded
from dashboard.common.sliders import NO_INPUTS
from engine.formatting import size
from engine.jobs import list_jobs
from engine.sources.buckets import can_reach_buckets
from engine.sources.locate import delete_upload, list_sources, list_uploads, save_loose_files, save_upload
from engine.workspace import COLLECTIONS, Workspace

_UPLOAD, _SERVER, _BUCKET = "Upload files", "A folder on the server", "A bucket"


def choose_source(workspace: Workspace, key: str, upload_label: str) -> dict[str, str] | None:
    """Draw the choice of a source; return it as a config's settings (path or upload), None while nothing is chosen."""
    known = {place.path: place for place in list_sources(workspace)}
    first = _SERVER if known else _UPLOAD
    ways = [_SERVER, _UPLOAD, *([_BUCKET] if can_reach_buckets() else [])]
    if st.session_state.get(f"{key}-way") not in (None, *ways):  # kept from a time with a package more
        del st.session_state[f"{key}-way"]
    way = st.segmented_control("From", ways, default=first, required=True, key=f"{key}-way", persist_state="session")
    if way == _UPLOAD:
        return _upload(workspace, key, upload_label)
    if way == _BUCKET:
        if id := fetch_from_bucket(workspace, key):
            st.session_state[f"{key}-upload"] = id
        return _uploaded(workspace, key)
    if not known:
        st.caption(
            "No folder is offered yet. Put one into the workspace's `imports` folder, or start the server with "
            "`GLYPHLAB_DATA_ROOT` set to a folder of yours; or upload files."
        )
        return None
    path = st.selectbox(
        "Folder or zip file",
        list(known),
        index=None,
        format_func=lambda path: known[path].title,
        placeholder="choose one",
        key=f"{key}-path",
        persist_state="session",
    )
    return {"path": path} if path else None


def _upload(workspace: Workspace, key: str, label: str) -> dict[str, str] | None:
    files = st.file_uploader(label, accept_multiple_files=True, key=f"{key}-file")
    received = {file.file_id: file.name for file in files}
    held = st.session_state.get(f"{key}-received", {})
    if files and held != received:
        before = _drop_packed(workspace, key)
        st.session_state[f"{key}-upload"] = now = _save(workspace, key, files)
        st.session_state[f"{key}-received"] = received
        if before and not set(held.values()).isdisjoint(received.values()):  # some of the files are the same ones
            _take_choices(f"{key}.{before}", f"{key}.{now}")
    return _uploaded(workspace, key)


def _uploaded(workspace: Workspace, key: str) -> dict[str, str] | None:
    """Draw the choice among what is uploaded or fetched."""
    waiting = {upload.id: upload for upload in list_uploads(workspace)}
    if not waiting:
        return None
    if st.session_state.get(f"{key}-upload") not in waiting:
        st.session_state[f"{key}-upload"] = None
    id = st.selectbox(
        "Uploaded",
        list(waiting),
        index=None,
        key=f"{key}-upload",
        placeholder="choose one",
        persist_state="session",
        format_func=lambda id: f"{waiting[id].name}, {size(waiting[id].bytes)}",
        help="Kept for a day.",
    )
    if id:
        st.button(
            "Delete this upload",
            icon=":material/delete:",
            type="tertiary",
            on_click=guarded(delete_upload),
            args=(workspace, id),
        )
    return {"upload": id} if id else None


def _save(workspace: Workspace, key: str, files: list[UploadedFile]) -> str:
    """Save what was dropped, and return the id of the upload."""
    if len(files) == 1 and files[0].name.casefold().endswith(".zip"):
        return save_upload(workspace, files[0], files[0].name).id
    upload = save_loose_files(workspace, [(file.name, file) for file in files])
    st.session_state[f"{key}-packed"] = upload.id
    return upload.id


def _drop_packed(workspace: Workspace, key: str) -> str | None:
    """Delete the upload that the same zone held before a file was added to it or taken away; return its id.

    One that a job reads stays: a stopped job would not find it again.
    """
    before = st.session_state.pop(f"{key}-packed", None)
    if before and not _is_read(workspace, before):
        delete_upload(workspace, before)
    return before


def _is_read(workspace: Workspace, upload: str) -> bool:
    return any(
        job.config.get("upload") == upload for collection in COLLECTIONS for job in list_jobs(workspace, collection)
    )


def _take_choices(before: str, now: str) -> None:
    """Let what was chosen for one upload hold for the next, to which a file was added, or from which one was taken."""
    chosen = {str(key): st.session_state[key] for key in st.session_state if str(key).startswith(f"{before}.")}
    for key, value in chosen.items():
        if not key.endswith(NO_INPUTS):
            st.session_state[now + key.removeprefix(before)] = value
