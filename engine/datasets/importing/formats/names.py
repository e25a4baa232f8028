"""Labels that stand in the names of image files."""

import posixpath
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

from engine.datasets.importing.formats.base import Format, Item
from engine.datasets.importing.formats.given_names import are_counters, are_given
from engine.datasets.importing.formats.listing import Listing
from engine.sources.questions import ImportQuestion, Remedy, read_instead
from engine.sources.tree import folder_split_hint

NamePart = Literal["auto", "before", "after", "middle", "counter", "counter_first", "folder", "whole"]

_CHOICES: tuple[NamePart, ...] = ("whole", "before", "after", "middle")
_MOST = 0.9  # share of the names that tells
_DIGITS = re.compile(r"\d+")
_COUNTER = re.compile(
    r"(?P<base>.*?[^\s.-])(?:(?P<mark>[._#~-]|\s+-?\s*)(?P<number>\d{1,4})|\s*[(\[]\d{1,4}[)\]]|"
    r"(?:\s-)?\scopy(?:\s\(?\d+\)?)?)",
    re.IGNORECASE,
)
_COUNTER_FIRST = re.compile(r"(?P<number>\d{1,6})(?:[.)#~-]\s*|\s+-?\s*)(?P<base>[^\W\d_].*)")
_NUMBERED = re.compile(r"[^\W\d_]{2,}(?P<number>\d{1,6})")
_EDGES = re.compile(r"[^\W\d_]\w*?[_=@~#-](?=.)"), re.compile(r"(?<=.)[_=@~#-][^\W_]+$")  # words that tools put there
_FILE_NAMES = Remedy("the file names are the labels", "name_part", "whole")
_MARKS = re.compile(r"[\s_@#~-]+")
_SEVERAL = 3  # names with a number and no mark that may be counted
_FIRST = 2  # the highest number that a counter begins with: the second of its name may have the first


def read_names(listing: Listing) -> Iterator[Item]:
    """Yield each image that is no mask or version of another, labelled by its name.

    Raises:
        ImportQuestion: no numbers tell which part of the names is the label, or the names are nothing but numbered.
    """
    part: NamePart = listing.config.name_part
    if part == "auto":
        part = _part_of([name for name in listing.images.names if name not in listing.companions], listing)
    for name in listing.images.names:
        if name not in listing.companions:
            label = _folder(name) if part == "folder" else label_part(_stem(name), part)
            yield Item(name, name, label, folder_split_hint(name))


def label_part(stem: str, part: str) -> str:
    """Return the label in a file name without its ending (word_1); all of it if it has no underscore."""
    if part in ("counter", "counter_first"):
        found = (_COUNTER if part == "counter" else _COUNTER_FIRST).fullmatch(stem)
        return found["base"] if found else stem
    if part == "whole" or "_" not in stem:
        return stem
    if part == "middle":
        return stem.partition("_")[2].rpartition("_")[0] or stem
    return stem.rpartition("_")[0] if part == "before" else stem.partition("_")[2]


def _stem(name: str) -> str:
    return posixpath.splitext(posixpath.basename(name))[0]


def _folder(name: str) -> str:
    return posixpath.basename(posixpath.dirname(name)) or _stem(name)


def _part_of(names: Sequence[str], listing: Listing) -> NamePart:
    """Tell by the numbers in names which part of them is the label; somebody may have said that it is there.

    Raises:
        ImportQuestion: nothing tells it.
    """
    said, instead = listing.config.format == NAMES.name, read_instead(listing.config)
    stems = [_stem(name) for name in names]
    if not said and _are_counted_in_folders(names):
        label = Remedy(f"the label is the folder's name, {_folder(names[0])[:40]!r}", "name_part", "folder")
        raise _nothing_says(stems[0], "numbers that begin again in each folder", [label, instead, _FILE_NAMES])
    if not said and are_given(stems):
        raise _nothing_says(stems[0], "such as cameras and programs give", [instead, _FILE_NAMES])
    if behind := _with_counter(stems):
        raise _counted(behind, "end", [_is_label(behind, "counter"), _is_label(behind, "whole"), instead])
    if behind := _counted_in_all(stems, _COUNTER_FIRST):
        raise _counted(behind, "begin", [_is_label(behind, "counter_first"), _is_label(behind, "whole"), instead])
    part = _part_by_numbers(stems)
    apart = next((stem for stem in stems if "_" in stem), stems[0])
    if part is None:
        raise _which_part(apart, instead)
    labels = [label_part(stem, part) for stem in stems]
    if not said and (labels != stems and are_given(labels)):
        raise _nothing_says(labels[0], "such as cameras and programs give", [instead, _is_label(apart, part)])
    if not said and _only_numbered(labels if len(set(labels)) > 1 or not labels[0].isdecimal() else stems):
        raise _nothing_says(stems[0], "only numbered", [instead, _FILE_NAMES])
    if _share_an_edge(labels):
        raise _which_part(apart, instead)
    return part


def _are_counted_in_folders(names: Sequence[str]) -> bool:
    """Say whether images are numbered anew in each of several folders, whose names are no splits."""
    folders: dict[str, list[str]] = {}
    for name in names:
        if folder_split_hint(name) is not None or not _stem(name).isdecimal():
            return False
        folders.setdefault(posixpath.dirname(name), []).append(_stem(name))
    several = Counter(stem for stems in folders.values() for stem in set(stems))
    return len(folders) > 1 and sum(times > 1 for times in several.values()) >= len(several) / 2


def _part_by_numbers(stems: Sequence[str]) -> NamePart | None:
    """Return the part of names with underscores that numbers leave; None where they do not tell."""
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
    return None if apart else "before"


def _only_numbered(stems: Sequence[str]) -> bool:
    """Say whether names differ in their numbers alone, or end with one of a row of numbers, without a mark."""
    if len(set(stems)) > 1 == len({_DIGITS.sub("", stem) for stem in stems}) and _DIGITS.sub("", stems[0]):
        return True
    found = [match for stem in stems if (match := _NUMBERED.fullmatch(stem))]
    return len(found) >= max(_SEVERAL, _MOST * len(stems)) and are_counters([int(each["number"]) for each in found])


def _share_an_edge(labels: Sequence[str]) -> bool:
    """Say whether nearly all labels begin or end with what tools write there: the same word and a mark, or hashes."""
    if len(set(labels)) < 2:
        return False
    parts = [found for label in labels if len(found := _MARKS.split(label)) > 1]
    if len(parts) == len(labels) and any(are_given([found[end] for found in parts]) for end in (0, -1)):
        return True
    for edge in _EDGES:
        found = Counter(match[0] for label in labels if (match := edge.search(label)))
        if found and found.most_common(1)[0][1] >= _MOST * len(labels):
            return True
    return False


def _with_counter(stems: Sequence[str]) -> str:
    """Return a name that ends with what tells images of one text apart, as far as the others say; empty for none.

    It does where the name stands without it, too, where another differs in it alone, and where only a copy of a file
    is named so. A number behind an underscore is told by the others' numbers.
    """
    if alike := _counted_in_all(stems, _COUNTER):
        return alike
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


def _counted_in_all(stems: Sequence[str], counter: re.Pattern[str]) -> str:
    """Return a name with a counter where nearly all have one, and together they count or never differ."""
    found = [match for stem in stems if (match := counter.fullmatch(stem)) and match["number"]]
    words = [match for match in found if match.groupdict().get("mark") != "_" and not match["base"][-1:].isdecimal()]
    if len(words) < max(2, _MOST * len(stems)):
        return ""
    numbers = [int(match["number"]) for match in words]
    return words[0][0] if are_counters(numbers) or len(set(numbers)) == 1 else ""


def _counted(stem: str, where: str, remedies: Sequence[Remedy]) -> ImportQuestion:
    return ImportQuestion(
        f"Only the names of the images can be their labels, and some of them seem to {where} with a counter, such as "
        f"{stem[:60]!r}. Say what the label is.",
        remedies,
    )


def _which_part(stem: str, instead: Remedy) -> ImportQuestion:
    return ImportQuestion(
        f"Only the names of the images can be their labels, such as {stem[:60]!r}, and no numbers tell which part of "
        "them. Say which it is.",
        [*(_is_label(stem, part) for part in (_CHOICES[:3] if "_" in stem else _CHOICES[:1])), instead],
    )


def _is_label(stem: str, part: NamePart) -> Remedy:
    return Remedy(f"the label is {label_part(stem, part)[:40]!r}", "name_part", part)


def _nothing_says(first: str, names: str, remedies: Sequence[Remedy]) -> ImportQuestion:
    return ImportQuestion(
        f"Nothing says the texts of these images, and their names are {names}, first {first[:60]!r}. Put a list of "
        "labels beside them (a labels.tsv: image name, tab, text), or:",
        remedies,
    )


def _share(found: Iterable[bool]) -> float:
    values = list(found)
    return sum(values) / len(values) if values else 0.0


NAMES = Format("names", "the label in each file's name")
