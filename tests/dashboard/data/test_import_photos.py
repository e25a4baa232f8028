"""Labelled photos in from outside, by the page: told by their files, drawn before they come in, judged and launched."""

from pathlib import Path

from streamlit.testing.v1 import AppTest

from engine.datasets.scenes.dataset import open_scenes
from engine.workspace import Workspace
from tests.dashboard.conftest import Open, said
from tests.dashboard.data.test_browser import ended, press
from tests.dashboard.data.test_import import tab
from tests.datasets.scenes.importing.sources import WORD, Files, flat, line, photo, saved

PHOTOS: Files = {f"{number}.jpg": photo(number) for number in range(5)}
CROSSING = [WORD[0], WORD[2], WORD[1], WORD[3]]
LABELS: Files = {
    **{f"gt_{number}.txt": line(*flat(WORD), f"word {number}") for number in range(3)},
    "gt_3.txt": line(*flat(CROSSING), "bow tie") + line(*flat(WORD), "###"),
    "gt_4.txt": "",
}


def chosen(workspace: Workspace, open_page: Open, labels: Files = LABELS) -> tuple[AppTest, Path]:
    root = saved(workspace.imports / "street", labels, PHOTOS)
    app = tab(open_page, "Import")
    app.selectbox(key="import-path").set_value(str(root)).run()
    assert not app.exception
    return app, root


def test_photos_are_told_by_their_files_drawn_judged_and_imported(workspace: Workspace, open_page: Open):
    app, root = chosen(workspace, open_page)
    assert app.segmented_control(key=f"import.{root}.holds").value == "scenes"
    assert "5 of 5 photos come in" in said(app)
    assert "5 regions · 1 of them do not count" in said(app)
    assert "1 region whose outline crosses itself" in said(app)
    assert len(app.get("image")) >= 5
    app.segmented_control(key=f"import.{root}.photos.empty").set_value("skip").run()
    app.segmented_control(key=f"import.{root}.photos.crossing").set_value("skip").run()
    assert "4 of 5 photos come in" in said(app)
    press(app, "Import 4 photos")
    assert not app.exception
    job = ended(workspace, "datasets", "import-scenes")
    assert job.state.name == "finished", job.message
    dataset = open_scenes(job.folder)
    assert len(dataset) == 4
    assert sorted(str(region.text) for i in range(4) for region in dataset.regions(i)) == [
        "None",
        "word 0",
        "word 1",
        "word 2",
    ]


def test_a_set_of_which_no_region_counts_is_refused_until_a_rule_says_so(workspace: Workspace, open_page: Open):
    labels = {f"gt_{number}.txt": line(*flat(WORD), "###") for number in range(5)}
    app, _ = chosen(workspace, open_page, labels)
    assert "would learn that there is no text" in said(app)
    assert not [button for button in app.button if button.label.startswith("Import ")]
    press(app, "Count them")
    assert "would learn that there is no text" not in said(app)
    assert [button.label for button in app.button if button.label.startswith("Import ")] == ["Import 5 photos"]


def test_the_first_photos_alone_can_be_taken_and_the_kind_can_be_said(workspace: Workspace, open_page: Open):
    app, root = chosen(workspace, open_page)
    app.number_input(key=f"import.{root}.photos.first").set_value(2).run()
    assert "2 of 2 photos come in" in said(app)
    app.segmented_control(key=f"import.{root}.holds").set_value("words").run()
    assert not app.exception
    assert "holds scenes" in said(app)
    press(app, "Cut the words out of the photos")
    assert not app.exception
    assert "words cut out, of" in said(app)
    assert app.segmented_control(key=f"import.{root}.holds").value == "cut"
    app.segmented_control(key=f"import.{root}.holds").set_value("lines").run()
    assert not app.exception
    assert "lines cut out, of" in said(app)
