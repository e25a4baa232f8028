"""Each measure recovers what was done to a drawn image."""

import math
from itertools import pairwise

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from engine.measures import MEASURES, measure_image, measure_images
from engine.synth.fonts import fonts

FONTS = fonts("en")[5:95:15]


def word(text: str = "Hamburg", font: int = 0, ink: int = 20, ground: int = 235) -> Image.Image:
    """A word of about 22 px x-height to descender on 32 rows, so that no measure resizes it."""
    image = Image.new("L", (140, 32), ground)
    drawn = ImageFont.truetype(str(FONTS[font].path), 20)
    ImageDraw.Draw(image).text((70, 16), text, font=drawn, fill=ink, anchor="mm")
    return image


def noisy(image: Image.Image, sigma: float) -> Image.Image:
    pixels = np.asarray(image) + np.random.default_rng(0).normal(0, sigma, (image.height, image.width))
    return Image.fromarray(pixels.clip(0, 255).round().astype(np.uint8))


def sheared(image: Image.Image, degrees: float) -> Image.Image:
    """Lean an image to the right about its middle."""
    by = math.tan(math.radians(degrees))
    return image.transform(
        image.size, Image.Transform.AFFINE, (1, by, -by * 16, 0, 1, 0), Image.Resampling.BICUBIC, fillcolor=235
    )


@pytest.mark.parametrize("font", range(len(FONTS)))
def test_blur_grows_with_every_step_of_gaussian_blur(font: int):
    radii = (0, 0.4, 0.7, 1, 1.5, 2, 3)
    measured = [measure_image(word(font=font).filter(ImageFilter.GaussianBlur(radius)))["blur"] for radius in radii]
    assert all(left < right for left, right in pairwise(measured)), measured
    assert measured[0] == pytest.approx(0.4, abs=0.1)


def test_blur_is_the_radius_on_wide_strokes():
    bar = Image.new("L", (120, 32), 240)
    ImageDraw.Draw(bar).rectangle((40, 0, 80, 31), fill=30)
    for radius in (1, 2, 3):
        assert measure_image(bar.filter(ImageFilter.GaussianBlur(radius)))["blur"] == pytest.approx(radius, rel=0.15)


def test_blur_is_independent_of_contrast():
    dark, pale = (measure_image(word(ink=ink).filter(ImageFilter.GaussianBlur(1)))["blur"] for ink in (20, 160))
    assert pale == pytest.approx(dark, rel=0.1)


def test_contrast_scales_with_the_pixels():
    whole = word()
    full = measure_image(whole)["contrast"]
    assert full == pytest.approx(215 / 255, abs=0.05)
    for factor in (0.8, 0.5, 0.2):
        dimmed = Image.fromarray((np.asarray(whole) * factor).round().astype(np.uint8))
        assert measure_image(dimmed)["contrast"] == pytest.approx(full * factor, abs=0.01)


def test_light_text_on_dark_ground_measures_as_dark_on_light():
    dark, light = measure_image(word()), measure_image(word(ink=235, ground=20))
    for name in set(MEASURES) - {"brightness"}:
        assert light[name] == pytest.approx(dark[name], abs=0.02), name


def test_brightness_is_the_mean():
    assert measure_image(Image.new("L", (80, 32), 51))["brightness"] == pytest.approx(0.2)


@pytest.mark.parametrize("sigma", [2, 5, 10, 20])
def test_noise_is_the_standard_deviation_of_what_was_added(sigma: float):
    assert measure_image(noisy(word(), sigma))["noise"] == pytest.approx(sigma, rel=0.15)


def test_a_gradient_is_uneven_but_not_noisy():
    ramp = np.linspace(-40, 20, 140)[None, :]
    pixels = (np.asarray(word()) + ramp).clip(0, 255).round().astype(np.uint8)
    plain, shaded = measure_image(word()), measure_image(Image.fromarray(pixels))
    assert plain["unevenness"] < 1
    assert shaded["unevenness"] > 8
    assert shaded["noise"] < 1


@pytest.mark.parametrize("width", [1, 2, 3, 4, 6, 8])
@pytest.mark.parametrize("radius", [0, 0.5])
def test_stroke_is_the_width_of_drawn_bars(width: int, radius: float):
    image = Image.new("L", (120, 32), 240)
    for left in range(10, 110, 20):
        ImageDraw.Draw(image).rectangle((left, 4, left + width - 1, 27), fill=10)
    assert measure_image(image.filter(ImageFilter.GaussianBlur(radius)))["stroke"] == pytest.approx(width, abs=1)


@pytest.mark.parametrize("font", range(len(FONTS)))
@pytest.mark.parametrize("degrees", [-20, -12, -5, 5, 12, 20])
def test_slant_of_a_sheared_word_is_the_angle(font: int, degrees: float):
    upright = word("Hill miH", font)
    before, after = (
        math.tan(math.radians(measure_image(each)["slant"])) for each in (upright, sheared(upright, degrees))
    )
    # shears add up by their tangents, and a font may lean by itself
    assert math.degrees(math.atan(after - before)) == pytest.approx(degrees, abs=2)


@pytest.mark.parametrize("degrees", [-10, -4, -2, 0, 2, 4, 10])
def test_tilt_of_a_turned_line_is_the_angle(degrees: float):
    for font in range(len(FONTS)):
        turned = word("numerous", font).rotate(degrees, Image.Resampling.BICUBIC, fillcolor=235)
        assert measure_image(turned)["tilt"] == pytest.approx(abs(degrees), abs=1)


def test_fill_is_the_share_of_rows_with_text():
    image = Image.new("L", (100, 32), 240)
    ImageDraw.Draw(image).rectangle((10, 8, 90, 23), fill=10)
    assert measure_image(image)["fill"] == pytest.approx(0.5, abs=0.04)


def test_sizes_are_those_of_the_image_as_stored():
    values = measure_image(Image.new("RGB", (300, 100), "white"))
    assert (values["aspect"], values["height"]) == (3.0, 100.0)


@pytest.mark.parametrize("scale", [2, 3])
def test_enlarging_an_image_changes_its_height_alone(scale: int):
    small = word().filter(ImageFilter.GaussianBlur(0.7))
    large = small.resize((small.width * scale, small.height * scale), Image.Resampling.BICUBIC)
    before, after = measure_image(small), measure_image(large)
    for name in ("contrast", "stroke", "slant", "fill", "aspect", "blur"):
        assert after[name] == pytest.approx(before[name], rel=0.12, abs=0.1), name


@pytest.mark.parametrize("size", [(1, 1), (1, 200), (3000, 2), (5, 33)])
def test_blank_and_odd_images_have_no_text_to_measure(size: tuple[int, int]):
    values = measure_image(Image.new("L", size, 200))
    assert values["contrast"] == 0
    assert all(math.isnan(values[name]) for name in ("blur", "stroke", "slant", "tilt", "fill"))


def test_random_pixels_measure_without_a_fault():
    rng = np.random.default_rng(1)
    images = [Image.fromarray(rng.integers(0, 256, rng.integers(1, 90, 2), dtype=np.uint8)) for _ in range(60)]
    frame = measure_images(images)
    assert list(frame.columns) == list(MEASURES)
    assert len(frame) == 60
    assert not np.isinf(frame.to_numpy()).any()


def test_no_images_make_an_empty_table():
    assert measure_images([]).shape == (0, len(MEASURES))
