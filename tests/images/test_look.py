"""A look at an image: what was seen of it, or why it could not be opened; bytes of any kind raise nothing."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from engine.images.encode import pixel_digest
from engine.images.look import UPRIGHT, look_at
from tests.helpers.sources import encoded, picture


def turned(orientation: int) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = orientation
    return encoded(picture(1), "JPEG", exif=exif)


@pytest.mark.parametrize(("orientation", "size"), [(1, (24, 12)), (3, (24, 12)), (6, (12, 24)), (9, (24, 12))])
def test_a_turned_photo_tells_so(orientation: int, size: tuple[int, int]):
    look = look_at(lambda: turned(orientation))
    assert (look.width, look.height) == size
    assert look.orientation == (orientation if orientation in (3, 6) else UPRIGHT)


def test_an_image_has_a_digest_and_a_size():
    content = encoded(picture(2))
    look = look_at(lambda: content)
    assert look.digest == pixel_digest(picture(2))
    assert (look.bytes, look.fault, look.orientation) == (len(content), "", UPRIGHT)


def test_a_photo_of_a_hundred_megapixels_is_not_decoded():
    content = io.BytesIO()
    Image.new("1", (10_000, 10_000)).save(content, "PNG")
    look = look_at(content.getvalue)
    assert look.fault == "too_large"
    assert "million" in look.detail or "10000" in look.detail


def test_what_cannot_be_read_says_why():
    def missing() -> bytes:
        raise FileNotFoundError("it is gone")

    assert look_at(missing).fault == "unreadable"


@given(st.binary(max_size=200), st.integers(0, 300))
def test_damaged_bytes_raise_nothing(noise: bytes, place: int):
    content = bytearray(turned(6))
    content[place : place + len(noise)] = noise
    assert look_at(lambda: bytes(content)).fault in ("", "undecodable", "too_large")


@pytest.mark.parametrize(("colour", "blank"), [("white", True), ("black", False)])
def test_a_look_tells_an_image_that_shows_nothing(colour: str, blank: bool):
    image = Image.new("RGB", (30, 20), "white")
    image.paste(colour, (5, 5, 9, 15))
    content = io.BytesIO()
    image.save(content, "TIFF")
    assert look_at(content.getvalue).blank == blank
