"""Dialect of the rows of a table: what parts their fields, and what quotes and backslashes in them mean."""

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from engine.sources.tree import is_image

Quotes = Literal["none", "csv", "backslash"]

_MOST_LINES = 20  # that one quoted field may fill
_QUOTE_ESCAPE = re.compile(r'\\(["\\])')


@dataclass(frozen=True)
class Dialect:
    """The separator of a table, and its quoting.

    Attributes:
        separator: one character.
        quotes: none: they are part of a field; csv: they stand around fields and are doubled inside; backslash: a
            backslash stands before those inside.
    """

    separator: str
    quotes: Quotes

    def fields(self, text: str) -> list[str]:
        """Return the fields of a row; quotes are part of them where the row is not written so."""
        if '"' not in text:
            return text.split(self.separator)
        if self.quotes == "backslash":
            return self._escaped(text) or text.split(self.separator)
        if self.quotes == "csv":
            return self._quoted(text) or text.split(self.separator)
        return text.split(self.separator)

    def rows(self, lines: Sequence[str]) -> Iterator[tuple[int, str, list[str]]]:
        """Yield number from 1, text and fields of each row that is not blank; a quoted field may fill several lines."""
        place = 0
        while place < len(lines):
            taken = 1
            if lines[place].strip():
                if self.quotes == "csv":
                    taken = self._lines_of_row(lines[place : place + _MOST_LINES])
                text = "\n".join(lines[place : place + taken])
                yield place + 1, text, self.fields(text)
            place += taken

    def is_escaped(self, line: str) -> bool:
        """Say whether a line only reads with a backslash before the quotes inside its fields."""
        return r"\"" in line and self._quoted(line) is None and self._escaped(line) is not None

    def is_quoted(self, line: str) -> bool:
        """Say whether every field of a line that holds a quote is a quoted one."""
        fields = self._quoted(line)
        return fields is not None and all('"' not in part for part in _outside_quotes(line, self.separator))

    def _lines_of_row(self, lines: Sequence[str]) -> int:
        """Return how many lines the row that begins with the first of these fills."""
        if lines[0].count('"') % 2 == 0:
            return 1
        for end, line in enumerate(lines[1:], 2):
            if is_image(line.split(self.separator)[0].strip(' "')):  # a row of its own, so the quote is a character
                return 1
            if line.count('"') % 2:
                return end if self._quoted("\n".join(lines[:end])) is not None else 1
        return 1

    def _quoted(self, text: str) -> list[str] | None:
        try:
            reader = csv.reader(text.splitlines(True), delimiter=self.separator, strict=True, skipinitialspace=True)
            rows = list(reader)
        except csv.Error:  # a label that begins with a quote
            return None
        return rows[0] if len(rows) == 1 else None

    def _escaped(self, text: str) -> list[str] | None:
        fields, place = [], 0
        while place <= len(text):
            match = self._escaped_field.match(text, place)
            if match is None:
                return None
            fields.append(match[2] if match[1] is None else _QUOTE_ESCAPE.sub(r"\1", match[1]))
            place = match.end()
            if match[3] == "":
                return fields
        return None

    @cached_property
    def _escaped_field(self) -> re.Pattern[str]:
        apart = re.escape(self.separator)
        return re.compile(rf'[ ]*(?:"((?:[^"\\]|\\.)*)"[ ]*|([^{apart}]*))({apart}|$)', re.DOTALL)


def _outside_quotes(line: str, separator: str) -> list[str]:
    """Return what stands outside of quoted fields."""
    return re.sub(rf'(?:(?<=^)|(?<={re.escape(separator)})) *"(?:[^"]|"")*" *', "", line).split(separator)


def quotes_of(lines: Sequence[str], separator: str) -> Quotes:
    """Return how the rows of a table are quoted, as far as its lines tell.

    With tabs, quotes are part of a text unless they all stand as a table has them, and some of them must.
    """
    csv_dialect = Dialect(separator, "csv")
    with_quotes = [line for line in lines if '"' in line]
    escaped = sum(csv_dialect.is_escaped(line) for line in with_quotes)
    if escaped > sum('""' in line and csv_dialect.is_quoted(line) for line in with_quotes):
        return "backslash"
    if separator != "\t":
        return "csv"
    rows = [text for _, text, _ in csv_dialect.rows(lines) if '"' in text]
    if not rows or not all(csv_dialect.is_quoted(row) for row in rows):
        return "none"
    needed = any("\n" in row or '""' in row.replace('\t""', "") for row in rows)
    return "csv" if needed or _all_quoted(rows, lines) else "none"


def _all_quoted(rows: list[str], lines: Sequence[str]) -> bool:
    """Say whether every row of a table ends in a quoted field."""
    return (
        len(rows) > 1 and len(rows) == sum(bool(line.strip()) for line in lines) and all(row[-1] == '"' for row in rows)
    )
