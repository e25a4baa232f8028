"""Labels that stand in the names of image files."""

import posixpath
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

from engine.datasets.importing.formats.base import Format, Item
from engine.datasets.importing.formats.given_names import are_given
from engine.datasets.importing.formats.listing import Listing
from engine.sources.questions import ImportQuestion, Remedy, read_instead
from engine.sources.tree import folder_split_hint

NamePart = Literal["auto", "before", "after", "middle", "counter", "whole"]

_CHOICES: tuple[NamePart, ...] = ("whole", "before", "after", "middle")
_MOST = 0.9  # share of the names that tells
_DIGITS = re.compile(r"\d+")
_COUNTER = re.compile(
    r"(?P<base>.*?[^\s.-])(?:(?P<mark>[._-]|\s+-?\s*)(?P<number>\d{1,4})|\s*\(\d{1,4}\)|(?:\s-)?\scopy(?:\s\(?\d+\)?)?)",
    re.IGNORECASE,
)
_FIRST = 2  # the highest number that a counter begins with: the second of its name may have the first


def read_names(listing: Listing) -> Iterator[Item]:
    """Yield each image that is no mask or version of another, labelled by its name.

    Raises:
        ImportQuestion: no numbers tell which part of the names is the label, or the names are nothing but numbered.
    """
    part: NamePart = listing.config.name_part
    if part == "auto":
        stems = [_stem(name) for name in listing.images.names if name not in listing.companions]
        part = _part_of(stems, listing)
    for name in listing.images.names:
        if name not in listing.companions:
            yield Item(name, name, label_part(_stem(name), part), folder_split_hint(name))


def label_part(stem: str, part: str) -> str:
    """Return the label in a file name without its ending (word_1); all of it if it has no underscore."""
    if part == "counter":
        found = _COUNTER.fullmatch(stem)
        return found["base"] if found else stem
    if part == "whole" or "_" not in stem:
        return stem
    if part == "middle":
        return stem.partition("_")[2].rpartition("_")[0] or stem
    return stem.rpartition("_")[0] if part == "before" else stem.partition("_")[2]


def _stem(name: str) -> str:
    return posixpath.splitext(posixpath.basename(name))[0]


def _part_of(stems: Sequence[str], listing: Listing) -> NamePart:
    """Tell by the numbers in names which part of them is the label; somebody may have said that it is there.

    Raises:
        ImportQuestion: nothing tells it.
    """
    said, instead = listing.config.format == NAMES.name, read_instead(listing.config)
    if not said and are_given(stems):
        raise _nothing_says(stems[0], "such as cameras and programs give", instead)
    if behind := _with_counter(stems):
        raise ImportQuestion(
            f"Only the names of the images can be their labels, and some of them seem to end with a counter, such as "
            f"{behind[:60]!r}. Say what the label is.",
            [_is_label(behind, "counter"), _is_label(behind, "whole"), instead],
        )
    apart = [stem for stem in stems if "_" in stem]
    if len(apart) < _MOST * len(stems) and all(stem.rpartition("_")[2].isdecimal() for stem in apart):
        apart = []  # a number behind some of the names
    counted = {part: _share(not label_part(stem, part).isdecimal() for stem in apart) for part in _CHOICES}
    first = _share(stem.partition("_")[0].isdecimal() for stem in apart) >= _MOST
    last = _share(stem.rpartition("_")[2].isdecimal() for stem in apart) >= _MOST
    if first and last and counted["middle"] >= _MOST and all(stem.count("_") > 1 for stem in apart):
        return "middle"
    if last and not (first and all(stem.count("_") > 1 for stem in apart)):
        return "before"
    if first and not last and counted["after"] >= _MOST:
        return "after"
    if apart:
        raise ImportQuestion(
            f"Only the names of the images can be their labels, such as {apart[0][:60]!r}, and no numbers tell which "
            "part of them. Say which it is.",
            [
                *(_is_label(apart[0], part) for part in _CHOICES[:3]),
                instead,
            ],
        )
    if not said and len({_DIGITS.sub("", stem) for stem in stems}) == 1 < len(stems) and _DIGITS.sub("", stems[0]):
        raise _nothing_says(stems[0], "only numbered", instead)
    return "before"


def _with_counter(stems: Sequence[str]) -> str:
    """Return a name that ends with what tells images of one text apart, as far as the others say; empty for none.

    It does where the name stands without it, too, where another differs in it alone, and where only a copy of a file
    is named so. A number behind an underscore is told by the others' numbers.
    """
    known, numbers = {stem.casefold() for stem in stems}, dict[str, set[int]]()
    found = [match for stem in stems if (match := _COUNTER.fullmatch(stem)) and match["mark"] != "_"]
    for match in found:
        if match["number"]:
            numbers.setdefault(match["base"].casefold(), set()).add(int(match["number"]))
    for match in found:
        base, own = match["base"].casefold(), numbers.get(match["base"].casefold(), set())
        decimal = match["mark"] == "." and base.rpartition(".")[2].isdecimal()
        several = len(own) > 1 and min(own) <= _FIRST and not base.isdecimal()
        if not decimal and (match["number"] is None or base in known or several):
            return match[0]
    return ""


def _is_label(stem: str, part: NamePart) -> Remedy:
    return Remedy(f"the label is {label_part(stem, part)[:40]!r}", "name_part", part)


def _nothing_says(first: str, names: str, instead: Remedy) -> ImportQuestion:
    return ImportQuestion(
        f"Nothing says the texts of these images, and their names are {names}, first {first[:60]!r}. Put a list of "
        "labels beside them (a labels.tsv: image name, tab, text), or:",
        [instead, Remedy("the file names are the labels", "name_part", "whole")],
    )


def _share(found: Iterable[bool]) -> float:
    values = list(found)
    return sum(values) / len(values) if values else 0.0


NAMES = Format("names", "the label in each file's name")
