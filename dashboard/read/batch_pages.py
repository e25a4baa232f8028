"""All photos and PDF pages of a folder or zip file read at once: the choice of them, their text, search and files."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import streamlit as st

from dashboard.caches.files import modified
from dashboard.common.jobs import actions, facts, job_card
from dashboard.common.page import show_errors
from dashboard.common.source_picker import choose_source
from dashboard.common.tables import draw_table
from dashboard.read.bulk import newest_jobs, saved_name, start_button
from engine.config.documents import DOCUMENT_FORMAT_NAMES, ReadPagesConfig
from engine.documents.job import document_of
from engine.documents.searchable import read_pdfs
from engine.documents.writers import DOCUMENT_FORMATS, file_ending, written
from engine.formatting import count, percent
from engine.jobs import Job, State, paths
from engine.workspace import Workspace
from glyphlab_read.documents.document import Document
from glyphlab_read.location.bundle import LocatorBundle
from glyphlab_read.reading.bundle import Bundle

_KEPT = 4  # opened texts kept in memory
_NOTHING = (
    "No pages were read in bulk yet",
    "Choose a folder or a zip file of photos, scans and PDF files. Every page is located, read and put in order, and "
    "a PDF of all can be searched. It goes on when you close the browser.",
)
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
            start_button(workspace, "Read all pages", "read-pages", config)
    with right:
        newest_jobs(workspace, "documents", _NOTHING, lambda job, newest: _reading(workspace, job, newest))


def _reading(workspace: Workspace, job: Job, newest: bool) -> None:
    with job_card(job, _words(job), lambda: _buttons(workspace, job)):
        if job.state.live:  # the file grows by every page, and is read as a whole
            return
        text = st.expander(
            "The text", expanded=newest, icon=":material/article:", key=f"text-{job.id}", on_change="rerun"
        )
        if text.open:
            with text:
                _text(*_document(job), job.id)


def _document(job: Job) -> tuple[Document, pd.DataFrame]:
    """Return what a job that ended has read, and a row for each page that it could not read."""
    return _opened(str(job.folder), str(job.summary.get("source") or job.name), modified(job.folder / paths.EVENTS))


@st.cache_resource(max_entries=_KEPT, show_spinner="Opening the text …")
def _opened(folder: str, title: str, changed: int) -> tuple[Document, pd.DataFrame]:
    document, problems = document_of(Path(folder), title)
    return document, pd.DataFrame(problems, columns=["file", "page", "problem"])


def _words(job: Job) -> str:
    """Return Markdown for what was read, and what could not be."""
    pages, words, unread, empty = (job.summary.get(name) for name in ("pages", "words", "unread", "empty"))
    parts = [count(pages, "pages")] if isinstance(pages, int) else []
    if isinstance(unread, int) and unread:
        parts.append(f":red[{count(unread)} of them not readable]")
    if isinstance(empty, int) and empty:
        parts.append(f"{count(empty)} without text")
    parts += [count(words, "words")] if isinstance(words, int) else []
    return " · ".join([*parts, facts(job)])


def _buttons(workspace: Workspace, job: Job) -> None:
    pages = int(job.summary.get("pages") or 0) - int(job.summary.get("unread") or 0)
    if job.state is State.finished and pages:
        format = st.selectbox(
            "Save as",
            DOCUMENT_FORMAT_NAMES,
            index=DOCUMENT_FORMAT_NAMES.index("pdf"),
            format_func=lambda name: DOCUMENT_FORMATS[name].title,
            key=f"format-{job.id}",
            label_visibility="collapsed",
            width=190,
        )
        ending = file_ending(pages, format)
        pdfs, part = read_pdfs(job.folder) if format == "pdf" else [], 0
        if len(pdfs) > 1:
            part = st.selectbox(
                "Part",
                range(len(pdfs)),
                format_func=lambda part: f"Part {part + 1} of {len(pdfs)}",
                key=f"part-{job.id}",
                label_visibility="collapsed",
                width=150,
            )
            ending = f"{part + 1}.{ending}"
        st.download_button(
            "Download",
            lambda: pdfs[part].open("rb") if pdfs else written(_document(job)[0], format),
            file_name=saved_name(job, ending),
            mime=DOCUMENT_FORMATS[format].mime,
            key=f"download-{job.id}",
            icon=":material/download:",
            on_click="ignore",
        )
    actions(workspace, job, f"document-{job.id}")


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
