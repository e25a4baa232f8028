"""aocr's annotation files: on each line the path of an image without spaces, one space or tab, and the label."""

import re
from collections.abc import Iterator

from engine.datasets.importing.formats.base import ImportIssue, Row
from engine.datasets.importing.formats.listing import Listing, list_format, parsed_rows

_LINE = re.compile(r"\s*(\S+)\s(.*)", re.DOTALL)


def _parse(line: str) -> tuple[str, str] | None:
    match = _LINE.fullmatch(line)
    return (match[1], match[2]) if match else None


def _rows(_: Listing, file: str, lines: list[str]) -> Iterator[Row | ImportIssue]:
    return parsed_rows(lines, file, _parse)


ANNOTATIONS = list_format("annotations", "lines of a path and a label (aocr)", _rows)
