"""Scenes as a locator's crops are cut from: those of stored datasets, and new ones drawn while it learns.

Legend: S scenes. This module decides no order and cuts no crop.
"""

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

import cv2
import numpy as np
import numpy.typing as npt
from cv2.typing import MatLike

from engine.config.generate import GenerateScenesConfig
from engine.config.scene_recipe import SceneRecipe
from engine.datasets.scenes.dataset import SceneDataset
from engine.errors import ConfigError, DatasetError
from engine.files import read_json
from engine.jobs import paths
from engine.regions.region import Region
from engine.synth.encoding import encode
from engine.synth.online import OnlineRounds
from engine.synth.scenes.job import SceneDrawer
from engine.training.image_cache import ImageCache
from engine.workspace import Workspace

ROUND = 96  # new scenes, at most as many as the dataset has
REUSE = 4  # crops of each new scene
CHUNK = 4  # scenes of one task
_QUALITY = 95


class PixelScene(NamedTuple):
    """A scene: uint8 (H, W, 3), and its regions."""

    pixels: MatLike
    regions: Sequence[Region]

    @property
    def nbytes(self) -> int:
        """Bytes of the pixels."""
        return self.pixels.nbytes


class Scenes(Protocol):
    """S scenes; `widths` is one number for all, since every crop is of one size."""

    widths: npt.NDArray[np.int64]

    def scene(self, index: int) -> PixelScene:
        """Return a scene. Raises DatasetError when its record is damaged."""
        ...


class ScenePart(NamedTuple):
    """Scenes of one dataset, by number, and the weight by which they are seen beside the first part's."""

    dataset: SceneDataset
    numbers: npt.NDArray[np.int64]
    weight: float = 1.0


class StoredScenes:
    """Scenes of stored datasets; may be read from several threads. See `Scenes`.

    Attributes:
        parts: the scenes of each dataset.
        sizes, weights: how many scenes each part has, and its weight.
    """

    def __init__(self, parts: Sequence[ScenePart]) -> None:
        self.parts = list(parts)
        self.sizes, self.weights = [len(part.numbers) for part in parts], [part.weight for part in parts]
        self._places = [(part.dataset, int(number)) for part in parts for number in part.numbers]
        self.widths = np.zeros(len(self._places), np.int64)
        self._cache = ImageCache[PixelScene]()

    def __len__(self) -> int:
        return len(self._places)

    def scene(self, index: int) -> PixelScene:
        """See `Scenes.scene`."""
        return self._cache.get(index, self._opened)

    def _opened(self, index: int) -> PixelScene:
        dataset, number = self._places[index]
        return PixelScene(np.asarray(dataset.image(number)), dataset.regions(number))


class OnlineScenes:
    """New scenes, each several times, followed by stored ones. See `Scenes`."""

    def __init__(self, drawn: Sequence[tuple[bytes, tuple[Region, ...]]], stored: StoredScenes | None) -> None:
        self._drawn, self._stored = drawn, stored
        self.widths = np.zeros(len(drawn) * REUSE + (len(stored) if stored else 0), np.int64)

    def scene(self, index: int) -> PixelScene:
        """See `Scenes.scene`."""
        new = len(self._drawn) * REUSE
        if index >= new and self._stored:
            return self._stored.scene(index - new)
        content, regions = self._drawn[index % len(self._drawn)]
        pixels = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR)
        if pixels is None:
            raise DatasetError("A scene that was just drawn cannot be decoded. Resume the run.")
        return PixelScene(cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB), regions)


@dataclass(frozen=True)
class SceneRequest:
    """Scenes to be drawn; see `engine.synth.online.DrawRequest`."""

    recipe: SceneRecipe
    seed: int
    workspace: Workspace

    def open(self) -> Callable[[int], tuple[bytes, tuple[Region, ...]]]:
        """Return the function that draws a scene as JPEG bytes and its regions."""
        cv2.setNumThreads(1)
        draw = SceneDrawer(self.recipe, self.seed, self.workspace)

        def draw_one(index: int) -> tuple[bytes, tuple[Region, ...]]:
            scene = draw(index)
            return encode(scene.image, "jpeg", _QUALITY), scene.regions

        return draw_one


def scene_rounds(
    dataset: SceneDataset, stored: StoredScenes | None, workspace: Workspace, processes: int, size: int = ROUND
) -> OnlineRounds[Any, Scenes]:
    """Return the rounds of a run, each of REUSE crops of every new scene, and the stored ones. To be closed.

    Args:
        dataset: whose recipe is drawn, from the number on where its own scenes end.
        stored: scenes that are mixed into each round.
        workspace: where uploaded fonts, lists and pictures are.
        processes: how many draw.
        size: new scenes a round.

    Raises:
        DatasetError: the dataset was not generated.
    """
    config = scenes_generated_by(dataset)
    request = SceneRequest(config.recipe, config.seed, workspace)

    def join(drawn: list[tuple[bytes, tuple[Region, ...]]]) -> Scenes:
        return OnlineScenes(drawn, stored)

    return OnlineRounds(request, config.images, size, join, processes, CHUNK)


def scenes_generated_by(dataset: SceneDataset) -> GenerateScenesConfig:
    """Return the config that scenes were generated by. Raises DatasetError for those that were not."""
    manifest = dataset.manifest
    with contextlib.suppress(ConfigError, OSError, ValueError):
        config = GenerateScenesConfig.parse(read_json(dataset.folder / paths.CONFIG))
        if (config.recipe, config.seed) == (SceneRecipe.parse(manifest.recipe), manifest.seed):
            return config
    raise DatasetError(
        f"Dataset {dataset.folder.name} was imported or edited, so there is no recipe to draw more of it by. "
        "Set fresh to off, or choose a generated dataset."
    )
