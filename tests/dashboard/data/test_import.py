"""Images in from outside, by the page: report, rules, launch; and synthetic beside real."""

import pytest
from streamlit.testing.v1 import AppTest

from engine.config.documents import ReadPagesConfig
from engine.datasets import open_dataset
from engine.sources.locate import list_uploads
from engine.workspace import Workspace
from tests.dashboard import folders
from tests.dashboard.conftest import Open, markup, said
from tests.dashboard.data.test_browser import ended, press
from tests.datasets.written import Drawn, write_dataset
from tests.helpers.sources import png, save_files, zipped

FILES: dict[str, bytes | str] = {f"images/{i}.png": png(i) for i in range(8)} | {
    "images/bad.png": b"no picture",
    "images/long.png": png(100),
    "labels.csv": "image,label\n"
    + "".join(f"images/{i}.png,word{i}\n" for i in range(8))
    + f"images/bad.png,bad\nimages/long.png,{'l' * 60}\n",
}


def tab(open_page: Open, name: str) -> AppTest:
    app = open_page("data")
    app.session_state["data-tab"] = name
    app.run()
    assert not app.exception
    return app


def test_without_a_source_files_are_uploaded_and_the_page_says_where_to_put_a_folder(
    workspace: Workspace, open_page: Open
):
    app = tab(open_page, "Import")
    way = next(group for group in app.button_group if "Upload files" in group.options)
    assert way.value == "Upload files"
    way.set_value("A folder on the server").run()
    assert "Put one into the workspace's `imports` folder" in said(app)


def test_a_folder_is_reported_judged_and_imported(workspace: Workspace, open_page: Open):
    root = save_files(workspace.imports / "mine", FILES)
    app = tab(open_page, "Import")
    app.selectbox(key="import-path").set_value(str(root)).run()
    assert "8 of 10 images come in" in said(app)
    assert "1 has too long a label" in said(app)
    assert "cannot be opened" in said(app)
    app.session_state[f"import.{root}.too_long"] = "cut"
    app.run()
    assert "9 of 10 images come in" in said(app)
    app.session_state[f"import.{root}.use"] = "testing"
    app.text_input(key=f"import.{root}.name").set_value("my benchmark").run()
    assert "0 train, 0 validation, 9 test" in said(app)
    press(app, "Import 9 images")
    assert not app.exception
    job = ended(workspace, "datasets", "import")
    assert (job.state.name, job.name) == ("finished", "my benchmark"), job.message
    assert open_dataset(job.folder).manifest.counts["test"] == 9


def test_what_is_not_sure_is_confirmed_on_the_page(workspace: Workspace, open_page: Open):
    files = {f"{i}.png": png(i) for i in range(3)} | {"labels.csv": "".join(f"{i}.png,same\n" for i in range(3))}
    root = save_files(workspace.imports / "mine", files)
    app = tab(open_page, "Import")
    app.selectbox(key="import-path").set_value(str(root)).run()
    assert "3 have one and the same label" in said(app)
    assert "--rules" not in said(app)
    assert not [button for button in app.button if button.label.startswith("Import ")]
    press(app, "Keep the labels")
    assert "say that it is right so" not in said(app)
    assert [button for button in app.button if button.label == "Import 3 images"]


def test_another_format_can_be_asked_for(workspace: Workspace, open_page: Open):
    root = save_files(workspace.imports / "mine", FILES)
    app = tab(open_page, "Import")
    app.selectbox(key="import-path").set_value(str(root)).run()
    app.selectbox(key=f"import.{root}.format").set_value("icdar").run()
    assert not app.exception
    assert "Choose another format" in said(app)
    press(app, "Let the files tell the format")
    assert "8 of 10 images come in" in said(app)


def test_an_uploaded_zip_is_reported(workspace: Workspace, open_page: Open):
    app = tab(open_page, "Import")
    app.session_state["import-way"] = "Upload files"
    app.run()
    app.file_uploader(key="import-file").set_value([("mine.zip", zipped(FILES), "application/zip")]).run()
    assert not app.exception
    assert "8 of 10 images come in" in said(app)


def test_images_and_a_table_dropped_together_are_one_source(workspace: Workspace, open_page: Open):
    app = tab(open_page, "Import")
    app.session_state["import-way"] = "Upload files"
    app.run()
    drop = app.file_uploader(key="import-file")
    images = [(f"{i}.png", png(i), "image/png") for i in range(2)]
    drop.set_value(images).run()
    assert not app.exception
    first = list_uploads(workspace)[0].id
    app.text_input(key=f"import.{first}.name").set_value("mine").run()
    app.session_state[f"import.{first}.use"] = "testing"
    table = ("labels.csv", b"image,text\n0.png,zero\n1.png,one\n", "text/csv")
    app.file_uploader(key="import-file").set_value([*images, table]).run()
    assert not app.exception
    assert not app.error
    assert "2 of 2 images come in" in said(app)
    (kept,) = list_uploads(workspace)
    assert kept.name == "labels.csv and 2 more"
    assert kept.id != first
    assert "0 train, 0 validation, 2 test" in said(app)
    app.file_uploader(key="import-file").set_value([images[0], table]).run()
    assert app.text_input(key=f"import.{list_uploads(workspace)[0].id}.name").value == "mine"
    assert "0 train, 0 validation, 1 test" in said(app)
    app.file_uploader(key="import-file").set_value([("other.png", png(5), "image/png")]).run()
    assert "0 train, 0 validation, 1 test" not in said(app)


def test_files_that_a_stopped_job_reads_outlive_another_one_in_the_zone(workspace: Workspace, open_page: Open):
    app = tab(open_page, "Import")
    app.session_state["import-way"] = "Upload files"
    app.run()
    images = [(f"{i}.png", png(i), "image/png") for i in range(3)]
    app.file_uploader(key="import-file").set_value(images[:2]).run()
    (read,) = list_uploads(workspace)
    folders.job(workspace, "documents", "read-pages", "scans", ReadPagesConfig(upload=read.id), "stopped")
    app.file_uploader(key="import-file").set_value(images).run()
    assert not app.exception
    assert [upload.name for upload in list_uploads(workspace)] == ["0.png and 2 more", read.name]


def test_a_file_that_is_no_zip_is_refused(workspace: Workspace, open_page: Open):
    app = tab(open_page, "Import")
    app.session_state["import-way"] = "Upload files"
    app.run()
    app.file_uploader(key="import-file").set_value([("mine.zip", b"no zip", "application/zip")]).run()
    assert not app.exception
    assert app.error
    app.file_uploader(key="import-file").set_value([("a.zip", b"x", ""), ("a.png", png(0), "image/png")]).run()
    assert any("among other files" in str(error.value) for error in app.error)
    assert not list(workspace.uploads.iterdir())


@pytest.mark.parametrize("count", [3, 6])
def test_dropped_crops_are_set_beside_a_recipe(count: int, workspace: Workspace, open_page: Open):
    app = tab(open_page, "Synthetic beside real")
    app.file_uploader(key="likeness-files").set_value([(f"{i}.png", png(i), "image/png") for i in range(count)]).run()
    assert not app.exception
    assert ("Drop 5 crops or more" in said(app)) == (count < 5)
    assert ("**1. " in markup(app)) == (count >= 5)


def test_a_gap_names_the_setting_that_closes_it(workspace: Workspace, open_page: Open):
    made = folders.dataset(workspace, "real ones")
    write_dataset(made.folder, [Drawn(f"{i}", shade=120 + i, width=90) for i in range(20)])
    app = tab(open_page, "Synthetic beside real")
    app.selectbox(key="likeness-real-words").set_value(made.id).run()
    assert not app.exception
    assert ":material/tune:" in markup(app)
    words = said(app)
    assert "lower After › Contrast › Brightness (levels), or give After › Shadow (%) a share." in words
    assert "Distance " in words
    app.button(key="hint-show-brightness").click().run()
    assert "Real ones" in said(app)
    app.button(key="hint-set-brightness").click().run()
    assert not app.exception
    assert app.selectbox(key="likeness-synthetic-words").value == "recipe starter, as tuned"
    assert "Over 2 tries, the nearest " in said(app)
    app.session_state["data-tab"] = "Make a dataset"  # the sliders are there, and so are the real images
    app.run()
    assert "After · " in said(app) or "Look 1 · After" in said(app)
