"""Open a complete dataset: its manifest, its table of samples, and each image by number.

Opening compares the files with the manifest; a shard that was cut or changed is refused by its name. Nothing is
written, and no image is prepared for a network (`engine.reading.preprocess` does that).
"""

import functools
import io
import mmap
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from PIL import Image

from engine.config.generate import Split
from engine.datasets.manifest import DatasetManifest, FileEntry, Holding, ShardEntry, read_manifest
from engine.datasets.shards import ShardName, damaged
from engine.datasets.tfrecord import ImageRecord, decode_example, unframe
from engine.errors import DatasetError
from engine.files import sha256
from engine.tables import read_table

if TYPE_CHECKING:  # costs half a second, which a process that only reads or draws images need not pay
    import pandas as pd


Verify = Literal["sizes", "hashes"]

_HOLDS: dict[Holding, str] = {"words": "words cut out", "scenes": "scenes (whole photos with regions)"}
_REMEDIES: dict[Holding, str] = {
    "words": "Readers learn from words: choose a dataset of words here, and scenes for a locator.",
    "scenes": "Locators learn from scenes: choose a dataset of scenes here, and words for a reader.",
}


class StoredImages:
    """The images of a complete dataset, numbered from 0, and their table; may be read from several threads.

    Attributes:
        folder: where it lies.
        manifest: what it consists of.
    """

    def __init__(self, folder: Path, manifest: DatasetManifest, table: pa.Table) -> None:
        self.folder = folder
        self.manifest = manifest
        self._table = table
        self._maps: dict[str, mmap.mmap] = {}
        self._splits, self._labels = table["split"].to_pylist(), table["label"].to_pylist()
        self._shards, self._offsets, self._sizes = (table[name].to_numpy() for name in ("shard", "offset", "bytes"))

    def __len__(self) -> int:
        return len(self._labels)

    def frame(self, split: Split | None = None) -> "pd.DataFrame":
        """Return the samples table, or one split's rows of it; its index is the sample's number.

        Columns: index, split, shard, offset, bytes, label, length (characters), width, height (px), then the factors.
        """
        return self._frame.copy(deep=False) if split is None else self._frame[self._frame["split"] == split]

    def split_or_all(self, split: Split, *, learned: bool = False) -> "pd.DataFrame":
        """Return the rows of the samples table that `numbers_or_all` names."""
        return self._frame.iloc[self.numbers_or_all(split, learned=learned)]

    def numbers(self, split: Split) -> npt.NDArray[np.int64]:
        """Return the numbers of one split's images."""
        return np.flatnonzero(pc.call_function("equal", [self._table["split"], split]))

    def numbers_or_all(self, split: Split, *, learned: bool = False) -> npt.NDArray[np.int64]:
        """Return the numbers of one split's images, or of all where it is empty.

        Args:
            split: the split.
            learned: whether a run learns from the dataset: its training images are never among all then.
        """
        if self.manifest.counts.get(split, 0):
            return self.numbers(split)
        every = np.arange(len(self))
        return np.setdiff1d(every, self.numbers("train")) if learned else every

    @property
    def table(self) -> pa.Table:
        """The samples table with the columns of `frame`, uncopied; row i is sample i, shard after shard."""
        return self._table

    @functools.cached_property
    def _frame(self) -> "pd.DataFrame":
        return self._table.to_pandas()

    def image_bytes(self, i: int) -> bytes:
        """Return the encoded image of sample `i`.

        Raises:
            DatasetError: the record fails its checksum or is not that of the table; the shard is named.
        """
        return self.record(i).image

    def image(self, i: int) -> Image.Image:
        """Return the image of sample `i` as RGB. Raises DatasetError as `image_bytes` does."""
        content = self.image_bytes(i)
        try:
            with Image.open(io.BytesIO(content), formats=("JPEG", "PNG")) as image:
                return image.convert("RGB")
        except OSError as error:
            raise damaged(self.folder, self._file(i), f"sample {i} is no image ({error})") from None

    def record(self, i: int) -> ImageRecord:
        """Return sample `i` as it is stored. Raises DatasetError as `image_bytes` does."""
        file = self._file(i)
        start = int(self._offsets[i])
        try:
            record = decode_example(unframe(self._map(file)[start : start + int(self._sizes[i])]))
            if record.label != self._labels[i]:
                raise ValueError(f"the label of sample {i} differs from the table's")
        except (OSError, ValueError) as error:
            raise damaged(self.folder, file, str(error)) from None
        return record

    def _file(self, i: int) -> str:
        return ShardName(self._splits[i], int(self._shards[i])).file

    def _map(self, file: str) -> mmap.mmap:
        if file not in self._maps:
            with open(self.folder / file, "rb") as opened:
                self._maps[file] = mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ)
        return self._maps[file]


class Dataset(StoredImages):
    """A complete dataset of N words cut out, numbered from 0, with a label each."""

    def label(self, i: int) -> str:
        """Return the text of sample `i`."""
        return self._labels[i]


def open_dataset(folder: Path, verify: Verify = "sizes") -> Dataset:
    """Open the dataset of words in a folder.

    Args:
        folder: the dataset's folder.
        verify: "sizes" compares the sizes of the shards with the manifest, "hashes" their content too, which reads
            them whole. Each record's checksum is verified whenever it is read.

    Raises:
        DatasetError: it is incomplete or empty, holds scenes, or a file is missing, cut or changed; the file is named.
    """
    return Dataset(folder, *open_tables(folder, verify, "words"))


def open_tables(folder: Path, verify: Verify, holds: Holding) -> tuple[DatasetManifest, pa.Table]:
    """Return the manifest and the samples table of a dataset that holds this; see `open_dataset`.

    Raises:
        DatasetError: it is incomplete or empty, holds something else, or a file is missing, cut or changed.
    """
    manifest = read_manifest(folder)
    if manifest.holds != holds:
        raise DatasetError(f"Dataset {folder.name} holds {_HOLDS[manifest.holds]}, not {holds}. {_REMEDIES[holds]}")
    if not manifest.images:
        raise DatasetError(f"Dataset {folder.name} holds no images. Generate one with at least one image.")
    for shard in manifest.shards:
        verify_file(folder, shard, hashes=verify == "hashes")
    table = read_verified(folder, manifest.samples)
    if len(table) != manifest.images:
        raise damaged(folder, manifest.samples.file, f"{len(table)} rows for {manifest.images} images")
    return manifest, table


def read_verified(folder: Path, entry: FileEntry) -> pa.Table:
    """Read a table that a manifest has the hash of. Raises DatasetError."""
    verify_file(folder, entry, hashes=True)
    try:
        return read_table(folder / entry.file)
    except (OSError, ValueError) as error:  # the manifest may be of somebody who wrote both
        raise damaged(folder, entry.file, " ".join(str(error).split())[:200]) from None


def verify_file(folder: Path, entry: FileEntry | ShardEntry, hashes: bool) -> None:
    """Compare a file with its entry. Raises DatasetError."""
    path = folder / entry.file
    if not path.is_file() or path.is_symlink():
        raise damaged(folder, entry.file, "it is missing")
    size = path.stat().st_size
    if size != entry.bytes:
        raise damaged(folder, entry.file, f"{size:,} bytes instead of {entry.bytes:,}")
    if hashes and sha256(path) != entry.sha256:
        raise damaged(folder, entry.file, "its content was changed")
