"""Scenes: the same everywhere, with outlines that lie where the text is."""

import subprocess
import sys
from hashlib import sha256

import cv2
import numpy as np
import pytest

from engine.config.recipe import Recipe
from engine.config.scene_recipe import SCENE_PRESETS, BlockWeights, SceneRecipe
from engine.config.style import Colours, Style
from engine.config.text_sources import Words
from engine.regions.polygons import is_simple
from engine.regions.region import Region
from engine.synth.scenes.scene import Scene, draw_scene
from glyphlab_read.regions.quads import area

SIZE = (320, 240)
PLAIN = SceneRecipe(
    words=Recipe(
        texts=(Words(alphabet="letters", max_length=6),),
        looks=(Style(fonts=("latin/Lato-Regular",), colours=(Colours(low="#000000", high="#000000"),)),),
    ),
    blocks=BlockWeights(sign=1, label=0, direct=0, paragraph=0, page=0),
    groups=(3, 3),
    text_height=(24, 30),
    empty=0.0,
    distractors=(0, 0),
    light=0.0,
    shadow=0.0,
    blur=0.0,
    noise=0.0,
    jpeg=100,
)
"""Black words on light or coloured panels, as the lens would see them at its best."""


def of_level(scene: Scene, level: str) -> list[Region]:
    return [region for region in scene.regions if region.level == level]


def at_the_edge(region: Region) -> bool:
    return bool(region.polygon.min() <= 0 or (region.polygon >= [640, 480]).any())


def digest(scene: Scene) -> str:
    plain = repr([region.plain() for region in scene.regions])
    return sha256(scene.image.tobytes() + plain.encode()).hexdigest()


def test_a_scene_is_the_same_in_any_process_and_after_any_other():
    first = digest(draw_scene(SCENE_PRESETS["street signs"], 7, 3, size=SIZE))
    draw_scene(SCENE_PRESETS["documents"], 7, 4, size=SIZE)
    assert digest(draw_scene(SCENE_PRESETS["street signs"], 7, 3, size=SIZE)) == first
    program = (
        "from tests.synth.scenes.test_scene import *;"
        "print(digest(draw_scene(SCENE_PRESETS['street signs'], 7, 3, size=SIZE)))"
    )
    child = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert child.stdout.strip() == first
    assert digest(draw_scene(SCENE_PRESETS["street signs"], 8, 3, size=SIZE)) != first


@pytest.mark.parametrize("name", SCENE_PRESETS)
def test_every_preset_draws_words_within_the_frame(name: str):
    scenes = [draw_scene(SCENE_PRESETS[name], 0, index, size=(400, 300)) for index in range(4)]
    assert any(region.text and not region.ignore for scene in scenes for region in of_level(scene, "word"))
    for region in (region for scene in scenes for region in scene.regions):
        assert region.polygon.min() >= -1e-3
        assert (region.polygon <= np.array([400, 300]) + 1e-3).all()
        assert area(region.polygon) > 0
        assert is_simple(region.polygon)


def test_chinese_streets_hold_chinese():
    texts = "".join(
        region.text or ""
        for index in range(6)
        for region in draw_scene(SCENE_PRESETS["Chinese street"], 0, index, size=SIZE).regions
    )
    assert sum("\u4e00" <= character <= "\u9fff" for character in texts) > 20


def test_the_ink_of_a_word_lies_within_its_outline():
    """Within outlines lies nearly all that is as dark as the letters are; panels are lighter by construction."""
    inked = 0
    for index in range(8):
        scene = draw_scene(PLAIN.changed(picture=0.0, planes=0.0, curved=0.0), 1, index, size=SIZE)
        grey = np.asarray(scene.image.convert("L"))
        for line in of_level(scene, "line"):
            outer, inner = (np.zeros(grey.shape, np.uint8) for _ in range(2))
            cv2.fillPoly(outer, [np.rint(line.polygon).astype(np.int32)], 1)
            for word in of_level(scene, "word"):
                cv2.fillPoly(inner, [np.rint(word.polygon).astype(np.int32)], 1)
            inner &= outer
            dark = (grey < 25) & (outer > 0)
            gaps = (outer > 0) & (cv2.dilate(inner, np.ones((3, 3), np.uint8)) == 0)
            inked += int(dark.sum())
            assert (dark & gaps).sum() <= 0.03 * max(dark.sum(), 1)
    assert inked > 2000


def test_words_hold_their_characters_and_lines_their_words():
    whole = PLAIN.changed(groups=(1, 1))
    scenes = (draw_scene(whole, 2, index, size=(640, 480)) for index in range(20))
    scene = next(scene for scene in scenes if scene.regions and not any(map(at_the_edge, scene.regions)))
    words, lines = of_level(scene, "word"), of_level(scene, "line")
    assert words
    assert lines
    assert "".join(character.text or "" for character in of_level(scene, "character")) == "".join(
        word.text or "" for word in words
    )
    assert " ".join(line.text or "" for line in lines).split() == [word.text for word in words]


def test_a_share_of_scenes_is_empty():
    empty = [not draw_scene(PLAIN.changed(empty=1.0), 0, index, size=SIZE).regions for index in range(3)]
    assert all(empty)


def test_small_and_faint_words_are_to_be_ignored():
    small = draw_scene(PLAIN.changed(text_height=(4, 4), least_height=12.0), 0, 0, size=SIZE)
    assert of_level(small, "word")
    assert all(region.ignore for region in of_level(small, "word"))
    faint = draw_scene(PLAIN.changed(least_contrast=255.0), 0, 0, size=SIZE)
    assert all(region.ignore for region in of_level(faint, "word"))
