"""Words that a locator finds in photos and pages, cut out and straightened, with what a reader reads in them."""

import os
from collections.abc import Iterator
from typing import Literal

import numpy as np
from PIL import Image

from engine.documents.sources import PageImage
from engine.location.bundle import newest_locator_bundle, open_locator
from engine.reading.bundle import newest_bundle, open_reader
from engine.workspace import Workspace
from glyphlab_read.documents.page_reader import TURNS, PageReader
from glyphlab_read.images.sources import is_photo_size
from glyphlab_read.reading.results import Reading
from glyphlab_read.regions.straighten import straightened

Content = Literal["auto", "word", "page"]
"""Content of images: words that were cut out, whole photos, or whichever the size of each tells."""


def shows_page(content: Content, page: PageImage, *, pdf: bool) -> bool:
    """Say whether words are to be searched in an image, which may be a page of a PDF file."""
    return content == "page" or (content == "auto" and (pdf or is_photo_size(*page.image.size)))


class WordFinder:
    """Cuts words out of photos; the locator and the reader are opened for the first one.

    Args:
        workspace: where both are.
        run: id of the reader's run, or starter.
        locator: likewise of the locator's.
    """

    def __init__(self, workspace: Workspace, run: str, locator: str) -> None:
        self._workspace, self._run, self._locator = workspace, run, locator
        self._pages: PageReader | None = None

    def words(self, image: Image.Image, most: int | None = None) -> Iterator[tuple[Image.Image, Reading]]:
        """Yield the words of a photo, upright, with their readings; at most so many, spread over it.

        Raises:
            BundleError: there is no such reader or locator.
        """
        pages = self._pages = self._pages or self._open()
        found = pages.search(image)
        upright = image.transpose(TURNS[found.turned]) if found.turned else image
        boxes = found.text_map.boxes(pages.level, pages.thresholds)
        number = len(boxes) if most is None else min(len(boxes), most)
        chosen = [boxes[int(at)] for at in np.linspace(0, len(boxes) - 1, number).astype(int)]
        pixels = np.asarray(upright.convert("RGB"))
        for box in pages.read_boxes(upright, chosen):
            yield Image.fromarray(straightened(pixels, box.quad)), box.reading

    def _open(self) -> PageReader:
        threads = len(os.sched_getaffinity(0))
        locator = newest_locator_bundle(self._workspace, self._locator).folder
        reader = newest_bundle(self._workspace, self._run).folder
        return PageReader(
            open_locator(locator, self._workspace, threads=threads),
            open_reader(reader, self._workspace, threads=threads),
        )
