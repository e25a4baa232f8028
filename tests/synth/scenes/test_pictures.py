"""Pictures behind scenes: text is looked for in uploads, and those with some are only taken by name."""

import pytest
from PIL import Image

from engine.config.scene_recipe import SceneRecipe
from engine.errors import ConfigError
from engine.synth import add_picture, delete_asset, list_assets
from engine.synth.scenes.picture_check import look_for_text
from engine.synth.scenes.pictures import picture_files, scene_pictures, text_boxes
from engine.synth.whole_packs import written_out
from engine.workspace import Workspace
from glyphlab_read.location.locator import Locator
from tests.helpers.rectangles import rectangle
from tests.helpers.sources import encoded
from tests.helpers.tiny_locators import locator_graphs, locator_manifest, paint


@pytest.fixture
def locator() -> Locator:
    return Locator(locator_manifest(), locator_graphs())


def test_an_upload_with_text_is_taken_by_name_only(workspace: Workspace, locator: Locator):
    plain = add_picture(workspace, encoded(Image.new("RGB", (256, 192), "black")), "wall")
    lettered = add_picture(workspace, encoded(paint((256, 192), [rectangle(60, 40, 60, 20)])), "shop")
    assert text_boxes(workspace) == {plain.id: None, lettered.id: None}
    assert {plain.path, lettered.path} <= set(picture_files((), workspace))
    assert look_for_text(workspace, plain.id, locator) == 0
    assert look_for_text(workspace, lettered.id, locator) == 1
    assert text_boxes(workspace) == {plain.id: 0, lettered.id: 1}
    taken = picture_files((), workspace)
    assert plain.path in taken
    assert lettered.path not in taken
    assert picture_files((lettered.id,), workspace) == (lettered.path,)
    assert lettered.id in {picture.id for picture in scene_pictures(workspace)}


def test_a_picture_that_comes_later_is_no_part_of_what_is_drawn(workspace: Workspace):
    recipe = written_out(SceneRecipe(picture=1), workspace)
    later = add_picture(workspace, encoded(Image.new("RGB", (256, 192), "black")), "wall")
    assert picture_files((), workspace) != picture_files(recipe.pictures, workspace)
    assert later.path not in picture_files(recipe.pictures, workspace)
    assert written_out(recipe, workspace) == recipe
    assert written_out(SceneRecipe(picture=0), workspace).pictures == ()


def test_what_was_found_stays_with_the_upload_and_goes_with_it(workspace: Workspace, locator: Locator):
    asset = add_picture(workspace, encoded(Image.new("RGB", (256, 192), "black")), "wall")
    look_for_text(workspace, asset.id, locator)
    (again,) = list_assets(workspace, "pictures")
    assert again.facts == asset.facts | {"text_boxes": 0}
    assert again.label == "wall"
    delete_asset(workspace, "pictures", asset.id)
    assert text_boxes(workspace) == {}
    with pytest.raises(ConfigError, match="no picture"):
        look_for_text(workspace, asset.id, locator)
