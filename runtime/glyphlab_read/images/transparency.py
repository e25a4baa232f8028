"""The ground on which a transparent image is laid: white, or what makes its text readable where white would hide it.

White letters on a clear ground vanish on white. Where what is drawn differs little in itself, so that its outline is
what is read, the ground is one from which that outline stands out.
"""

import numpy as np
import numpy.typing as npt
from PIL import Image

Levels = npt.NDArray[np.uint8]

_WHITE, _BLACK, _GREY = 255, 0, 128
_CLEAR = 64  # grey levels between ink and ground that anyone sees
_OUTLIERS = 10  # percent of an outline that may vanish
_STRAY = 0.5  # percent of the ink whose colours say nothing of the rest
_LEAST_CLEAR = 0.2  # share of clear pixels below which a picture has holes, rather than letters a ground


def on_readable_ground(layer: Image.Image) -> Image.Image:
    """Return an RGBA image as RGB on the ground that makes it readable: white where that does."""
    level = _ground(np.asarray(layer.convert("L")), np.asarray(layer.getchannel("A")))
    ground = Image.new("RGB", layer.size, (level, level, level))
    ground.paste(layer, mask=layer.getchannel("A"))
    return ground


def _ground(levels: Levels, opacity: Levels) -> int:
    """Return the grey level of the ground for ink of these levels and opacities, both uint8 (h, w)."""
    solid = opacity >= max(1, int(opacity.max()) // 2)
    if not opacity.any() or solid.all():
        return _WHITE
    outline = levels[_outline(solid)].astype(np.int16)
    distances = {ground: np.abs(outline - ground) for ground in (_WHITE, _BLACK, _GREY)}
    seen = {ground: float(np.percentile(distance, _OUTLIERS)) for ground, distance in distances.items()}
    if seen[_WHITE] >= _CLEAR:
        return _WHITE
    low, high = np.percentile(levels[solid], [_STRAY, 100 - _STRAY])
    if high - low >= _CLEAR:
        light_edge = float(np.percentile(distances[_WHITE], 100 - _OUTLIERS)) < _CLEAR
        if light_edge or 1 - solid.mean() < _LEAST_CLEAR:  # a page or a plate with the text on it
            return _WHITE
    return max(seen, key=seen.__getitem__)


def _outline(solid: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Return which solid pixels touch one that is not, bool (h, w)."""
    inside = np.ones_like(solid)
    inside[1:] &= solid[:-1]
    inside[:-1] &= solid[1:]
    inside[:, 1:] &= solid[:, :-1]
    inside[:, :-1] &= solid[:, 1:]
    return solid & ~inside
