"""The labels that several files give the same images, merged: the best name wins, and a disagreement is refused."""

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from engine.datasets.importing.formats.base import ImportIssue, Item
from engine.datasets.importing.formats.listing import Listing
from engine.datasets.importing.formats.lists import LabelList
from engine.datasets.importing.formats.sidecars import read_sidecars
from engine.labels import clean_label
from engine.sources.questions import ImportQuestion, Remedy
from engine.sources.tree import folder_split_hint, split_hint


class _Given(NamedTuple):
    """A label of an image: the file and the place that give it, and how loosely they name the image."""

    file: str
    place: str
    item: Item
    looseness: int

    @property
    def label(self) -> str:
        return clean_label(self.item.label)


class ImageLabels:
    """The labels of a source's images, from its lists and from the texts of single images."""

    def __init__(self, listing: Listing) -> None:
        self.issues: list[ImportIssue] = []
        self._listing = listing
        self._by_image: dict[str, list[_Given]] = defaultdict(list)

    @property
    def images(self) -> set[str]:
        """The images that have a label."""
        return set(self._by_image)

    def add_list(self, found: LabelList) -> None:
        """Add the rows of a list."""
        hint = split_hint(found.file)
        for entry in found.entries:
            if isinstance(entry, ImportIssue):
                self.issues.append(entry)
                continue
            row, match = entry
            place = row.file or f"{found.file}, line {row.line}"
            if match is None:
                self.issues.append(ImportIssue(place, "missing", row.image[:200]))
            else:
                item = Item(match.name, match.name, row.label, row.split or hint or folder_split_hint(match.name))
                self._by_image[match.name].append(_Given(found.file, place, item, match.looseness))

    def add_sidecars(self, sidecars: dict[str, str]) -> bool:
        """Add the text of each image; say whether any was one."""
        before = len(self._by_image)
        for image, entry in read_sidecars(self._listing, sidecars):
            if isinstance(entry, Item):
                self._by_image[image].append(_Given(sidecars[image], sidecars[image], entry, 0))
            else:
                self.issues.append(entry)
        return len(self._by_image) > before or any(image in self._by_image for image in sidecars)

    def items(self) -> list[Item]:
        """Return each image under its label, in the order of the lists; one that a list names twice, twice.

        Raises:
            SourceError: two files disagree about an image.
        """
        items: list[Item] = []
        for image, given in self._by_image.items():
            if len(given) == 1:
                items.append(given[0].item)
                continue
            closest = min(each.looseness for each in given)
            kept = [each for each in given if each.looseness == closest]
            labels = {each.label for each in kept}
            self.issues += (
                ImportIssue(each.place, "missing", f"another row names {image} better")
                for each in given
                if each.looseness > closest and each.label not in labels
            )
            if len(labels) > 1 and len({each.file for each in kept}) > 1:
                raise _disagreement(image, kept)
            if len(labels) == 1:  # of several rows that agree, one that says the split
                kept = [max(kept, key=lambda each: each.item.split is not None)]
            items += [each.item for each in kept]
        return items


def _disagreement(image: str, given: Iterable[_Given]) -> ImportQuestion:
    files = {each.label: each.file for each in given}
    (one, here), (other, there) = list(files.items())[:2]
    return ImportQuestion(
        f"{here!r} and {there!r} disagree, first about {image!r}: {one[:40]!r} and {other[:40]!r}. Say which to trust.",
        [Remedy(f"trust {file} alone", "lists", file) for file in (here, there)],
    )
