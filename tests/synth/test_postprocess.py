"""The steps after trdg: off until asked for, repeatable, and the text stays what the label says."""

from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from engine.config.postprocess import (
    Contrast,
    Crop,
    Downsampling,
    Glare,
    Jpeg,
    MotionBlur,
    Perspective,
    Postprocess,
    Recolour,
    ScanNoise,
    Shadow,
)
from engine.config.recipe import Recipe
from engine.config.style import BackgroundWeights, ModeWeights, Style
from engine.config.text_sources import Words
from engine.synth import preview
from engine.synth.postprocess import Edges, PostprocessPlan, apply, draw_plan, factors, ink_edges, warp
from engine.synth.postprocess.camera import Movement, Reduction, Reflection, downsample, glare, motion_blur
from engine.synth.postprocess.steps import (
    EndColours,
    Grain,
    Shade,
    Tone,
    contrast,
    crop_box,
    jpeg,
    luma,
    perspective,
    recolour,
    scan_noise,
    shadow,
    tinted,
)
from engine.synth.samples import render_sample

EVERY = Postprocess(
    crop=Crop(share=1),
    perspective=Perspective(share=1),
    recolour=Recolour(share=1),
    shadow=Shadow(share=1),
    glare=Glare(share=1),
    motion_blur=MotionBlur(share=1),
    downsampling=Downsampling(share=1),
    contrast=Contrast(share=1),
    scan_noise=ScanNoise(share=1),
    jpeg=Jpeg(share=1),
)
WORD = Image.effect_noise((90, 36), 40).convert("RGB")


def plan_for(bounds: Postprocess, seed: int) -> PostprocessPlan:
    edges = Edges((90, 36), (9, 4, 9, 4), (10, 20, 10, 20))
    return draw_plan(bounds, lambda: edges, lambda name: Random(f"{seed}/{name}"))


def test_nothing_is_done_until_it_is_asked_for():
    unused = pytest.fail
    plan = draw_plan(Postprocess(), lambda: unused("the text is looked for"), lambda name: unused(f"{name} is drawn"))
    assert plan == PostprocessPlan()
    assert np.array_equal(np.asarray(apply(WORD, plan)), np.asarray(WORD))


@pytest.mark.parametrize("mode", ["RGB", "L"])
def test_equal_plans_give_equal_images_of_the_same_mode(mode: str):
    image = WORD.convert(mode)
    first, again, other = (apply(image, plan_for(EVERY, seed)) for seed in (1, 1, 2))
    assert first.mode == again.mode == mode
    assert np.array_equal(np.asarray(first), np.asarray(again))
    assert first.size != other.size or not np.array_equal(np.asarray(first), np.asarray(other))


@pytest.mark.parametrize("step", Postprocess.model_fields)
def test_a_share_is_the_share_of_the_images(step: str):
    bounds = Postprocess().changed(**{step: {"share": 0.3}})
    taken = sum(getattr(plan_for(bounds, seed), step) is not None for seed in range(400)) / 400
    assert 0.2 < taken < 0.4


def test_one_step_leaves_the_values_of_the_others_alone():
    both, one = plan_for(EVERY, 5), plan_for(Postprocess(jpeg=Jpeg(share=1)), 5)
    assert both.jpeg == one.jpeg


@given(
    st.tuples(*[st.integers(0, 20)] * 4),
    st.tuples(*[st.integers(1, 30)] * 4),
    st.lists(st.floats(0, 1), min_size=4, max_size=4),
    st.lists(st.floats(0, 0.25), min_size=4, max_size=4),
)
def test_a_crop_takes_at_most_the_room_and_its_share_of_the_outermost_ink(room, run, margins, texts):
    left, top, right, bottom = crop_box(Edges((120, 60), room, run), margins, texts)
    for cut, free, ink in zip((left, top, 120 - right, 60 - bottom), room, run, strict=True):
        assert 0 <= cut <= free + 0.25 * ink


def test_ink_is_found_where_it_lies():
    layer = Image.new("RGBA", (40, 20))
    layer.paste((0, 0, 0, 255), (5, 2, 9, 18))  # an l
    layer.paste((0, 0, 0, 255), (15, 8, 36, 18))
    edges = ink_edges((60, 30), layer, (7, 4))
    assert edges.room == (12, 6, 60 - 7 - 36, 30 - 4 - 18)
    assert edges.run == (4, 16, 8, 16)  # the right one is wide, and counts up to half of the height


def test_without_a_share_of_the_text_a_crop_touches_no_ink():
    look = Style(
        margin=8,
        height=48,
        fonts=("latin/Lato-Bold",),
        background=BackgroundWeights(noise=0),
        after=Postprocess(crop=Crop(share=1, margin=1.0)),
    )
    recipe = Recipe(texts=(Words(),), looks=(look,))
    for sample in preview(recipe, 20, 0):
        grey = np.asarray(sample.image.convert("L"))
        assert sample.factors["crop"]
        for edge in (grey[:, 0], grey[:, -1], grey[0], grey[-1]):
            assert edge.min() < 200  # cut right up to the ink


@given(st.lists(st.tuples(st.floats(0, 0.4), st.floats(0, 0.4)), min_size=4, max_size=4), st.integers(20, 200))
def test_perspective_keeps_everything_in_view(corners, width: int):
    image = Image.new("L", (width, 32), 255)
    image.paste(0, (0, 0, 6, 6))  # marks at two corners
    image.paste(0, (width - 6, 26, width, 32))
    seen = np.asarray(perspective(image, tuple(corners)))
    assert seen.shape == (32, width)
    assert seen[:, : width // 2].min() < 130
    assert seen[:, width // 2 :].min() < 130


def test_standing_still_changes_no_pixel():
    assert np.array_equal(np.asarray(perspective(WORD, ((0.0, 0.0),) * 4)), np.asarray(WORD))
    assert np.array_equal(np.asarray(contrast(WORD, Tone(1, 0))), np.asarray(WORD))
    assert np.array_equal(np.asarray(shadow(WORD, Shade(0.5, 0.5, 30, 0, 1))), np.asarray(WORD))
    assert np.array_equal(np.asarray(scan_noise(WORD, Grain(0, 0, 1))), np.asarray(WORD))
    assert np.array_equal(np.asarray(glare(WORD, Reflection(0.5, 0.5, 30, 0, 1, True))), np.asarray(WORD))
    assert np.array_equal(np.asarray(motion_blur(WORD, Movement(0, 30))), np.asarray(WORD))
    assert np.array_equal(np.asarray(downsample(WORD, Reduction(1, True, True))), np.asarray(WORD))


def test_a_shadow_only_takes_light_and_no_more_than_it_says():
    white = Image.new("RGB", (80, 32), "white")
    pixels = np.asarray(shadow(white, Shade(0.5, 0.5, 0, 0.6, 0.5)))
    assert pixels[:, :10].min() == 255
    assert (pixels[:, -10:] == round(255 * 0.4)).all()
    assert (np.diff(pixels[0, :, 0].astype(int)) <= 0).all()


@pytest.mark.parametrize("streak", [False, True])
def test_glare_only_adds_light_most_in_its_middle_and_no_more_than_it_says(streak: bool):
    black = Image.new("RGB", (120, 40))
    pixels = np.asarray(glare(black, Reflection(0.5, 0.5, 0, 0.6, 0.2, streak)))[..., 0]
    assert pixels[20, 60] == pixels.max() == round(255 * 0.6)
    assert pixels[0].max() < 15
    assert (pixels[20, 0] > 40) == streak, "a streak reaches across the image"


def test_motion_blurs_along_its_line_alone():
    dot = Image.new("L", (41, 41))
    dot.putpixel((20, 20), 255)
    rows, columns = np.nonzero(np.asarray(motion_blur(dot, Movement(0.5, 0))))
    assert set(rows) == {20}
    assert 19 <= columns.max() - columns.min() <= 22
    rows, columns = np.nonzero(np.asarray(motion_blur(dot, Movement(0.5, 90))))
    assert set(columns) == {20}
    flat = Image.new("L", (60, 30), 180)
    assert set(np.unique(np.asarray(motion_blur(flat, Movement(0.3, 37))))) == {180}, "light is kept, at the edges too"


@given(st.tuples(st.integers(8, 200), st.integers(8, 64)), st.floats(0.1, 1), st.booleans())
def test_fewer_pixels_keep_the_mean_and_eight_a_side(size: tuple[int, int], factor: float, cubic: bool):
    image = Image.effect_noise(size, 40)
    small, again = (downsample(image, Reduction(factor, enlarged, cubic)) for enlarged in (False, True))
    assert again.size == size
    assert min(small.size) >= 8
    assert small.width <= size[0]
    assert abs(np.asarray(small).mean() - np.asarray(image).mean()) < 3


def test_letters_are_left_enough_pixels():
    layer = Image.new("RGBA", (300, 200))
    for column in range(0, 280, 7):  # letters 24 px high along a slope
        layer.paste((0, 0, 0, 255), (column, column // 2, column + 5, column // 2 + 24))
    edges = ink_edges((300, 200), layer, (0, 0))
    assert edges.letters == 24
    assert ink_edges((200, 300), layer.rotate(90, expand=True), (0, 0)).letters == pytest.approx(24, abs=1)
    bounds = Postprocess(downsampling=Downsampling(share=1, factor=0.1))
    plan = draw_plan(bounds, lambda: edges, lambda name: Random(name))
    assert plan.downsampling is not None
    assert plan.downsampling.factor == 6 / 24


def test_an_image_that_stays_small_has_a_mask_as_small():
    recipe = Recipe(looks=(Style(after=Postprocess(downsampling=Downsampling(share=1, enlarged=0))),))
    for index in range(4):
        rendered = render_sample(recipe, 0, index)
        assert rendered.ink.size == rendered.sample.image.size
        assert rendered.sample.image.height < 22


def test_contrast_scales_the_distance_from_the_mean():
    image = Image.fromarray(np.array([[100, 200]], np.uint8))
    assert np.asarray(contrast(image, Tone(0.5, 10))).tolist() == [[135, 185]]
    assert np.asarray(contrast(image, Tone(2, 100))).tolist() == [[150, 255]]


def test_scan_noise_has_its_grain_and_its_specks():
    grey = Image.new("RGB", (400, 400), (128, 128, 128))
    grain = np.asarray(scan_noise(grey, Grain(8, 0, 3))).astype(int)
    assert 7.5 < grain.std() < 8.5
    assert (grain[..., 0] == grain[..., 2]).all()
    specks = np.asarray(scan_noise(grey, Grain(0, 0.02, 3)))[..., 0]
    assert 0.015 < (specks != 128).mean() < 0.025
    assert set(np.unique(specks)) == {0, 128, 255}


def test_a_poorer_jpeg_differs_more():
    distances = [np.abs(np.asarray(jpeg(WORD, q)).astype(int) - np.asarray(WORD)).mean() for q in (95, 50, 5)]
    assert distances == sorted(distances)
    assert jpeg(WORD.convert("L"), 50).mode == "L"


def test_a_mask_stays_in_step_with_its_image():
    plan = plan_for(Postprocess(crop=EVERY.crop, perspective=EVERY.perspective), 3)
    image = Image.new("L", (90, 36), 255)
    image.paste(0, (20, 10, 60, 30))
    mask = image.point([255 - level for level in range(256)])
    moved, followed = np.asarray(apply(image, plan)), np.asarray(warp(mask, plan, mask=True))
    assert moved.shape == followed.shape
    assert ((moved < 128) == (followed > 127)).mean() > 0.97


def test_grey_images_are_grey_to_the_end():
    recipe = Recipe(looks=(Style(mode=ModeWeights(colour=0, grey=1), after=EVERY),))
    assert {sample.image.mode for sample in preview(recipe, 4, 0)} == {"L"}


@given(st.floats(0, 255), st.floats(0, 1), st.floats(0, 1))
def test_a_tinted_colour_has_its_brightness_and_can_be_shown(level: float, hue: float, tint: float):
    colour = tinted(level, hue, tint)
    assert luma(colour) == pytest.approx(level, abs=1e-6)
    assert all(-1e-6 <= part <= 255 + 1e-6 for part in colour)


def test_black_and_white_become_the_two_colours_and_grey_what_is_between():
    strip = Image.fromarray(np.array([[0, 255, 127]], np.uint8))
    ends = EndColours((200.0, 0.0, 0.0), (0.0, 100.0, 255.0))
    assert np.asarray(recolour(strip.convert("RGB"), ends)).tolist() == [[[200, 0, 0], [0, 100, 255], [100, 50, 127]]]
    assert np.asarray(recolour(strip, ends)).tolist() == [[60, 88, 74]]


def test_recoloured_images_have_the_contrast_asked_for_either_way():
    bounds = Postprocess(recolour=Recolour(share=1, contrast=(90.0, 120.0)))
    spans = [factors(plan_for(bounds, seed))["recolour"] for seed in range(200)]
    assert all(90 <= abs(span) <= 120 for span in spans)
    assert 60 < sum(span < 0 for span in spans) < 140, "dark on light as often as light on dark"
