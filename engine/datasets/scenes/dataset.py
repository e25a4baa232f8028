"""Open a complete dataset of scenes: photos by number, and the regions of each. Nothing is written."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from engine.datasets.dataset import StoredImages, Verify, open_tables, read_verified
from engine.datasets.manifest import DatasetManifest
from engine.datasets.scenes.store import with_languages
from engine.datasets.shards import damaged
from engine.errors import DatasetError
from engine.jobs import paths
from engine.regions.region import Level, Region
from glyphlab_read.regions.quads import Points


class SceneDataset(StoredImages):
    """A complete dataset of N scenes, numbered from 0; may be read from several threads."""

    def __init__(self, folder: Path, manifest: DatasetManifest, table: pa.Table, regions: pa.Table) -> None:
        super().__init__(folder, manifest, table)
        self._regions = regions.combine_chunks()
        polygons = self._regions["polygon"].combine_chunks()
        self._corners: npt.NDArray[np.float32] = polygons.values.to_numpy(zero_copy_only=False)
        self._ends: npt.NDArray[np.int64] = polygons.offsets.to_numpy(zero_copy_only=False).astype(np.int64)
        self._firsts = np.searchsorted(self._regions["scene"].to_numpy(), np.arange(len(table) + 1))
        self._texts: Sequence[str | None] = self._regions["text"].to_pylist()
        self._ignored: Sequence[bool] = self._regions["ignore"].to_pylist()
        self._levels: Sequence[Level] = self._regions["level"].to_pylist()
        self._languages: Sequence[str | None] = self._regions["language"].to_pylist()

    @property
    def region_table(self) -> pa.Table:
        """The regions of all scenes, scene after scene, uncopied; columns as in REGION_SCHEMA."""
        return self._regions

    def regions(self, i: int) -> tuple[Region, ...]:
        """Return the regions of scene `i`, in the order in which they were written."""
        return tuple(self._region(row) for row in range(int(self._firsts[i]), int(self._firsts[i + 1])))

    def polygons(self) -> list[Points]:
        """Return the corners of all regions, scene after scene, uncopied."""
        return np.split(self._corners.reshape(-1, 2), self._ends[1:-1] // 2) if len(self._regions) else []

    def region_rows(self, scenes: range) -> pa.Table:
        """Return the regions of consecutive scenes, uncopied; columns as in REGION_SCHEMA."""
        first, end = int(self._firsts[scenes.start]), int(self._firsts[scenes.stop])
        return self._regions.slice(first, end - first)

    def source(self, i: int) -> str:
        """Return where scene `i` comes from, for people. Raises DatasetError as `image_bytes` does."""
        return self.record(i).comment

    def _region(self, row: int) -> Region:
        corners = self._corners[self._ends[row] : self._ends[row + 1]].reshape(-1, 2)
        return Region(corners, self._texts[row], self._ignored[row], self._levels[row], self._languages[row])


def open_scenes(folder: Path, verify: Verify = "sizes") -> SceneDataset:
    """Open the dataset of scenes in a folder.

    Args:
        folder: the dataset's folder.
        verify: as for `engine.datasets.dataset.open_dataset`.

    Raises:
        DatasetError: it is incomplete or empty, holds words, or a file is missing, cut or changed; the file is named.
    """
    manifest, table = open_tables(folder, verify, "scenes")
    entry = manifest.regions
    if entry is None:
        raise DatasetError(f"The manifest of dataset {folder.name} names no {paths.REGIONS}. Make the dataset again.")
    stored = read_verified(folder, entry)
    try:
        regions = with_languages(stored)
    except ValueError:
        raise damaged(folder, entry.file, "its columns are others") from None
    if len(regions) != entry.count:
        raise damaged(folder, entry.file, f"{len(regions)} rows for {entry.count} regions")
    return SceneDataset(folder, manifest, table, regions)
