"""The starter locator: it opens as it lies in the repository, is small, and finds words on signs that it never saw."""

import numpy as np
import pytest
from PIL import Image

from engine.location.bundle import newest_locator_bundle, open_locator
from engine.regions.matching import match
from engine.regions.region import Region, move_all
from engine.synth.fonts import fonts_by_id
from engine.synth.scenes.lettering import Typeface, set_line
from engine.workspace import STARTER, Workspace
from glyphlab_read.location.bundle import LOCATOR_STARTER_FOLDER


def sign(text: str, height: float, ink: int, ground: int) -> tuple[Image.Image, list[Region]]:
    """Return a photo-sized picture of a wall with one line of text on it, and the regions of its words."""
    line = set_line(text, Typeface(fonts_by_id(["latin/Lato-Bold"])[0]), height)
    assert line is not None
    pixels = np.full((720, 1280, 3), ground, np.float32)
    tall, wide = line.coverage.shape
    part = pixels[300 : 300 + tall, 400 : 400 + wide]
    part += (ink - ground) * (line.coverage / 255)[..., None]
    words = [region for region in line.regions if region.level == "word"]
    corner = np.array([400, 300], np.float32)
    return Image.fromarray(pixels.astype(np.uint8)), move_all(words, lambda points: points + corner)


def test_it_is_small_and_says_where_it_comes_from(workspace: Workspace):
    bundle = newest_locator_bundle(workspace, STARTER)
    assert sum(file.stat().st_size for file in LOCATOR_STARTER_FOLDER.iterdir()) < 3_000_000
    assert bundle.manifest.parity.counts
    assert {"scenes", "photos without text"} <= set(bundle.manifest.scores)
    assert all(tuned.tuned_on for tuned in bundle.manifest.thresholds.values())
    card = (LOCATOR_STARTER_FOLDER / "CARD.md").read_text(encoding="utf-8")
    assert f"{bundle.manifest.scores['scenes']['h_mean']:.3f}" in card


@pytest.mark.parametrize(("height", "ink", "ground"), [(18, 20, 220), (40, 240, 60), (90, 10, 180)])
def test_it_finds_the_words_of_a_plain_sign(workspace: Workspace, height: float, ink: int, ground: int):
    photo, words = sign("Fresh COFFEE", height, ink, ground)
    locator = open_locator(LOCATOR_STARTER_FOLDER, workspace)
    boxes = [box.quad for box in locator.locate(photo)]
    assert match(boxes, words).hits == 2
    assert len(boxes) == 2
