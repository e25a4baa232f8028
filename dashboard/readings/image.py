"""Images that people drop: opened, turned and read, with only what is small kept for the next run of a page.

A photo of 25 million pixels takes 75 MB once decoded, so what is kept is its picture at screen size and its readings;
the pixels themselves are decoded again when another reader asks. This module draws nothing and keeps nothing on disk.
"""

from dataclasses import dataclass

import streamlit as st
from PIL import Image

from dashboard.caches.files import modified, reader
from engine.images.encode import openable, pixel_digest, png_bytes
from engine.jobs import paths
from glyphlab_read.images.sandbox import open_sandboxed
from glyphlab_read.reading.bundle import Bundle
from glyphlab_read.reading.results import Reading

BEAM = 5
"""Texts that beam search follows at once; the best three are shown."""

_SCREEN = (1120, 640)  # px: pictures beyond are kept at a half, a third, …


@dataclass(frozen=True)
class DroppedImage:
    """One image as it was dropped: what it is called, its file's bytes, and the quarter turns it was given since."""

    name: str
    content: bytes
    turns: int = 0

    def open(self) -> Image.Image:
        """Decode it to RGB, turned. Raises ImageError."""
        image = open_sandboxed(self.content)
        return image.transpose(_TURNS[self.turns % 4]) if self.turns % 4 else image

    def upright(self) -> bytes:
        """Return the bytes of an image file whose pixels are turned; the file itself without a turn."""
        if self.turns % 4 == 0:
            return self.content
        image = self.open()
        return openable(png_bytes(image), image)


@dataclass(frozen=True)
class Shown:
    """An image as a page shows it: a hash of its pixels, its size in px, and a picture of it at screen size."""

    digest: str
    width: int
    height: int
    picture: Image.Image


_TURNS = {1: Image.Transpose.ROTATE_270, 2: Image.Transpose.ROTATE_180, 3: Image.Transpose.ROTATE_90}  # clockwise


def shown(dropped: DroppedImage) -> Shown:
    """Open an image once. Raises ImageError."""
    return _shown(dropped.content, dropped.turns % 4)


@st.cache_resource(max_entries=320, show_spinner=False)  # beyond that, each run of a page would open all again
def _shown(content: bytes, turns: int) -> Shown:
    image = DroppedImage("", content, turns).open()
    digest = pixel_digest(image).hex()
    width, height = image.size
    parts = max(-(-width // _SCREEN[0]), -(-height // _SCREEN[1]))
    return Shown(digest, width, height, image.reduce(parts) if parts > 1 else image)


def reading(bundle: Bundle, dropped: DroppedImage) -> Reading:
    """Read an image once a bundle, with its candidates and its trace. Raises BundleError and ImageError."""
    changed = modified(bundle.folder / paths.MANIFEST)
    what = shown(dropped)
    return _reading(bundle, str(bundle.folder), changed, what.digest, what, dropped)


@st.cache_resource(max_entries=1024, show_spinner=False)
def _reading(_bundle: Bundle, folder: str, changed: int, digest: str, _what: Shown, _dropped: DroppedImage) -> Reading:
    whole = _what.picture.size == (_what.width, _what.height)
    image = _what.picture if whole else _dropped.open()
    return reader(_bundle).read_many([image], BEAM, trace=True)[0]
