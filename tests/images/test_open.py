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
from glyphlab_read.images.open import EXTENSIONS, open_image
from glyphlab_read.images.sources import as_image


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


@pytest.mark.parametrize("format", ["PNG", "JPEG", "WEBP", "BMP", "TIFF"])
def test_the_five_formats_open_as_rgb(format):
    image = open_image(saved(GRADIENT.convert("RGB"), format))
    assert (image.mode, image.size, image.info) == ("RGB", (40, 20), {})
    assert np.abs(np.asarray(image).astype(int) - np.asarray(GRADIENT)[..., None]).mean() < 3


@pytest.mark.parametrize("format", ["EPS", "GIF", "PPM", "ICO", "PDF", "TGA", "PCX", "SGI", "JPEG2000", "DDS"])
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


@pytest.mark.parametrize("format", ["PNG", "JPEG", "WEBP", "BMP", "TIFF"])
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


TIFFS = {
    "LZW": ("RGB", {"compression": "tiff_lzw"}),
    "deflate": ("RGB", {"compression": "tiff_adobe_deflate"}),
    "JPEG": ("RGB", {"compression": "jpeg", "quality": 95}),
    "packbits": ("L", {"compression": "packbits"}),
    "big": ("L", {"big_tiff": True}),
    "CMYK": ("CMYK", {}),
    "floats to 1": ("F", {}),
    "16 bits": ("I;16", {}),
    "integers to 255": ("I", {}),
}


@pytest.mark.parametrize(("mode", "options"), TIFFS.values(), ids=TIFFS)
def test_tiffs_of_all_kinds_show_the_same(mode, options):
    image = {
        "F": lambda: Image.fromarray((np.asarray(GRADIENT) / 255).astype(np.float32)),
        "I;16": lambda: Image.fromarray(np.asarray(GRADIENT).astype(np.uint16) << 8),
    }.get(mode, lambda: GRADIENT.convert("RGB").convert(mode))()
    opened = np.asarray(open_image(saved(image, "TIFF", **options))).astype(int)
    assert np.abs(opened - np.asarray(GRADIENT)[..., None]).mean() < 3


@pytest.mark.parametrize("compression", [None, "group4", "group3", "tiff_lzw"])
def test_black_and_white_tiffs_as_scanners_write_them(compression):
    lines = Image.fromarray(np.tile([True, True, False, True], (12, 10)))
    opened = open_image(saved(lines, "TIFF", compression=compression))
    assert (np.asarray(opened)[..., 0] == np.asarray(lines) * 255).all()


def test_a_tiff_of_several_pages_is_refused_and_one_with_its_preview_is_not():
    first, second = Image.new("L", (30, 20), 10), Image.new("L", (30, 20), 200)
    pages = {"format": "TIFF", "save_all": True}
    with pytest.raises(ImageError, match=r"several pages.*Save each page"):
        open_image(saved(first, **pages, append_images=[second]))
    second.encoderinfo = {"tiffinfo": {254: 1}}  # its kind: a smaller version of another page
    opened = open_image(saved(first, **pages, append_images=[second]))
    assert opened.getpixel((5, 5)) == (10, 10, 10)


def test_a_tiff_of_many_previews_is_refused_without_looking_at_all():
    page, pages = Image.new("L", (3, 2)), []
    for _ in range(40):
        pages.append(page.copy())
        pages[-1].encoderinfo = {"tiffinfo": {254: 1}}
    with pytest.raises(ImageError, match="several pages"):
        open_image(saved(page, "TIFF", save_all=True, append_images=pages))


INKS = {
    "white": ([255, 255, 255], [255, 255, 255]),
    "yellow": ([255, 255, 0], [255, 255, 0]),
    "light grey": ([225, 225, 225], [240, 240, 240]),
    "black and white": ([0, 0, 0], [255, 255, 255]),
    "black": ([0, 0, 0], [0, 0, 0]),
    "blue": ([0, 0, 200], [40, 40, 220]),
}


@pytest.mark.parametrize(("left", "right"), INKS.values(), ids=INKS)
@pytest.mark.parametrize("opacity", [255, 200])
@pytest.mark.parametrize("hidden", [0, 255], ids=["black where clear", "white where clear"])
def test_letters_on_a_clear_ground_are_seen_whatever_their_colour(left, right, opacity, hidden):
    pixels = np.full((20, 60, 4), [hidden, hidden, hidden, 0], np.uint8)
    strokes = np.zeros((20, 60), bool)
    strokes[4:16, 6:54:6] = strokes[4:16, 7:54:6] = True
    pixels[strokes] = [*left, opacity]
    pixels[:, 30:][strokes[:, 30:]] = [*right, opacity]
    shown = np.asarray(open_image(saved(Image.fromarray(pixels), "PNG")).convert("L")).astype(int)
    assert np.abs(shown[strokes] - shown[0, 0]).min() > 48
    if min(left) < 100 and max(right) < 255:
        assert shown[0, 0] == 255


@pytest.mark.parametrize("clear", [slice(0, 3), slice(0, 30)], ids=["an edge", "more than half"])
def test_a_page_with_clear_parts_stays_on_white(clear):
    page = np.full((40, 60, 4), 255, np.uint8)
    page[34:37, 10:50:4] = [0, 0, 0, 255]
    page[clear, :, 3] = 0
    assert open_image(saved(Image.fromarray(page), "PNG")).getpixel((0, 0)) == (255, 255, 255)


def test_a_plate_of_which_the_letters_are_cut_out_shows_them():
    plate = np.full((20, 60, 4), 255, np.uint8)
    plate[5:15, 5:55:6, 3] = 0
    assert np.ptp(np.asarray(open_image(saved(Image.fromarray(plate), "PNG")))) > 100


def test_sixteen_bits_are_scaled_not_clipped():
    deep = (np.asarray(GRADIENT).astype(np.uint16) << 8) | 0x7F
    assert (np.asarray(open_image(saved(Image.fromarray(deep), "PNG")))[..., 0] == np.asarray(GRADIENT)).all()


def transparent(mode: str) -> Image.Image:
    """Return white letters' strokes on a clear ground."""
    image = Image.new("LA", (40, 20), (0, 0))
    for x in range(4, 36, 6):
        image.paste((255, 255), (x, 4, x + 2, 16))
    return image.convert(mode)


@pytest.mark.parametrize("mode", ["LA", "RGBA", "P", "I", "I;16", "F", "L", "RGB", "1", "CMYK"])
@pytest.mark.parametrize("orientation", [1, 6])
def test_an_image_that_a_caller_opened_is_that_of_its_file(mode, orientation):
    if mode in ("LA", "RGBA"):
        image = transparent(mode)
    elif mode == "I;16":
        image = Image.fromarray(np.asarray(GRADIENT).astype(np.uint16) << 8)
    else:
        image = GRADIENT.convert(mode)
    exif = Image.Exif()
    exif[0x0112] = orientation
    content = saved(image, "TIFF" if mode in ("F", "CMYK", "I") else "PNG", exif=exif)
    with Image.open(BytesIO(content)) as opened:
        as_given = as_image(opened)
        assert as_given.mode in ("L", "RGB")
        assert (np.asarray(as_given.convert("RGB")) == np.asarray(open_image(content))).all()


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
    assert set(EXTENSIONS) == {"png", "jpg", "jpeg", "webp", "bmp", "tif", "tiff"}


def test_a_phones_photo_with_its_preview_opens_as_the_photo():
    photo, preview = Image.new("RGB", (40, 20), "red"), Image.new("RGB", (8, 4), "blue")
    image = open_image(saved(photo, "MPO", save_all=True, append_images=[preview]))
    assert image.size == (40, 20)
    assert np.asarray(image)[10, 20, 2] < 10


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(["PNG", "JPEG", "WEBP", "BMP", "TIFF"]), st.data())
@pytest.mark.filterwarnings("ignore")
def test_mutated_files_open_or_are_refused_but_nothing_else(format, data):
    content = bytearray(saved(GRADIENT, format) if format != "WEBP" else saved(GRADIENT.convert("RGB"), format))
    for _ in range(data.draw(st.integers(1, 8))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(ImageError):
        assert open_image(bytes(content)).mode == "RGB"
