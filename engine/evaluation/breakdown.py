"""Accuracy by length, character and factor of the generation, and the edits between truth and reading.

Pure functions of tables of readings (see `engine.evaluation.evaluate`); every accuracy comes with its 95 % interval, as
small groups say little. Edit paths are rapidfuzz's (Levenshtein). This module reads no images and draws nothing.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import pandas as pd
from rapidfuzz.distance import Levenshtein

from engine.datasets import Dataset
from engine.datasets.query import Column
from engine.errors import DatasetError
from engine.evaluation.metrics import score, wilson
from glyphlab_read.charset import normalise
from glyphlab_read.parsing import parse_json

LENGTH, CHARACTER = "length", "character"
"""The factors that need no dataset: length of the truth, and each character of it."""

_BINS = 5  # groups of a number, of about as many images each
_MOST_GROUPS = 20  # of words, the most frequent ones
_NO_FACTORS = {"label", "split", LENGTH}  # columns of a dataset that are not factors


class Edit(NamedTuple):
    """One difference: the place in the truth, the character there ("": an insertion), and the one read ("": none)."""

    place: int
    truth: str
    read: str


def edits(truth: str, reading: str) -> list[Edit]:
    """Return the fewest edits that turn a truth into its reading, both in NFC, in the order of the text."""
    truth, reading = normalise(truth), normalise(reading)
    return [
        Edit(
            step.src_pos,
            "" if step.tag == "insert" else truth[step.src_pos],
            "" if step.tag == "delete" else reading[step.dest_pos],
        )
        for step in Levenshtein.editops(truth, reading)
    ]


def confusions_of(path: str) -> set[tuple[str, str]]:
    """Return the confusions of a reading, truth and read, out of its edits as the table of readings has them."""
    return {(truth, read) for _, truth, read in edits_in(path)}


def edits_in(path: str) -> list[tuple[int, str, str]]:
    """Return the edits of a reading as the table of readings has them. Raises ValueError where they are none."""
    found = parse_json(path)
    if not isinstance(found, list) or not all(map(_is_edit, found)):
        raise ValueError("the edits of a reading are written in another way")
    return found


def _is_edit(value: object) -> bool:
    return isinstance(value, list) and len(value) == 3 and all(isinstance(text, str) for text in value[1:])


def factors(columns: Iterable[Column]) -> list[str]:
    """Return the factors that accuracy can be broken down by: length, character, and columns of the test set's dataset.

    Args:
        columns: of the dataset; none where there is no dataset.
    """
    return [LENGTH, CHARACTER, *(one.name for one in columns if one.kind != "text" and one.name not in _NO_FACTORS)]


def accuracy_by(factor: str, readings: Sequence[pd.DataFrame], data: Dataset | None) -> list[pd.DataFrame]:
    """Return each reader's accuracy in each group of a factor, over the images that all of them read.

    Args:
        factor: one of `factors`.
        readings: the table of each reader.
        data: the dataset of the images; None for those of a folder.

    Returns:
        Columns of each table: group (text), images, accuracy, low, high (95 % interval). By character the accuracy is
        that of the characters, and `images` counts their occurrences.

    Raises:
        DatasetError: the factor needs the dataset, and it is missing.
    """
    tables = [table.set_index("name", drop=False) for table in readings]
    names = tables[0].index
    for table in tables[1:]:
        names = names.intersection(table.index, sort=False)
    common = [table.loc[names.unique()] for table in tables]
    if factor == LENGTH:
        found = [by_length(table) for table in common]
    elif factor == CHARACTER:
        found = [by_character(table) for table in common]
    else:
        found = [by_factor(table, _factor_values(factor, table.index, data)) for table in common]
    return [table.rename(columns={factor: "group"}).astype({"group": str}) for table in found]


def groups_of(factor: str, truths: pd.Series, data: Dataset | None) -> pd.Series:
    """Return the group of each image by a factor other than CHARACTER.

    Args:
        factor: one of `factors`.
        truths: the texts, by the images' names.
        data: the dataset of the images; None for those of a folder.

    Raises:
        DatasetError: the factor needs the dataset, and it is missing.
    """
    if factor == LENGTH:
        return truths.map(lambda text: len(normalise(str(text))))
    return group_values(_factor_values(factor, truths.index, data))


def by_character(readings: pd.DataFrame) -> pd.DataFrame:
    """Return the accuracy of each character of the truths, the worst first.

    Columns: character, images (occurrences), accuracy, low, high (95 % interval).
    """
    seen = Counter("".join(map(normalise, readings["truth"])))
    wrong = Counter(edit.truth for edit in _all_edits(readings) if edit.truth)
    rows = [_row(character, count, count - wrong[character]) for character, count in seen.items()]
    return _table("character", rows).sort_values(["accuracy", "images"], ascending=[True, False], ignore_index=True)


def by_length(readings: pd.DataFrame) -> pd.DataFrame:
    """Return the word accuracy by the length of the truth, rising.

    Columns: length (characters), images, accuracy, low, high, cer.
    """
    lengths = [len(normalise(str(text))) for text in readings["truth"]]
    return _grouped(readings, pd.Series(lengths, name="length", dtype=int))


def by_factor(readings: pd.DataFrame, factor: pd.Series) -> pd.DataFrame:
    """Return the word accuracy by one factor of the generation.

    Args:
        readings: N rows.
        factor: its value for each row; see `group_values`.

    Returns:
        Columns: the factor's name (text), images, accuracy, low, high, cer. The most frequent words, or rising numbers.
    """
    return _grouped(readings, group_values(factor).rename(str(factor.name)))


def group_values(factor: pd.Series) -> pd.Series:
    """Return the group of each row: numbers of many values fall into bins of about as many rows each.

    Of words the most frequent ones are groups; other rows have none.
    """
    if pd.api.types.is_numeric_dtype(factor) and not pd.api.types.is_bool_dtype(factor) and factor.nunique() > _BINS:
        bins = pd.qcut(factor, _BINS, duplicates="drop")
        return bins.map(lambda bin: f"{bin.left:.3g} to {bin.right:.3g}", na_action="ignore")
    common = factor.value_counts().index[:_MOST_GROUPS]
    return factor.where(factor.isin(common))


def _grouped(readings: pd.DataFrame, values: pd.Series) -> pd.DataFrame:
    rows = []
    for value, group in readings.reset_index(drop=True).groupby(values.reset_index(drop=True), observed=True):
        total = score(group["truth"], group["text"])
        rows.append({**_row(value, total.images, total.exact), "cer": total.cer})
    return _table(str(values.name), rows, "cer")


def _factor_values(factor: str, names: pd.Index, data: Dataset | None) -> pd.Series:
    """Return the value of a dataset's column for each image, by its name."""
    if data is None:
        raise DatasetError("The dataset of these images is missing, and with it this factor. Choose length.")
    return data.frame()[factor].loc[numbers_of(names, data)].set_axis(names)


def numbers_of(names: Iterable[object], data: Dataset) -> list[int]:
    """Return the numbers of a dataset's samples that readings name. Raises DatasetError where it has none such."""
    known = {str(number): int(number) for number in data.frame().index}
    try:
        return [known[str(name)] for name in names]
    except KeyError:
        raise DatasetError(
            "The readings of this test are of other images than its dataset's. Test the run on these images again."
        ) from None


def _row(value: Any, images: int, right: int) -> dict[str, Any]:
    low, high = wilson(right, images)
    return {"value": value, "images": images, "accuracy": right / images, "low": low, "high": high}


def _table(name: str, rows: list[dict[str, Any]], *more: str) -> pd.DataFrame:
    columns = ["value", "images", "accuracy", "low", "high", *more]
    return pd.DataFrame(rows, columns=pd.Index(columns)).rename(columns={"value": name})


def _all_edits(readings: pd.DataFrame) -> Iterator[Edit]:
    for truth, text in zip(readings["truth"], readings["text"], strict=True):
        yield from edits(truth, text)
