"""Labels in plain text: lines of annotations, ICDAR's lines, a JSON object, a file beside each image, file names."""

import posixpath
import re
from collections.abc import Callable, Iterator

from engine.datasets.importing.formats.base import Format, ImportIssue, Item, ListRow, Rows, list_format, unlabelled
from engine.datasets.importing.formats.listing import Listing
from engine.errors import SourceError
from engine.parsing import parse_json
from engine.sources.text_files import MAX_TEXT_BYTES
from engine.sources.tree import folder_split_hint

_ANNOTATION = re.compile(r"\s*(\S+)\s(.*)", re.DOTALL)
_ICDAR = re.compile(r'\s*([^,]+?)\s*,\s+"(.*)"\s*')
_ICDAR_ESCAPE = re.compile(r'\\(["\\])')
_MIN_SIDECARS = 0.5  # share of the images that must have a text file

LineParser = Callable[[str], tuple[str, str] | None]
"""Returns the image and the label of a line; None for a malformed one."""


def _line_rows(parse: LineParser) -> Callable[[Listing, str, bool], Rows]:
    """Return the row reader of a list with one image per line; blank lines are skipped."""

    def rows(listing: Listing, file: str, head: bool) -> Rows:
        for number, line in enumerate(listing.head(file) if head else listing.lines(file), 1):
            if line.strip():
                pair = parse(line)
                yield ListRow(number, *pair) if pair else ImportIssue(f"{file}, line {number}", "line", line[:200])

    return rows


def parse_annotation(line: str) -> tuple[str, str] | None:
    """Parse a line of aocr's annotation files: a path without spaces, one space or tab, and the label."""
    match = _ANNOTATION.fullmatch(line)
    return (match[1], match[2]) if match else None


def parse_icdar(line: str) -> tuple[str, str] | None:
    """Parse a line of ICDAR's word files: `word_1.png, "text"`, quotes and backslashes escaped by a backslash."""
    match = _ICDAR.fullmatch(line)
    return (match[1], _ICDAR_ESCAPE.sub(r"\1", match[2])) if match else None


ANNOTATIONS = list_format("annotations", "lines of a path and a label (aocr)", _line_rows(parse_annotation))
ICDAR = list_format("icdar", 'lines of `name, "text"` (ICDAR)', _line_rows(parse_icdar))


def _dictionary_files(listing: Listing) -> list[str]:
    return [name for name in listing.names if name.casefold().endswith(".json")]


def _dictionary_rows(listing: Listing, file: str, head: bool) -> Rows:
    """Read docTR's labels.json: one object of image names and labels, the images beside it or in a folder below."""
    try:
        value = parse_json(listing.tree.read(file, MAX_TEXT_BYTES))
    except (OSError, ValueError):
        return
    for number, (name, label) in enumerate(value.items() if isinstance(value, dict) else (), 1):
        if isinstance(label, str):
            yield ListRow(number, name, label)
        else:
            yield ImportIssue(f"{file}, entry {number}", "line", f"{name[:80]}: {str(label)[:80]}")


DICTIONARY = list_format("dictionary", "a JSON object of names and labels (docTR)", _dictionary_rows, _dictionary_files)


def _sidecar_files(listing: Listing) -> list[str]:
    files = list(listing.sidecars.values())
    return files if files and len(files) >= _MIN_SIDECARS * len(listing.images.names) else []


def _read_sidecars(listing: Listing, _: list[str]) -> Iterator[Item | ImportIssue]:
    """Read the text files beside images (same name, .txt or .gt.txt), each with one line: the label."""
    for image, text in listing.sidecars.items():
        try:
            lines = [line for line in listing.lines(text) if line.strip()]
        except SourceError as error:
            yield ImportIssue(text, "line", str(error))
            continue
        if len(lines) > 1:
            yield ImportIssue(text, "line", f"{len(lines)} lines where one label should be")
        else:
            yield Item(image, image, lines[0] if lines else "", folder_split_hint(image))
    yield from unlabelled(listing.images, set(listing.sidecars))


SIDECAR = Format("sidecar", "a text file beside each image", _sidecar_files, _read_sidecars)


def _read_names(listing: Listing, files: list[str]) -> Iterator[Item]:
    for name in files:
        stem = posixpath.splitext(posixpath.basename(name))[0]
        yield Item(name, name, label_part(stem, listing.config.name_part), folder_split_hint(name))


def label_part(stem: str, part: str) -> str:
    """Return the label in a file name without its ending (word_1); all of it if it has no underscore."""
    if part == "whole" or "_" not in stem:
        return stem
    return stem.rpartition("_")[0] if part == "before" else stem.partition("_")[2]


NAMES = Format("names", "the label in each file's name", lambda listing: listing.images.names, _read_names)
