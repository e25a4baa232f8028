"""Blank images: of one colour but for the grain of a sensor or of JPEG, or too small to hold a letter."""

from PIL import Image, ImageFilter

_LEAST_SIDE = 3  # px; no letter is narrower or lower
_ONE_COLOUR = 6  # grey levels between the darkest and the lightest that JPEG makes of one colour
_GRAIN = 40  # the same, of paper as a scanner sees it
_REACH = 2  # px around each over which grain evens out and letters do not
_OUTLIERS = 0.001  # share of pixels at either end that decide nothing

BLANK = "The image is blank: nothing is to be seen in it."


def is_blank(image: Image.Image) -> bool:
    """Say whether an image shows nothing that could be read."""
    if min(image.size) < _LEAST_SIDE:
        return True
    image = image if image.mode in ("L", "RGB") else image.convert("RGB")
    span = _span(image, 0.0)
    if span > _GRAIN:
        return False
    return span <= _ONE_COLOUR or _span(image.filter(ImageFilter.BoxBlur(_REACH)), _OUTLIERS) <= _ONE_COLOUR


def _span(image: Image.Image, outliers: float) -> int:
    """Return the levels between the lightest and the darkest of any band, without a share at either end."""
    levels = image.histogram()
    bands = [levels[start : start + 256] for start in range(0, len(levels), 256)]
    left_out = outliers * image.width * image.height
    return max(255 - _first(band[::-1], left_out) - _first(band, left_out) for band in bands)


def _first(counts: list[int], left_out: float) -> int:
    """Return the first level behind so many pixels."""
    seen = 0
    for level, count in enumerate(counts):
        seen += count
        if seen > left_out:
            return level
    return len(counts) - 1
