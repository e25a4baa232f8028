"""The files of a source as import formats see them: images by name, label lists, a text file for each image."""

import posixpath
import re
from collections import defaultdict
from functools import cached_property
from typing import Any

from engine.config.importing import ImportConfig
from engine.sources.image_index import bare_name
from engine.sources.text_files import TextFiles
from engine.sources.tree import Tree, folder_split_hint

_SIDECAR_ENDINGS = (".gt.txt", ".txt")  # beside a ground truth, a plain text is what a reader read
_VERSIONS = ("bin", "nrm", "dew")  # what OCRopus makes of an image, the one that it reads first
_VERSION = re.compile(rf"\.({'|'.join(_VERSIONS)})$", re.IGNORECASE)
_COMPANION = re.compile(r"[_.-](?:masks?|seg|boxes|bbox|heatmap|depth|gt)$", re.IGNORECASE)
_COMPANION_FOLDER = re.compile(r"(?:^|[_-])(?:masks?|segmentations?|heatmaps?)$", re.IGNORECASE)


class Listing(TextFiles):
    """The files of one source, listed once. It opens no image and knows no format."""

    def __init__(self, tree: Tree, config: ImportConfig) -> None:
        super().__init__(tree, config.encoding)
        self.config = config
        self.parsed: dict[str, Any] = {}  # what a format keeps of a file between its head and its rows

    @cached_property
    def companions(self) -> set[str]:
        """The images that belong to another one: its mask, or a version of it."""
        stems = {posixpath.splitext(name)[0].casefold() for name in self.images.names}
        files = defaultdict(set)
        for name in self.images.names:
            files[posixpath.basename(posixpath.splitext(name)[0]).casefold()].add(posixpath.dirname(name))
        return {name for name in self.images.names if _belongs(name, stems, files)}

    @cached_property
    def sidecars(self) -> dict[str, str]:
        """The text file of each image that has one: beside it, or in a folder of texts."""
        names = set(self.names)
        found: dict[str, str] = {}
        doubled = False
        for image in self.images.names:
            if image not in self.companions:
                stems = (_VERSION.sub("", posixpath.splitext(image)[0]), image)
                texts = [stem + end for end in _SIDECAR_ENDINGS for stem in stems if stem + end in names]
                doubled = doubled or len(texts) > 1
                if texts:
                    found[image] = texts[0]
        if doubled:  # the plain ones are what a reader read
            return {image: text for image, text in found.items() if text.endswith(_SIDECAR_ENDINGS[0])}
        return found | self._texts_apart(found)

    @cached_property
    def texts_of_images(self) -> set[str]:
        """The text files named like an image beside them, whether they are used or not."""
        stems = {_VERSION.sub("", posixpath.splitext(name)[0]) for name in self.images.names} | set(self.images.names)
        return {name for name in self.names if _text_stem(name) in stems}

    def _texts_apart(self, beside: dict[str, str]) -> dict[str, str]:
        """Return the text in another folder for each image that has none beside it: the one whose folders fit best."""
        texts: dict[str, list[str]] = defaultdict(list)
        for name in set(self.names) - set(beside.values()):
            if stem := _text_stem(name):
                texts[bare_name(posixpath.basename(stem))].append(name)
        found: dict[str, str] = {}
        if not texts:
            return found
        for image in self.images.names:
            if image in beside or image in self.companions:
                continue
            stem = bare_name(posixpath.basename(_VERSION.sub("", posixpath.splitext(image)[0])))
            own = folder_split_hint(image)
            scores = {
                text: _shared(image, text)
                for text in texts.get(stem, ())
                if own is None or folder_split_hint(text) in (own, None)
            }
            best = [text for text, score in scores.items() if score == max(scores.values())]
            if len(best) == 1:
                found[image] = best[0]
        return found


def _belongs(name: str, stems: set[str], files: dict[str, set[str]]) -> bool:
    """Say whether an image is a mask or a version of another, by the stems and the folders of all."""
    stem = posixpath.splitext(name)[0].casefold()
    bare = _COMPANION.sub("", stem)
    if bare != stem and bare in stems:
        return True
    if version := _VERSION.search(stem):
        bare = stem[: version.start()]
        earlier = _VERSIONS[: _VERSIONS.index(version[1])]
        return bare in stems or any(f"{bare}.{each}" in stems for each in earlier)
    folder, file = posixpath.split(stem)
    if not _COMPANION_FOLDER.search(posixpath.basename(folder)):
        return False
    return any(other.casefold() != folder for each in (file, _COMPANION.sub("", file)) for other in files.get(each, ()))


def _text_stem(name: str) -> str:
    return next((name[: -len(ending)] for ending in _SIDECAR_ENDINGS if name.casefold().endswith(ending)), "")


def _shared(one: str, other: str) -> int:
    """Return how many folders two files share."""
    return len(set(posixpath.dirname(one).split("/")) & set(posixpath.dirname(other).split("/")))
