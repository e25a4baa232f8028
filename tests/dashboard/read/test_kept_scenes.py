"""Whole photos on Read as truth: kept with boxes and texts, corrected box by box, and made a dataset of scenes."""

from collections.abc import Sequence
from hashlib import sha256

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.read.kept_scene import PhotoBoxes, PlacedText
from engine.datasets.corrections import list_corrections
from engine.datasets.scenes.dataset import open_scenes
from engine.datasets.scenes.kept import FOLDER, list_kept_photos
from engine.jobs import load_job
from engine.location.bundle import open_locator
from engine.regions.region import Region
from engine.workspace import Workspace
from glyphlab_read.documents.document import Quad
from glyphlab_read.documents.page_reader import TURNS, plain_quad
from glyphlab_read.images.open import open_image
from glyphlab_read.location.maps import TextLevel
from glyphlab_read.regions.quads import Points
from tests.dashboard.conftest import Open, said
from tests.dashboard.data.test_browser import ended
from tests.dashboard.read.test_photos import photo, with_photo
from tests.helpers.rectangles import rectangle
from tests.helpers.tiny_locators import save_locator


@pytest.fixture
def places(workspace: Workspace) -> list[Quad]:
    """The places of the two words that a locator of the workspace finds in the photo, from left to right."""
    found = open_locator(save_locator(workspace).folder)
    boxes = found.locate(open_image(photo()), "word")
    return sorted(plain_quad(box.quad) for box in boxes)


@pytest.fixture
def app(places: list[Quad], open_page: Open) -> AppTest:
    """Read with a photo in which two words were found."""
    app = with_photo(open_page("read"), photo())
    assert not app.exception
    return app


def chosen(app: AppTest, place: Quad, copy: int = 0) -> AppTest:
    """Choose a word, as a click on it does, in one of the copies of the photo."""
    app.session_state[f"read-photo-{sha256(photo()).hexdigest()[:16]}-{copy}-chosen"] = place
    return app.run()


def press(app: AppTest, label: str) -> AppTest:
    next(button for button in app.button if button.label == label).click().run()
    assert not app.exception
    return app


def kept(workspace: Workspace) -> list[Region]:
    """Return the regions of the one photo that is kept, from left to right."""
    (photo,) = list_kept_photos(workspace)
    return sorted(photo.regions, key=lambda region: region.polygon[0, 0])


def test_a_word_that_is_chosen_in_both_copies_of_a_photo_has_one_card(app: AppTest, places: list[Quad]):
    app.file_uploader(key="read-files").upload("street.png", photo()).upload("again.png", photo()).run()
    chosen(chosen(app, places[0]), places[0], copy=1)
    assert not app.exception
    assert len([field for field in app.text_input if field.label == "What it really says"]) == 1
    assert "which is read above" in said(app)


def test_a_text_typed_for_a_box_is_kept_as_a_word_and_with_its_photo(
    app: AppTest, workspace: Workspace, places: list[Quad]
):
    chosen(app, places[0])
    field = next(field for field in app.text_input if field.label == "What it really says")
    field.set_value("HOTEL").run()
    assert not app.exception
    assert [word.text for word in list_corrections(workspace)] == ["HOTEL"]
    texts = [region.text for region in kept(workspace)]
    assert len(texts) == 2
    assert texts[0] == "HOTEL"
    assert "kept as a scene: 2 words" in said(app)
    assert "In the scene: “HOTEL”" in said(app)
    field = next(field for field in app.text_input if field.label == "What it really says")
    field.set_value("MOTEL").run()
    assert kept(workspace)[0].text == "MOTEL"


def test_a_photo_is_kept_by_one_click_and_its_boxes_are_judged_one_by_one(
    app: AppTest, workspace: Workspace, places: list[Quad]
):
    press(app, "Keep as a scene")
    whole = kept(workspace)
    assert len(whole) == 2
    chosen(app, places[1])
    press(app, "Does not count")
    assert [region.ignore for region in kept(workspace)] == [False, True]
    assert "1 not counted" in said(app)
    press(app, "Counts")
    press(app, "No text here")
    left = kept(workspace)
    assert [region.plain() for region in left] == [whole[0].plain()]
    assert "This box is not in the scene" in said(app)
    press(app, "Add it")
    assert [region.plain() for region in kept(workspace)] == [region.plain() for region in whole]
    press(app, "Remove")
    assert list_kept_photos(workspace) == []
    assert [button for button in app.button if button.label == "Keep as a scene"]


def test_a_photo_whose_only_boxes_were_false_stays_a_scene_without_text(
    app: AppTest, workspace: Workspace, places: list[Quad]
):
    for place in places:
        chosen(app, place)
        press(app, "No text here")
    assert kept(workspace) == []
    assert "kept as a scene: no text" in said(app)


def test_another_level_is_kept_beside_the_first(app: AppTest, workspace: Workspace):
    press(app, "Keep as a scene")
    level = next(control for control in app.segmented_control if control.label == "Boxes around")
    level.set_value("line").run()
    assert any(toggle.label == "Draw a missed line" for toggle in app.toggle)
    press(app, "Keep these boxes, too")
    assert {region.level for region in kept(workspace)} == {"word", "line"}


def test_a_photo_kept_in_two_tabs_has_each_box_once(app: AppTest, workspace: Workspace, open_page: Open):
    other = with_photo(open_page("read"), photo())
    press(app, "Keep as a scene")
    press(other, "Keep as a scene")
    assert len(kept(workspace)) == 2


def boxes_of(workspace: Workspace, quads: Sequence[Points], level: TextLevel, turned: int = 0) -> PhotoBoxes:
    """Return the photo that is kept as a page that turned it shows it, with boxes there."""
    (one,) = list_kept_photos(workspace)
    image = open_image(photo())
    upright = image.transpose(TURNS[turned]) if turned else image
    placed = [PlacedText(quad, "", level) for quad in quads]
    return PhotoBoxes(workspace, one.digest, photo(), lambda: upright, turned, placed)


def test_a_line_that_is_drawn_comes_with_the_other_lines(app: AppTest, workspace: Workspace):
    press(app, "Keep as a scene")
    words = [region.polygon for region in kept(workspace)]
    lines = boxes_of(workspace, words, "line")
    lines.add(rectangle(20, 160, 10, 8), "line")
    lines.add(rectangle(120, 20, 10, 8), "line")
    assert [region.level for region in list_kept_photos(workspace)[0].regions] == ["word"] * 2 + ["line"] * 4


@pytest.mark.parametrize("turned", [1, 2, 3])
def test_what_is_kept_of_a_photo_holds_where_another_reader_turns_it(app: AppTest, workspace: Workspace, turned: int):
    press(app, "Keep as a scene")
    before = kept(workspace)
    width, height = open_image(photo()).size
    quads = [region.polygon for region in before]
    for _ in range(turned):
        quads, height, width = (
            [np.array([(height - y, x) for x, y in quad], np.float32) for quad in quads],
            width,
            height,
        )
    seen = boxes_of(workspace, quads, "word", turned)
    assert [region.polygon.tolist() for region in seen.in_scene(seen.kept()) if region] == [q.tolist() for q in quads]
    seen.change(1, Region.ignored)
    (after,) = list_kept_photos(workspace)
    assert after.turned == 0
    assert [region.plain() for region in kept(workspace)] == [before[0].plain(), before[1].ignored().plain()]
    press(app, "Remove")
    app.session_state["read-tab"] = "Corrections"
    app.run().button(key="undo-photo").click().run()
    assert len(kept(workspace)) == 2


def test_kept_photos_become_a_dataset_of_scenes_and_a_removal_is_undone(app: AppTest, workspace: Workspace):
    press(app, "Keep as a scene")
    app.session_state["read-tab"] = "Corrections"
    app.run()
    assert "1 photo kept" in said(app)
    press(app, "Make version 1")
    job = ended(workspace, "datasets", "import-scenes")
    assert (job.state.name, load_job(workspace, "datasets", job.id).name) == ("finished", "Photos from Read, version 1")
    regions = sorted(open_scenes(job.folder).regions(0), key=lambda region: region.polygon[0, 0])
    assert [region.plain() for region in regions] == [region.plain() for region in kept(workspace)]
    app.run()
    app.button(key=f"kept-photo-out-{list_kept_photos(workspace)[0].digest}").click().run()
    assert "Removed the photo with 2 words" in said(app)
    app.button(key="undo-photo").click().run()
    assert len(kept(workspace)) == 2


def test_a_photo_that_cannot_be_kept_says_why(app: AppTest, workspace: Workspace):
    (workspace.imports / FOLDER).write_text("a file in its place")
    press(app, "Keep as a scene")
    assert "cannot be written" in said(app)
    assert list_kept_photos(workspace) == []
