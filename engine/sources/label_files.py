"""Files that may hold labels and that no format takes: they are named, with the reason why they are not used."""

import itertools
import posixpath
import re

from engine.errors import SourceError
from engine.sources.text_files import TextFiles
from engine.sources.tree import IMAGE_ENDINGS, is_image

LIST_ENDINGS = (".txt", ".csv", ".tsv", ".lst", ".list", ".tab", ".dat", ".text", ".psv", ".gt", ".label", ".labels")
"""Endings of text files that list images."""

UNTYPED = ("TEMPORARY", "待识别")
"""The words that PPOCRLabel writes in place of a text that nobody typed."""

_TEXTS = (*LIST_ENDINGS, ".json", ".jsonl", ".ndjson", ".manifest", ".xml", ".yaml", ".yml", ".md", ".html", ".hocr")
_NOT_READ = {
    ".parquet": "a table of Parquet, save it as CSV",
    ".arrow": "a table of Arrow, save it as CSV",
    ".xlsx": "a table of Excel, save it as CSV",
    ".xls": "a table of Excel, save it as CSV",
    ".ods": "a table of LibreOffice, save it as CSV",
    ".mat": "a file of MATLAB, save its labels as CSV",
    ".mdb": "a database of LMDB, save its images and a list of labels",
    ".lmdb": "a database of LMDB, save its images and a list of labels",
    ".sqlite": "a database, save its labels as CSV",
    ".db": "a database, save its labels as CSV",
    ".h5": "a file of HDF5, save its images and a list of labels",
    ".hdf5": "a file of HDF5, save its images and a list of labels",
    ".npz": "a file of NumPy, save its labels as CSV",
    ".npy": "a file of NumPy, save its labels as CSV",
    ".pkl": "a pickle, which can run programs, save its labels as CSV",
    ".pickle": "a pickle, which can run programs, save its labels as CSV",
    ".box": "a file of Tesseract's boxes, save the texts as .gt.txt",
}
_LABEL_WORDS = re.compile(
    r"(?<![a-z])(labels?|gt|annotations?|transcri\w+|truth|metadata|captions?|texts?|words?)(?![a-z])"
)
_IMAGE_NAME = re.compile(rf"[^\s.](?:{'|'.join(map(re.escape, IMAGE_ENDINGS))})(?![^\W_])", re.IGNORECASE)
_APART = re.compile(r"[\s,;|:]+")
_FOREIGN = (".rst", ".log", ".out", ".cfg", ".ini", ".toml", ".properties", ".srt", ".tex", ".htm", ".doc", ".rtf")
_MOST_PROSE = 20  # files that are looked into
_LEAST_ROWS = 3  # of a table in prose
_MOST = 0.5  # share of the lines of a list that name images
_PROSE = ("readme", "license", "licence", "copying", "notice", "changelog", "authors", "citation", "requirements")


def may_hold_labels(name: str) -> bool:
    """Say whether a file may hold labels, by its name."""
    ending = posixpath.splitext(name)[1].casefold()
    return (ending in _TEXTS or ending in _NOT_READ or not ending) and not _is_prose(name)


def tables_in_prose(listing: TextFiles) -> list[str]:
    """Return the files that are there to be read by people, and of other endings, that hold a list of images."""
    names = (name for name in listing.names if _is_prose(name) or posixpath.splitext(name)[1].casefold() in _FOREIGN)
    return [name for name in itertools.islice(names, _MOST_PROSE) if _holds_table(listing, name)]


def _is_prose(name: str) -> bool:
    return posixpath.basename(name).casefold().startswith(_PROSE)


def _holds_table(listing: TextFiles, name: str) -> bool:
    """Say whether some lines of a file begin or end with the name of an image and say more than that."""
    try:
        lines = listing.head(name)
    except SourceError:
        return False
    rows = 0
    for line in lines:
        words = [word for word in _APART.split(line) if any(map(str.isalnum, word))]
        rows += len(words) > 1 and any(listing.images.mentioned(word) for word in (words[0], words[-1]))
    return rows >= _LEAST_ROWS


def is_named_like_labels(name: str) -> bool:
    """Say whether a file's name says that it holds labels."""
    return bool(_LABEL_WORDS.search(name.casefold()))


def reason_of(listing: TextFiles, name: str) -> str:
    """Return why no format takes a file that names images or is named like labels; empty where it does neither.

    Raises:
        SourceError: it cannot be read.
    """
    if what := _NOT_READ.get(posixpath.splitext(name)[1].casefold()):
        return f"it is {what}"
    lines = [line for line in listing.head(name) if line.strip()]
    if not lines:
        return "it is no text" if listing.tree.read(name, 1) else ""
    naming = [line for line in lines if listing.images.mentioned(line) or _IMAGE_NAME.search(line)]
    if _is_plain_text(name) and len(naming) < _MOST * len(lines):
        naming = []  # prose that mentions an image
    unknown = next(iter(naming), None)
    if unknown is None and listing.belongs_to_image(name):
        return "it belongs to an image by its name, and is in no form that is read"
    if unknown is None and not is_named_like_labels(name):
        return ""
    return f"no format of labels fits it, first in {(unknown or lines[0])[:80]!r}"


def lists_images(listing: TextFiles, name: str) -> bool:
    """Say whether a file seems to list images, and does not just mention some as prose does."""
    lines = [line for line in listing.head(name) if line.strip()]
    if _is_plain_text(name):
        ends = [_APART.split(line.strip()) for line in lines]
        named = sum(any(listing.images.mentioned(word, name) for word in (words[0], words[-1])) for words in ends)
        return named > 0 and named >= _MOST * len(lines)
    return any(listing.images.mentioned(line, name) is not None for line in lines)


def _is_plain_text(name: str) -> bool:
    return posixpath.splitext(name)[1].casefold() in (*LIST_ENDINGS, ".md", "")


def rows_of_missing(listing: TextFiles, name: str) -> list[tuple[int, str]]:
    """Return number and text of the first lines of a list that begin or end with the name of an image, none there."""
    if posixpath.splitext(name)[1].casefold() not in LIST_ENDINGS:
        return []
    rows = []
    for number, line in enumerate(listing.head(name), 1):
        words = _APART.split(line.strip())
        if is_image(words[0]) or is_image(words[-1]):
            rows.append((number, line))
    return rows if len(rows) >= _MOST * sum(bool(line.strip()) for line in listing.head(name)) else []


def lists_names_alone(listing: TextFiles, name: str) -> bool:
    """Say whether each of a file's first lines is an image's name and nothing else, as in lists of a split."""
    try:
        lines = [line.strip() for line in listing.head(name) if line.strip()]
    except SourceError:
        return False
    return bool(lines) and all(listing.images.find(line, name) is not None for line in lines)
