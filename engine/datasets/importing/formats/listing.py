"""The files of a source as import formats see them: images by name, label lists, sidecars, and decoded text lines."""

import itertools
import posixpath
from functools import cached_property

from engine.config.importing import ImportConfig
from engine.sources.text_files import TextFiles
from engine.sources.tree import Tree

_LIST_ENDINGS = (".txt", ".csv", ".tsv", ".lst", ".list")
_SIDECAR_ENDINGS = (".gt.txt", ".txt")  # beside a ground truth, a plain text is what a reader read
_MAX_LISTS = 1_000  # text files to look into; a source with more has other content in them


class Listing(TextFiles):
    """The files of one source, listed once. It opens no image and knows no format."""

    def __init__(self, tree: Tree, config: ImportConfig) -> None:
        super().__init__(tree, config.encoding)
        self.config = config

    @cached_property
    def sidecars(self) -> dict[str, str]:
        """The text file beside each image that has one."""
        names = set(self.names)
        sidecars = {}
        for image in self.images.names:
            stem = posixpath.splitext(image)[0]
            text = next((stem + ending for ending in _SIDECAR_ENDINGS if stem + ending in names), None)
            if text is not None:
                sidecars[image] = text
        return sidecars

    @cached_property
    def lists(self) -> list[str]:
        """The text files that may list labels: all but sidecars."""
        sidecars = set(self.sidecars.values())
        lists = (name for name in self.names if name.casefold().endswith(_LIST_ENDINGS) and name not in sidecars)
        return list(itertools.islice(lists, _MAX_LISTS))
