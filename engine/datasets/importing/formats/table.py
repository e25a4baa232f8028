"""Tables of labels: CSV and TSV files with a row an image, with headings or without.

Tells separator, columns and quoting by the headings and by which column names images; the config may say them. Also
read so: labels.tsv (name, tab, label), EasyOCR's filename,words and PaddleOCR's rec_gt files. No field spans lines.
"""

import csv
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from engine.config.importing import TableConfig
from engine.datasets.importing.formats.base import ImportIssue, Row
from engine.datasets.importing.formats.listing import ROWS_LOOKED_AT, Listing, list_format
from engine.sources.spreadsheet import HEADINGS, unescape_formula
from engine.sources.tree import is_image, split_hint

_SEPARATORS = {"tab": "\t", "comma": ",", "semicolon": ";"}
_IMAGE = ("image", "filename", "file", "file_name", "path", "name", "img", "image_path", "image_name")
_LABEL = ("label", "words", "text", "word", "transcription", "ground_truth", "gt", "caption", "labels")
_SPLIT = ("split", "subset", "set")
_EASYOCR = ["filename", "words"]


@dataclass(frozen=True)
class _Dialect:
    """How a line becomes fields."""

    separator: str
    quoted: bool

    def fields(self, line: str) -> list[str]:
        if self.quoted:
            try:
                return next(csv.reader([line], delimiter=self.separator, strict=True, skipinitialspace=True))
            except csv.Error:  # a quote that only begins a label
                pass
        return line.split(self.separator)


@dataclass(frozen=True)
class _Columns:
    """Which field of a line means what; `count` is how many fields a line should have."""

    dialect: _Dialect
    count: int
    image: int
    label: int
    split: int | None = None
    heading: bool = False
    guarded: bool = False

    def row(self, number: int, line: str) -> Row | None:
        fields = self.dialect.fields(line)
        if self.label == self.count - 1 < len(fields) - 1:  # separators inside the last column
            fields[self.label :] = [self.dialect.separator.join(fields[self.label :])]
        if len(fields) <= max(self.image, self.label):
            return None
        label = unescape_formula(fields[self.label]) if self.guarded else fields[self.label]
        split = split_hint(fields[self.split]) if self.split is not None and self.split < len(fields) else None
        return number, fields[self.image].strip(), label, split


def _rows(listing: Listing, file: str, lines: list[str]) -> Iterator[Row | ImportIssue]:
    columns = _columns(listing, file, [line for line in lines[:ROWS_LOOKED_AT] if line.strip()])
    if columns is None:
        return
    heading = columns.heading
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        if heading:
            heading = False
            continue
        yield columns.row(number, line) or ImportIssue(f"{file}, line {number}", "line", line[:200])


def _columns(listing: Listing, file: str, lines: list[str]) -> _Columns | None:
    """Return the columns under which the most of the first lines name images that are there; None if none do."""
    table = listing.config.table
    names = _SEPARATORS if table.separator == "auto" else {table.separator: _SEPARATORS[table.separator]}
    best, most = None, 0
    for separator in names.values():
        columns = _guess(listing, file, lines, table, separator) if lines else None
        if columns is None:
            continue
        rows = [columns.row(0, line) for line in lines]
        found = sum(row is not None and listing.images.find(row[1], file) is not None for row in rows)
        if found > most:
            best, most = columns, found
    return best


def _guess(listing: Listing, file: str, lines: list[str], table: TableConfig, separator: str) -> _Columns | None:
    headings = [field.strip().casefold() for field in _Dialect(separator, quoted=True).fields(lines[0])]
    quoted = table.quotes == "csv" or (table.quotes == "auto" and separator != "\t" and headings != _EASYOCR)
    dialect = _Dialect(separator, quoted)
    image, label = _named(headings, table.image, _IMAGE), _named(headings, table.label, _LABEL)
    if image is not None and label is not None:
        guarded = headings == list(HEADINGS)
        return _Columns(dialect, len(headings), image, label, _named(headings, "", _SPLIT), True, guarded)
    return _by_content(listing, file, lines, table, dialect)


def _by_content(
    listing: Listing, file: str, lines: list[str], table: TableConfig, dialect: _Dialect
) -> _Columns | None:
    """Find the columns without headings: the one that names images, and the one after it (or before, if it is last)."""
    rows = [dialect.fields(line) for line in lines]
    count = Counter(map(len, rows)).most_common(1)[0][0]
    image, label = _place(table.image), _place(table.label)
    if count < 2 or (table.image and image is None) or (table.label and label is None):  # headings that are not here
        return None
    if image is None:
        found = Counter(
            column for row in rows for column, field in enumerate(row[:count]) if listing.images.find(field, file)
        )
        image = found.most_common(1)[0][0] if found else None
    if image is None or image >= count:
        return None
    if label is None:
        label = image + 1 if image + 1 < count else image - 1
    first = rows[0][image] if image < len(rows[0]) else ""
    heading = not listing.images.find(first, file) and not is_image(first.strip())
    return _Columns(dialect, count, image, label, heading=heading) if label < count else None


def _named(headings: list[str], wanted: str, known: tuple[str, ...]) -> int | None:
    """Return the place of a heading: the one that is wanted, else the first known one."""
    names = (wanted.strip().casefold(),) if wanted else known
    return next((headings.index(name) for name in names if name in headings), None)


def _place(wanted: str) -> int | None:
    """Return a column that is given by its place from 1 as one from 0."""
    return int(wanted) - 1 if wanted.isascii() and wanted.isdigit() and int(wanted) > 0 else None


TABLE = list_format("table", "a table of names and labels (CSV or TSV)", _rows)
