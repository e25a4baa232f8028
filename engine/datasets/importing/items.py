"""What a format finds in a source: images with their labels as listed, and entries that make no such pair.

Also how names in a list are matched with the files that are there. Nothing here opens an image or judges a label.
"""

import posixpath
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from engine.config.generate import Split
from engine.images.open import EXTENSIONS
from engine.sources.tree import Refusal, Span, Tree, folder_hint, plain_name, split_hint

FlawReason = Literal["missing", "line", "unlabelled", "record", Refusal]

_ENDINGS = tuple(f".{extension}" for extension in (*EXTENSIONS, "tif", "tiff", "gif", "avif", "heic", "jp2", "ppm"))


@dataclass(frozen=True, slots=True)
class Item:
    """One image of a source with its label.

    Attributes:
        name: what it is called, for people.
        member: the file it is in.
        label: its text, as listed.
        split: the split that the source gives it, if it says so.
        span: the record within the file; None when the file is the image.
    """

    name: str
    member: str
    label: str
    split: Split | None = None
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Flaw:
    """An entry of a source that is no image with a label: its name, why, and what stands there."""

    name: str
    reason: FlawReason
    detail: str = ""


Row = tuple[int, str, str, Split | None]  # a line's number, the image it names, the label, and a split if one is given


class Images:
    """The images of a source, found by the names that lists call them."""

    def __init__(self, tree: Tree) -> None:
        self.names = [member.name for member in tree.members if is_image(member.name)]
        self._all = set(self.names)
        self._by_file: dict[str, list[str]] = defaultdict(list)
        for name in self.names:
            file = posixpath.basename(name)
            self._by_file[file].append(name)
            self._by_file[posixpath.splitext(file)[0]].append(name)

    def find(self, called: str, listed_in: str) -> str | None:
        """Return the image that a list means: below the list, in the source, or the only one of that file name.

        Lists are often moved away from their images, so folders that are not there are left off the front.
        """
        base = posixpath.dirname(listed_in)
        parts = plain_name(called).split("/")
        for start in range(len(parts)):
            tail = "/".join(parts[start:])
            for name in (f"{base}/{tail}" if base else tail, tail):
                if name in self._all:
                    return name
        named = self._by_file.get(parts[-1], [])
        below = [name for name in named if not base or name.startswith(f"{base}/")]
        return next((found[0] for found in (below, named) if len(found) == 1), None)


def is_image(name: str) -> bool:
    """Say whether a file's name claims that it is an image, of a kind that we open or not."""
    return name.casefold().endswith(_ENDINGS)


def matched(images: Images, listed_in: str, rows: Iterable[Row | Flaw], used: set[str]) -> Iterator[Item | Flaw]:
    """Turn the rows of a list into items; `used` gathers the images that were named."""
    hint = split_hint(listed_in)
    for row in rows:
        if isinstance(row, Flaw):
            yield row
            continue
        number, called, label, split = row
        name = images.find(called, listed_in)
        if name is None:
            yield Flaw(f"{listed_in}, line {number}", "missing", called[:200])
        else:
            used.add(name)
            yield Item(name, name, label, split or hint or folder_hint(name))


def unlabelled(images: Images, used: set[str]) -> Iterator[Flaw]:
    """Yield a flaw for each image that no list names."""
    for name in images.names:
        if name not in used:
            yield Flaw(name, "unlabelled")
