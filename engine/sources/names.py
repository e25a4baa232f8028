"""The images of a source by name: which files are images, and which file a name in a list means."""

import posixpath
from collections import defaultdict

from engine.images.open import EXTENSIONS
from engine.sources.tree import Tree, plain_name

_ENDINGS = tuple(f".{extension}" for extension in (*EXTENSIONS, "tif", "tiff", "gif", "avif", "heic", "jp2", "ppm"))


class ImageIndex:
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
