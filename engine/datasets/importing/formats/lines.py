"""Lists of one image a line that are no tables: annotations, ICDAR's words, IAM's words and lines, MJSynth's paths."""

import posixpath
import re
from collections.abc import Callable, Sequence

from engine.datasets.importing.formats.base import (
    HEAD_ROWS,
    Format,
    ImportIssue,
    ListRow,
    RowReader,
    Rows,
)
from engine.datasets.importing.formats.columns import ColumnQuestion
from engine.datasets.importing.formats.listing import Listing
from engine.sources.label_files import LIST_ENDINGS
from engine.sources.questions import Remedy
from engine.sources.tree import IMAGE_ENDINGS, is_image

_ENDING = "|".join(re.escape(ending) for ending in IMAGE_ENDINGS)
_NAMED = re.compile(rf"\s*([\"']?)(\S.*?(?:{_ENDING}))\1(?::|\s*[-=]>)?\s+(.*)", re.DOTALL | re.IGNORECASE)
_ANNOTATION = re.compile(r"\s*(\S+)\s(.*)", re.DOTALL)
_REVERSED = re.compile(rf"\s*(.*\S)\s+(\S+(?:{_ENDING}))\s*", re.DOTALL | re.IGNORECASE)
_ICDAR = re.compile(r'\s*([^,]+?)\s*,\s+"(.*)"\s*')
_ICDAR_ESCAPE = re.compile(r'\\(["\\])')
_IAM = re.compile(r"(\S+)(?: \d+)? (?:ok|err) (?:-?\d+ ){5}(?:(-?\d+) (\S.*)|\S+ (.*\S))\s*")
_MJSYNTH = re.compile(r"\s*(\S*?\d+_([^/\s]+)_(\d+)\.\w+)\s+(\d+)\s*")
_NUMBER_LED = re.compile(r"\s*-?\d+(?:\.\d+)?[\s,;]+\S")
_NUMBERS = re.compile(r"\s*\d{1,3}(?:\s+\d{1,3}){2,}\s*")
_MOST_WORDS = 8  # of an image's name
_MOST = 0.95  # share of the lines that make a question
_FEW = 3  # lines that make none

LineParser = Callable[[Listing, str, str], tuple[str, str] | None]
"""Returns the image and the label of a line of a file; None for a malformed one."""


def _line_rows(parse: LineParser, check: Callable[[Listing, str, Sequence[str]], None] | None = None) -> RowReader:
    """Return the reader of a list with one image a line; blank lines and comments are skipped."""

    def rows(listing: Listing, file: str, head: bool) -> Rows:
        lines = listing.head(file) if head else listing.lines(file)
        if check is not None:
            check(listing, file, [line for line in lines if line.strip() and not _is_comment(line)][:HEAD_ROWS])
        for number, line in enumerate(lines, 1):
            if line.strip() and not _is_comment(line):
                pair = parse(listing, file, line)
                yield ListRow(number, *pair) if pair else ImportIssue(f"{file}, line {number}", "line", line[:200])

    return rows


def _is_comment(line: str) -> bool:
    return line.startswith("#") and not is_image(line.split()[0])


def parse_annotation(listing: Listing, file: str, line: str) -> tuple[str, str] | None:
    """Parse a path, blanks and the label; in the path blanks may stand. The label may also go before the name."""
    named = _NAMED.fullmatch(line)
    if named and (" " not in named[2] or _is_there(listing, file, named[2])):
        return named[2], named[3]
    match = _ANNOTATION.fullmatch(line)
    if match is None or listing.images.find(match[1], file) is not None:
        return (match[1], match[2]) if match else None
    return _spaced(listing, file, line) or _named_last(listing, file, line) or (match[1], match[2])


def _spaced(listing: Listing, file: str, line: str) -> tuple[str, str] | None:
    """Parse a line whose image's name holds blanks and lacks its ending."""
    words = line.split(" ")
    for count in range(2, min(_MOST_WORDS, len(words))):
        name = " ".join(words[:count]).strip()
        if _is_there(listing, file, name):
            return name, " ".join(words[count:])
    return None


def _is_there(listing: Listing, file: str, name: str) -> bool:
    """Say whether a name with blanks is an image's; a folder with blanks may only be left off where it is there."""
    found = listing.images.match(name, file)
    return found is not None and (found.looseness == 0 or " " not in posixpath.dirname(name))


def _named_last(listing: Listing, file: str, line: str) -> tuple[str, str] | None:
    match = _REVERSED.fullmatch(line)
    return (match[2], match[1]) if match and listing.images.find(match[2], file) is not None else None


def _check_annotations(listing: Listing, file: str, lines: Sequence[str]) -> None:
    """Refuse lines whose labels may be several columns, unless the user says they are not. Raises ColumnQuestion."""
    pairs = [pair for line in lines if (pair := parse_annotation(listing, file, line))]
    labels = [label for image, label in pairs if listing.images.find(image, file) is not None]
    if listing.config.format != "auto" or len(labels) < _FEW:
        return
    numbers = {len(label.split()) for label in labels if _NUMBERS.fullmatch(label)}
    same = len(numbers) == 1 and all(_NUMBERS.fullmatch(label) for label in labels)
    if same or sum(bool(_NUMBER_LED.match(label) and not _is_number(label)) for label in labels) >= _MOST * len(labels):
        columns = max(len(label.split()) for label in labels) + 1
        raise ColumnQuestion(
            f"{file!r} has up to {columns} columns and no headings, first {lines[0][:80]!r}, and which of them holds "
            "the label is not sure. Give a table with tabs or headings, or say that nothing else is there.",
            [Remedy("all that follows the name is the label", "format", "annotations")],
            texts=not same,
        )


def _is_number(label: str) -> bool:
    return not any(character.isalpha() for character in label)


def parse_icdar(line: str) -> tuple[str, str] | None:
    """Parse a line of ICDAR's word files: `word_1.png, "text"`, quotes and backslashes escaped by a backslash."""
    match = _ICDAR.fullmatch(line)
    return (match[1], _ICDAR_ESCAPE.sub(r"\1", match[2])) if match else None


def parse_iam(line: str) -> tuple[str, str] | None:
    """Parse a line of IAM's words.txt, lines.txt or sentences.txt: the text is what follows the numbers and the tag."""
    match = _IAM.fullmatch(line)
    if match is None:
        return None
    return match[1], (match[4] if match[2] is None else match[3]).replace("|", " ")


def parse_mjsynth(line: str) -> tuple[str, str] | None:
    """Parse a line of MJSynth's annotation: a path that holds the text, and the number of a class that ends it."""
    match = _MJSYNTH.fullmatch(line)
    return (match[1], match[2]) if match and match[3] == match[4] and posixpath.basename(match[1]) else None


def _pairs(parse: Callable[[str], tuple[str, str] | None]) -> RowReader:
    return _line_rows(lambda _listing, _file, line: parse(line))


ANNOTATIONS = Format(
    "annotations",
    "lines of a path and a label (aocr)",
    LIST_ENDINGS,
    _line_rows(parse_annotation, _check_annotations),
)
ICDAR = Format("icdar", 'lines of `name, "text"` (ICDAR)', LIST_ENDINGS, _pairs(parse_icdar))
IAM = Format("iam", "lines of words.txt or lines.txt (IAM)", LIST_ENDINGS, _pairs(parse_iam))
MJSYNTH = Format("mjsynth", "lines of a path with its text and a class (MJSynth)", LIST_ENDINGS, _pairs(parse_mjsynth))
