"""Units of the corners of a whole source, where its format does not say: px, shares, per cent, or y before x."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Literal

import numpy as np
import numpy.typing as npt

from engine.config.scene_rules import SceneRules
from engine.datasets.scenes.importing.formats.base import ListedScene
from engine.datasets.scenes.importing.placing import ScannedScene
from engine.images.look import UPRIGHT
from glyphlab_read.regions.quads import Points

Doubt = Literal["shares", "percent", "swapped"]

_SLACK = 1e-3
_LARGE = 200  # px of a photo's shorter side from which corners up to 100 are odd
_REACH = 60  # that corners in per cent reach along both sides
_MOST = 0.5  # share of the regions that must lie outside their photos


def doubt_of(scanned: Sequence[ScannedScene]) -> Doubt | None:
    """Return what is odd about the corners of a source as a whole; None where they are px as far as one can see."""
    scenes = [each for each in scanned if _counts_px(each)]
    if not scenes:
        return None
    corners = np.concatenate([_corners(each.scene) for each in scenes])
    low, high = float(corners.min()), corners.max(axis=0)
    broken = bool((corners % 1 > 0).any())
    if low >= -_SLACK and high.max() <= 1 + _SLACK and (broken or high.max() <= 1):
        return "shares"
    sides = min(min(each.look.width, each.look.height) for each in scenes)
    if broken and low >= -_SLACK and high.min() >= _REACH and high.max() <= 100 + _SLACK and sides >= _LARGE:
        return "percent"
    return "swapped" if _is_swapped(scenes) else None


def settled(scene: ListedScene, doubt: Doubt | None, rules: SceneRules) -> ListedScene:
    """Return a scene with its corners as the rule for a doubt says."""
    if doubt == "swapped" and rules.swapped == "swap":
        regions = [replace(region, corners=region.corners[:, ::-1]) for region in scene.regions]
        return replace(scene, regions=regions)
    for name, rule, whole in (("shares", rules.shares, 1.0), ("percent", rules.percent, 100.0)):
        if doubt == name and rule == "scale":
            return replace(scene, frame=(whole, whole), relative=True)
    return scene


def _counts_px(each: ScannedScene) -> bool:
    scene = each.scene
    return not (each.look.fault or scene.relative) and any(len(region.corners) for region in scene.regions)


def _corners(scene: ListedScene) -> Points:
    return np.concatenate([region.corners for region in scene.regions])


def _is_swapped(scenes: Iterable[ScannedScene]) -> bool:
    """Say whether most regions lie outside their photos, and all inside with x and y exchanged."""
    outside = total = 0
    for each in scenes:
        if each.look.orientation != UPRIGHT:
            return False
        room = np.array(each.scene.frame or (each.look.width, each.look.height), np.float32)
        highs = [region.corners.max(axis=0) for region in each.scene.regions if len(region.corners)]
        beyond = _beyond(np.array(highs), room)
        if _beyond(np.array(highs)[:, ::-1], room).any():
            return False
        outside, total = outside + int(beyond.sum()), total + len(beyond)
    return outside > _MOST * total


def _beyond(highs: npt.NDArray[np.float32], room: npt.NDArray[np.float32]) -> npt.NDArray[np.bool_]:
    return np.asarray((highs > room + 1).any(axis=1))
