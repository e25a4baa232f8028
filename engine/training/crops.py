"""Crops of scenes and the maps that a locator should give for them.

A crop is a piece of a scene at a scale of its own, turned and recoloured a little. Its targets are masks per map, and
masks of the pixels that count: text that is too small, cut off by the frame, or to be ignored counts neither as text
nor as ground. Legend: N images, S the side in px, s that of a map, M maps.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt
from cv2.typing import MatLike

from engine.config.distributions import ends
from engine.config.locator import MAPS, MASK_SIDE, STRIDES
from engine.config.train import TrainLocatorConfig
from engine.regions.kernels import fill, kernel_of
from engine.regions.polygons import clipped
from engine.regions.region import Region, move_all
from glyphlab_read.regions.quads import Points, area

Pixels = MatLike
Masks = npt.NDArray[np.uint8]

LEAST_HEIGHT = 6.0
"""Text less high than this (px of the crop) does not count."""

_VISIBLE = 0.45  # share within the frame below which text does not count
_ON_TEXT = 0.6  # share of crops that are placed around a word
_TURN = 12.0  # degrees, at full strength
_GREY = 127  # beyond the edge of a scene


@dataclass(frozen=True)
class CropBatch:
    """N crops.

    Attributes:
        image: uint8 (N, S, S, 3).
        targets: uint8 (N, s, s, 2 M): M masks, then M masks of the pixels that count.
        indices: the scenes, int64 (N,).
    """

    image: Pixels
    targets: Masks
    indices: npt.NDArray[np.int64]

    @property
    def count(self) -> int:
        """The weight of the batch's loss in a mean: its images."""
        return len(self.indices)


class SceneCrop(NamedTuple):
    """One crop: uint8 (S, S, 3), and its targets, uint8 (s, s, 2 M)."""

    image: Pixels
    targets: Masks


def cut_crop(
    image: Pixels, regions: Sequence[Region], config: TrainLocatorConfig, rng: np.random.Generator
) -> SceneCrop:
    """Cut a random piece out of a scene (H, W, 3). The mask networks see the whole scene."""
    network = config.locator.network
    if network != "pyramid":
        return _whole(image, regions, config)
    matrix, zoom = _placed(image.shape[:2], regions, config, rng)
    if zoom < 0.7:  # what is reduced must be averaged
        small = cv2.resize(image, None, fx=zoom, fy=zoom, interpolation=cv2.INTER_AREA)
        factors = np.array([small.shape[1] / image.shape[1], small.shape[0] / image.shape[0], 1.0])
        pixels = _warped(small, matrix / factors, config.crop)
    else:
        pixels = _warped(image, matrix, config.crop)
    moved = move_all(regions, lambda points: (points @ matrix[:, :2].T + matrix[:, 2]).astype(np.float32))
    targets = draw_targets(moved, (config.crop, config.crop), MAPS[network], STRIDES[network])
    return SceneCrop(_recoloured(pixels, config.augment, rng), targets)


def draw_targets(regions: Sequence[Region], size: tuple[int, int], maps: tuple[str, ...], stride: int) -> Masks:
    """Return the targets of an image.

    Args:
        regions: in px of the image.
        size: its height and width, px.
        maps: their names.
        stride: px of the image for one of a map.

    Returns:
        uint8 (height / stride, width / stride, 2 M).
    """
    height, width = size[0] // stride, size[1] // stride
    masks = {name: (np.zeros((height, width), np.uint8), np.ones((height, width), np.uint8)) for name in maps}
    levels = {region.level for region in regions}
    for region in regions:
        for name in _maps_of(region.level, levels):
            if name in masks:
                _add(masks[name], region, size, stride, kernel=name != "region")
    for name, level in (("kernel", "word"), ("line", "line")):
        if name in masks and level not in levels:  # nobody outlined them, so that their places are unknown
            for region in regions:
                fill(masks[name][1], scaled(region.polygon, stride), 0)
    return np.stack([mask for mask, _ in masks.values()] + [valid for _, valid in masks.values()], axis=-1)


def scaled(polygon: Points, stride: int) -> Points:
    """Return an outline in px of a map."""
    return (polygon / stride).astype(np.float32)


def _maps_of(level: str, levels: set[str]) -> tuple[str, ...]:
    """Return the maps that regions of a level are drawn on, given the levels that a scene has."""
    if level == "word":
        return ("kernel", "region")
    if level == "line":
        return ("line",) if "word" in levels else ("line", "region")
    return ("region",) if levels == {"character"} else ()


def _add(masks: tuple[Masks, Masks], region: Region, size: tuple[int, int], stride: int, kernel: bool) -> None:
    mask, valid = masks
    polygon = region.polygon
    low, high = polygon.min(axis=0), polygon.max(axis=0)
    if high.min() <= 0 or low[0] >= size[1] or low[1] >= size[0]:
        return
    if region.ignore or not _counts(polygon, size):
        fill(valid, scaled(polygon, stride), 0)
        return
    inner = kernel_of(polygon) if kernel else polygon
    if inner is not None:
        fill(mask, scaled(inner, stride), 1)


def _counts(polygon: Points, size: tuple[int, int]) -> bool:
    whole = abs(area(polygon))
    longest = float(np.hypot(*(np.roll(polygon, -1, axis=0) - polygon).T).max())
    if whole < LEAST_HEIGHT * longest:
        return False
    part = clipped(polygon, size[1], size[0])
    return part is not None and abs(area(part)) >= _VISIBLE * whole


def _placed(
    size: tuple[int, int], regions: Sequence[Region], config: TrainLocatorConfig, rng: np.random.Generator
) -> tuple[npt.NDArray[np.float64], float]:
    """Draw where a crop lies: the matrix (2, 3) from px of the scene to px of the crop, and the scale."""
    low, high = np.log(ends(config.zoom))
    zoom, side = float(np.exp(rng.uniform(low, high))), config.crop
    zoom = max(zoom, 0.6 * side / max(size))  # more than that would be empty
    angle = np.deg2rad(rng.normal(0, _TURN / 2) * config.augment)
    words = [region for region in regions if not region.ignore and region.level != "character"]
    reach = np.array([size[1], size[0]], np.float64)
    if words and rng.random() < _ON_TEXT:
        centre = words[int(rng.integers(len(words)))].polygon.mean(axis=0) + rng.uniform(-0.4, 0.4, 2) * side / zoom
    else:
        centre = rng.uniform(0, 1, 2) * reach
    half = side / zoom / 2
    centre = np.where(reach > 2 * half, np.clip(centre, half, np.maximum(reach - half, half)), reach / 2)
    turn = zoom * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return np.concatenate([turn, (side / 2 - turn @ centre)[:, None]], axis=1), zoom


def _warped(image: Pixels, matrix: npt.NDArray[np.float64], side: int) -> Pixels:
    # OpenCV's coordinates are those of pixels' centres, ours of their corners.
    shift = matrix.copy()
    shift[:, 2] += matrix[:, :2] @ [0.5, 0.5] - 0.5
    return cv2.warpAffine(image, shift, (side, side), flags=cv2.INTER_LINEAR, borderValue=(_GREY, _GREY, _GREY))


def _whole(image: Pixels, regions: Sequence[Region], config: TrainLocatorConfig) -> SceneCrop:
    network = config.locator.network
    factors = np.array([MASK_SIDE / image.shape[1], MASK_SIDE / image.shape[0]], np.float32)
    pixels = cv2.resize(image, (MASK_SIDE, MASK_SIDE), interpolation=cv2.INTER_AREA)
    moved = move_all(regions, lambda points: points * factors)
    fine = draw_targets(moved, (MASK_SIDE, MASK_SIDE), MAPS[network], 1)
    step = STRIDES[network]
    cells = fine.reshape(MASK_SIDE // step, step, MASK_SIDE // step, step, -1).mean(axis=(1, 3))
    return SceneCrop(pixels, (cells >= 0.5).astype(np.uint8))


def _recoloured(pixels: Pixels, strength: float, rng: np.random.Generator) -> Pixels:
    """Change contrast, light, colour and sharpness a little; in some crops swap light and dark, or the colours."""
    if rng.random() < 0.25 * strength:
        pixels = 255 - pixels
    if rng.random() < 0.4 * strength:
        pixels = np.ascontiguousarray(pixels[..., rng.permutation(3)])
    gain, lift = 1 + rng.normal(0, 0.25) * strength, rng.normal(0, 25) * strength
    pixels = cv2.addWeighted(pixels, gain, pixels, 0, lift)
    if rng.random() < 0.4 * strength:
        pixels = cv2.GaussianBlur(pixels, (0, 0), float(rng.uniform(0.3, 1.3)))
    return pixels
