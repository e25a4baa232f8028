"""The kind of a column of values: texts, or what tools keep beside texts: boxes, numbers, splits, states."""

import re
from collections.abc import Callable, Iterable
from typing import Literal

from engine.sources.tree import split_hint

Kind = Literal[
    "texts",
    "numbers",
    "scores",
    "hashes",
    "boxes",
    "outlines",
    "several",
    "structures",
    "splits",
    "states",
    "alike",
    "nothing",
]

KIND_TITLES: dict[Kind, str] = {
    "numbers": "numbers",
    "scores": "confidences",
    "hashes": "hashes",
    "boxes": "boxes",
    "outlines": "outlines with texts",
    "several": "several texts of each image, as of scenes",
    "structures": "JSON",
    "splits": "splits, which count where the splits of the source do",
    "states": "states",
    "alike": "the same for every image",
    "nothing": "names of images alone, of one split where the file's name says which",
}
"""Kinds that hold no texts, in words that follow the name of a file or a column."""

_MOST = 0.9  # share of the values that decides
_NUMBER = r"[-+]?\d+(?:\.\d+)?(?:e[-+]?\d+)?"
_APART = r"\s*[,;|\t]\s*"
_BRACKETS = r"[\s\[\](){}\"]*"
_BOX = re.compile(
    rf"{_BRACKETS}{_NUMBER}(?:{_BRACKETS}[,;|\t\[\](){{}}]{_BRACKETS}{_NUMBER}){{3,}}{_BRACKETS}[,;]?\s*", re.I
)
_YOLO = re.compile(r"\d+(?:\s+[01]?\.\d+){4,}")
_SHAPES = re.compile(r'\s*[\[{].*"(?:points|bbox|box|polygon|transcription|segmentation)".*', re.I | re.S)
_NO_SHAPES = re.compile(r"\[\s*\]|\{\s*\}")
_STRUCTURE = re.compile(r'\{.*".*\}|\[.*".*\]', re.S)
_OUTLINE = re.compile(rf"\s*{_NUMBER}(?:{_APART}{_NUMBER}){{3,}}{_APART}(?=.*[^\W\d_]|[^\d\s]).+", re.I | re.S)
_NUMBERS = re.compile(rf"{_NUMBER}(?:[\s,;]+{_NUMBER})*", re.I)
_SCORE = re.compile(r"0?\.\d+|[01](?:\.\d*)?")
_HASH = re.compile(r"[0-9a-f]{32,128}|[0-9A-F]{32,128}|[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_STATES = {
    *("ok", "err", "error", "done", "todo", "open", "checked", "unchecked", "verified", "unverified", "reviewed"),
    *("true", "false", "accepted", "rejected", "valid", "invalid", "labeled", "labelled", "unlabeled", "unlabelled"),
    *("saved", "unsaved", "printed", "handwritten"),
}


def kind_of(values: Iterable[str]) -> Kind:
    """Return what most of these values are; `texts` where they are nothing that is known."""
    stripped = [value.strip() for value in values]
    given = [value for value in stripped if value]
    if not given:
        return "nothing"
    for kind, fits in _TESTS:
        if sum(bool(fits(value)) for value in given) >= _MOST * len(given):
            return kind
    if len(given) > 1 and len(set(given)) == 1:
        return "alike"
    return "texts"


def _is_score(value: str) -> bool:
    return bool(_SCORE.fullmatch(value)) and "." in value


_TESTS: tuple[tuple[Kind, Callable[[str], object]], ...] = (
    ("boxes", lambda value: any(known.fullmatch(value) for known in (_BOX, _YOLO, _SHAPES, _NO_SHAPES))),
    ("outlines", lambda value: any(known.fullmatch(value) for known in (_OUTLINE, _BOX))),  # a text may be a number
    ("structures", _STRUCTURE.fullmatch),
    ("scores", _is_score),
    ("numbers", _NUMBERS.fullmatch),
    ("hashes", _HASH.fullmatch),
    ("splits", lambda value: value.isalpha() and split_hint(value)),
    ("states", lambda value: value.casefold() in _STATES),
)
