"""The images of a source, found by the names that label lists give them.

Lists are moved away from their images, written on systems that ignore case, and made before images were converted, so
a name is looked for as it stands first and then ever more loosely. How loosely is returned with the image, for two
rows may mean the same one.
"""

import posixpath
import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import NamedTuple
from urllib.parse import unquote

from engine.sources.tree import folder_split_hint, is_image, plain_name

LOOSE = 2
"""Matches from here on are guesses: another row may name the image better."""

IMAGE_HEADINGS = (
    *("image", "filename", "file", "file_name", "path", "name", "img", "image_path", "image_name", "filepath"),
    *("file_path", "img_path", "img_name", "image_file", "imagefile", "imagename", "file name", "image name"),
    *("image path", "image file", "image_id", "img_id", "crop", "id"),
)
"""Headings of the column that names the images of a list, the surest first."""

_APART = re.compile(r"[\s_-]+")
_ADDRESS = re.compile(r"^.*://|[?#].*$")  # what an address has beside a path
_UPLOADED = re.compile(r"^[0-9a-f]{8}-")  # what Label Studio puts before the name of an upload
_NUMBER = re.compile(r"\d+")


class Match(NamedTuple):
    """An image that a list refers to.

    Attributes:
        name: the image's.
        looseness: 0 the name as it stands, 1 without its first folders, LOOSE the only file of that name, then without
            regard to case, to the ending, and to zeros and blanks.
    """

    name: str
    looseness: int


class ImageIndex:
    """The images of a source by their names."""

    def __init__(self, names: Iterable[str]) -> None:
        self.names = [name for name in names if is_image(name)]
        self._all = set(self.names)
        self._by_key = [self._grouped(key) for key in _KEYS]

    def find(self, listed: str, listed_in: str) -> str | None:
        """Return the image that a list refers to; see `match`."""
        found = self.match(listed, listed_in)
        return found.name if found else None

    def match(self, listed: str, listed_in: str) -> Match | None:
        """Return the image that a list refers to: below the list, in the source, or the only one of such a name.

        Leading folders that do not exist are ignored, but not one that stands for another split than the image's.
        """
        base = posixpath.dirname(listed_in)
        plain = plain_name(listed)
        parts = plain.split("/")
        for start in range(len(parts)):
            tail = "/".join(parts[start:])
            for name in (f"{base}/{tail}" if base else tail, tail):
                if name in self._all and (start == 0 or same_split(plain, listed_in, name)):
                    return Match(name, min(start, 1))
        for looseness, (key, groups) in enumerate(zip(_KEYS, self._by_key, strict=True), LOOSE):
            names = [name for name in groups.get(key(parts[-1]), ()) if same_split(plain, listed_in, name)]
            name = _meant(names, base, parts)
            if name is not None:
                return Match(name, looseness)
        bare = _ADDRESS.sub("", listed) if "://" in listed else _UPLOADED.sub("", parts[-1])
        return self.match(bare, listed_in) if bare not in (listed, parts[-1]) else None

    def mentioned(self, text: str, listed_in: str = "") -> str | None:
        """Return the first image whose file name stands in a text of a file, if any does."""
        words = re.split(r"[\s\"'\[\]{}(),;:|<>=]+", text)
        return next((found for word in words if "." in word and (found := self.find(word, listed_in))), None)

    def _grouped(self, key: Callable[[str], str]) -> dict[str, list[str]]:
        groups: dict[str, list[str]] = defaultdict(list)
        for name in self.names:
            file = posixpath.basename(name)
            for each in {key(file), key(posixpath.splitext(file)[0])}:
                groups[each].append(name)
        return groups


def _file(name: str) -> str:
    return name


def _folded(name: str) -> str:
    return unicodedata.normalize("NFKC", unquote(name)).casefold()


def _stem(name: str) -> str:
    return posixpath.splitext(_folded(name))[0] if is_image(name) else _folded(name)


def bare_name(name: str) -> str:
    """Return a name without zeros in front of its numbers, its blanks, hyphens and underscores all alike."""
    return _NUMBER.sub(lambda digits: digits[0].lstrip("0") or "0", _APART.sub("_", _stem(name).strip(" _-")))


_KEYS: tuple[Callable[[str], str], ...] = (_file, _folded, _stem, bare_name)


def _meant(names: list[str], base: str, parts: list[str]) -> str | None:
    """Return the one of several images of a name that a list below `base` means: the only one whose folders fit best.

    Args:
        names: the images.
        base: the list's folder.
        parts: the folders and the name that the list gives.
    """
    if len(names) > 1:
        folders = [part.casefold() for part in (*base.split("/"), *parts[:-1]) if part]
        scores = [_shared_end(folders, name) for name in names]
        best = [name for name, score in zip(names, scores, strict=True) if score == max(scores)]
        names = best if len(best) == 1 else [name for name in best if base and name.startswith(f"{base}/")]
    return names[0] if len(names) == 1 else None


def _shared_end(folders: list[str], name: str) -> int:
    """Return how many folders right above an image are the last ones of `folders`."""
    own = posixpath.dirname(name).casefold().split("/")
    shared = 0
    while shared < min(len(own), len(folders)) and own[-1 - shared] == folders[-1 - shared]:
        shared += 1
    return shared


def same_split(listed: str, listed_in: str, name: str) -> bool:
    """Say whether nothing tells that a list means an image of another split than one has that is there.

    Args:
        listed: the name that the list gives, its folders with /; empty where the list is named like its image.
        listed_in: the list, whose folders count where the name has none of a split; not those that both lie in.
        name: the image.
    """
    if said := folder_split_hint(listed):
        return folder_split_hint(name) in (said, None)
    above = posixpath.commonpath([posixpath.dirname(listed_in), posixpath.dirname(name)])
    own, said = (folder_split_hint(each.removeprefix(above)) for each in (name, listed_in))
    return own is None or said is None or own == said
