"""The images of a source as words, set apart at random: the ones that judge, and the ones that are learned from.

Words are cut out of whole photos by a locator. Two images of the same bytes count once, or one could judge what the
other taught.
"""

import zipfile
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from engine.documents.found_words import Content, WordFinder, shows_page
from engine.documents.pdf_pages import MAX_PDF_BYTES
from engine.documents.sources import PageImage, is_pdf, page_images
from engine.errors import ImageError, SourceError
from engine.images.encode import png_bytes
from engine.sources.tree import Tree, has_pages

LEAST = 30
"""Words without which nothing is set apart: a third of them would judge."""

_JUDGING = 3  # of so many words one judges, at most


class WordImage(NamedTuple):
    """An image of a word: its name in an archive, and its file."""

    name: str
    content: bytes


def words_of(
    tree: Tree,
    content: Content,
    finder: WordFinder,
    on_file: Callable[[int, int], None],
    left_out: Callable[[str], object],
) -> Iterator[WordImage]:
    """Yield the words of a source: each image as it is, or those that are found in it or on the pages of a PDF file.

    Images that cannot be opened are yielded as they are, so that whoever reads them tells why.

    Args:
        tree: the source.
        content: what its images show.
        finder: finds words in photos.
        on_file: called with the number of files looked at and of all.
        left_out: called with the reason why a PDF file or a page of it is left out.

    Raises:
        SourceError: the source holds no image and no PDF file, or is not safe to read.
    """
    names = [member.name for member in tree.members if has_pages(member.name)]
    if not names:
        raise SourceError(f"{tree.title!r} holds no images and no PDF files. Choose one with words, or photos of them.")
    for number, name in enumerate(names):
        on_file(number, len(names))
        try:
            file = tree.read(name, MAX_PDF_BYTES)
            yield from _words_of_file(name, file, content, finder, left_out)
        except OSError as error:
            raise SourceError(f"{name!r} cannot be read ({error.strerror or error}). Check its permissions.") from None
        except ImageError:
            yield WordImage(name, file)


def _words_of_file(
    name: str, file: bytes, content: Content, finder: WordFinder, left_out: Callable[[str], object]
) -> Iterator[WordImage]:
    """Yield the words of one file. Raises ImageError where it is no image that is opened."""
    pdf = is_pdf(file)
    try:
        for page in page_images(file, name):
            place = f"{name}-page-{page.number:03}" if pdf else name
            if not isinstance(page, PageImage):
                left_out(f"{place}: {page.problem}")
            elif shows_page(content, page, pdf=pdf):
                for number, (crop, _) in enumerate(finder.words(page.image), 1):
                    yield WordImage(f"{place}-word-{number:03}.png", png_bytes(crop))
            elif pdf:
                yield WordImage(f"{place}.png", png_bytes(page.image))
            else:
                yield WordImage(name, file)
    except SourceError as error:
        left_out(str(error))


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
