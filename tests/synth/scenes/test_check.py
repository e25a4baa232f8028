"""A check of scenes tells what photos will hold and cost, and each fault before anything is made."""

from pathlib import Path

import pytest
from PIL import Image

from engine.config.generate import GenerateScenesConfig
from engine.config.recipe import Recipe
from engine.config.scene_recipe import SceneRecipe
from engine.config.style import Style
from engine.config.text_sources import Digits, Pattern
from engine.errors import ConfigError
from engine.synth import add_picture
from engine.synth.assets import note_facts
from engine.synth.scenes.check import SceneCheck, check_scenes
from engine.workspace import Workspace
from tests.helpers.sources import encoded

LATO = Style(fonts=("latin/Lato-Regular",))
SMALL = {"words": Recipe(texts=(Digits(min_length=3),), looks=(LATO,)), "width": 400, "height": 300, "groups": (2, 4)}


def checked(images: int = 500, **changes: object) -> SceneCheck:
    recipe = SceneRecipe.parse({**SceneRecipe().changed(**SMALL).plain(), **changes})
    return check_scenes(GenerateScenesConfig(recipe=recipe, images=images))


def kinds(result: SceneCheck) -> set[str]:
    return {finding.kind for finding in result.findings}


def test_a_sound_recipe_has_its_figures_and_no_findings():
    result = checked(text_height=[16, 40], empty=0.0)
    assert result.findings == []
    assert result.fonts == []
    assert result.heights is not None
    low, middle, high = result.heights
    assert 8 < low <= middle <= high < 80
    assert result.words >= 1
    twice = checked(images=1000, text_height=[16, 40], empty=0.0)
    assert twice.heights == result.heights
    assert twice.estimate.bytes == pytest.approx(2 * result.estimate.bytes, rel=0.01)
    assert result.estimate.seconds > 0


def test_text_too_small_to_count_is_told():
    result = checked(text_height=4, empty=0.0)
    assert "ignored" in kinds(result)
    assert result.ignored > 0.4


@pytest.mark.parametrize("changes", [{"groups": 0}, {"empty": 1.0}])
def test_scenes_without_text_are_told(changes: dict):
    result = checked(**changes)
    assert kinds(result) == {"no_text"}
    assert result.heights is None
    assert result.words == 0


def test_a_glyph_that_the_font_lacks_is_told():
    words = Recipe(texts=(Pattern(pattern="あ"),), looks=(LATO,))
    result = checked(words=words.plain())
    assert {"fonts", "signs"} <= kinds(result)


def test_a_recipe_that_names_what_is_not_there_is_refused(tmp_path: Path):
    recipe = SceneRecipe.parse({**SceneRecipe().plain(), "pictures": ["nothing/here"]})
    with pytest.raises(ConfigError, match="no picture here"):
        check_scenes(GenerateScenesConfig(recipe=recipe), Workspace(tmp_path))


def test_uploads_that_nobody_searched_for_text_are_told_while_all_pictures_are_taken(workspace: Workspace):
    plain, other = (
        add_picture(workspace, encoded(Image.new("RGB", (256, 192), colour)), "wall") for colour in ("black", "grey")
    )
    recipe = SceneRecipe().changed(**SMALL)

    def told(**changes: object) -> list[str]:
        config = GenerateScenesConfig(recipe=recipe.changed(**changes))
        return [finding.text for finding in check_scenes(config, workspace).findings if finding.kind == "pictures"]

    assert told()[0].startswith("2 uploaded pictures were not searched for text yet")
    assert told(pictures=(plain.id,)) == []
    assert told(picture=0.0) == []
    for asset in (plain, other):
        note_facts(workspace, "pictures", asset.id, text_boxes=0)
    assert told() == []


def test_a_check_can_be_broken_off():
    looked = []

    def watch():
        looked.append(1)
        if len(looked) == 3:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        check_scenes(GenerateScenesConfig(recipe=SceneRecipe().changed(**SMALL)), watch=watch)
