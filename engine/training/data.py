"""Training data: samples of one or more datasets, checked against the reader before the first step.

The images for training, for each validation and for the tests at the end are chosen here. This module decides no
order, prepares no image and pads no batch.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import pandas as pd

from engine.config.generate import Split
from engine.config.train import TrainConfig
from engine.datasets import Dataset
from engine.datasets.fit import reader_fit, text_needs
from engine.errors import CharsetError, DatasetError
from engine.labels import right_to_left_warning
from engine.training.sampler import fixed_places
from engine.training.samples import DatasetPart, StoredSamples
from glyphlab_read.charset import Charset


@dataclass(frozen=True)
class TrainingData:
    """Datasets that fit a reader.

    Attributes:
        datasets: all that the run reads, by id.
        charset: the characters of the reader.
        training: the training samples of the main dataset and of those mixed in.
        validation: as many validation samples as the config allows, the same ones each time.
        watched: likewise of each dataset that is watched, by id, whatever their labels; not of those whose images are
            all learned from.
        skipped: samples left out because they do not fit, by reason.
        warning: what the reader will not learn from these texts; empty if nothing stands against it.
    """

    datasets: dict[str, Dataset]
    charset: Charset
    training: StoredSamples
    validation: StoredSamples
    watched: dict[str, StoredSamples] = field(default_factory=dict)
    skipped: Counter[str] = field(default_factory=Counter)
    warning: str = ""

    @property
    def main(self) -> Dataset:
        """The dataset that the config calls its dataset."""
        return next(iter(self.datasets.values()))

    @property
    def validation_images(self) -> int:
        """The images that are read at each validation, those of watched datasets included."""
        return len(self.validation) + sum(map(len, self.watched.values()))


def charset_for(config: TrainConfig, datasets: Iterable[Dataset], known: Charset | None) -> Charset:
    """Return the characters a run's reader writes.

    Args:
        config: says what to do with the characters of the run that it starts from.
        datasets: the ones it learns from.
        known: its own where it goes on, else that of the run it starts from; None for one that starts fresh.
    """
    wanted = sorted(set().union(*(dataset.manifest.charset for dataset in datasets)))
    if known is None or config.charset == "replace":
        return Charset("".join(wanted))
    if config.charset == "same":
        return known
    return Charset(known.characters + "".join(character for character in wanted if character not in known.characters))


def load_training_data(
    config: TrainConfig, open_one: Callable[[str], Dataset], known: Charset | None = None
) -> TrainingData:
    """Open what a run reads and check it against the reader.

    Args:
        config: the run's.
        open_one: opens a dataset by its id.
        known: as for `charset_for`.

    Raises:
        DatasetError: a split is empty, or labels are longer than the reader writes.
        CharsetError: labels hold characters that the charset lacks; they are named.
    """
    datasets = {id: open_one(id) for id in config.datasets}
    learned = config.learned
    charset = charset_for(config, (datasets[id] for id in learned), known)
    check = _Check(config, charset)
    weights = [1.0, *(portion.weight for portion in config.mix)]
    training = [
        DatasetPart(datasets[id], check.fitting(datasets[id], "train"), weight)
        for id, weight in zip(learned, weights, strict=True)
    ]
    judged_on = datasets[config.validate_on or config.dataset]
    validation = _some(check.fitting(judged_on, "validation"), config)
    watched = {id: datasets[id].split_or_all("validation", learned=id in learned) for id in config.watch_on}
    return TrainingData(
        datasets,
        charset,
        StoredSamples(training, charset, config.reader),
        StoredSamples([DatasetPart(judged_on, validation)], charset, config.reader),
        {
            id: StoredSamples([DatasetPart(datasets[id], _some(rows, config))], charset, config.reader, as_bundles=True)
            for id, rows in watched.items()
            if len(rows)
        },
        check.skipped,
        _warning(config, pd.concat([part.frame[["label", "width", "height"]] for part in training])),
    )


def _warning(config: TrainConfig, samples: pd.DataFrame) -> str:
    fit = reader_fit(text_needs(samples), config.reader)
    told = fit.sentences(config.reader) if fit.severe else []
    if config.reader.decoder == "ctc":
        told.insert(0, right_to_left_warning(list(samples["label"])))
    return " ".join(filter(None, told))


def _some(frame: pd.DataFrame, config: TrainConfig) -> pd.DataFrame:
    return frame.iloc[fixed_places(len(frame), config.validation_images, config.seed)]


class _Check:
    """Compares labels with what the reader can write."""

    def __init__(self, config: TrainConfig, charset: Charset) -> None:
        self._longest, self._skips, self._charset = config.reader.max_length, config.unfit == "skip", charset
        self._keeps_charset = config.start_from is not None and config.charset == "same"
        self.skipped: Counter[str] = Counter()

    def fitting(self, dataset: Dataset, split: Split) -> pd.DataFrame:
        """Return the samples of a split that fit. Raises DatasetError or CharsetError."""
        frame = dataset.frame(split)
        missing = frame["label"].map(self._charset.missing)
        unknown, long = missing.astype(bool), frame["label"].str.len() > self._longest
        if self._skips:
            self.skipped["characters outside the charset"] += int(unknown.sum())
            self.skipped["too long"] += int((long & ~unknown).sum())
            frame = frame[~(unknown | long)]
        elif unknown.any():
            raise self._unknown_characters(dataset, split, sorted(set("".join(missing))))
        elif long.any():
            raise self._too_long(dataset, split, frame["label"].str.len())
        if frame.empty:
            raise _empty(dataset, split, dataset.manifest.counts.get(split, 0))
        return frame

    def _unknown_characters(self, dataset: Dataset, split: Split, missing: list[str]) -> CharsetError:
        shown = " ".join(repr(character) for character in missing[:20])
        remedy = (
            "Set charset to extend, or unfit to skip."
            if self._keeps_charset
            else "Set unfit to skip, generate the dataset again, or import it with these characters in its charset."
        )
        return CharsetError(
            f"The reader's charset lacks {len(missing)} characters of the {split} labels of dataset "
            f"{dataset.folder.name}: {shown}. {remedy}"
        )

    def _too_long(self, dataset: Dataset, split: Split, lengths: pd.Series) -> DatasetError:
        return DatasetError(
            f"{int((lengths > self._longest).sum()):,} {split} labels of dataset {dataset.folder.name} are longer than "
            f"the reader's max_length {self._longest}; the longest has {lengths.max()} characters. "
            f"Raise max_length to {lengths.max()}, set unfit to skip, or generate shorter texts."
        )


def _empty(dataset: Dataset, split: Split, images: int) -> DatasetError:
    found = f"has {images} images and none that fits" if images else "is empty"
    return DatasetError(
        f"The {split} split of dataset {dataset.folder.name} {found}, but a run needs images to learn from and others "
        f"to be tried on. Generate or import it with a larger share for {split}, or with more images."
    )
