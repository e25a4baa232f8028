"""Tables of labels: CSV and TSV files with one image per row, with or without headings.

Separator, columns and quoting are detected from the headings and from the column that names images, or set in the
config. This also reads labels.tsv (name, tab, label), EasyOCR's filename,words and PaddleOCR's rec_gt files.
"""

import posixpath
import re
from collections.abc import Iterator
from itertools import islice

from engine.config.importing import TableConfig
from engine.datasets.importing.formats.base import HEAD_ROWS, Format, ImportIssue, ListRow, Rows
from engine.datasets.importing.formats.columns import Columns, choose_columns
from engine.datasets.importing.formats.dialects import Dialect, quotes_of
from engine.datasets.importing.formats.listing import Listing
from engine.errors import SourceError
from engine.sources.label_files import LIST_ENDINGS, UNTYPED
from engine.sources.spreadsheet import unescape_formula
from engine.sources.tree import is_image, split_hint
from glyphlab_read.parsing import ParseFault, parse_json

_SEPARATORS = {"tab": "\t", "comma": ",", "semicolon": ";", "bar": "|"}
_EASYOCR = ["filename", "words"]
_CROPS = "rec_gt"  # what PPOCRLabel calls its lists of words cut out
_SEVERAL_IMAGES = re.compile(r'\s*(\["[^\t]*"\])\s*\t')
_SEPARATOR_LINE = re.compile(r'"?sep=."?', re.IGNORECASE)  # what Excel puts first


def _rows(listing: Listing, file: str, head: bool) -> Rows:
    lines = listing.head(file) if head else listing.lines(file)
    lines = [each for line in lines for each in _images_of_one_label(line)]
    if lines and _SEPARATOR_LINE.fullmatch(lines[0]):
        lines[0] = ""
    found = _detect(listing, file, lines)
    if found is None:
        return
    dialect, columns = found
    for number, text, fields in islice(dialect.rows(lines), int(columns.heading), None):
        row = row_of(columns, dialect.separator, number, fields)
        if row and dialect.quotes != "none":
            row = row._replace(label=row.label.lstrip(" "))
        if row and row.label in UNTYPED and posixpath.basename(file).casefold().startswith(_CROPS):
            row = row._replace(label="")
        yield row or ImportIssue(f"{file}, line {number}", "line", text[:200])


def _images_of_one_label(line: str) -> list[str]:
    """Return a row for each image of a row that begins with a JSON list of them, as PaddleOCR's lists may."""
    match = _SEVERAL_IMAGES.match(line)
    if match is None:
        return [line]
    try:
        names = parse_json(match[1].encode())
    except ParseFault:
        return [line]
    return (
        [f"{name}\t{line[match.end() :]}" for name in names] if all(isinstance(name, str) for name in names) else [line]
    )


def row_of(columns: Columns, separator: str, number: int, fields: list[str]) -> ListRow | None:
    """Return what the fields of a row say; None where they are too few, or too many to tell where the label ends."""
    if len(fields) <= max(columns.image, columns.label):
        return None
    if columns.label == columns.count - 1:
        fields = [*fields[: columns.label], separator.join(fields[columns.label :])]
    elif any(field.strip() for field in fields[columns.count :]):
        return None
    label = unescape_formula(fields[columns.label]) if columns.escaped else fields[columns.label]
    split = split_hint(fields[columns.split]) if columns.split is not None and columns.split < len(fields) else None
    return ListRow(number, fields[columns.image].strip("\ufeff\t "), label, split)


def _detect(listing: Listing, file: str, lines: list[str]) -> tuple[Dialect, Columns] | None:
    """Return how a table is written, by which most of its first rows name existing images; None if none do.

    Raises:
        SourceError: its columns are a question.
    """
    best, most, question = None, 0, None
    for dialect in _dialects(lines, listing.config.table):
        rows = [fields for _, _, fields in islice(dialect.rows(lines), HEAD_ROWS)]
        try:
            columns = choose_columns(file, rows, listing.config.table, lambda name: listing.images.find(name, file))
        except SourceError as error:
            question = question or error
            continue
        if columns is None:
            continue
        named = (row[columns.image].strip() for row in rows if len(row) > columns.image)
        count = sum(listing.images.find(name, file) is not None or is_image(name) for name in named)
        if count > most:
            best, most = (dialect, columns), count
    if best is None and question is not None:
        raise question
    return best


def _dialects(lines: list[str], table: TableConfig) -> Iterator[Dialect]:
    for name, separator in _SEPARATORS.items():
        if table.separator not in ("auto", name) or not any(separator in line for line in lines[:HEAD_ROWS]):
            continue
        if table.quotes != "auto":
            yield Dialect(separator, table.quotes)
            continue
        first = next((line for line in lines if line.strip()), "")
        headings = [field.strip().casefold() for field in Dialect(separator, "csv").fields(first)]
        yield Dialect(separator, "none" if headings == _EASYOCR else quotes_of(lines, separator))


TABLE = Format("table", "a table of names and labels (CSV or TSV)", LIST_ENDINGS, _rows)
