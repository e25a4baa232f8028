"""ICDAR's word files: on each line `word_1.png, "text"`; a backslash goes before quotes and backslashes in a text."""

import re
from collections.abc import Iterator

from engine.datasets.importing.formats.base import ImportIssue, Row
from engine.datasets.importing.formats.listing import Listing, list_format, parsed_rows

_LINE = re.compile(r'\s*([^,]+?)\s*,\s+"(.*)"\s*')
_ESCAPED = re.compile(r'\\(["\\])')


def _parse(line: str) -> tuple[str, str] | None:
    match = _LINE.fullmatch(line)
    return (match[1], _ESCAPED.sub(r"\1", match[2])) if match else None


def _rows(_: Listing, file: str, lines: list[str]) -> Iterator[Row | ImportIssue]:
    return parsed_rows(lines, file, _parse)


ICDAR = list_format("icdar", 'lines of `name, "text"` (ICDAR)', _rows)
