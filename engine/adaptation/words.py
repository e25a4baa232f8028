"""The images of a source as words, set apart at random: the ones that judge, and the ones that are learned from.

Words are cut out of whole photos by a locator. Two images of the same bytes count once, or one could judge what the
other taught; for the same reason photos with words that judge teach none.
"""

import shutil
import zipfile
from collections.abc import Callable, Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from engine.documents.found_words import Content, WordFinder, shows_page
from engine.documents.pdf_pages import MAX_PDF_BYTES
from engine.documents.sources import PageImage, is_pdf, page_images
from engine.errors import ImageError, SourceError
from engine.files import new_folder
from engine.formatting import count
from engine.images.encode import png_bytes
from engine.jobs import paths
from engine.sources.photo_groups import FEWEST_PHOTOS, crop_name, held_out, photo_of
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
        on_file: called with the number of files looked at and of all, after each word, too.
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
            for word in _words_of_file(name, file, content, finder, left_out):
                yield word
                on_file(number, len(names))  # a file may have a thousand pages
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
                    yield WordImage(crop_name(place, number), png_bytes(crop))
            elif pdf:
                yield WordImage(f"{place}.png", png_bytes(page.image))
            else:
                yield WordImage(name, file)
    except SourceError as error:
        left_out(str(error))


class SetApart:
    """Two archives of words in a job's folder, which stay there as they were set apart until they are removed.

    Args:
        folder: of the job.
        judged: words that are wanted for judging.
        seed: of the choice.
    """

    def __init__(self, folder: Path, judged: int, seed: int) -> None:
        self._folder, self._judged, self._seed = folder / paths.APART, judged, seed
        self.parts = (self._folder / "judging.zip", self._folder / "learning.zip")

    @property
    def written(self) -> bool:
        """True once both are there, whole."""
        return self._folder.is_dir()

    def write(self, words: Iterator[WordImage], tell: Callable[[str], object]) -> tuple[Path, Path]:
        """Write all words, and return the archive of those that judge, and that of the others.

        Args:
            words: all that there are.
            tell: called with a sentence where words of a photo are left aside, or photos are too few to be told apart.

        Raises:
            SourceError: there are fewer than LEAST.
            SpaceError: the disk is full.
        """
        with new_folder(self._folder) as folder:
            source, digests = folder / "words.zip", dict[str, str]()  # digests by name
            seen: set[str] = set()
            with zipfile.ZipFile(source, "w", zipfile.ZIP_STORED) as archive:
                for name, content in words:
                    digest = sha256(content).hexdigest()
                    if digest not in seen:
                        seen.add(digest)
                        digests[name] = digest
                        archive.writestr(name, content)
            if len(digests) < LEAST:
                raise SourceError(
                    f"{count(len(digests), 'different words')} found, and at least {LEAST} are needed, as some of them "
                    "only judge. Give more images."
                )
            for path, names in zip(self.parts, self._shared_out(digests, tell), strict=True):
                _write_part(source, folder / path.name, names)
            source.unlink()
        return self.parts

    def remove(self) -> None:
        """Delete both archives."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def _shared_out(self, digests: Mapping[str, str], tell: Callable[[str], object]) -> tuple[list[str], list[str]]:
        """Return the names of those that judge, and of those that are learned from; the content decides, not names.

        A photo whose words judge teaches none. Where it has more than are to be judged, nobody is asked about these:
        they are left aside.
        """
        wanted = min(self._judged, len(digests) // _JUDGING)
        photos: dict[str, list[str]] = {}
        for name, digest in digests.items():
            photos.setdefault(photo_of(name), []).append(digest)
        contents = {photo: sha256("".join(sorted(own)).encode()).hexdigest() for photo, own in photos.items()}
        out = held_out(list(digests.values()), [contents[photo_of(name)] for name in digests], wanted, self._seed)
        held = [name for name, is_out in zip(digests, out, strict=True) if is_out]
        judging = sorted(held, key=lambda name: sha256(f"{self._seed} {digests[name]}".encode()).digest())[:wanted]
        if len(photos) < FEWEST_PHOTOS:
            tell(
                f"All words are of {count(len(photos), 'photos')}: those that judge share its light and lettering with "
                f"others that are learned from. Words of {FEWEST_PHOTOS} photos or more are set apart by photo."
            )
        elif len(held) > len(judging):
            of = count(len({photo_of(name) for name in held}), "photos")
            left = count(len(held) - len(judging), "more words")
            tell(f"{count(len(judging), 'words')} of {of} judge; {left} of the same are left aside.")
        return judging, [name for name, is_out in zip(digests, out, strict=True) if not is_out]


def _write_part(words: Path, part: Path, names: list[str]) -> None:
    with zipfile.ZipFile(words) as source, zipfile.ZipFile(part, "w", zipfile.ZIP_STORED) as archive:
        for name in names:
            archive.writestr(name, source.read(name))
