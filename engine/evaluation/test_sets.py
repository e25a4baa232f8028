"""Test sets: images with their texts, out of a dataset's split or a folder with a labels.tsv.

Samples are made, and their images opened, one by one, when they are asked for: a test set may have millions. This
module compares nothing.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeVar, overload

import numpy as np
from PIL import Image

from engine.config.generate import Split
from engine.config.reading import EvaluateConfig
from engine.datasets import Dataset, open_dataset
from engine.errors import DatasetError, ImageError
from engine.labels import clean_label
from engine.workspace import Workspace
from glyphlab_read.images.open import open_image

LABELS = "labels.tsv"

S = TypeVar("S")


@dataclass(frozen=True)
class TestSample:
    """One image of a test set: its name there, its text, and a function that opens it."""

    name: str
    text: str
    load: Callable[[], Image.Image]


class LazySamples(Sequence[S]):
    """The samples of a test set, made when they are asked for.

    Args:
        keys: what each is made of.
        make: makes one.
    """

    def __init__(self, keys: Sequence[Any] | np.ndarray, make: Callable[[Any], S]) -> None:
        self._keys = keys
        self._make = make

    def __len__(self) -> int:
        return len(self._keys)

    @overload
    def __getitem__(self, place: int) -> S: ...

    @overload
    def __getitem__(self, place: slice) -> "LazySamples[S]": ...

    def __getitem__(self, place: int | slice) -> "S | LazySamples[S]":
        if isinstance(place, slice):
            return LazySamples(self._keys[place], self._make)
        return self._make(self._keys[place])


def samples_of(config: EvaluateConfig, workspace: Workspace) -> LazySamples[TestSample]:
    """Return the samples of a config's test set. Raises DatasetError."""
    if config.folder is not None:
        return folder_samples(Path(config.folder))
    folder = workspace.folder("datasets", str(config.dataset))
    return split_samples(folder, config.split) if config.split else dataset_samples(open_dataset(folder))


def split_samples(folder: Path, split: Split) -> LazySamples[TestSample]:
    """Return the samples of one split of a dataset. Raises DatasetError, also when the split is empty."""
    dataset = open_dataset(folder)
    if not dataset.manifest.counts.get(split, 0):
        raise DatasetError(
            f"Dataset {folder.name} has no {split} images, so there is nothing to score. "
            "Choose another split, or generate it with a larger share for it."
        )
    return dataset_samples(dataset, split)


def dataset_samples(dataset: Dataset, split: Split | None = None, *, learned: bool = False) -> LazySamples[TestSample]:
    """Return the samples of a split; without one those of the test split, or all if it is empty.

    A run that has `learned` from the dataset is not scored on its training samples.
    """
    return LazySamples(
        dataset.numbers(split) if split else dataset.numbers_or_all("test", learned=learned),
        lambda i: TestSample(str(i), dataset.label(i), partial(dataset.image, i)),
    )


def folder_samples(folder: Path) -> LazySamples[TestSample]:
    """Return the samples that a folder's labels.tsv lists: image name, tab, text; one a line, UTF-8.

    Raises:
        DatasetError: the list is missing, empty or not of that form; the line is named.
    """
    try:
        lines = (folder / LABELS).read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise DatasetError(
            f"{LABELS} in {folder.name!r} cannot be read ({error}). Put one beside the images: name, tab, text."
        ) from None
    numbered = [(line, number) for number, line in enumerate(lines, 1) if line]
    if not numbered:
        raise DatasetError(f"{LABELS} in {folder.name!r} lists no image. Add lines: name, tab, text.")
    for line, number in numbered:
        _sample(folder, line, number)
    return LazySamples(numbered, lambda key: _sample(folder, *key))


def _sample(folder: Path, line: str, number: int) -> TestSample:
    name, tab, text = line.partition("\t")
    if not tab or Path(name).name != name or not name.strip("."):
        raise DatasetError(
            f"Line {number} of {LABELS} reads {line[:60]!r}; it must be a file name, a tab and a text. Correct it."
        )
    return TestSample(name, clean_label(text), partial(_open, folder / name))


def _open(path: Path) -> Image.Image:
    try:
        return open_image(path)
    except ImageError as error:
        raise ImageError(f"{path.name}: {error}") from None
