"""Photos with their regions: as they are, with an outline for each, or with the mask that a locator learns from.

A level has one colour on every page, and what does not count is grey and dashed. Nothing here opens a file.
"""

from collections.abc import Iterable, Sequence
from typing import Literal, get_args

import cv2
import numpy as np
import numpy.typing as npt
import streamlit as st
from PIL import Image, ImageColor

from dashboard.common.colours import dot
from engine.formatting import count, sentence
from engine.regions.kernels import fill
from engine.regions.polygons import text_heights
from engine.regions.region import LEVELS, Level, Region
from glyphlab_read.regions.quads import Points

RegionView = Literal["photo", "outlines", "mask"]
_VIEWS: tuple[RegionView, ...] = get_args(RegionView)

LEVEL_COLOURS: dict[Level, str] = {"character": "#E69F00", "word": "#2DD4BF", "line": "#CC79A7"}
IGNORED = "#9CA3AF"
"""Colour of regions that do not count."""

_USUAL: tuple[Level, ...] = ("word", "line", "character")
_MASK = LEVEL_COLOURS["word"]
_DIMMED, _STRENGTH = 0.55, 0.65  # of the photo beside the mask, and of the mask's colour over it
_SHIFT = 4  # bits of a pixel's fraction that OpenCV draws with
_DASH = 12  # px
_FONT = cv2.FONT_HERSHEY_SIMPLEX

Pixels = npt.NDArray[np.uint8]


def region_view_choice(key: str, label: str = "Show") -> RegionView:
    """Draw the choice between photo, outlines and mask; outlines are shown first."""
    chosen = st.segmented_control(
        label,
        _VIEWS,
        default="outlines",
        required=True,
        format_func=str.capitalize,
        key=key,
        label_visibility="collapsed",
        persist_state="session",
    )
    return next(view for view in _VIEWS if view == chosen)


def level_choice(levels: Sequence[Level], key: str) -> Level:
    """Draw the choice of what regions enclose, words first; return it. Where there is one level alone, draw nothing.

    Args:
        levels: those that there are; none counts as words.
        key: of the choice.
    """
    if len(levels) < 2:
        return usual_level(levels)
    chosen = st.segmented_control(
        "Regions around",
        levels,
        default=usual_level(levels),
        required=True,
        format_func=lambda level: f"{level}s".capitalize(),
        key=key,
        label_visibility="collapsed",
        persist_state="session",
    )
    return next(level for level in LEVELS if level == chosen)


def usual_level(levels: Iterable[Level]) -> Level:
    """Return the level that is shown first: words, else lines, else characters."""
    there = set(levels)
    for level in _USUAL:
        if level in there:
            return level
    return _USUAL[0]


def legend(regions: Iterable[Region], view: RegionView) -> str:
    """Return Markdown that names the colours in a view of these regions; empty where it has none."""
    there = list(regions)
    if view == "photo" or not there:
        return ""
    if view == "mask":
        parts = [f"{dot(_MASK)} text"] if any(not region.ignore for region in there) else []
    else:
        found = {region.level for region in there if not region.ignore}
        parts = [f"{dot(LEVEL_COLOURS[level])} {sentence(level).lower()}s" for level in LEVELS if level in found]
    dashed = "" if view == "mask" else ", dashed"
    return " · ".join(parts + ([f"{dot(IGNORED)} does not count{dashed}"] if any(one.ignore for one in there) else []))


def regions_words(regions: Sequence[Region]) -> str:
    """Say what regions of one level there are: `12 words, 3 not counted, 14 to 80 px high`."""
    if not regions:
        return "no text"
    ignored = sum(region.ignore for region in regions)
    heights = text_heights([region.polygon for region in regions])
    low, high = round(heights.min()), round(heights.max())
    parts = [count(len(regions), f"{regions[0].level}s")]
    parts += [f"{count(ignored)} not counted"] if ignored else []
    return ", ".join([*parts, f"{low} px high" if low == high else f"{low} to {high} px high"])


def with_regions(photo: Image.Image, regions: Sequence[Region], view: RegionView, scale: float = 1.0) -> Image.Image:
    """Return a photo with its regions drawn on it as a view asks.

    Args:
        photo: RGB.
        regions: in px of the photo as it is stored.
        view: what is drawn.
        scale: px of `photo` for one px of the stored photo.
    """
    if view == "photo" or not regions:
        return photo
    return _masked(photo, regions, scale) if view == "mask" else _outlined(photo, regions, scale)


def numbered(photo: Image.Image, regions: dict[int, Region], scale: float = 1.0) -> Image.Image:
    """Return a photo with a number, from 1, at the first corner of some regions, given by their places from 0."""
    pixels, size = np.array(photo), max(photo.size) / 1600
    for place, region in regions.items():
        words = str(place + 1)
        (width, height), _ = cv2.getTextSize(words, _FONT, 1.1 * size + 0.3, 2)
        x, y = (region.polygon.min(axis=0) * scale).astype(int).tolist()
        x, y = min(max(x, 0), pixels.shape[1] - width - 6), max(y, height + 6)
        cv2.rectangle(pixels, (x, y - height - 6), (x + width + 6, y), (15, 20, 22), cv2.FILLED)
        cv2.putText(pixels, words, (x + 3, y - 3), _FONT, 1.1 * size + 0.3, (255, 255, 255), 2, cv2.LINE_AA)
    return Image.fromarray(pixels)


def _masked(photo: Image.Image, regions: Sequence[Region], scale: float) -> Image.Image:
    mask = np.zeros((photo.height, photo.width), np.uint8)
    for region in sorted(regions, key=lambda region: not region.ignore):  # text covers what does not count
        fill(mask, region.polygon * np.float32(scale), 1 if region.ignore else 2)
    colours = np.array([(0, 0, 0), ImageColor.getrgb(IGNORED), ImageColor.getrgb(_MASK)], np.float32)
    pixels = np.asarray(photo, np.float32)
    mixed = np.where(mask[..., None] > 0, pixels * (1 - _STRENGTH) + colours[mask] * _STRENGTH, pixels * _DIMMED)
    return Image.fromarray(mixed.astype(np.uint8))


def _outlined(photo: Image.Image, regions: Sequence[Region], scale: float) -> Image.Image:
    pixels = np.array(photo)
    width = 3 if max(photo.size) > 900 else 2
    for region in regions:
        polygon = region.polygon * np.float32(scale)
        if region.ignore:
            dashed(pixels, polygon, ImageColor.getrgb(IGNORED), width)
        else:
            _closed(pixels, polygon, (20, 24, 26), width + 2)  # a rim, so that it stands out on any ground
            _closed(pixels, polygon, ImageColor.getrgb(LEVEL_COLOURS[region.level]), width)
    return Image.fromarray(pixels)


def dashed(pixels: Pixels, polygon: Points, colour: tuple[int, ...], width: int) -> None:
    """Draw a dashed outline, in px of the picture (H, W, 3), in place."""
    for start, end in zip(polygon, np.roll(polygon, -1, axis=0), strict=True):
        dashes = max(1, int(np.hypot(*(end - start)) // _DASH))
        for place in range(dashes):
            first, last = (start + (end - start) * (place + part) / dashes for part in (0, 0.55))
            cv2.line(pixels, np.rint(first).astype(int).tolist(), np.rint(last).astype(int).tolist(), colour, width)


def _closed(pixels: Pixels, polygon: Points, colour: tuple[int, ...], width: int) -> None:
    corners = ((polygon - 0.5) * (1 << _SHIFT)).round().astype(np.int32)
    cv2.polylines(pixels, [corners], True, colour, width, cv2.LINE_AA, _SHIFT)
