"""New versions of a dataset of scenes: regions changed or left out, scenes left out, the parent untouched.

Shards without an edit are shared with the parent; the others are written again. The manifest names the parent and lists
every edit. A scene stays on its side of the split.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from engine.config.editing import RegionEdit, SceneEditConfig
from engine.config.scene_rules import SceneRules
from engine.datasets.manifest import CorrectedRegion, DatasetManifest, Removed, Version
from engine.datasets.scenes.dataset import SceneDataset, open_scenes
from engine.datasets.scenes.importing.placing import place
from engine.datasets.scenes.store import (
    StoredScene,
    assemble_scenes,
    has_scene_shard,
    share_scene_shard,
    write_scene_shard,
)
from engine.datasets.shards import sweep
from engine.datasets.summary import is_complete, sum_up
from engine.datasets.versions import StoredShard, factors_of, stored_shards
from engine.errors import DatasetError
from engine.jobs.context import JobContext
from engine.labels import clean_label
from engine.regions.region import Region


@dataclass(frozen=True)
class SceneEdits:
    """Edits of a dataset of scenes; numbers are those of the parent.

    Attributes:
        regions: the new region by (scene, region); None where it is left out.
        removals: scenes to leave out.
    """

    regions: dict[tuple[int, int], Region | None]
    removals: frozenset[int]

    @classmethod
    def of(cls, config: SceneEditConfig, parent: SceneDataset) -> "SceneEdits":
        """Return the edits that a config asks for; those that change nothing are dropped.

        Raises:
            DatasetError: a scene or region does not exist, corners enclose nothing, nothing would change, or all
                scenes would go.
        """
        named = [*config.removals, *(edit.scene for edit in config.regions)]
        if max(named) >= len(parent):
            raise DatasetError(
                f"Scene {max(named)} does not exist: the dataset's are 0 to {len(parent) - 1}. Choose again."
            )
        if len(set(config.removals)) == len(parent):
            raise DatasetError(f"All {len(parent):,} scenes would be removed. Delete the dataset, or keep some.")
        sizes = parent.frame()[["width", "height"]].to_numpy()
        regions: dict[tuple[int, int], Region | None] = {}
        for edit in config.regions:
            before = parent.regions(edit.scene)
            if edit.region >= len(before):
                raise DatasetError(
                    f"Scene {edit.scene} has {len(before)} regions, so there is no region {edit.region}; they are "
                    "numbered from 0. Choose again."
                )
            after = _changed(before[edit.region], edit, *sizes[edit.scene].tolist())
            if after is None or after.plain() != before[edit.region].plain():
                regions[edit.scene, edit.region] = after
        if not regions and not config.removals:
            raise DatasetError("The changed regions are those that the dataset has, so nothing would change.")
        return cls(regions, frozenset(config.removals))

    def scenes(self) -> frozenset[int]:
        """Return the scenes that differ or go."""
        return self.removals.union(scene for scene, _ in self.regions)

    def apply(self, scene: int, regions: tuple[Region, ...]) -> list[Region]:
        """Return the regions of a scene as they become."""
        changed = (self.regions.get((scene, number), region) for number, region in enumerate(regions))
        return [region for region in changed if region is not None]

    def version(self, parent: SceneDataset) -> Version:
        """Return these edits as the manifest records them."""
        return Version(
            parent=parent.folder.name,
            parent_hash=parent.manifest.hash,
            corrected=[],
            removed=[Removed(sample=scene, label=parent.source(scene)) for scene in sorted(self.removals)],
            regions=[
                CorrectedRegion(
                    scene=scene,
                    region=number,
                    before=parent.regions(scene)[number].plain(),
                    after=None if after is None else after.plain(),
                )
                for (scene, number), after in sorted(self.regions.items(), key=lambda pair: pair[0])
            ],
        )


def work(config: SceneEditConfig, job: JobContext) -> None:
    """Make the version that a config asks for in the folder of a job.

    Raises:
        DatasetError: the parent is damaged, holds words, or cannot be edited so.
        SpaceError: the disk is full.
        Stopped: the user asked; finished shards are kept.
    """
    if not (job.resuming and is_complete(job.folder)):
        parent = open_scenes(job.workspace.folder("datasets", config.dataset))
        edits = SceneEdits.of(config, parent)
        job.phase("copying")
        sweep(job.folder)
        write_scene_version(parent, edits, job.folder, partial(job.advance, unit="photos"))
    sum_up(job)


def write_scene_version(
    parent: SceneDataset, edits: SceneEdits, folder: Path, watch: Callable[[int, int], None]
) -> DatasetManifest:
    """Write a version of a dataset into a folder; shards that are there from an earlier start are kept.

    Args:
        parent: the dataset; nothing of it is written.
        edits: what differs.
        folder: where the version comes to lie, beside other files of its job.
        watch: called after each shard with scenes done and in all; what it raises ends the writing.

    Returns:
        The version's manifest.

    Raises:
        DatasetError: a record of the parent is damaged.
        SpaceError: the disk is full.
    """
    names, touched, former = [], edits.scenes(), parent.manifest
    for shard in stored_shards(parent):
        kept = [i for i in shard.samples if i not in edits.removals]
        if kept:
            names.append(shard.name)
        if kept and not has_scene_shard(folder, shard.name):
            if touched.isdisjoint(shard.samples):
                regions = _from_first(parent.region_rows(shard.samples), shard.samples.start)
                share_scene_shard(folder, shard.name, parent.folder, shard.entry, shard.rows, regions, former.drawn_by)
            else:
                scenes = _edited(parent, shard, kept, edits)
                write_scene_shard(folder, shard.name, scenes, Counter(), former.drawn_by)
        watch(shard.samples.stop, len(parent))
    return assemble_scenes(folder, names, former.kind, former.recipe, former.seed, edits.version(parent))


def _changed(region: Region, edit: RegionEdit, width: int, height: int) -> Region | None:
    """Return a region as an edit makes it; None where it goes. Raises DatasetError."""
    if edit.remove:
        return None
    if edit.polygon is not None:
        placed = place(np.array(edit.polygon, np.float32), width, height, SceneRules())
        if placed.polygon is None:
            raise DatasetError(
                f"The new corners of region {edit.region} of scene {edit.scene} enclose nothing within the photo of "
                f"{width} × {height} px. Move them, or remove the region."
            )
        region = region.moved(placed.polygon)
    if edit.text is not None:
        region = replace(region, text=clean_label(edit.text) or None)
    return region if edit.ignore is None else replace(region, ignore=edit.ignore)


def _from_first(regions: pa.Table, first: int) -> pa.Table:
    """Return regions with their scenes counted from the first of a shard."""
    scenes = pc.subtract(regions["scene"], pa.scalar(first, pa.int32()))  # pyright: ignore[reportAttributeAccessIssue]
    return regions.set_column(0, "scene", scenes)


def _edited(parent: SceneDataset, shard: StoredShard, kept: list[int], edits: SceneEdits) -> Iterator[StoredScene]:
    rows = shard.rows.to_pylist()
    for i in kept:
        row, record = rows[i - shard.samples.start], parent.record(i)
        regions = edits.apply(i, parent.regions(i))
        size = row["width"], row["height"]
        yield StoredScene(row["index"], record.image, *size, regions, record.comment, factors_of(row))
