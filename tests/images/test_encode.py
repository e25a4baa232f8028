"""Stored images hold their pixels, all of them, and nothing else."""

import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from engine.images.encode import encode_for_storage, openable, pixel_digest, png_bytes, strip_jpeg
from glyphlab_read.images.open import MAX_BYTES, open_image
from tests.helpers.sources import encoded, picture

EXIF = Image.Exif()
EXIF[0x0112] = 6  # lies on its side
EXIF[0x010E] = "a secret place"
UPRIGHT = Image.Exif()
UPRIGHT[0x010E] = "a secret place"


def store(content: bytes) -> bytes:
    """Store an image and check the law: the pixels that were seen are the pixels that are kept."""
    seen = open_image(content)
    kept, image = encode_for_storage(content, pixel_digest(seen))
    again = Image.open(io.BytesIO(kept), formats=("JPEG", "PNG")).convert("RGB")
    assert image.tobytes() == seen.tobytes() == again.tobytes()
    assert image.size == again.size
    assert b"secret" not in kept
    return kept


@pytest.mark.parametrize(
    ("options", "kept_as"),
    [
        ({}, b"\xff\xd8"),
        ({"exif": UPRIGHT, "comment": b"a secret word", "icc_profile": b"secret" * 100}, b"\xff\xd8"),
        ({"progressive": True}, b"\xff\xd8"),
        ({"restart_marker_blocks": 1}, b"\xff\xd8"),
        ({"exif": EXIF}, b"\x89PNG"),
    ],
)
def test_a_jpeg_keeps_its_pixels_and_loses_the_rest(options: dict, kept_as: bytes):
    content = encoded(picture(1, (64, 40)), "JPEG", **options)
    kept = store(content + b"a secret after the end")
    assert kept.startswith(kept_as)
    if kept_as != b"\x89PNG":
        assert kept.endswith(b"\xff\xd9")
        assert len(kept) <= len(content)


@pytest.mark.parametrize("mode", ["L", "CMYK"])
def test_grey_and_four_colour_jpegs_keep_their_pixels(mode: str):
    store(encoded(picture(2, (40, 24)).convert(mode), "JPEG"))


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "BMP"])
def test_everything_else_becomes_a_png(kind: str):
    options = {} if kind == "BMP" else {"exif": UPRIGHT}
    assert store(encoded(picture(3), kind, **options)).startswith(b"\x89PNG")


def test_transparency_is_laid_on_white_once_and_for_all():
    image = picture(4).convert("RGBA")
    image.putalpha(0)
    assert open_image(store(encoded(image))).getpixel((0, 0)) == (255, 255, 255)


def test_pixels_that_changed_since_they_were_seen_are_refused():
    with pytest.raises(ValueError, match="have changed"):
        encode_for_storage(encoded(picture(5)), pixel_digest(picture(6)))


def test_images_of_equal_bytes_and_other_shapes_have_other_digests():
    assert pixel_digest(Image.new("RGB", (4, 6))) != pixel_digest(Image.new("RGB", (6, 4)))


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200), st.integers(0, 600))
def test_any_bytes_are_stripped_or_given_up(noise: bytes, place: int):
    content = encoded(picture(7), "JPEG")
    for hostile in (b"\xff\xd8" + noise, content[:place], content[:place] + noise + content[place:]):
        kept = strip_jpeg(hostile)
        assert len(kept) <= len(hostile)


@pytest.mark.parametrize("side", [64, 2000, 3600])
def test_a_file_is_made_small_enough_to_be_opened(side: int):
    noise = Image.frombytes("RGB", (side, side), np.random.default_rng(1).bytes(3 * side * side))
    file = png_bytes(noise)
    small = openable(file, noise)
    assert (small == file) == (len(file) <= MAX_BYTES) == (side == 64)
    assert open_image(small).size == noise.size
