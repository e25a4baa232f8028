"""How far a text stands out from what is right behind it. trdg asks this of the whole background; a reader does not."""

import numpy as np
from PIL import Image


def contrast_of(image: Image.Image, ink: Image.Image) -> float:
    """Return the difference between the mean grey levels of a text and of its surroundings (0 to 255).

    Args:
        image: the finished image, RGB or L.
        ink: where the text is: L of the same size, 255 on it and 0 off it. The surroundings are the rest of the
            rectangle around it.
    """
    box = ink.getbbox()
    if box is None:
        return 0.0
    grey = np.asarray(image.crop(box).convert("L"), np.float32)
    inked = np.asarray(ink.crop(box))
    text, behind = grey[inked > 127], grey[inked < 32]
    return abs(float(text.mean() - behind.mean())) if text.size and behind.size else 0.0
