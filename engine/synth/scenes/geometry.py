"""Planes in perspective: the matrix that takes a flat patch to where a camera sees it."""

from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from glyphlab_read.regions.quads import Points

Matrix = npt.NDArray[np.float32]

_DISTANCE = 1.6  # of the camera, in the longer side of the patch as it is drawn


def homography(
    width: float, height: float, place: tuple[float, float], scale: float, turn: float, yaw: float, pitch: float
) -> Matrix:
    """Return the matrix (3, 3) that takes px of a patch to px of the scene.

    Args:
        width: of the patch in px.
        height: of the patch in px.
        place: of its middle in the scene, px.
        scale: px of the scene for one of the patch, in its middle.
        turn: clockwise in the image plane, degrees.
        yaw: about the vertical axis, degrees; where positive its left edge comes nearer.
        pitch: about the level axis, degrees; where positive its lower edge comes nearer.
    """
    roll, sideways, back = np.deg2rad([turn, yaw, pitch])
    x = np.array([-width, width, width, -width]) * scale / 2
    y = np.array([-height, -height, height, height]) * scale / 2
    # About the vertical axis, then about the level one, then towards the camera.
    depth = x * np.sin(sideways)
    x = x * np.cos(sideways)
    y, depth = y * np.cos(back) - depth * np.sin(back), y * -np.sin(back) + depth * np.cos(back)
    far = _DISTANCE * max(width, height, 1.0) * scale
    x, y = x * far / (far + depth), y * far / (far + depth)
    seen = np.stack([x * np.cos(roll) - y * np.sin(roll), x * np.sin(roll) + y * np.cos(roll)], axis=-1) + place
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    return cv2.getPerspectiveTransform(corners, seen.astype(np.float32)).astype(np.float32)


def seen(points: Points, matrix: Matrix) -> Points:
    """Return points of a patch (P, 2) as they come to lie in the scene."""
    return cv2.perspectiveTransform(points[None].astype(np.float32), matrix)[0].astype(np.float32)


class Placement(NamedTuple):
    """The part of a scene that a patch covers, and the matrix (3, 3) from px of the patch to px of that part."""

    rows: slice
    columns: slice
    matrix: Matrix


def placed(matrix: Matrix, wide: int, tall: int, width: int, height: int) -> Placement | None:
    """Return where a patch of `wide` × `tall` px comes to lie in a scene of `width` × `height`; None: outside."""
    corners = seen(np.array([[0, 0], [wide, 0], [wide, tall], [0, tall]], np.float32), matrix)
    left, top = np.maximum(np.floor(corners.min(axis=0)).astype(int) - 1, 0).tolist()
    right, bottom = np.minimum(np.ceil(corners.max(axis=0)).astype(int) + 2, [width, height]).tolist()
    if right <= left or bottom <= top:
        return None
    shift = np.array([[1, 0, -left], [0, 1, -top], [0, 0, 1]], np.float32)
    return Placement(slice(top, bottom), slice(left, right), (shift @ matrix).astype(np.float32))
