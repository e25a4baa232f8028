"""The work of a generate-scenes job, and previews of scenes.

As `engine.synth.job` does for words: shard by shard, in processes, and again from where it was stopped.
"""

import functools
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2

from engine.config.generate import GenerateScenesConfig
from engine.config.scene_recipe import SceneRecipe
from engine.datasets.scenes.store import StoredScene, assemble_scenes, write_scene_shard
from engine.datasets.summary import is_complete, sum_up
from engine.files import require_space
from engine.jobs.context import JobContext
from engine.synth.asset_resolver import AssetResolver
from engine.synth.encoding import encode
from engine.synth.pool import GenerationPlan, draw_missing, plan_shards
from engine.synth.renderer import renderer
from engine.synth.scenes.pictures import picture_files
from engine.synth.scenes.scene import Scene, draw_scene
from engine.workspace import Workspace

SHARD_SCENES = 50
"""Scenes of a shard: a few seconds of drawing, which is what a stop or a crash costs."""

_TRIED = 4  # scenes drawn to learn their size
_ROOM = 1.3  # of the expected size, to be free before we begin


def work(config: GenerateScenesConfig, job: JobContext) -> None:
    """Make the scenes of a config in the folder of a job.

    Raises:
        ConfigError: the recipe cannot be drawn.
        SpaceError: the disk is, or would be, full.
        Stopped: the user asked; finished shards are kept.
        DatasetError, JobError: the result fails its own check, or a drawing process was killed.
    """
    rate = None if job.resuming and is_complete(job.folder) else _make(config, job)
    sum_up(job, images_per_second=rate)


def preview_scenes(recipe: SceneRecipe, count: int, seed: int, workspace: Workspace | None = None) -> list[Scene]:
    """Draw the first `count` scenes of a recipe; equal arguments give equal scenes. Raises ConfigError."""
    drawer = SceneDrawer(recipe, seed, workspace)
    return [drawer(index) for index in range(count)]


class SceneDrawer:
    """Draws scenes of one recipe, with what it needs at hand."""

    def __init__(self, recipe: SceneRecipe, seed: int, workspace: Workspace | None) -> None:
        self._recipe, self._seed = recipe, seed
        self._assets = AssetResolver(workspace)
        self._pictures = picture_files(recipe.pictures, workspace)

    def __call__(self, index: int) -> Scene:
        """Draw a scene by its number."""
        return draw_scene(self._recipe, self._seed, index, self._assets, self._pictures)


def _make(config: GenerateScenesConfig, job: JobContext) -> float:
    plans = plan_shards(config.counts, SHARD_SCENES)
    drawer = SceneShards(config, job.folder, job.workspace)
    rate = draw_missing(job, drawer, plans, config, functools.partial(_check_room, config, job))
    job.phase("writing the manifest")
    assemble_scenes(job.folder, [plan.name for plan in plans], "synthetic", config.recipe.plain(), config.seed)
    return rate


def _check_room(config: GenerateScenesConfig, job: JobContext, images: int) -> None:
    """Raise SpaceError if the disk has no room for the scenes, or ConfigError if the recipe cannot be drawn."""
    scenes = preview_scenes(config.recipe, _TRIED, config.seed, job.workspace)
    size = sum(len(encode(scene.image, config.format, config.quality)) for scene in scenes) / _TRIED
    require_space(job.folder, size * images * _ROOM, f"{images:,} scenes need", "Make fewer")


@dataclass(frozen=True)
class SceneShards:
    """Draws shards of scenes; see `engine.synth.pool.ShardDrawer`."""

    config: GenerateScenesConfig
    folder: Path
    workspace: Workspace | None

    def draw(self, plan: GenerationPlan, after: Callable[[], None]) -> None:
        """Draw a shard and write it. Raises ConfigError and SpaceError."""
        cv2.setNumThreads(1)  # each process has a core
        write_scene_shard(self.folder, plan.name, self._scenes(plan, after), Counter(), (renderer(),))

    def _scenes(self, plan: GenerationPlan, after: Callable[[], None]) -> Iterator[StoredScene]:
        config, drawer = self.config, _drawer(self)
        for index in range(plan.first, plan.first + plan.count):
            scene = drawer(index)
            content = encode(scene.image, config.format, config.quality)
            yield StoredScene(index, content, *scene.image.size, scene.regions, "", scene.factors)
            after()


_drawers: dict[Path, SceneDrawer] = {}


def _drawer(shards: SceneShards) -> SceneDrawer:
    """Return the process's drawer, which caches fonts and surfaces from shard to shard."""
    if shards.folder not in _drawers:
        _drawers.clear()
        _drawers[shards.folder] = SceneDrawer(shards.config.recipe, shards.config.seed, shards.workspace)
    return _drawers[shards.folder]
