"""The job that outlines photos by a locator: a new dataset of the same photos, in the same splits, with its boxes.

Boxes whose score is high count as text, those in between do not count, so that a locator which learns from them is
told nothing where this one is in doubt (pseudo-labels; Lee 2013). A stopped job goes on with the next shard.
"""

import os
from collections import Counter
from collections.abc import Iterator

from engine.config.locating import LabelScenesConfig
from engine.datasets.manifest import read_manifest
from engine.datasets.scenes.dataset import SceneDataset, open_scenes
from engine.datasets.scenes.store import StoredScene, assemble_scenes, has_scene_shard, write_scene_shard
from engine.datasets.shards import keep_shards
from engine.datasets.summary import is_complete, sum_up
from engine.datasets.versions import StoredShard, factors_of, stored_shards
from engine.errors import DatasetError
from engine.jobs.context import JobContext
from engine.location.bundle import newest_locator_bundle, open_locator
from engine.regions.region import Region
from glyphlab_read.location.locator import Locator

KIND = "labelled"
"""The manifest's name for such a dataset, beside synthetic and imported ones."""


def work(config: LabelScenesConfig, job: JobContext) -> None:
    """Outline the photos of a dataset in the folder of a job.

    Raises:
        BundleError: the run has no usable locator.
        DatasetError: the dataset is damaged or holds words, or no box is sure.
        SpaceError: the disk is full.
        Stopped: the user asked; finished shards are kept.
    """
    if not (job.resuming and is_complete(job.folder)):
        _label(config, job)
    manifest = read_manifest(job.folder)
    if manifest.regions is not None and not manifest.regions.count:
        raise DatasetError(
            f"No box reached a score of {config.unsure} in {manifest.images:,} photos. Lower unsure and sure, or take "
            "another locator."
        )
    sum_up(job, parent=config.dataset, run=config.run)


def _label(config: LabelScenesConfig, job: JobContext) -> None:
    job.phase("opening")
    bundle = newest_locator_bundle(job.workspace, config.run)
    locator = open_locator(bundle.folder, job.workspace, threads=len(os.sched_getaffinity(0)))
    photos = open_scenes(job.workspace.folder("datasets", config.dataset))
    labeller = _Labeller(config, locator, photos)
    job.phase("locating")
    if keep_shards(job.folder, bundle.manifest.hash):
        job.event("note", None, text="There is a better locator of this run since it began, so it starts over.")
    shards = list(stored_shards(photos))
    for shard in shards:
        if not has_scene_shard(job.folder, shard.name):
            write_scene_shard(job.folder, shard.name, labeller.label(shard), Counter())
        job.advance(shard.samples.stop, len(photos), "photos")
    recipe = {**config.plain(), "step": bundle.manifest.step}
    assemble_scenes(job.folder, [shard.name for shard in shards], KIND, recipe, 0)


class _Labeller:
    """Searches the photos of one dataset."""

    def __init__(self, config: LabelScenesConfig, locator: Locator, photos: SceneDataset) -> None:
        self._config, self._locator, self._photos = config, locator, photos

    def label(self, shard: StoredShard) -> Iterator[StoredScene]:
        """Return the scenes of a shard with the locator's boxes."""
        for index, row in zip(shard.samples, shard.rows.to_pylist(), strict=True):
            record = self._photos.record(index)
            size = row["width"], row["height"]
            yield StoredScene(row["index"], record.image, *size, self._regions(index), record.comment, factors_of(row))

    def _regions(self, index: int) -> list[Region]:
        config, photo = self._config, self._photos.image(index)
        usual = self._locator.manifest.preprocessing.usual_side(photo.size, self._photos.manifest.kind == "synthetic")
        text_map = self._locator.text_map(photo, config.side or usual)
        regions: list[Region] = []
        for level in text_map.levels:
            thresholds = self._locator.thresholds(level).changed(box=config.unsure)
            boxes = text_map.boxes(level, thresholds)
            regions += [Region(box.quad, None, box.score < config.sure, level) for box in boxes]
        return regions
