"""The images of a source as words, set apart at random: the ones that judge, and the ones that are learned from.

Words are cut out of whole photos by a locator. Two images of the same bytes count once, or one could judge what the
other taught.
"""

import zipfile
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np
from PIL import Image

from engine.errors import ImageError, SourceError
from engine.images.encode import png_bytes
from engine.sources.image_index import ImageIndex
from engine.sources.tree import Tree
from glyphlab_read.documents.page_reader import TURNS, PageReader
from glyphlab_read.images.open import MAX_BYTES, open_image
from glyphlab_read.images.sources import is_photo_size
from glyphlab_read.regions.straighten import straightened

LEAST = 15
"""Words without which nothing is set apart: a third of them would judge."""

_JUDGING = 3  # of so many words one judges, at most
Content = Literal["auto", "word", "page"]


class WordImage(NamedTuple):
    """An image of a word: its name in an archive, and its file."""

    name: str
    content: bytes


def words_of(
    tree: Tree, content: Content, open_pages: Callable[[], PageReader], on_image: Callable[[int, int], None]
) -> Iterator[WordImage]:
    """Yield the words of a source: each image as it is, or those that are found in it.

    Images that cannot be opened are yielded as they are, so that whoever reads them tells why.

    Args:
        tree: the source.
        content: what its images show.
        open_pages: opens what finds words in photos, when the first photo comes.
        on_image: called with the number of images looked at and of all.

    Raises:
        SourceError: the source holds no image, or is not safe to read.
    """
    names = ImageIndex(member.name for member in tree.members).names
    if not names:
        raise SourceError(f"{tree.title!r} holds no images. Choose one with PNG, JPEG or TIFF images.")
    pages: PageReader | None = None
    for number, name in enumerate(names):
        on_image(number, len(names))
        try:
            file = tree.read(name, MAX_BYTES)
            image = None if content == "word" else open_image(file)
        except OSError as error:
            raise SourceError(f"{name!r} cannot be read ({error.strerror or error}). Check its permissions.") from None
        except ImageError:
            image = None
        if image is None or (content == "auto" and not is_photo_size(*image.size)):
            yield WordImage(name, file)
        else:
            pages = pages or open_pages()
            yield from _cut(pages, name, image)


def _cut(pages: PageReader, name: str, image: Image.Image) -> Iterator[WordImage]:
    found = pages.search(image)
    upright = image.transpose(TURNS[found.turned]) if found.turned else image
    pixels = np.asarray(upright.convert("RGB"))
    for number, box in enumerate(pages.read_boxes(upright, found.text_map.boxes(pages.level, pages.thresholds)), 1):
        yield WordImage(f"{name}-word-{number:03}.png", png_bytes(Image.fromarray(straightened(pixels, box.quad))))


class SetApart:
    """Two archives of words on the disk, filled as words come.

    Args:
        folder: where they are written.
        judged: words that are wanted for judging.
        seed: of the choice.
    """

    def __init__(self, folder: Path, judged: int, seed: int) -> None:
        self._all, self._seed, self._judged = folder / "words.zip", seed, judged
        self._parts = folder / "judging.zip", folder / "learning.zip"

    def write(self, words: Iterator[WordImage]) -> tuple[Path, Path]:
        """Write all words, and return the archive of those that judge, and that of the others.

        Raises:
            SourceError: there are fewer than LEAST.
        """
        keys: dict[str, str] = {}  # by the name of each word, in an order that is as good as random
        seen: set[str] = set()
        with zipfile.ZipFile(self._all, "w", zipfile.ZIP_STORED) as archive:
            for name, content in words:
                digest = sha256(content).hexdigest()
                if digest not in seen:
                    seen.add(digest)
                    keys[name] = sha256(f"{self._seed} {digest}".encode()).hexdigest()
                    archive.writestr(name, content)
        if len(keys) < LEAST:
            raise SourceError(
                f"There are {len(keys)} different words, and at least {LEAST} are needed, as some of them only judge. "
                "Give more images."
            )
        judging = sorted(keys, key=keys.__getitem__)[: min(self._judged, len(keys) // _JUDGING)]
        self._write_part(self._parts[0], judging)
        self._write_part(self._parts[1], [name for name in keys if name not in set(judging)])
        self._all.unlink()
        return self._parts

    def _write_part(self, path: Path, names: list[str]) -> None:
        with zipfile.ZipFile(self._all) as source, zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as part:
            for name in names:
                part.writestr(name, source.read(name))
