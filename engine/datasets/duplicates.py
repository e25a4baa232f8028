"""Duplicates and leaks of a dataset: the same pixels twice, and texts or pixels on both sides of a split.

Real images are compared by their decoded pixels, however they are stored; synthetic ones by their stored bytes, which
one encoder made, so that equal pixels are equal bytes and a hundred thousand are compared in seconds. Pictures that
merely look alike are not found. Nothing is removed here: the numbers returned may be handed to an edit (`versions.py`).
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import pandas as pd

from engine.datasets.cache import cached_table
from engine.datasets.dataset import Dataset, StoredImages
from engine.datasets.scenes.dataset import SceneDataset
from engine.datasets.splits import SPLITS
from engine.formatting import count
from engine.images.encode import pixel_digest
from engine.regions.region import Region
from glyphlab_read.parsing import canonical_json

_TEXTS = 4  # of a photo that are named
_BATCH = 512  # images between two calls of `watch`


@dataclass(frozen=True)
class Duplicates:
    """Duplicate images of a dataset, and texts that are in several splits.

    Attributes:
        images: how many were compared.
        pixels: a row a sample whose pixels recur: group (samples with the same pixels), sample, split, label (of a
            photo: what is outlined in it, in words), and content (what tells labels apart: the label itself, or all
            regions of a photo).
        texts: a row a text that is on more than one side of a split, case apart: text, and its samples in each split;
            none of photos, in which the same words come again and again.
        shared: samples of those texts: text, sample, split.
    """

    images: int
    pixels: pd.DataFrame
    texts: pd.DataFrame
    shared: pd.DataFrame

    @property
    def groups(self) -> int:
        """Number of different images that come more than once."""
        return int(self.pixels["group"].nunique())

    @property
    def conflicting(self) -> pd.DataFrame:
        """The rows of `pixels` whose group has more than one label: at most one can be right."""
        return self.pixels[self.pixels.groupby("group")["content"].transform("nunique") > 1]

    @property
    def crossing(self) -> pd.DataFrame:
        """The rows of `pixels` whose group is on more than one side of a split."""
        return self.pixels[self.pixels.groupby("group")["split"].transform("nunique") > 1]

    @property
    def surplus(self) -> list[int]:
        """The samples to remove so that each image with its label comes once; test keeps it before the others do."""
        kept_first = self.pixels.assign(side=self.pixels["split"].map(_SIDE)).sort_values(["side", "sample"])
        return sorted(kept_first.loc[kept_first.duplicated(["group", "content"]), "sample"].tolist())

    @property
    def leaking(self) -> list[int]:
        """The samples to remove so that no text and no image of test is elsewhere, nor one of validation in train."""
        return sorted({*_spilled(self.crossing, "group"), *_spilled(self.shared, "text")})


_SIDE = {split: side for side, split in enumerate(reversed(SPLITS))}


def find_duplicates(dataset: Dataset, watch: Callable[[int], None] = lambda done: None) -> Duplicates:
    """Compare all samples of a dataset; the second time, pixels are not read again.

    Args:
        dataset: where to look.
        watch: called now and then with the number of images read so far.

    Raises:
        DatasetError: a shard is damaged.
    """
    frame = dataset.frame()[["split", "label"]]
    pixels = _recurring(dataset, watch)
    labels = frame["label"].loc[pixels["sample"]].to_numpy()
    return Duplicates(len(frame), pixels.assign(label=labels, content=labels), *_texts(frame))


def find_photo_duplicates(dataset: SceneDataset, watch: Callable[[int], None] = lambda done: None) -> Duplicates:
    """Compare all photos of a dataset of scenes as `find_duplicates` does images."""
    pixels = _recurring(dataset, watch)
    regions = [dataset.regions(int(sample)) for sample in pixels["sample"]]
    labels = pd.Series([_outlined(each) for each in regions], dtype="str")
    contents = pd.Series([canonical_json([region.plain() for region in each]) for each in regions], dtype="str")
    none = pd.DataFrame({"split": [], "label": []}, dtype="str")
    return Duplicates(len(dataset), pixels.assign(label=labels, content=contents), *_texts(none))


def _outlined(regions: Sequence[Region]) -> str:
    """Return what is outlined in a photo, in a few words."""
    texts = [region.text for region in regions if region.text and region.level != "character"]
    return " · ".join([count(len(regions), "regions"), *texts[:_TEXTS]])


def _recurring(dataset: StoredImages, watch: Callable[[int], None]) -> pd.DataFrame:
    """Return the samples whose pixels recur, group after group: group, sample, split."""
    table = cached_table(dataset, "pixels", lambda: pd.DataFrame({"digest": list(_digests(dataset, watch))}))
    digests = table["digest"]
    again = digests[digests.duplicated(keep=False)]
    splits = dataset.frame()["split"].loc[again.index]
    pixels = pd.DataFrame({"group": pd.factorize(again)[0], "sample": again.index, "split": splits.to_numpy()})
    return pixels.sort_values(["group", "sample"], ignore_index=True)


def _digests(dataset: StoredImages, watch: Callable[[int], None]) -> Iterator[bytes]:
    """Yield a digest of each sample's image, 16 bytes, in their order."""
    synthetic = dataset.manifest.kind == "synthetic"
    for i in range(len(dataset)):
        if synthetic:
            yield hashlib.blake2b(dataset.image_bytes(i), digest_size=16).digest()
        else:
            yield pixel_digest(dataset.image(i))
        if (i + 1) % _BATCH == 0:
            watch(i + 1)
    watch(len(dataset))


def _texts(frame: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    folded = pd.Series([label.casefold() for label in frame["label"]], index=frame.index, dtype="str")
    rows = pd.DataFrame({"text": folded, "sample": frame.index, "split": frame["split"]})
    shared = rows[rows.groupby("text")["split"].transform("nunique") > 1].reset_index(drop=True)
    sides = pd.crosstab(shared["text"], shared["split"]).reindex(columns=list(SPLITS), fill_value=0)
    return sides.rename_axis(columns=None).reset_index(), shared


def _spilled(rows: pd.DataFrame, key: str) -> list[int]:
    """Return the samples whose key is in an earlier split, too, in the order test, validation, train."""
    side = rows["split"].map(_SIDE)
    return rows.loc[side > side.groupby(rows[key]).transform("min"), "sample"].tolist()
