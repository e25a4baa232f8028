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

NamePart = Literal["auto", "before", "after", "middle", "whole"]

_CHOICES: tuple[NamePart, ...] = ("whole", "before", "after", "middle")
_MOST = 0.9  # share of the names that tells
_DIGITS = re.compile(r"\d+")


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
    apart = [stem for stem in stems if "_" in stem]
    if len(apart) < _MOST * len(stems):
        apart = []
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
                *(
                    Remedy(f"the label is {label_part(apart[0], part)[:40]!r}", "name_part", part)
                    for part in _CHOICES[:3]
                ),
                instead,
            ],
        )
    if not said and len({_DIGITS.sub("", stem) for stem in stems}) == 1 < len(stems) and _DIGITS.sub("", stems[0]):
        raise _nothing_says(stems[0], "only numbered", instead)
    return "before"


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
