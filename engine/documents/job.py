"""The job that reads whole photos and PDF pages: each page an event with its text in reading order, and a PDF of all.

A stopped job keeps the pages of files that are still there byte for byte, and reads the others. If a run has exported a
better reader or locator since, that one reads all pages again. A page that cannot be read has an event that says why,
and is tried again when the job goes on. The PDF needs the files once more; what is gone by then is there as text alone.
"""

import os
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Any, NamedTuple

from PIL import Image

from engine.config.documents import ReadPagesConfig
from engine.documents.pdf_pages import MAX_PDF_BYTES, PdfFile
from engine.documents.searchable import write_read_pdfs
from engine.documents.sources import PageImage, UnreadPage, is_pdf, page_images
from engine.errors import GlyphlabError, SourceError, UnsafeSourceError
from engine.formatting import count
from engine.jobs import paths, read_events
from engine.jobs.context import JobContext
from engine.location.bundle import newest_locator_bundle, open_locator
from engine.processes import give_memory_back
from engine.reading.bundle import newest_bundle, open_reader
from engine.sources.locate import delete_upload, open_source
from engine.sources.tree import Tree, closed_folders, has_pages
from glyphlab_read.documents.document import Document, Page
from glyphlab_read.documents.page_reader import TURNS, PageReader

EVENT = "page"


class _File(NamedTuple):
    """A file of the source: its name, its SHA-256, and how many pages it has; why it has none where it has none."""

    name: str
    sha256: str
    pages: int
    problem: str = ""


def work(config: ReadPagesConfig, job: JobContext) -> None:
    """Read the pages of a config's source, and write a PDF of them into the folder of a job.

    Raises:
        BundleError: there is no such reader or locator.
        ConfigError: the locator has no map of the level.
        SourceError: the source is not there, not allowed, not safe, or holds no image and no PDF file.
        SpaceError: the disk is full.
        Stopped: the user asked; the pages so far are kept.
    """
    job.phase("opening")
    threads = len(os.sched_getaffinity(0))
    reading, locating = newest_bundle(job.workspace, config.run), newest_locator_bundle(job.workspace, config.locator)
    reader = open_reader(reading.folder, job.workspace, threads)
    locator = open_locator(locating.folder, job.workspace, threads)
    page_reader = PageReader(locator, reader, config.level, side=config.side, direction=config.direction)
    by = [reading.manifest.step, locating.manifest.step]
    with open_source(job.workspace, config) as tree:
        files = [_file(tree, name) for name in _names(tree)]
        total = sum(max(file.pages, 1) for file in files)
        job.summary(run=config.run, locator=config.locator, source=tree.title, files=len(files), pages=total)
        done = _resume(job, by, files)
        if closed := closed_folders(tree):
            job.event("note", None, text=closed)
        job.phase("reading")
        _read(tree, files, done, page_reader, config.dpi, by, job, total)
        job.phase("writing the PDF file")
        document, problems = document_of(job.folder, tree.title)
        write_read_pdfs(job.folder, document, _pictures(tree, files, document.pages, config.dpi, job))
    words, empty = (
        sum(1 for page in document.pages for _ in page.words),
        sum(not page.blocks for page in document.pages),
    )
    seconds = round(job.seconds / max(total, 1), 3)
    job.summary(unread=len(problems), empty=empty, words=words, seconds_per_page=seconds)
    if config.upload is not None:
        delete_upload(job.workspace, config.upload)


def document_of(folder: Path, title: str = "") -> tuple[Document, list[UnreadPage]]:
    """Return what a job has read so far and what it could not, in the order of files and pages.

    Args:
        folder: of the job.
        title: of the document: the name of the job's source.
    """
    events = sorted(_events(folder), key=lambda event: (event["file"], event["number"]))
    pages = tuple(Page.from_plain(event["page"]) for event in events if event["page"])
    problems = [UnreadPage(event["name"], event["number"], event["problem"]) for event in events if event["problem"]]
    return Document(pages, title), problems


def _events(folder: Path) -> list[dict[str, Any]]:
    return [event for event in read_events(folder / paths.EVENTS)[0] if event.get("kind") == EVENT]


def _names(tree: Tree) -> list[str]:
    """Return the images and PDF files of a source. Raises SourceError where there is none."""
    names = [member.name for member in tree.members if has_pages(member.name)]
    if not names:
        raise SourceError(
            f"{tree.title!r} holds no images and no PDF files. Choose one with PNG, JPEG, TIFF or PDF files."
        )
    return names


def _file(tree: Tree, name: str) -> _File:
    """Return the facts about a file; an image counts as one page before anybody opened it.

    Raises:
        UnsafeSourceError: it is in an archive whose headers contradict its content.
    """
    try:
        content = tree.read(name, MAX_PDF_BYTES)
    except OSError as error:
        return _File(name, "", 0, _closed(error))
    digest = sha256(content).hexdigest()
    if not is_pdf(content):
        return _File(name, digest, 1)
    try:
        with PdfFile(content, name) as file:
            return _File(name, digest, file.pages)
    except SourceError as error:
        return _File(name, digest, 0, str(error))


def _resume(job: JobContext, by: list[int], files: Sequence[_File]) -> dict[int, set[int]]:
    """Return the numbers of the pages that these very bundles have read, by the places of files that did not change.

    The events of others are dropped, and those of pages that could not be read, which are tried again.
    """
    places = {(file.name, file.sha256): place for place, file in enumerate(files) if file.sha256}
    before = _events(job.folder)
    same = [event for event in before if event["by"] == by and (event["name"], event["sha256"]) in places]
    kept = [event for event in same if event["page"]]
    read_before = sum(event["page"] is not None for event in before)
    if job.resuming and len(kept) < read_before:
        text = f"The source or a network changed since this began: {count(read_before - len(kept), 'pages')} are read"
        job.event("note", None, text=f"{text} once more.")
    if len(kept) < len(before) or any(places[event["name"], event["sha256"]] != event["file"] for event in kept):
        job.truncate_events(-1)
        for number, event in enumerate(kept, 1):
            fields = {name: value for name, value in event.items() if name not in ("kind", "step", "seconds")}
            job.event(EVENT, number, **fields | {"file": places[event["name"], event["sha256"]]})
    done: dict[int, set[int]] = {}
    for event in kept:
        done.setdefault(places[event["name"], event["sha256"]], set()).add(event["number"])
    return done


def _read(
    tree: Tree,
    files: Sequence[_File],
    done: Mapping[int, set[int]],
    page_reader: PageReader,
    dpi: float,
    by: list[int],
    job: JobContext,
    total: int,
) -> None:
    number = sum(map(len, done.values()))
    for place, file in enumerate(files):
        about = {"by": by, "file": place, "name": file.name, "sha256": file.sha256}
        read_before = done.get(place, set())
        last = max(read_before, default=0) + 1 if file.problem else file.pages  # one that cannot be opened is told once
        for page in _pages(tree, file, dpi, sorted(set(range(1, last + 1)) - read_before)):
            number += 1
            if isinstance(page, UnreadPage):
                read, problem = None, page.problem
            else:
                read, problem = page_reader.read(page.image, file.name, page.number, page.dpi), ""
            plain = None if read is None else read.plain()
            job.event(EVENT, number, **about, number=page.number, page=plain, problem=problem)
            job.advance(number, total, "pages")
            give_memory_back()


def _pages(tree: Tree, file: _File, dpi: float, numbers: Sequence[int]) -> Iterator[PageImage | UnreadPage]:
    """Yield the pages of a file that have these numbers, in their order, each once, be it read or not."""
    left = list(numbers)
    try:
        if file.problem:
            raise SourceError(file.problem)
        for page in page_images(_content(tree, file), file.name, dpi, numbers) if left else ():
            yield page
            left.remove(page.number)
    except UnsafeSourceError:
        raise  # of the archive, not of this file: `open_source` deletes such an upload
    except (GlyphlabError, OSError) as error:
        problem = _closed(error) if isinstance(error, OSError) else str(error)
        yield from (UnreadPage(file.name, number, problem) for number in left)


def _content(tree: Tree, file: _File) -> bytes:
    content = tree.read(file.name, MAX_PDF_BYTES)
    if sha256(content).hexdigest() != file.sha256:
        raise SourceError(f"{file.name!r} changed while the job ran. Leave it as it is, and read it again.")
    return content


def _closed(error: OSError) -> str:
    return f"It cannot be read ({error.strerror or error}). Check the file."


def _pictures(
    tree: Tree, files: Sequence[_File], pages: Sequence[Page], dpi: float, job: JobContext
) -> Iterator[Image.Image | None]:
    """Open the files once more, page after page, so that few pictures are in memory; None, and a note, for what fails.

    Each page was read of the very bytes of its file.
    """
    by_name, problems = {file.name: file for file in files}, list[str]()
    for name, group in groupby(pages, attrgetter("name")):
        its = list(group)
        opened_again = _pages(tree, by_name[name], dpi, [page.number for page in its])
        for page, opened in zip(its, opened_again, strict=True):
            if isinstance(opened, UnreadPage):
                problems.append(opened.problem)
                yield None
            else:
                yield opened.image.transpose(TURNS[page.turned]) if page.turned else opened.image
    if problems:
        text = f"The PDF file holds {count(len(problems), 'pages')} as text alone, without a picture: {problems[0]}"
        job.event("note", None, text=text)
