"""Perspective: the image as a plane seen from aside, by the homography that carries its corners to new places.

Corners move inwards only, so that all of the text stays in view; beyond the edge the outermost pixels are carried on.
The 3×3 matrix is that of four point pairs (Hartley & Zisserman, Multiple View Geometry, section 4.1), from OpenCV.
"""

import cv2
import numpy as np
from PIL import Image

Corners = tuple[tuple[float, float], ...]
"""How far the corners (upper left, upper right, lower right, lower left) move inwards in x and y, of the height."""

_WIDEST = 0.4  # of the width: how far a corner may move along it


def perspective(image: Image.Image, corners: Corners, *, mask: bool = False) -> Image.Image:
    """Return the image seen so; a mask is 0 beyond its edge."""
    width, height = image.size
    outer = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
    inwards = np.array([(1, 1), (-1, 1), (-1, -1), (1, -1)], np.float32)
    steps = np.minimum(np.array(corners, np.float32) * height, (_WIDEST * width, height))
    matrix = cv2.getPerspectiveTransform(outer, outer + inwards * steps.astype(np.float32))
    moved = cv2.warpPerspective(
        np.asarray(image),
        matrix,
        (width, height),
        flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_CONSTANT if mask else cv2.BORDER_REPLICATE,
    )
    return Image.fromarray(moved)
