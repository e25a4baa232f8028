"""Grounds of scenes: textures, halls and what stands in them."""

import numpy as np
import pytest

from engine.config.scene_recipe import SceneRecipe
from engine.synth.scenes import grounds, interiors
from engine.synth.textures import SIDE

TEXTURES = list(grounds._TEXTURES)


@pytest.mark.parametrize("draw", TEXTURES, ids=[draw.__name__ for draw in TEXTURES])
def test_a_texture_is_one_surface_for_one_seed(draw):
    first, again, other = (draw(np.random.default_rng(seed)) for seed in (3, 3, 4))
    assert first.shape == (SIDE, SIDE, 3)
    assert first.dtype == np.uint8
    assert (first == again).all()
    assert (first != other).any()


def test_a_hall_covers_the_whole_scene():
    surfaces = {name: np.full((SIDE, SIDE, 3), 200, np.uint8) for name in ("floor", "ceiling", "left", "right", "end")}
    for seed in range(20):
        scene = np.zeros((240, 320, 3), np.uint8)
        interiors.add_hall(np.random.default_rng(seed), scene, surfaces)
        assert (scene > 100).mean() > 0.99  # but for seams of a pixel


def test_people_and_railings_stand_in_the_scene():
    for add in (interiors.add_person, interiors.add_railing):
        changed = 0
        for seed in range(10):
            scene = np.full((240, 320, 3), 128, np.uint8)
            add(np.random.default_rng(seed), scene)
            changed += bool((scene != 128).any())
        assert changed >= 9


def test_halls_come_as_often_as_the_recipe_says():
    surfaces = grounds.Surfaces(0, 0.0, ())
    never, always = (
        [
            grounds.draw_ground(SceneRecipe(halls=share, planes=0), np.random.default_rng(seed), 160, 120, surfaces)
            for seed in range(3)
        ]
        for share in (0.0, 1.0)
    )
    assert all((plain != hall).any() for plain, hall in zip(never, always, strict=True))
