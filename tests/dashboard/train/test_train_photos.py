"""The Train page for locators: the same page, over datasets of scenes."""

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from dashboard.train.crops import tinted
from engine.config.locator_presets import LOCATOR_PRESETS, locator_preset
from engine.config.train import TrainLocatorConfig
from engine.evaluation.trial_crops import save_trial_crops, target_picture
from engine.jobs import list_jobs
from engine.workspace import Workspace
from tests.dashboard import folders
from tests.dashboard.conftest import Open, said

MAPS = ("kernel", "region", "line")


def targets() -> np.ndarray:
    """Return the targets of a crop with text at the left, its kernel within, and what does not count at the right."""
    made = np.zeros((32, 32, 6), np.uint8)
    made[..., 3:] = 1
    made[8:24, 2:14, 1] = made[12:20, 4:12, 0] = made[8:24, 2:14, 2] = 1
    made[8:24, 20:30, 4] = 0
    return made


def photos(open_page: Open) -> AppTest:
    """Open Train on its photos, where there are words, too."""
    app = open_page("train")
    return app.segmented_control(key="data-kind").set_value("photos").run()


def test_one_kind_of_dataset_needs_no_switch(workspace: Workspace, open_page: Open):
    folders.scenes(workspace, "streets")
    app = open_page("train")
    assert not [control for control in app.segmented_control if control.key == "data-kind"]
    assert "Locator" in said(app)
    assert "streets: 312 photos" in said(app)


def test_the_switch_changes_the_form_and_keeps_what_was_chosen_in_each(workspace: Workspace, open_page: Open):
    folders.dataset(workspace, "words")
    folders.scenes(workspace, "streets")
    app = open_page("train")
    app.selectbox(key="train-preset").set_value("one hour").run()
    app.segmented_control(key="data-kind").set_value("photos").run()
    assert not app.exception
    assert app.selectbox(key="locate-dataset").options == ["streets"]
    app.selectbox(key="locate-preset").set_value("second system, model 1").run()
    assert "128 × 128 px → fc_mask → region, 8 × 8 cells" in said(app)
    app.segmented_control(key="data-kind").set_value("words").run()
    assert app.selectbox(key="train-preset").value == "one hour"
    app.segmented_control(key="data-kind").set_value("photos").run()
    assert app.selectbox(key="locate-preset").value == "second system, model 1"


@pytest.mark.parametrize("preset", LOCATOR_PRESETS)
def test_every_preset_can_be_chosen_and_says_what_it_is(preset: str, workspace: Workspace, open_page: Open):
    folders.scenes(workspace, "streets")
    app = open_page("train")
    app.selectbox(key="locate-preset").set_value(preset).run()
    assert not app.exception
    words = said(app)
    assert LOCATOR_PRESETS[preset].about in words
    assert f"0 changed from {preset}" in [panel.label for panel in app.expander]
    assert "engine train-locator --preset" in words


def test_imported_photos_are_learned_from_as_they_are(workspace: Workspace, open_page: Open):
    folders.scenes(workspace, "real", "import-scenes")
    app = open_page("train")
    assert "draws nothing new" in said(app)
    assert "--fresh" not in said(app)
    key = "locate.twenty minutes.stored"
    assert app.segmented_control(key=f"{key}.fresh").value == "auto"
    app.segmented_control(key=f"{key}.fresh").set_value("on").run()
    assert "Turn Fresh off" in said(app)
    assert next(button for button in app.button if button.label.startswith("Start on")).disabled


def test_a_dataset_without_validation_images_is_told_before_the_run(workspace: Workspace, open_page: Open):
    folders.scenes(workspace, "real", "import-scenes", validation=0)
    app = open_page("train")
    assert "real has no validation images" in said(app)
    assert next(button for button in app.button if button.label.startswith("Start on")).disabled


def test_more_photos_and_an_older_locator_become_settings(workspace: Workspace, open_page: Open):
    real = folders.scenes(workspace, "real photos", "import-scenes").id
    folders.scenes(workspace, "streets")
    folders.dataset(workspace, "words")
    older, reader = folders.locator_run(workspace), folders.run(workspace, "a reader")
    app = photos(open_page)
    key = "locate.twenty minutes"
    app.multiselect(key=f"{key}.mix").set_value([real]).run()
    app.number_input(key=f"{key}.weight.{real}").set_value(4.0).run()
    app.multiselect(key=f"{key}.watch_on").set_value([real]).run()
    choice = app.selectbox(key=f"{key}.start_from")
    assert "a reader" not in choice.options
    choice.set_value(older.id).run()
    assert not app.exception
    words = said(app)
    assert f"--start_from {older.id}" in words
    assert f'"dataset":"{real}","weight":4.0' in words
    assert f"--watch_on '[\"{real}\"]'" in words
    assert reader.id not in words


def test_a_run_is_cloned_with_all_its_settings(workspace: Workspace, open_page: Open):
    folders.dataset(workspace, "words")
    streets = folders.scenes(workspace, "streets")
    run = folders.locator_run(workspace, "good one", streets.id, batch=6, crop=320)
    app = open_page("home")
    app.query_params["like"] = run.id
    app.switch_page("app_pages/train.py").run()
    assert not app.exception
    assert app.segmented_control(key="data-kind").value == "photos"
    assert app.selectbox(key="locate-preset").value == "as good one"
    assert "0 changed from good one" in [panel.label for panel in app.expander]
    assert "--batch 6" in said(app)
    assert "--crop 320" in said(app)


def test_a_link_to_a_dataset_of_photos_shows_its_kind(workspace: Workspace, open_page: Open):
    folders.dataset(workspace, "words")
    asked = folders.scenes(workspace, "asked")
    folders.scenes(workspace, "newer")
    app = open_page("home")
    app.query_params["dataset"] = asked.id
    app.switch_page("app_pages/train.py").run()
    assert app.selectbox(key="locate-dataset").value == asked.id


def test_what_a_pre_flight_found_is_shown_with_its_pieces_of_photos(workspace: Workspace, open_page: Open):
    config = locator_preset("twenty minutes", folders.scenes(workspace, "streets").id)
    made = folders.trial(workspace, config)
    save_trial_crops(made.folder, np.full((3, 64, 64, 3), 90, np.uint8), np.stack([targets()] * 3), MAPS)
    app = open_page("train")
    words = said(app)
    assert "0.1 s per step, 40 images/s" in words
    assert "What it is to find" in words
    assert len(app.get("imgs") or app.get("image")) >= 3


def test_pieces_are_shown_even_where_the_trial_failed(workspace: Workspace, open_page: Open):
    config = locator_preset("twenty minutes", folders.scenes(workspace, "streets").id)
    made = folders.trial(workspace, config, "failed")
    save_trial_crops(made.folder, np.full((1, 64, 64, 3), 90, np.uint8), targets()[None], MAPS)
    words = said(open_page("train"))
    assert "the shapes differ" in words
    assert "What it is to find" in words


def test_a_start_makes_a_run_of_a_locator(workspace: Workspace, open_page: Open):
    streets = folders.scenes(workspace, "streets")
    app = open_page("train")
    next(button for button in app.button if button.label.startswith("Start on")).click().run()
    (run,) = list_jobs(workspace, "runs")
    assert run.kind == "train-locator"
    assert TrainLocatorConfig.parse(run.config) == locator_preset("twenty minutes", streets.id)


def test_text_is_tinted_its_kernel_more_and_what_does_not_count_is_amber():
    crop = Image.new("RGB", (64, 64), (100, 100, 100))
    pixels = np.asarray(tinted(crop, target_picture(targets(), MAPS))).astype(int)
    middle = pixels.shape[0] // 2
    across = {
        name: pixels[middle, round(x * pixels.shape[1] / 32)]
        for name, x in (("text", 3), ("kernel", 8), ("ground", 17), ("apart", 25))
    }
    assert (across["ground"] == 100).all()
    assert 100 < across["text"][1] < across["kernel"][1]
    assert across["apart"][0] > across["apart"][1] > across["apart"][2]
