"""All photos and PDF pages of a folder or zip file read at once: the choice of them, their text, search and files."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import streamlit as st

from dashboard.caches.files import modified
from dashboard.common.deleting import undo_line, with_deleted
from dashboard.common.jobs import actions, any_live, facts, job_card
from dashboard.common.launch import launch_button, same_command
from dashboard.common.page import live_fragment, pager, show_errors
from dashboard.common.source_picker import choose_source
from dashboard.common.tables import draw_table
from engine.config.documents import DOCUMENT_FORMAT_NAMES, DocumentFormatName, ReadPagesConfig
from engine.documents.document import Document
from engine.documents.job import document_of, problems_of
from engine.documents.writers import DOCUMENT_FORMATS, file_ending, written
from engine.formatting import count, percent
from engine.jobs import Job, State, launch, list_jobs, paths
from engine.location.bundle import LocatorBundle
from engine.reading.bundle import Bundle
from engine.sources.locate import list_uploads
from engine.workspace import Workspace

_SHOWN = 5  # readings on a page, newest first
_ROWS = 5_000
_LOCATOR = "read-pages-locator"


def page_reading(
    workspace: Workspace, readers: Sequence[tuple[str, Bundle]], locators: Sequence[tuple[str, LocatorBundle]]
) -> None:
    """Draw the choice of a source and of a locator and the button, then the newest readings.

    Args:
        workspace: where they are.
        readers: chosen above; the first one reads.
        locators: to choose from, each with its title.
    """
    name, bundle = readers[0]
    left, right = st.columns([1, 2.4], gap="medium")
    with left, show_errors():
        source = choose_source(workspace, "read-source", "A zip file, photos or PDF files")
        titles = {locator.name: title for title, locator in locators}
        chosen = st.selectbox(
            "Locator", list(titles), format_func=titles.__getitem__, key=_LOCATOR, persist_state="session"
        )
        st.caption(f"Read by {name}, the first reader chosen above.")
        if source is not None:
            config = ReadPagesConfig.parse({"run": bundle.name, "locator": chosen, **source})
            launch_button(
                "Read all pages", "read-pages", lambda nonce: _launch(workspace, config, nonce), lambda _: st.rerun()
            )
            same_command("read-pages", config)
    with right:
        live_fragment(lambda: _readings(workspace), lambda: any_live(workspace, "documents"), 1)


def _launch(workspace: Workspace, config: ReadPagesConfig, nonce: str) -> str:
    """Start the job under its source's name."""
    uploaded = next((upload.name for upload in list_uploads(workspace) if upload.id == config.upload), "")
    return launch(workspace, "read-pages", config, name=uploaded or Path(config.path or "").name, nonce=nonce)


def _readings(workspace: Workspace) -> None:
    jobs = list_jobs(workspace, "documents")
    if not jobs:
        with st.container(border=True, key="card-nothing"):
            st.markdown("**No pages were read in bulk yet**")
            st.caption(
                "Choose a folder or a zip file of photos, scans and PDF files. Every page is located, read and put in "
                "order, and one PDF of all can be searched. It goes on when you close the browser."
            )
    rows = with_deleted(workspace, "documents", jobs)
    for job, deleted in rows[pager(len(rows), _SHOWN, "documents")]:
        if deleted:
            undo_line(workspace, [job])
        else:
            _reading(workspace, job, job is jobs[0])


def _reading(workspace: Workspace, job: Job, newest: bool) -> None:
    document, problems = _document(str(job.folder), modified(job.folder / paths.EVENTS))
    with job_card(job, _words(job), lambda: _buttons(workspace, job, document)):
        if document.pages or len(problems):
            with st.expander("The text", expanded=newest, icon=":material/article:"):
                _text(document, problems, job.id)


@st.cache_resource(max_entries=4, show_spinner=False)
def _document(folder: str, changed: int) -> tuple[Document, pd.DataFrame]:
    return document_of(Path(folder)), pd.DataFrame(problems_of(Path(folder)), columns=["file", "page", "problem"])


def _words(job: Job) -> str:
    """Return Markdown for what was read, and what could not be."""
    pages, words, unread = (job.summary.get(name) for name in ("pages", "words", "unread"))
    parts = [count(pages, "pages")] if isinstance(pages, int) else []
    parts += [count(words, "words")] if isinstance(words, int) else []
    if isinstance(unread, int) and unread:
        parts.append(f":red[{count(unread)} of them not readable]")
    return " · ".join([*parts, facts(job)])


def _buttons(workspace: Workspace, job: Job, document: Document) -> None:
    if job.state is State.finished:
        format = st.selectbox(
            "Save as",
            DOCUMENT_FORMAT_NAMES,
            index=DOCUMENT_FORMAT_NAMES.index("pdf"),
            format_func=lambda name: DOCUMENT_FORMATS[name].title,
            key=f"format-{job.id}",
            label_visibility="collapsed",
            width=190,
        )
        st.download_button(
            "Download",
            lambda: _file(job, document, format),
            file_name=f"{job.id[-6:]}.{file_ending(document, format)}",
            mime=DOCUMENT_FORMATS[format].mime,
            key=f"download-{job.id}",
            icon=":material/download:",
            on_click="ignore",
        )
    actions(workspace, job, f"document-{job.id}")


def _file(job: Job, document: Document, format: DocumentFormatName) -> bytes:
    """Return what was read as a file; the PDF was written by the job, which had the pictures."""
    return (job.folder / paths.READ_PDF).read_bytes() if format == "pdf" else written(document, format)


def _text(document: Document, problems: pd.DataFrame, id: str) -> None:
    """Draw a search field, the lines that hold what was typed, and the pages that could not be read."""
    wanted = st.text_input("Search", key=f"search-{id}", placeholder="words to look for", icon=":material/search:")
    rows = [
        (page.name, page.number, line.text, 100 * line.confidence)
        for page in document.pages
        for line in page.lines
        if wanted.casefold() in line.text.casefold()
    ]
    table = pd.DataFrame(rows[:_ROWS], columns=["file", "page", "text", "confidence"])
    draw_table(
        table,
        hide_index=True,
        height=min(420, 38 + 35 * max(len(table), 1)),
        key=f"table-{id}",
        alt="Each line that was read, with its file and page, and how sure the reader is",
        column_config={
            "file": "File",
            "page": st.column_config.NumberColumn("Page", width="small"),
            "text": st.column_config.TextColumn("Line", width="large"),
            "confidence": st.column_config.ProgressColumn("Sure", format="%.1f %%", min_value=0, max_value=100),
        },
    )
    total = sum(1 for page in document.pages for _ in page.lines)
    told = f"{count(len(rows))} of {count(total, 'lines')} hold it" if wanted else count(total, "lines")
    shown = f"the first {count(_ROWS)} are shown" if len(rows) > _ROWS else ""
    sure = percent(table["confidence"].median() / 100) if len(table) else ""
    st.caption(" · ".join(filter(None, [told, shown, f"half of them read with more than {sure}" if sure else ""])))
    if len(problems):
        draw_table(
            problems,
            hide_index=True,
            key=f"problems-{id}",
            alt="Pages that could not be read, and why",
            column_config={"file": "File", "page": "Page", "problem": "Not read because"},
        )
