"""A locator's run on the pages: its curves, and its pinned photos as they were seen at any step."""

import numpy as np
import pytest
from PIL import Image

from dashboard.readings.text_map import overlaid
from dashboard.watch import pinned_photos
from dashboard.watch.pinned_photos import outlined
from engine.evaluation.pinned_photos import PinnedBox, PinnedPhoto
from engine.files import read_json, write_json
from engine.jobs import list_jobs, paths
from engine.workspace import Workspace
from tests.dashboard import folders
from tests.dashboard.conftest import Open, said

CORNERS = ((0.25, 0.25), (0.75, 0.25), (0.75, 0.75), (0.25, 0.75))


def test_pinned_photos_are_shown_as_they_were_seen_at_the_chosen_step(workspace: Workspace, open_page: Open):
    run = folders.locator_run(workspace)
    app = open_page("watch")
    assert not app.exception
    assert "Step 200: 1 of 1 word found, 0 false boxes" in said(app)
    app.select_slider(key=f"pinned-photos-{run.id}-step").set_value(100).run()
    assert "Step 100: 1 of 2 words found" in said(app)
    app.slider(key="pinned-photos-map").set_value(0).run()
    app.toggle(key="pinned-photos-boxes").set_value(False).run()
    assert not app.exception


def test_a_refresh_draws_no_picture_again(workspace: Workspace, open_page: Open, monkeypatch: pytest.MonkeyPatch):
    drawn = []
    monkeypatch.setattr(pinned_photos, "overlaid", lambda *given: drawn.append(given) or overlaid(*given))
    folders.locator_run(workspace)
    app = open_page("watch")
    app.run()
    assert len(drawn) == 1
    app.slider(key="pinned-photos-map").set_value(20).run()
    app.slider(key="pinned-photos-map").set_value(60).run()
    assert len(drawn) == 2


def test_a_locator_goes_on_for_longer_and_is_cloned_like_a_reader(workspace: Workspace, open_page: Open):
    run = folders.locator_run(workspace, "short", folders.scenes(workspace, "streets").id)
    app = open_page("watch")
    app.session_state[f"watch-{run.id}-more"] = True
    app.run()
    assert "Clone" in [button.label for button in app.button]
    app.number_input(key=f"watch-{run.id}-minutes").set_value(30.0).run()
    next(button for button in app.button if button.label == "Go on").click().run()
    further = list_jobs(workspace, "runs")[0]
    assert (further.name, further.kind) == ("short, further", "train-locator")
    assert (further.config["start_from"], further.config["minutes"]) == (run.id, 30.0)
    (further.folder / paths.STOP).touch()


def test_scores_on_drawn_and_on_real_photos_are_set_against_each_other(workspace: Workspace, open_page: Open):
    drawn = folders.scenes(workspace, "streets")
    real = folders.scenes(workspace, "real photos", "import-scenes")
    run = folders.locator_run(workspace, dataset_id=drawn.id)
    summary = read_json(run.folder / paths.SUMMARY)
    score = {"precision": 0.7, "recall": 0.7, "scenes": 100, "protocol": "", "level": "word"}
    tests = [
        {**score, "h_mean": h_mean, "dataset": made.id, "dataset_name": name}
        for made, name, h_mean in ((drawn, "streets", 0.9), (real, "real photos", 0.6))
    ]
    write_json(run.folder / paths.SUMMARY, {**summary, "tests": tests})
    words = said(open_page("watch"))
    assert (
        "H-mean on synthetic 90.0 % (streets, 100 images), real 60.0 % (real photos, 100 images): 30.0 points" in words
    )


def test_a_run_says_how_well_it_finds_text(workspace: Workspace, open_page: Open):
    folders.locator_run(workspace)
    words = said(open_page("watch"))
    assert "Finds 50.0 % of the words, and 50.0 % of its boxes are words: H-mean 50.0 % (1 validation scene" in words
    assert "before its first validation" not in words


def test_a_locators_curves_are_those_of_boxes_and_pixels(workspace: Workspace, open_page: Open):
    folders.locator_run(workspace)
    options = [list(group.options) for group in open_page("watch").button_group]
    assert ["H-mean", "Precision", "Recall", "Pixel F1", "Pixel IoU", "Pixel accuracy"] in options
    assert not any("Perplexity" in group for group in options)


def test_a_locator_reads_nothing(workspace: Workspace, open_page: Open):
    """It finds text only, so that no page offers to read with it, and lists of readers leave it out."""
    folders.locator_run(workspace)
    for page in ("home", "watch", "read", "compare"):
        app = open_page(page)
        assert not app.exception
        assert "Read with it" not in [button.label for button in app.button]


def test_the_map_lies_over_the_photo_in_one_colour_as_strong_as_asked():
    photo, half = Image.new("RGB", (80, 60), "black"), np.zeros((30, 40), np.uint8)
    half[:, :20] = 255
    seen = np.asarray(overlaid(photo, Image.fromarray(half), 0.5, 400)).astype(int)
    height, width = seen.shape[:2]
    assert seen[height // 2, width - 5].max() <= 2
    left = seen[height // 2, 5]
    assert left[1] > left[0] > 0
    stronger = np.asarray(overlaid(photo, Image.fromarray(half), 1.0, 400)).astype(int)[height // 2, 5]
    assert (stronger > left).all()


def test_hits_are_green_and_false_boxes_and_misses_red():
    photo = Image.new("RGB", (100, 100), "black")
    for box, missed, green in ((True, False, True), (False, False, False), (None, True, False)):
        boxes = () if box is None else (PinnedBox(quad=CORNERS, score=0.9, hit=box),)
        found = PinnedPhoto(image=0, boxes=boxes, missed=(CORNERS,) if missed else ())
        red, greens = np.asarray(outlined(photo, found)).reshape(-1, 3).max(axis=0)[:2].astype(int)
        assert (greens > red) == green
