"""Making photos on the Data page: the recipe of scenes, the words inside it, preview, check and launch."""

from typing import Any

import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from engine.config.generate import GenerateScenesConfig
from engine.config.recipe import Recipe
from engine.config.recipe_presets import PRESETS
from engine.config.scene_recipe import SCENE_PRESETS, SceneRecipe
from engine.config.style import Style
from engine.config.text_sources import Digits, Words
from engine.jobs import Job, list_jobs
from engine.synth import add_picture, save_recipe, saved_recipes
from engine.synth.scenes.pictures import text_boxes
from engine.workspace import Workspace
from tests.dashboard.conftest import FOREIGN, Open, rendered, said, visible_words
from tests.dashboard.data.test_recipe import press
from tests.helpers.labs import Lab
from tests.helpers.rectangles import rectangle
from tests.helpers.sources import encoded
from tests.helpers.tiny_locators import paint, save_locator

WORDS = Recipe(
    name="plain words", texts=(Words(alphabet="letters"), Digits()), looks=(Style(fonts=("latin/Lato-Regular",)),)
)
SMALL = SceneRecipe(
    name="small", words=WORDS, width=(200, 260), height=(160, 200), groups=(1, 3), text_height=(10, 24), picture=0
)


@pytest.fixture
def page(workspace: Workspace, open_page: Open) -> AppTest:
    """Photos on the Data page, by a saved recipe that is quickly drawn."""
    save_recipe(workspace, SMALL, "small")
    return photos(workspace, open_page)


def photos(workspace: Workspace, open_page: Open) -> AppTest:
    app = open_page("data")
    app.session_state["data-kind"] = "photos"
    [saved] = saved_recipes(workspace, SceneRecipe)
    app.session_state["data-scene-recipe"] = saved.id  # at once: the scenes of presets are large and take seconds
    app.run()
    assert not app.exception
    return app


def draft(app: AppTest):
    return app.session_state["scene-drafts"][app.session_state["data-scene-recipe"]]


def tab(app: AppTest, name: str) -> None:
    app.session_state["scene-recipe-tab"] = name
    app.run()
    assert not app.exception


def scenes(app: AppTest) -> list[str]:
    """Return what is said under each scene."""
    return [caption.value for caption in app.caption if caption.value == "No text" or " word" in caption.value]


def test_the_switch_shows_photos_in_the_places_of_words(workspace: Workspace, open_page: Open):
    app = open_page("data")
    app.segmented_control(key="data-kind").set_value("photos").run()
    assert not app.exception
    assert app.selectbox(key="data-scene-recipe").options == list(SCENE_PRESETS)
    assert "Generate 500 photos" in said(app)
    assert "generate-scenes" in said(app)
    app.segmented_control(key="data-kind").set_value("words").run()
    assert "Generate 10,000 images" in said(app)


def test_six_scenes_are_drawn_with_their_words_and_rolled_again(page: AppTest):
    enlarge = [button for button in page.button if button.label.startswith("Enlarge scene")]
    assert len(enlarge) == 6
    first = scenes(page)
    assert len(first) >= 6
    for view in ("mask", "photo", "outlines"):
        page.segmented_control(key="scene-view").set_value(view).run()
        assert not page.exception
    assert scenes(page)[:6] == first[:6]
    press(page, "data-reroll")
    assert scenes(page)[:6] != first[:6]


def test_a_setting_is_tuned_said_and_kept_over_a_reload(page: AppTest, open_page: Open):
    mark = draft(page).scene.mark
    page.slider(key=f"{mark}.empty").set_value(1.0).run()
    assert not page.exception
    assert draft(page).recipe().empty == 1.0
    assert scenes(page)[:6] == ["No text"] * 6
    assert "teaches a locator nothing" in said(page)
    page.slider(key=f"{mark}.blocks.page").set_value(1.0).run()
    assert "2 changes" in [popover.proto.popover.label for popover in page.get("popover")]
    again = open_page("data")
    again.segmented_control(key="data-kind").set_value("photos").run()
    assert draft(again).recipe().empty == 1.0
    assert "Going on with your draft of" in said(again)


def test_folded_settings_hold_while_they_are_folded(page: AppTest):
    mark = draft(page).scene.mark
    page.session_state[f"more-{mark}"] = True
    page.run()
    page.slider(key=f"{mark}.shadow").set_value(0.9).run()
    page.session_state[f"more-{mark}"] = False
    page.run()
    tab(page, "Text")
    tab(page, "Scene")
    assert draft(page).recipe().shadow == 0.9


def test_words_inside_are_edited_and_taken_from_another_recipe(page: AppTest, workspace: Workspace):
    save_recipe(workspace, PRESETS["receipts"], "my receipts")
    tab(page, "Text")
    menu: Any = page.get("menu_button")[0]
    assert "my receipts, saved" in map(visible_words, menu.options)
    menu.set_value("my receipts, saved").run()
    assert not page.exception
    words = draft(page).recipe().words
    assert words.changed(name="receipts") == PRESETS["receipts"]
    source = draft(page).words.texts[0]
    page.slider(key=f"{source.mark}.weight").set_value(0.1).run()
    tab(page, "Letters")
    look = draft(page).words.looks[0]
    page.slider(key=f"{look.mark}.stroke_width").set_value(2).run()
    recipe = draft(page).recipe()
    assert recipe.words.texts[0].weight == 0.1
    assert recipe.words.looks[0].stroke_width == 2
    assert "Words: those of my receipts" in "\n".join(draft(page).changes(recipe))


def test_the_name_of_a_recipe_is_no_markdown(page: AppTest, workspace: Workspace):
    save_recipe(workspace, PRESETS["receipts"], FOREIGN)
    tab(page, "Text")
    menu: Any = page.get("menu_button")[0]
    menu.set_value(f"{FOREIGN}, saved").run()
    assert FOREIGN in said(page)
    assert FOREIGN not in rendered(page)


def test_a_recipe_of_scenes_is_saved_apart_from_those_of_words(page: AppTest, workspace: Workspace):
    page.slider(key=f"{draft(page).scene.mark}.empty").set_value(0.5).run()
    press(page, "recipe-over")
    (saved,) = saved_recipes(workspace, SceneRecipe)
    assert saved.recipe
    assert saved.recipe.empty == 0.5
    assert saved_recipes(workspace, Recipe) == []


def test_a_recipe_of_scenes_is_read_from_yaml(page: AppTest):
    page.session_state["yaml-popover"] = True
    page.run()
    page.text_area(key="yaml-text").set_value("name: mine\nempty: 2\n").run()
    press(page, "yaml-load")
    assert "empty" in page.error[0].value
    page.text_area(key="yaml-text").set_value(SMALL.changed(name="mine", empty=1.0).to_yaml()).run()
    press(page, "yaml-load")
    assert page.session_state["data-scene-recipe"] == "scenes-yaml"
    assert scenes(page)[:6] == ["No text"] * 6


def test_a_scene_is_enlarged_with_the_list_of_its_texts(page: AppTest):
    page.slider(key=f"{draft(page).scene.mark}.empty").set_value(0.0).run()
    press(page, "enlarge-scene-1")
    assert "Scene 2 of 6" in said(page)
    table = page.dataframe[0].value
    assert list(table.columns) == ["Says", "Height (px)", "Counts"]
    assert table["Says"].str.len().gt(0).all()
    press(page, "enlarged-Next")
    assert "Scene 3 of 6" in said(page)
    page.segmented_control(key="scene-level").set_value("character").run()
    assert not page.exception


def test_what_photos_will_hold_and_cost_is_told(page: AppTest):
    text = said(page)
    assert "Every font has every glyph" in text
    assert "15.0 % without text" in text
    assert "px high, half of it under" in text
    assert "photos/s" in text
    assert "425 to learn, 25 to watch, 50 to score" in text


def test_a_missing_picture_is_named_and_nothing_can_be_made(workspace: Workspace, open_page: Open):
    save_recipe(workspace, SMALL.changed(picture=1.0, pictures=["uploaded/gone"]), "small")
    app = photos(workspace, open_page)
    assert "is no picture here" in app.error[0].value
    assert not [button for button in app.button if button.label.startswith("Generate")]


@pytest.mark.usefixtures("no_starter_locator")
def test_uploaded_pictures_are_searched_for_text_once_there_is_a_locator(workspace: Workspace, open_page: Open):
    save_recipe(workspace, SMALL.changed(picture=1.0), "small")
    shop = add_picture(workspace, encoded(paint((256, 192), [rectangle(60, 40, 60, 20)])), "shop")
    app = photos(workspace, open_page)
    press(app, "pictures-choose")
    assert "as no locator is here yet" in said(app)
    assert "not searched for text" in said(app)
    save_locator(workspace)
    wall = encoded(Image.new("RGB", (256, 192), "black"))
    app.file_uploader(key="chooser-pictures-drop").set_value([("wall.png", wall, "image/png")]).run()
    assert not app.exception
    assert "text in 1 place; used only if ticked" in said(app)
    boxes = text_boxes(workspace)
    (wall_id,) = (id for id in boxes if id != shop.id)
    assert boxes == {shop.id: 1, wall_id: 0}
    assert draft(app).scene.values["pictures"] == [wall_id]


def test_photos_are_generated_and_the_list_of_datasets_opens(page: AppTest, workspace: Workspace):
    page.number_input(key="data-photos.images").set_value(10).run()
    offered = page.text_input(key="data-name-photos").placeholder
    button = next(button for button in page.button if button.label == "Generate 10 photos")
    button.click().run()
    assert not page.exception
    assert page.session_state["data-tab"] == "Datasets"
    (job,) = list_jobs(workspace, "datasets")
    Lab(workspace).end()
    assert isinstance(job, Job)
    assert (job.kind, job.name) == ("generate-scenes", offered)
    config = GenerateScenesConfig.parse(job.config)
    assert config.images == 10
    assert config.recipe == saved_recipes(workspace, SceneRecipe)[0].recipe
