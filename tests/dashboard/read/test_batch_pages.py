"""Photos and PDF pages of a folder on Read: the choice of them, their lines searched, and their files."""

from dashboard.read.bulk import saved_name
from engine.config.documents import ReadPagesConfig
from engine.jobs import list_jobs
from engine.jobs.context import JobContext
from engine.workspace import Workspace
from tests.dashboard import folders
from tests.dashboard.conftest import Open, said
from tests.helpers.documents import page


def read_pages(workspace: Workspace) -> None:
    """Write the job folder of a finished reading of two pages, one without text, and a damaged file."""
    config = ReadPagesConfig(path=str(workspace.imports))
    made = folders.job(workspace, "documents", "read-pages", "scans", config, "finished")
    pages = [page(("Winter comes again", "over hills"), name="a.pdf"), page(("Summer storms",), name="b.png")]
    pages.append(page(name="wall.png"))
    with JobContext(made.folder) as job:
        for place, one in enumerate(pages):
            about = {"by": [1, 1], "file": place, "name": one.name, "sha256": "0", "number": 1}
            job.event("page", place + 1, **about, page=one.plain(), problem="")
        about = {"by": [1, 1], "file": 3, "name": "c.pdf", "sha256": "", "number": 1}
        job.event("page", 4, **about, page=None, problem="It is damaged.")
        job.summary(pages=4, words=7, unread=1, empty=1)


def test_files_of_a_reading_are_named_as_what_was_read(workspace: Workspace):
    config = ReadPagesConfig(path=str(workspace.imports))
    named = {"letter.pdf": "letter.pdf", "Scans of 1.5.zip": "Scans-of-1.5.pdf", "album 1.5": "album-1.5.pdf"}
    for source in named:
        folders.job(workspace, "documents", "read-pages", source, config, "finished")
    assert {job.name: saved_name(job, "pdf") for job in list_jobs(workspace, "documents")} == named


def test_lines_of_all_pages_are_searched_and_saved_in_every_format(workspace: Workspace, open_page: Open):
    read_pages(workspace)
    assert [job.name for job in list_jobs(workspace, "documents")] == ["scans"]
    app = open_page("home")
    app.query_params["tab"] = "batch"
    app.switch_page("app_pages/read.py").run()
    app.segmented_control(key="read-batch-content").set_value("pages").run()
    assert not app.exception
    words = said(app)
    assert "4 pages · 1 of them not readable · 1 without text · 7 words" in words
    assert "3 lines" in words
    table, problems = (frame.value for frame in app.dataframe)
    assert table["text"].tolist() == ["Winter comes again", "over hills", "Summer storms"]
    assert problems["problem"].tolist() == ["It is damaged."]
    next(one for one in app.text_input if one.label == "Search").set_value("STORM").run()
    assert "1 of 3 lines hold it" in said(app)
    assert app.dataframe[0].value["file"].tolist() == ["b.png"]
    assert all(one.label != "Part" for one in app.selectbox)


def test_parts_of_a_long_pdf_are_saved_one_by_one(workspace: Workspace, open_page: Open):
    read_pages(workspace)
    [job] = list_jobs(workspace, "documents")
    for name in ("read.pdf", "read-2.pdf", "read-10.pdf"):
        (job.folder / name).write_bytes(b"")
    app = open_page("home")
    app.query_params["tab"] = "batch"
    app.switch_page("app_pages/read.py").run()
    app.segmented_control(key="read-batch-content").set_value("pages").run()
    assert not app.exception
    [parts] = [one.options for one in app.selectbox if one.label == "Part"]
    assert parts == ["Part 1 of 3", "Part 2 of 3", "Part 3 of 3"]


def test_pages_of_a_folder_are_launched_with_the_locator_that_is_chosen(workspace: Workspace, open_page: Open):
    (workspace.imports / "a.png").write_bytes(b"")
    app = open_page("home")
    app.query_params["tab"] = "batch"
    app.switch_page("app_pages/read.py").run()
    app.segmented_control(key="read-batch-content").set_value("pages").run()
    assert "No pages were read in bulk yet" in said(app)
    app.selectbox(key="read-source-path").set_value(str(workspace.imports)).run()
    assert not app.exception
    assert "engine read-pages --path" in said(app)
