"""Dropped images as they are kept: turned, small enough to be opened again, and known by the pixels that were seen."""

from io import BytesIO

import numpy as np
from PIL import Image

from dashboard.readings.image import DroppedImage
from engine.datasets.corrections import find_correction, list_corrections, save_correction
from engine.images.encode import pixel_digest
from engine.workspace import Workspace
from glyphlab_read.images.open import open_image


def test_a_turned_photo_too_large_as_a_png_is_kept_under_the_pixels_that_were_seen(workspace: Workspace):
    side, photo = 2000, BytesIO()
    pixels = np.random.default_rng(1).bytes(3 * side * side)
    Image.frombytes("RGB", (side, side), pixels).save(photo, "JPEG", quality=60)
    turned = DroppedImage("photo.jpg", photo.getvalue(), 1)
    digest = pixel_digest(turned.open()).hex()
    for text in ("first", "second"):
        kept = save_correction(workspace, turned.upright(), text, digest)
        assert find_correction(workspace, digest) == kept
        assert open_image(kept.image).size == (side, side)
    assert [one.text for one in list_corrections(workspace)] == ["second"]
