import contextlib
import struct
import zlib
from io import BytesIO

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from engine.errors import ImageError
from engine.images.open import EXTENSIONS, open_image


def saved(image, format, **options):
    file = BytesIO()
    image.save(file, format, **options)
    return file.getvalue()


def png_header(width, height, depth=8, colour=0):
    """A PNG that only claims its size; its pixel data is one empty chunk."""

    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


GRADIENT = Image.fromarray(np.linspace(0, 255, 40 * 20).reshape(20, 40).astype(np.uint8))


@pytest.mark.parametrize("format", ["PNG", "JPEG", "WEBP", "BMP"])
def test_the_four_formats_open_as_rgb(format):
    image = open_image(saved(GRADIENT.convert("RGB"), format))
    assert (image.mode, image.size, image.info) == ("RGB", (40, 20), {})
    assert np.abs(np.asarray(image).astype(int) - np.asarray(GRADIENT)[..., None]).mean() < 3


@pytest.mark.parametrize("format", ["EPS", "GIF", "TIFF", "PPM", "ICO", "PDF", "TGA", "PCX", "SGI", "JPEG2000", "DDS"])
def test_other_formats_are_refused_under_any_name(format, tmp_path):
    path = tmp_path / "photo.png"
    path.write_bytes(saved(GRADIENT.convert("RGB"), format))
    with pytest.raises(ImageError, match="whatever the name says"):
        open_image(path)


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (b"hello, I am a text file\n" * 100, "no PNG"),
        (b"", "no PNG"),
        (b"\x89PNG\r\n\x1a\n", "no PNG"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "no PNG"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "no PNG"),
        (png_header(20_000, 40), "8192 a side"),
        (png_header(8_192, 8_192), "25 million in all"),
        (png_header(16_000, 16_000), "million pixels|8192 a side"),
        (png_header(2**31 - 1, 2**31 - 1, 16, 6), "million pixels|8192 a side"),
        (png_header(40, 20), "cut short"),
        (b"\0" * 10_000_001, "10 MB"),
    ],
    ids=["text", "empty", "magic only", "eps", "svg", "20,000 px", "67 MP", "256 MP", "bomb", "no pixels", "10 MB"],
)
@pytest.mark.filterwarnings("default::PIL.Image.DecompressionBombWarning")
def test_bad_files_are_refused_with_the_rule(content, rule):
    with pytest.raises(ImageError, match=rule):
        open_image(content)


@pytest.mark.parametrize("format", ["PNG", "JPEG", "WEBP", "BMP"])
@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
def test_truncated_files_are_refused(format, share):
    noise = Image.fromarray(np.random.default_rng(0).integers(0, 256, (60, 60, 3), dtype=np.uint8))
    content = saved(noise, format)
    with pytest.raises(ImageError):
        open_image(content[: int(len(content) * share)])


@pytest.mark.parametrize("format", ["PNG", "WEBP"])
def test_animations_are_refused(format):
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "green", "blue")]
    with pytest.raises(ImageError, match="animation of 3 frames"):
        open_image(saved(frames[0], format, save_all=True, append_images=frames[1:]))


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(ImageError, match="nothing"):
        open_image(tmp_path / "nothing.png")


def test_a_cmyk_jpeg_keeps_its_colours():
    image = open_image(saved(Image.new("RGB", (32, 32), (200, 30, 30)).convert("CMYK"), "JPEG"))
    assert np.allclose(np.asarray(image).mean(axis=(0, 1)), (200, 30, 30), atol=12)


def test_transparent_parts_become_white():
    clear = Image.new("RGBA", (8, 8), (0, 0, 0, 0))
    clear.paste((255, 0, 0, 255), (0, 0, 4, 8))
    palette = clear.quantize(4)
    for image in (clear, palette):
        pixels = np.asarray(open_image(saved(image, "PNG")))
        assert pixels[:, 4:].min() == 255
        assert pixels[:, :4, 0].min() == 255
        assert pixels[:, :4, 1:].max() == 0


def test_a_grey_image_with_a_transparent_value_becomes_white_there():
    image = Image.new("L", (8, 8), 0)
    image.paste(90, (0, 0, 4, 8))
    pixels = np.asarray(open_image(saved(image, "PNG", transparency=0)))
    assert pixels[:, 4:].min() == 255
    assert (pixels[:, :4] == 90).all()


def test_sixteen_bits_are_scaled_not_clipped():
    deep = (np.asarray(GRADIENT).astype(np.uint16) << 8) | 0x7F
    assert (np.asarray(open_image(saved(Image.fromarray(deep), "PNG")))[..., 0] == np.asarray(GRADIENT)).all()


@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_orientation_in_exif_is_honoured(orientation):
    upright = Image.new("RGB", (30, 20), "white")
    upright.paste("black", (0, 0, 10, 5))  # a mark in the upper left corner
    undo = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    turned = upright.transpose(undo[orientation]) if orientation in undo else upright
    exif = Image.Exif()
    exif[0x0112] = orientation
    image = open_image(saved(turned, "PNG", exif=exif))
    assert image.size == (30, 20)
    assert (np.asarray(image) == np.asarray(upright)).all()


def test_the_extensions_offered_are_ours():
    assert set(EXTENSIONS) == {"png", "jpg", "jpeg", "webp", "bmp"}


def test_a_phones_photo_with_its_preview_opens_as_the_photo():
    photo, preview = Image.new("RGB", (40, 20), "red"), Image.new("RGB", (8, 4), "blue")
    image = open_image(saved(photo, "MPO", save_all=True, append_images=[preview]))
    assert image.size == (40, 20)
    assert np.asarray(image)[10, 20, 2] < 10


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(["PNG", "JPEG", "WEBP", "BMP"]), st.data())
@pytest.mark.filterwarnings("ignore")
def test_mutated_files_open_or_are_refused_but_nothing_else(format, data):
    content = bytearray(saved(GRADIENT, format) if format != "WEBP" else saved(GRADIENT.convert("RGB"), format))
    for _ in range(data.draw(st.integers(1, 8))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(ImageError):
        assert open_image(bytes(content)).mode == "RGB"
