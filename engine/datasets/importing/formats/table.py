"""Tables of labels: CSV and TSV files with one image per row, with or without headings.

Separator, columns and quoting are detected from the headings and from the column that names images, or set in the
config. This also reads labels.tsv (name, tab, label), EasyOCR's filename,words and PaddleOCR's rec_gt files. No field
spans several lines.
"""

import csv
from collections import Counter
from dataclasses import dataclass

from engine.config.importing import TableConfig
from engine.datasets.importing.formats.base import HEAD_ROWS, ImportIssue, ListRow, Rows, list_format
from engine.datasets.importing.formats.listing import Listing
from engine.sources.spreadsheet import HEADINGS, unescape_formula
from engine.sources.tree import is_image, split_hint

_SEPARATORS = {"tab": "\t", "comma": ",", "semicolon": ";"}
_IMAGE = ("image", "filename", "file", "file_name", "path", "name", "img", "image_path", "image_name")
_LABEL = ("label", "words", "text", "word", "transcription", "ground_truth", "gt", "caption", "labels")
_SPLIT = ("split", "subset", "set")
_EASYOCR = ["filename", "words"]


@dataclass(frozen=True)
class _Dialect:
    """The separator and quoting of a table."""

    separator: str
    quoted: bool

    def fields(self, line: str) -> list[str]:
        if self.quoted:
            try:
                return next(csv.reader([line], delimiter=self.separator, strict=True, skipinitialspace=True))
            except csv.Error:  # a label that begins with a quote
                pass
        return line.split(self.separator)


@dataclass(frozen=True)
class _Columns:
    """The meaning of the fields of a line; `count` is the expected number of fields."""

    dialect: _Dialect
    count: int
    image: int
    label: int
    split: int | None = None
    heading: bool = False
    escaped: bool = False

    def row(self, number: int, line: str) -> ListRow | None:
        """Return the row in a line; None if it has too few fields."""
        fields = self.dialect.fields(line)
        if self.label == self.count - 1 < len(fields) - 1:  # separators inside the last column
            fields[self.label :] = [self.dialect.separator.join(fields[self.label :])]
        if len(fields) <= max(self.image, self.label):
            return None
        label = unescape_formula(fields[self.label]) if self.escaped else fields[self.label]
        split = split_hint(fields[self.split]) if self.split is not None and self.split < len(fields) else None
        return ListRow(number, fields[self.image].strip(), label, split)


def _rows(listing: Listing, file: str, head: bool) -> Rows:
    lines = listing.head(file) if head else listing.lines(file)
    columns = _detect_columns(listing, file, [line for line in lines[:HEAD_ROWS] if line.strip()])
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


def _detect_columns(listing: Listing, file: str, lines: list[str]) -> _Columns | None:
    """Return the columns by which most of the first lines name existing images; None if none do."""
    table = listing.config.table
    separators = _SEPARATORS.values() if table.separator == "auto" else [_SEPARATORS[table.separator]]
    best, best_count = None, 0
    for separator in separators:
        columns = _guess(listing, file, lines, table, separator) if lines else None
        if columns is None:
            continue
        rows = [columns.row(0, line) for line in lines]
        found = sum(row is not None and listing.images.find(row.image, file) is not None for row in rows)
        if found > best_count:
            best, best_count = columns, found
    return best


def _guess(listing: Listing, file: str, lines: list[str], table: TableConfig, separator: str) -> _Columns | None:
    headings = [field.strip().casefold() for field in _Dialect(separator, quoted=True).fields(lines[0])]
    quoted = table.quotes == "csv" or (table.quotes == "auto" and separator != "\t" and headings != _EASYOCR)
    dialect = _Dialect(separator, quoted)
    image, label = _heading_index(headings, table.image, _IMAGE), _heading_index(headings, table.label, _LABEL)
    if image is not None and label is not None:
        escaped = headings == list(HEADINGS)
        return _Columns(dialect, len(headings), image, label, _heading_index(headings, "", _SPLIT), True, escaped)
    return _by_content(listing, file, lines, table, dialect)


def _by_content(
    listing: Listing, file: str, lines: list[str], table: TableConfig, dialect: _Dialect
) -> _Columns | None:
    """Detect columns without headings: the one that names images, and the next one, or the one before the last."""
    rows = [dialect.fields(line) for line in lines]
    count = Counter(map(len, rows)).most_common(1)[0][0]
    image, label = _column_number(table.image), _column_number(table.label)
    if count < 2 or (table.image and image is None) or (table.label and label is None):  # wanted headings are missing
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


def _heading_index(headings: list[str], wanted: str, known: tuple[str, ...]) -> int | None:
    """Return the index of the wanted heading, or of the first known one; None if it is missing."""
    names = (wanted.strip().casefold(),) if wanted else known
    return next((headings.index(name) for name in names if name in headings), None)


def _column_number(wanted: str) -> int | None:
    """Return the 0-based index of a column that is given by its 1-based number; None for a heading."""
    is_number = wanted.isascii() and wanted.isdigit() and len(wanted) < 7  # of a few columns
    return int(wanted) - 1 if is_number and int(wanted) > 0 else None


TABLE = list_format("table", "a table of names and labels (CSV or TSV)", _rows)
