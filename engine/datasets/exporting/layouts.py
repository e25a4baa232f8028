"""The layouts of other programs: paths of the image files, the files that list the labels, and a note on their use.

File names are numbers only; no label and no name that a person typed becomes part of a path. A new layout is a `Layout`
below, an entry in LAYOUTS, and its name in `engine.config.exporting.LayoutName`.
"""

import csv
import io
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import NamedTuple

from engine.config.exporting import LayoutName
from engine.config.generate import Split
from engine.errors import DatasetError
from engine.sources.spreadsheet import HEADINGS, escape_formula


class Entry(NamedTuple):
    """One exported image: its file's path below the export, its label, and its split."""

    file: str
    label: str
    split: Split


@dataclass(frozen=True)
class Layout:
    """Layout of files in which another program takes its data.

    Attributes:
        name: its name in configs.
        title: the program's name, or a description in a few words.
        file: path of an image by split, number and file extension, such as ".jpg".
        lists: the text files that list the labels, by path.
        use: how the other program reads it, for the export's README.txt.
        png: whether every image becomes a PNG; otherwise each stays the JPEG or PNG it is.
    """

    name: LayoutName
    title: str
    file: Callable[[Split, int, str], str]
    lists: Callable[[list[Entry]], dict[str, str]]
    use: str
    png: bool = False


_SHORT_NAMES = {"train": "train", "validation": "val", "test": "test"}


def _images_folder(split: Split, index: int, ending: str) -> str:
    return f"images/{index:08}{ending}"


def _csv_lists(entries: list[Entry]) -> dict[str, str]:
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\r\n")
    writer.writerow(HEADINGS)
    writer.writerows((entry.file, escape_formula(entry.label), entry.split) for entry in entries)
    return {"labels.csv": table.getvalue()}


_PNG = Layout(
    name="png",
    title="PNG images and labels.csv",
    file=_images_folder,
    lists=_csv_lists,
    use="""\
images/ holds PNG files; labels.csv lists them: image, label, split. It is UTF-8 and quoted as RFC 4180 says.

A label that a spreadsheet would take for a formula (it begins with = + - @ or a tab) has an apostrophe in front of it,
and so has a label that begins with an apostrophe itself. Take one apostrophe off where it is followed by one of these
six characters. Glyphlab does so when it imports this folder.
""",
    png=True,
)


def _easyocr_lists(entries: list[Entry]) -> dict[str, str]:
    """Write labels unquoted: EasyOCR's trainer splits a line at its first comma and knows no quotes."""
    return {
        f"{split}/labels.csv": "filename,words\n"
        + _lines(part, lambda entry: f"{entry.file.partition('/')[2]},{entry.label}")
        for split, part in _by_split(entries).items()
    }


_EASYOCR = Layout(
    name="easyocr",
    title="EasyOCR",
    file=lambda split, index, ending: f"{split}/{index:08}{ending}",
    lists=_easyocr_lists,
    use="""\
A folder a split, as EasyOCR's trainer reads it: name the folders in train_data and valid_data of its config file.

labels.csv is parted at the first comma of each line and is not quoted: the rest of the line is the label, as it is.
Do not open it in a spreadsheet: labels may begin with = + - or @.
""",
)


def _doctr_lists(entries: list[Entry]) -> dict[str, str]:
    return {
        f"{_SHORT_NAMES[split]}/labels.json": json.dumps(
            {entry.file.rpartition("/")[2]: entry.label for entry in part}, ensure_ascii=False, indent=1
        )
        for split, part in _by_split(entries).items()
    }


_DOCTR = Layout(
    name="doctr",
    title="docTR",
    file=lambda split, index, ending: f"{_SHORT_NAMES[split]}/images/{index:08}{ending}",
    lists=_doctr_lists,
    use="""\
A folder a split, as docTR's recognition training reads it: give train as --train_path and val as --val_path.
""",
)


def _paddleocr_lists(entries: list[Entry]) -> dict[str, str]:
    return {
        f"rec_gt_{_SHORT_NAMES[split]}.txt": _lines(part, lambda entry: f"{entry.file}\t{entry.label}")
        for split, part in _by_split(entries).items()
    }


_PADDLEOCR = Layout(
    name="paddleocr",
    title="PaddleOCR",
    file=lambda split, index, ending: f"{_SHORT_NAMES[split]}/{index:08}{ending}",
    lists=_paddleocr_lists,
    use="""\
As PaddleOCR's SimpleDataSet reads it: set data_dir to this folder, and label_file_list to rec_gt_train.txt for Train
and rec_gt_val.txt for Eval. Each line holds a path below this folder, a tab, and the label as it is.
""",
)


def _aocr_lists(entries: list[Entry]) -> dict[str, str]:
    return {
        f"annotations-{split}.txt": _lines(part, lambda entry: f"{entry.file} {entry.label}")
        for split, part in _by_split(entries).items()
    }


_AOCR = Layout(
    name="aocr",
    title="aocr",
    file=_images_folder,
    lists=_aocr_lists,
    use="""\
As aocr reads it, from inside this folder: aocr dataset annotations-train.txt train.tfrecords
(--no-force-uppercase keeps lower case). Each line holds a path below this folder, a space, and the label as it is.
""",
)

LAYOUTS: dict[LayoutName, Layout] = {layout.name: layout for layout in (_PNG, _EASYOCR, _DOCTR, _PADDLEOCR, _AOCR)}
"""All layouts by name, in the order in which they are offered."""


def _by_split(entries: Iterable[Entry]) -> dict[Split, list[Entry]]:
    """Return the entries of each split that has any."""
    parts: dict[Split, list[Entry]] = {}
    for entry in entries:
        parts.setdefault(entry.split, []).append(entry)
    return parts


def _lines(entries: list[Entry], line: Callable[[Entry], str]) -> str:
    """Return a list with one line per image.

    Raises:
        DatasetError: a label holds a tab or the end of a line, which such a list cannot represent.
    """
    for entry in entries:
        if any(character in entry.label for character in "\t\r\n"):
            raise DatasetError(
                f"The label {entry.label[:60]!r} holds a tab or an end of line, which this layout cannot hold. "
                "Choose the docTR layout, or correct the label."
            )
    return "".join(f"{line(entry)}\n" for entry in entries)
