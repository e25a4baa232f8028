"""Writing of pinned photos: what a locator finds in a few fixed validation scenes, one picture of its map a validation.

The validation maps these scenes anyway, so that this costs the writing alone. It decides nothing about the run.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from engine.evaluation.pinned_photos import PinnedBox, PinnedPhoto, map_path, photo_path
from engine.files import write_bytes
from engine.images.encode import png_bytes
from engine.location.tuning import MappedScene
from engine.regions.matching import match
from engine.regions.region import at_level
from engine.synth.encoding import encode
from engine.training.scenes import ScenePart
from glyphlab_read.regions.quads import Points
from glyphlab_read.regions.thresholds import Thresholds

PINNED = 6
_PHOTO_SIDE = 1024  # px
_MAP_SIDE = 512  # px


class PinnedPhotos:
    """The pinned photos of a run.

    Args:
        run: its folder.
        part: the validation scenes; those with the most and the fewest words, and some between, are pinned.
    """

    def __init__(self, run: Path, part: ScenePart) -> None:
        self._run, self._part = run, part
        words = [len(at_level(part.dataset.regions(number), "word")) for number in part.numbers.tolist()]
        by_words = sorted(range(len(words)), key=lambda place: (words[place], place))
        places = np.linspace(0, len(words) - 1, min(PINNED, len(words))).round().astype(int)
        self._chosen = sorted({by_words[place] for place in places})

    def save(self, step: int, scenes: Sequence[MappedScene], thresholds: Thresholds) -> list[PinnedPhoto]:
        """Write the pictures of a validation and return what was found. Raises SpaceError."""
        return [self._save(step, number, scenes[number], thresholds) for number in self._chosen]

    def _save(self, step: int, number: int, scene: MappedScene, thresholds: Thresholds) -> PinnedPhoto:
        photo = photo_path(self._run, number)
        if not photo.exists():
            image = self._part.dataset.image(int(self._part.numbers[number]))
            image.thumbnail((_PHOTO_SIDE, _PHOTO_SIDE))
            photo.parent.mkdir(parents=True, exist_ok=True)
            write_bytes(photo, encode(image), durable=False)
        values = (scene.text_map.channel("region").astype(np.float32) * 255).round().astype(np.uint8)
        grey = Image.fromarray(values)
        grey.thumbnail((_MAP_SIDE, _MAP_SIDE))
        write_bytes(map_path(self._run, number, step), png_bytes(grey), durable=False)
        boxes, words = scene.text_map.boxes("word", thresholds), at_level(scene.regions, "word")
        matching = match([box.quad for box in boxes], words)
        size = np.array(scene.text_map.size, np.float32)
        hits = set(matching.matched)
        return PinnedPhoto(
            image=number,
            boxes=tuple(
                PinnedBox(quad=_shares(box.quad, size), score=min(box.score, 1.0), hit=place in hits)
                for place, box in enumerate(boxes)
                if place not in matching.ignored
            ),
            missed=tuple(
                _shares(words[place].polygon, size) for place in matching.counting if matching.matched[place] < 0
            ),
        )


def _shares(polygon: Points, size: Points) -> tuple[tuple[float, float], ...]:
    return tuple((round(float(x), 4), round(float(y), 4)) for x, y in polygon / size)
