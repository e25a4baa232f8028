import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from engine.errors import ConfigError
from glyphlab_read.reading.preprocess import PADDING, Preprocessing, valid_frames

SIZES = st.tuples(st.integers(1, 600), st.integers(1, 200))
NOISE = np.random.default_rng(3).integers(0, 256, (200, 600), dtype=np.uint8)


def noise(size):
    return Image.fromarray(NOISE[: size[1], : size[0]])


@given(SIZES, st.sampled_from([16, 32, 48]), st.sampled_from([0, 48, 128]), st.sampled_from([64, 200]))
def test_prepared_images_keep_height_and_bounds(size, height, widen_below, max_width):
    preprocessing = Preprocessing(height=height, widen_below=widen_below, max_width=max_width)
    row = preprocessing.prepare(noise(size))
    assert row.dtype == np.uint8
    assert row.shape[0] == height
    assert height // 2 <= row.shape[1] <= max_width
    kept = size[0] * height / size[1]
    if kept < widen_below:
        kept = (kept * widen_below) ** 0.5
    if height // 2 <= kept <= max_width:
        assert abs(row.shape[1] - kept) <= 0.5
    assert preprocessing.prepared_width(*size) == row.shape[1]
    assert preprocessing.prepared_widths(*np.array([size]).T).tolist() == [row.shape[1]]


def test_narrow_images_are_widened_half_way_and_stay_in_order():
    preprocessing = Preprocessing(height=32, widen_below=128, max_width=512)
    assert [preprocessing.prepared_width(width, 32) for width in (8, 32, 128, 200)] == [32, 64, 128, 200]
    widths = [preprocessing.prepared_width(width, 64) for width in range(1, 400)]
    assert widths == sorted(widths)


@given(st.lists(SIZES, min_size=1, max_size=5), st.sampled_from([1, 8, 32, 128]))
def test_a_batch_holds_each_image_at_its_left(sizes, multiple):
    preprocessing = Preprocessing(max_width=128, multiple=multiple)
    rows = [preprocessing.prepare(noise(size)) for size in sizes]
    batch, widths = preprocessing.pad_batch(rows)
    assert batch.dtype == np.uint8
    assert batch.shape[2] % multiple == 0
    assert batch.shape[2] - max(widths) < multiple
    for image, row, width in zip(batch, rows, widths, strict=True):
        assert (image[:, :width, 0] == row).all()
        assert (image[:, width:] == PADDING).all()


@given(st.integers(1, 40), st.integers(1, 8), st.data())
def test_valid_frames_cover_the_image_and_no_more(frames, stride, data):
    widths = np.array(data.draw(st.lists(st.integers(1, frames * stride), min_size=1)), dtype=np.int32)
    counts = valid_frames(widths, frames * stride, frames)
    assert (counts * stride >= widths).all()
    assert ((counts - 1) * stride < widths).all()


@pytest.mark.parametrize(("dark", "light"), [(90, 160), (0, 255), (200, 255), (100, 110)])
def test_contrast_is_stretched_four_times_at_most(dark, light):
    image = Image.new("L", (60, 32), light)
    image.paste(dark, (10, 5, 30, 25))
    row = Preprocessing().prepare(image)
    wanted = min((light - dark) * 4, 255)
    assert abs(int(row.max()) - int(row.min()) - wanted) <= 2
    assert row[15, 20] == row.min()


@given(SIZES)
def test_light_on_dark_is_read_as_dark_on_light(size):
    width, height = size
    paper = np.full((height + 10, width + 10), 230, dtype=np.uint8)
    paper[5:-5, 5:-5] = NOISE[:height, :width] // 2
    row = Preprocessing().prepare(Image.fromarray(paper))
    turned = Preprocessing().prepare(Image.fromarray(255 - paper))
    assert np.abs(row.astype(int) - turned).max() <= 8  # rounding, times a gain of 4
    assert np.median(row[0]) > 127


def test_colour_and_depth_end_as_grey_or_as_three_bands():
    image = Image.new("RGBA", (64, 32), (255, 0, 0, 255))
    assert Preprocessing().prepare(image).shape == (32, 64)
    assert Preprocessing(channels=3).prepare(image).shape == (32, 64, 3)
    assert Preprocessing(channels=3).prepare(Image.new("1", (64, 32))).shape == (32, 64, 3)


def test_letters_that_differ_in_hue_alone_stay_apart_in_colour():
    image = Image.new("RGB", (60, 32), (40, 120, 200))
    image.paste((200, 72, 40), (10, 5, 30, 25))  # as bright as its background
    assert np.ptp(Preprocessing().prepare(image)) < 40
    row = Preprocessing(channels=3).prepare(image)
    assert (np.abs(row[15, 20].astype(int) - row[15, 50]) > 100).sum() == 2


@given(st.lists(SIZES, min_size=1, max_size=3))
def test_a_batch_in_colour_holds_all_bands(sizes):
    preprocessing = Preprocessing(max_width=128, channels=3)
    rows = [preprocessing.prepare(noise(size).convert("RGB")) for size in sizes]
    batch, widths = preprocessing.pad_batch(rows)
    for image, row, width in zip(batch, rows, widths, strict=True):
        assert (image[:, :width] == row).all()
        assert (image[:, width:] == PADDING).all()


def test_an_unknown_setting_is_refused():
    with pytest.raises(ConfigError, match="colours"):
        Preprocessing.parse({"colours": True})
