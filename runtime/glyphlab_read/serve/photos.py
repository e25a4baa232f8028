"""The lane of whole photos, and of words in costly images: one is opened and read at a time, in a thread of its own.

So memory stays bounded, and the images of several requests take turns, as each request hands over one after the other.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple, TypeVar

from glyphlab_read.documents.document import Page
from glyphlab_read.errors import GlyphlabError
from glyphlab_read.serve.image_child import ServedImages
from glyphlab_read.serve.models import ServedModel
from glyphlab_read.serve.refusals import Refusal, busy
from glyphlab_read.serve.words import ReadWord, WordAsked

Result = TypeVar("Result")


class ReadPhoto(NamedTuple):
    """A photo that was read: its text where it stands in the image as it was sent, and how it was turned for that."""

    page: Page
    turned: int


class PhotoLane:
    """Reads whole photos, and words in images that cost too much among others.

    Args:
        most: images that wait or are read at once.
        pixels: the most of an image.
    """

    def __init__(self, most: int, pixels: int) -> None:
        self._most, self._count = most, 0
        self._images = ServedImages(pixels)
        self._thread = ThreadPoolExecutor(1, "photos")

    def close(self) -> None:
        """End the child; nothing is read any more."""
        self._thread.shutdown(wait=False, cancel_futures=True)
        self._images.close()

    async def read(self, content: bytes, model: ServedModel) -> ReadPhoto:
        """Read one photo.

        Raises:
            ImageError: it cannot be opened.
            Refusal: too many wait, or the model reads no photos, or its locator cannot be used.
        """
        return await self._in_turn(lambda: self._read(content, model))

    async def read_word(self, asked: WordAsked) -> ReadWord:
        """Read one word.

        Raises:
            ImageError: it cannot be opened.
            PhotoFound: it has the size of a whole photo, and may be one.
            Refusal: too many wait.
        """
        return await self._in_turn(lambda: self._read_word(asked))

    async def _in_turn(self, read: Callable[[], Result]) -> Result:
        if self._count >= self._most:
            raise busy(f"{self._count} photos or large images wait, the most that this server takes at once.")
        self._count += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, read)
        finally:
            self._count -= 1

    def _read_word(self, asked: WordAsked) -> ReadWord:
        image = self._images.open_any(asked.content, asked.photos)
        return ReadWord(*image.size, asked.reader.read(image, asked.beam))

    def _read(self, content: bytes, model: ServedModel) -> ReadPhoto:
        try:
            page_reader = model.page_reader()
        except GlyphlabError as error:
            raise Refusal(422, "unusable-model", str(error)) from None
        if page_reader is None:
            raise no_photos(model)
        page = page_reader.read(self._images.open_any(content))
        return ReadPhoto(page.as_it_lay(), page.turned)


def no_photos(model: ServedModel) -> Refusal:
    """Return the refusal of a photo by a model without a locator."""
    return Refusal(
        422,
        "no-locator",
        f"The image is a whole photo, and {model.id!r} is served without a locator, so it reads words alone. Send "
        "words that were cut out, say kind=word, or start the server with --locator.",
    )
