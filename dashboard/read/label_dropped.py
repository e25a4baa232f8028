"""Dropped images on their way to being labelled: kept together as they were dropped, turned as they were turned."""

import contextlib
from collections.abc import Container
from dataclasses import replace
from hashlib import sha256
from io import BytesIO
from pathlib import PurePosixPath

import streamlit as st

from dashboard.common import state
from dashboard.common.labelling import read_to_label
from dashboard.common.page import show_errors
from dashboard.readings.image import DroppedImage, shown
from dashboard.readings.image_kinds import Files
from engine.datasets.corrections import find_correction
from engine.errors import ImageError
from engine.formatting import count
from engine.jobs import load_job
from engine.sources.labelling import ImageLabel, give_labels, labels_by_content, last_said
from engine.sources.locate import delete_upload, save_loose_files
from engine.workspace import Workspace
from glyphlab_read.reading.bundle import Bundle


def label_buttons(space: Workspace, bundle: Bundle, words: Files, photos: Files) -> None:
    """Draw what leads from several dropped images to their labels: a reader reads them, and they need no second drop.

    Images of the size of photos may show one word each, too.
    """
    offers = [(f"Label all {count(len(words))}", words), (f"Label {count(len(photos), 'photos')} as words", photos)]
    offers = [(title, files) for title, files in offers if len(files) > 1]
    if not offers:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        for title, files in offers:
            if st.button(title, key=f"label-dropped-{files is words}", icon=":material/keyboard:"):
                with show_errors():
                    st.session_state[state.LABEL_SET_WANTED] = _read(space, bundle, files)
                    st.rerun()
        st.caption("Say by the keyboard which are right, correct the others, keep them as a dataset.", width="content")


def _read(space: Workspace, bundle: Bundle, files: Files) -> str:
    """Start to read dropped images, once for the same ones, and return the transcript; what was typed is its labels."""
    dropped: dict[str, DroppedImage] = {}
    for name, content in files:
        dropped[_unused(name, dropped)] = _turned(name, content)
    contents = {name: one.upright() for name, one in dropped.items()}
    digests = {name: sha256(content).hexdigest() for name, content in contents.items()}
    upload = save_loose_files(space, [(name, BytesIO(content)) for name, content in contents.items()])
    nonce = f"label {bundle.name} {sorted(digests.items())}"
    id = read_to_label(space, {"upload": upload.id}, upload.name, bundle.name, nonce)
    job = load_job(space, "transcripts", id)
    if job.config.get("upload") != upload.id:  # they were read before
        delete_upload(space, upload.id)
    said, known = last_said(job.folder), labels_by_content(space)
    new: list[ImageLabel] = []
    for name, one in dropped.items():
        if name in said:
            continue
        if label := known.get(digests[name]):
            new.append(replace(label, image=name))
        elif text := _typed(space, one):
            new.append(ImageLabel(name, text, "right", digests[name]))
    give_labels(job.folder, new)
    return id


def _turned(name: str, content: bytes) -> DroppedImage:
    """Return a dropped image as it stands on its card, upright."""
    with contextlib.suppress(ImageError):
        turns = st.session_state.get(state.QUARTER_TURNS, {}).get(shown(DroppedImage(name, content)).digest, 0)
        return DroppedImage(name, content, turns)
    return DroppedImage(name, content)


def _typed(space: Workspace, dropped: DroppedImage) -> str:
    """Return what somebody typed beside an image's reading; empty where nobody did."""
    with contextlib.suppress(ImageError):
        kept = find_correction(space, shown(dropped).digest)
        return kept.text if kept else ""
    return ""


def _unused(name: str, taken: Container[str]) -> str:
    """Return a name that no other image has: several dropped from several folders may be called alike."""
    path, number, free = PurePosixPath(name), 2, name
    while free in taken:
        free, number = f"{path.stem} ({number}){path.suffix}", number + 1
    return free
