"""Pictures over pictures: where the pieces of a text lie in a sample. Pure: pixels in, pixels out."""

from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageColor, ImageDraw

from dashboard.common.colours import OKABE_ITO
from engine.synth import PieceBox

_PAPER = "#FFFFFF"


def draw_boxes(image: Image.Image, boxes: Sequence[PieceBox], times: int) -> Image.Image:
    """Return the image `times` as large with a frame around each piece."""
    large = image.convert("RGB").resize((image.width * times, image.height * times), Image.Resampling.NEAREST)
    pen = ImageDraw.Draw(large)
    for number, box in enumerate(boxes):
        corners = (box.left * times, box.top * times, box.right * times - 1, box.bottom * times - 1)
        pen.rectangle(corners, outline=OKABE_ITO[number % len(OKABE_ITO)], width=max(1, times // 2))
    return large


def colour_mask(mask: Image.Image, times: int) -> Image.Image:
    """Return a mask (L: 0 beside the text, n on its nth piece) `times` as large, each piece in a colour of its own."""
    colours = np.array([ImageColor.getrgb(colour) for colour in (_PAPER, *OKABE_ITO)], np.uint8)
    numbers = np.asarray(mask)
    picked = np.where(numbers > 0, (numbers.astype(int) - 1) % len(OKABE_ITO) + 1, 0)
    painted = Image.fromarray(colours[picked])
    return painted.resize((mask.width * times, mask.height * times), Image.Resampling.NEAREST)
