"""The steps after trdg, each a pure function of an image (RGB or L) and its values; the mode stays.

In the order in which `pipeline` applies them: crop, perspective, recolour, shadow, contrast, scan noise, JPEG; those of
`camera` come before the contrast.
"""

import colorsys
import io
import math
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from engine.measures.pixels import LUMA

Box = tuple[int, int, int, int]
"""Left, top, right and bottom in px, as `Image.crop` takes them."""

Corners = tuple[tuple[float, float], ...]
"""Inward shift of the upper left, upper right, lower right and lower left corner in x and y, in image heights."""

Colour = tuple[float, float, float]
"""Red, green and blue, 0 to 255."""

_INK_ALPHA = 64  # of 255: alpha above which a pixel counts as ink
_MIN_SIDE = 8  # px that a crop leaves along each side
_MAX_CORNER_SHIFT = 0.4  # of the image's width
_WHITE = 255.0


class Edges(NamedTuple):
    """Position of a text's ink in its image.

    Attributes:
        size: width and height of the image in px.
        room: px without ink at left, top, right and bottom.
        run: px of the outermost run of ink from those sides.
        ink: bool (h, w), True where the text's own layer has ink; None where that is not known.
    """

    size: tuple[int, int]
    room: tuple[int, int, int, int]
    run: tuple[int, int, int, int]
    ink: NDArray[np.bool_] | None = None

    @property
    def letters(self) -> float:
        """About how high the letters are, px, also of a line that is turned or bent; 0 where the ink is not known."""
        if self.ink is None or not self.ink.any():
            return 0.0
        columns, rows = self.ink.any(axis=0), self.ink.any(axis=1)
        return min(_median_extent(self.ink[:, columns]), _median_extent(self.ink[rows].T))


class EndColours(NamedTuple):
    """The colours that black and white become."""

    black: Colour
    white: Colour


class Shade(NamedTuple):
    """A shadow behind a straight line.

    Attributes:
        x, y: a point of the line, 0 to 1 of the image's width and height.
        angle: direction in which the shadow lies, in degrees.
        darkness: share of the light that is taken, 0 to 1.
        softness: width of the edge, in image heights.
    """

    x: float
    y: float
    angle: float
    darkness: float
    softness: float


class Tone(NamedTuple):
    """Contrast as a factor, and brightness to be added in levels of 255."""

    factor: float
    brightness: float


class Grain(NamedTuple):
    """Standard deviation of the grain in levels of 255, share of pixels that are specks (0 to 1), and seed."""

    grain: float
    specks: float
    seed: int


def ink_edges(size: tuple[int, int], layer: Image.Image, corner: tuple[int, int]) -> Edges:
    """Return the position of a text's ink.

    Args:
        size: width and height of the whole image in px.
        layer: the text alone, RGBA.
        corner: position of the layer's upper left corner in the image (x, y in px).
    """
    ink = np.asarray(layer.getchannel("A")) > _INK_ALPHA  # bool (H, W)
    columns, rows = np.atleast_1d(ink.any(axis=0)), np.atleast_1d(ink.any(axis=1))
    if not columns.any():
        return Edges(size, (0, 0, 0, 0), (0, 0, 0, 0))
    (left, left_run), (right, right_run) = _first_run(columns), _first_run(columns[::-1])
    (top, top_run), (bottom, bottom_run) = _first_run(rows), _first_run(rows[::-1])
    room = (
        corner[0] + left,
        corner[1] + top,
        size[0] - corner[0] - len(columns) + right,
        size[1] - corner[1] - len(rows) + bottom,
    )
    half = int(rows.sum()) // 2
    run = (min(left_run, half), top_run, min(right_run, half), bottom_run)
    return Edges(size, tuple(max(0, px) for px in room), run, ink)  # pyright: ignore[reportArgumentType]


def _median_extent(ink: NDArray[np.bool_]) -> float:
    """Return the median distance from the first to the last inked pixel of the columns, px."""
    return float(np.median(len(ink) - ink[::-1].argmax(axis=0) - ink.argmax(axis=0)))


def _first_run(inked: NDArray[np.bool_]) -> tuple[int, int]:
    """Return the px before the first run of ink in a row or column of the image, and the run's length."""
    start = int(inked.argmax())
    rest = inked[start:]
    return start, len(rest) if rest.all() else int(rest.argmin())


def crop_box(edges: Edges, margins: list[float], texts: list[float]) -> Box:
    """Return the part of an image that a crop leaves; no letter is lost.

    On each side the cut goes through the room beside the text and then into at most a stated share of the outermost
    run of inked rows or columns, of which no more counts than half the text's height. It hardly touches a thin l or the
    dot of an i, and a wide W loses its tip. Own rule.

    Args:
        edges: position of the text.
        margins: depth of each cut, 0 to 1 of all that it may take; left, top, right and bottom.
        texts: share of the outermost run of ink that each cut may take beside the room, 0 to 0.25.
    """
    left, top, right, bottom = (
        int(margin * (room + text * run))
        for margin, text, room, run in zip(margins, texts, edges.room, edges.run, strict=True)
    )
    width, height = edges.size
    if width - left - right < _MIN_SIDE:
        left = right = 0
    if height - top - bottom < _MIN_SIDE:
        top = bottom = 0
    return left, top, width - right, height - bottom


def perspective(image: Image.Image, corners: Corners, *, mask: bool = False) -> Image.Image:
    """Return the image as a plane seen at an angle, by the homography that moves its corners.

    Corners move inwards only, so that all of the text stays in view; beyond the edge the outermost pixels are repeated,
    in a mask it is 0. The 3×3 matrix is that of four point pairs (Hartley & Zisserman, Multiple View Geometry,
    section 4.1), from OpenCV.
    """
    width, height = image.size
    outer = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
    inwards = np.array([(1, 1), (-1, 1), (-1, -1), (1, -1)], np.float32)
    shifts = np.minimum(np.array(corners, np.float32) * height, (_MAX_CORNER_SHIFT * width, height))
    matrix = cv2.getPerspectiveTransform(outer, outer + inwards * shifts.astype(np.float32))
    warped = cv2.warpPerspective(
        np.asarray(image),
        matrix,
        (width, height),
        flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_CONSTANT if mask else cv2.BORDER_REPLICATE,
    )
    return Image.fromarray(warped)


def luma(colour: Colour) -> float:
    """Return a colour's level of grey, 0 to 255."""
    return sum(share * band for share, band in zip(LUMA, colour, strict=True))


def tinted(level: float, hue: float, tint: float) -> Colour:
    """Return a colour of a given luma.

    Args:
        level: its luma, 0 to 255.
        hue: 0 to 1, once around the colour wheel.
        tint: 0 to 1, from grey to as saturated as this hue can be at this luma.
    """
    red, green, blue = colorsys.hsv_to_rgb(hue, 1.0, _WHITE)
    away = [band - luma((red, green, blue)) for band in (red, green, blue)]
    room = min((_WHITE - level if band > 0 else level) / abs(band) for band in away)
    red, green, blue = (level + tint * room * band for band in away)
    return red, green, blue


def recolour(image: Image.Image, ends: EndColours) -> Image.Image:
    """Return the image with black and white replaced by two colours, and every grey by the mixture between them.

    An image's own colours count by their luma; an L image gets the luma of the new colours.
    """
    grey = image.convert("L")
    if image.mode == "L":
        return grey.point(_lookup_table(luma(ends.black), luma(ends.white)))
    bands = zip(ends.black, ends.white, strict=True)
    return Image.merge("RGB", [grey.point(_lookup_table(black, white)) for black, white in bands])


def _lookup_table(black: float, white: float) -> list[int]:
    return [round(black + (white - black) * level / _WHITE) for level in range(256)]


def shadow(image: Image.Image, shade: Shade) -> Image.Image:
    """Return the image with the light on one side of a line reduced, and a soft edge between light and shadow.

    With d the distance of a pixel from the line (px, positive in the shadow) and s the width of the edge, a pixel keeps
    1 - darkness * t² (3 - 2t) of its light, where t = 0.5 + d / s, limited to 0 to 1 (the usual smoothstep).
    """
    pixels = np.asarray(image)
    height, width = pixels.shape[:2]
    angle = math.radians(shade.angle)
    rows, columns = np.ogrid[:height, :width]
    distance = (columns - shade.x * width) * math.cos(angle) + (rows - shade.y * height) * math.sin(angle)  # (H, W)
    step = np.clip(0.5 + distance / max(1.0, shade.softness * height), 0, 1)
    light = 1 - shade.darkness * step**2 * (3 - 2 * step)
    light = light if pixels.ndim == 2 else light[..., None]
    return Image.fromarray((pixels * light + 0.5).astype(np.uint8))


def contrast(image: Image.Image, tone: Tone) -> Image.Image:
    """Return the image with each pixel p as m + factor * (p - m) + brightness, m the image's mean, limited to 0…255."""
    pixels = np.asarray(image).astype(np.float32)
    mean = float(pixels.mean())
    return Image.fromarray(
        np.clip(mean + tone.factor * (pixels - mean) + tone.brightness + 0.5, 0, 255).astype(np.uint8)
    )


def scan_noise(image: Image.Image, noise: Grain) -> Image.Image:
    """Return the image with Gaussian grain, the same in all bands, and single black or white pixels as specks of dust.

    Equal seeds give equal noise.
    """
    pixels = np.asarray(image).astype(np.float32)
    rng = np.random.default_rng(noise.seed)
    grain = rng.standard_normal(pixels.shape[:2], np.float32) * noise.grain  # (H, W)
    noisy = np.clip(pixels + (grain if pixels.ndim == 2 else grain[..., None]) + 0.5, 0, 255).astype(np.uint8)
    chance = rng.random(pixels.shape[:2], np.float32)
    noisy[chance < noise.specks / 2] = 0
    noisy[chance >= 1 - noise.specks / 2] = 255
    return Image.fromarray(noisy)


def jpeg(image: Image.Image, quality: int) -> Image.Image:
    """Return the image as it comes back from a JPEG of this quality (1 to 95), with its blocks and rings (Pillow)."""
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=quality)
    with Image.open(buffer, formats=["JPEG"]) as stored:
        return stored.convert(image.mode)
