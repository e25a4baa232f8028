"""The job that reads pages: an event for each, also over a stop; a PDF of all."""

import io
from collections.abc import Callable
from itertools import repeat
from pathlib import Path
from zipfile import ZIP_STORED

import pypdfium2
import pytest
from fpdf import FPDF
from PIL import Image
from pypdfium2.raw import FPDF_PAGEOBJ_IMAGE

from engine.config.documents import ReadPagesConfig
from engine.documents.job import _file, _pages, document_of, work
from engine.documents.searchable import read_pdfs, write_read_pdfs
from engine.errors import SourceError, UnsafeSourceError
from engine.files import read_json, write_json
from engine.jobs import paths, read_events
from engine.jobs.context import JobContext, Stopped
from engine.sources.archive import ZipTree
from engine.sources.locate import list_uploads, save_upload
from engine.workspace import Workspace, new_id
from glyphlab_read.documents.document import Document, Page
from tests.helpers.damage import flipped
from tests.helpers.rectangles import rectangle
from tests.helpers.sources import png, zipped
from tests.helpers.tiny_bundles import save_run_bundle
from tests.helpers.tiny_locators import paint, save_locator


def pdf(pages: int) -> bytes:
    """Return a PDF file whose pages hold a light bar each, which the tiny locator takes for text."""
    file = FPDF(unit="pt")
    for _ in range(pages):
        file.add_page(format=(92.16, 69.12))  # 256 × 192 px at 200 per inch
        file.image(paint((256, 192), [rectangle(100, 60, 80, 24)]), 0, 0, 92.16, 69.12)
    return bytes(file.output())


@pytest.fixture
def config(workspace: Workspace) -> ReadPagesConfig:
    folder = workspace.imports / "scans"
    folder.mkdir()
    paint((256, 192), [rectangle(60, 40, 60, 20), rectangle(180, 120, 60, 24)]).save(folder / "b photo.png")
    (folder / "a.pdf").write_bytes(pdf(3))
    (folder / "bad.pdf").write_bytes(b"%PDF-1.4 nothing")
    (folder / "notes.txt").write_text("no page")
    (folder / "c.png").write_bytes(b"no image")
    return ReadPagesConfig(run=save_run_bundle(workspace).name, locator=save_locator(workspace).name, path=str(folder))


def begun(workspace: Workspace, config: ReadPagesConfig) -> Path:
    folder = workspace.folder("documents", new_id())
    folder.mkdir()
    write_json(folder / paths.CONFIG, config.plain())
    return folder


def do(config: ReadPagesConfig, folder: Path) -> Path:
    with JobContext(folder) as job:
        work(config, job)
    return folder


def pages_of(folder: Path) -> list[Page]:
    return list(document_of(folder)[0].pages)


def test_every_page_of_every_file_is_read_and_what_cannot_be_is_told(workspace: Workspace, config: ReadPagesConfig):
    folder = do(config, begun(workspace, config))
    events = [event for event in read_events(folder / paths.EVENTS)[0] if event["kind"] == "page"]
    assert [(event["name"], event["number"], bool(event["problem"])) for event in events] == [
        ("a.pdf", 1, False),
        ("a.pdf", 2, False),
        ("a.pdf", 3, False),
        ("b photo.png", 1, False),
        ("bad.pdf", 1, True),
        ("c.png", 1, True),
    ]
    assert "no PDF file that can be opened" in events[4]["problem"]
    assert [(page.width, page.height, page.dpi) for page in pages_of(folder)] == [(257, 193, 200.0)] * 3 + [
        (256, 192, 96.0)
    ]
    summary = read_json(folder / paths.SUMMARY)
    assert (summary["files"], summary["pages"], summary["unread"], summary["empty"]) == (4, 6, 2, 1)
    file = pypdfium2.PdfDocument(folder / paths.READ_PDF)
    assert [page.get_width() for page in file] == pytest.approx([92.5] * 3 + [192], abs=0.1)
    file.close()


def test_a_stopped_job_goes_on_with_the_pages_that_are_missing(workspace: Workspace, config: ReadPagesConfig):
    straight, folder = do(config, begun(workspace, config)), begun(workspace, config)
    with JobContext(folder) as job:
        advance, seen = job.advance, []

        def stop_after_two(done: float, total: float | None, unit: str) -> None:
            seen.append(done)
            if len(seen) == 2:
                job.request_stop()
            advance(done, total, unit)

        job.advance = stop_after_two  # type: ignore[method-assign]
        with pytest.raises(Stopped):
            work(config, job)
    (folder / paths.STOP).unlink(missing_ok=True)
    assert len(pages_of(folder)) == 2
    do(config, folder)
    assert pages_of(folder) == pages_of(straight)
    assert (folder / paths.READ_PDF).stat().st_size > 1000


def test_a_file_that_changed_meanwhile_is_read_again(workspace: Workspace, config: ReadPagesConfig):
    folder = do(config, begun(workspace, config))
    scans = workspace.imports / "scans"
    (scans / "a.pdf").write_bytes(pdf(1))
    Image.new("RGB", (300, 200)).save(scans / "0.png")
    do(config, folder)
    assert [(page.name, page.number) for page in pages_of(folder)] == [("0.png", 1), ("a.pdf", 1), ("b photo.png", 1)]


@pytest.mark.parametrize(("name", "pages"), [("a.pdf", 3), ("b photo.png", 1)])
def test_one_file_is_read_alone(workspace: Workspace, config: ReadPagesConfig, name: str, pages: int):
    folder = do(config.changed(path=f"{config.path}/{name}"), begun(workspace, config))
    assert [(page.name, page.number) for page in pages_of(folder)] == [(name, number + 1) for number in range(pages)]
    assert read_json(folder / paths.SUMMARY)["source"] == name


def at_phase(folder: Path, config: ReadPagesConfig, phase: str, do: Callable[[], object]) -> None:
    """Run the job of a folder, and do something as it begins a phase."""
    with JobContext(folder) as job:
        begin = job.phase

        def phase_begins(name: str) -> None:
            if name == phase:
                do()
            begin(name)

        job.phase = phase_begins  # type: ignore[method-assign]
        work(config, job)


def test_pages_of_a_file_that_closes_meanwhile_are_unread_until_it_is_there_again(
    workspace: Workspace, config: ReadPagesConfig
):
    folder, file = begun(workspace, config), workspace.imports / "scans" / "a.pdf"
    content = file.read_bytes()
    at_phase(folder, config, "reading", file.unlink)
    unread = [(page.name, page.number, page.problem) for page in document_of(folder)[1] if page.name == "a.pdf"]
    told = "It cannot be read (No such file or directory). Check the file."
    assert unread == [("a.pdf", number, told) for number in (1, 2, 3)]
    assert [page.name for page in pages_of(folder)] == ["b photo.png"]
    file.write_bytes(content)
    do(config, folder)
    assert [(page.name, page.number) for page in pages_of(folder)][:3] == [("a.pdf", 1), ("a.pdf", 2), ("a.pdf", 3)]
    assert [page.name for page in document_of(folder)[1]] == ["bad.pdf", "c.png"]
    assert not [event for event in read_events(folder / paths.EVENTS)[0] if event["kind"] == "note"]


def test_pages_whose_file_changed_before_the_pdf_was_written_are_there_as_text_alone(
    workspace: Workspace, config: ReadPagesConfig
):
    folder, file = begun(workspace, config), workspace.imports / "scans" / "a.pdf"
    at_phase(folder, config, "writing the PDF file", lambda: file.write_bytes(pdf(1)))
    [note] = [event["text"] for event in read_events(folder / paths.EVENTS)[0] if event["kind"] == "note"]
    assert note.startswith("The PDF file holds 3 pages as text alone, without a picture: 'a.pdf' changed while")
    written = pypdfium2.PdfDocument(folder / paths.READ_PDF)
    assert [len(list(page.get_objects([FPDF_PAGEOBJ_IMAGE]))) for page in written] == [0, 0, 0, 1]
    assert written.get_metadata_dict()["Title"] == "scans"
    written.close()


def test_a_long_document_is_several_pdf_files(tmp_path: Path):
    pages = tuple(Page(60, 40) for _ in range(501))
    write_read_pdfs(tmp_path, Document(pages), repeat(None, 501))
    assert [path.name for path in read_pdfs(tmp_path)] == ["read.pdf", "read-2.pdf"]
    assert [len(pypdfium2.PdfDocument(path)) for path in read_pdfs(tmp_path)] == [500, 1]
    write_read_pdfs(tmp_path, Document(pages[:1]), [None])
    assert [path.name for path in tmp_path.iterdir()] == ["read.pdf"]


def test_files_that_all_are_damaged_are_told_and_give_no_pdf(workspace: Workspace, config: ReadPagesConfig):
    folder = do(config.changed(path=f"{config.path}/bad.pdf"), begun(workspace, config))
    assert (pages_of(folder), read_json(folder / paths.SUMMARY)["unread"]) == ([], 1)
    assert not (folder / paths.READ_PDF).exists()


def test_an_upload_that_contradicts_itself_ends_the_job_and_is_deleted(workspace: Workspace, config: ReadPagesConfig):
    lying = bytearray(zipped({"page.png": png(1)}))
    lying[lying.index(b"PK\x01\x02") + 16] ^= 0xFF  # its checksum
    upload = save_upload(workspace, io.BytesIO(bytes(lying)), "pages.zip").id
    with pytest.raises(UnsafeSourceError, match=r"'page\.png' in 'pages\.zip' does not match the archive's headers"):
        do(config.changed(path=None, upload=upload), begun(workspace, config))
    assert list_uploads(workspace) == []


def test_an_archive_that_changes_while_it_is_read_ends_the_job(tmp_path: Path):
    """Its files were whole when they were listed."""
    path = tmp_path / "pages.zip"
    path.write_bytes(zipped({"page.png": png(1)}, ZIP_STORED))
    with ZipTree(path) as tree:
        file = _file(tree, "page.png")
        path.write_bytes(flipped(path.read_bytes(), path.read_bytes().index(b"IDAT")))
        with pytest.raises(UnsafeSourceError):
            list(_pages(tree, file, 200, [1]))


def test_a_folder_without_pages_is_told(workspace: Workspace, config: ReadPagesConfig):
    empty = workspace.imports / "empty"
    empty.mkdir()
    (empty / "notes.txt").write_text("no page")
    with pytest.raises(SourceError, match="'empty' holds no images and no PDF files"):
        do(config.changed(path=str(empty)), begun(workspace, config))
