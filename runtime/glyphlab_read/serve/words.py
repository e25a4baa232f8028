"""The lane of words: images of many requests are read together, in threads of their own.

What arrives within a few milliseconds is taken together, at most 32 images. The reader puts those of one padded width
into one batch, so that none depends on its neighbours. What is large or takes long to open is handed back, as it would
take the memory of many, and keep the others waiting.
"""

import asyncio
import math
import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from PIL import Image

from glyphlab_read.errors import ImageError
from glyphlab_read.reading.onnx_network import BATCH
from glyphlab_read.reading.reader import Reader
from glyphlab_read.reading.results import Reading
from glyphlab_read.serve.image_child import CostlyImage, PhotoFound, ServedImages

_WINDOW = 0.0005  # s that the first image of a batch waits for others
_OPENING = 1.0  # s that opening the images of a request may take before the others' turn comes
_PIXELS = 4_000_000  # open in one thread at which they are read before others are opened


class WordAsked(NamedTuple):
    """An image to be read as a word.

    Attributes:
        content: its file.
        reader: that reads it.
        beam: of the reader.
        photos: whether an image of a photo's size is a word all the same.
    """

    content: bytes
    reader: Reader
    beam: int
    photos: bool


class ReadWord(NamedTuple):
    """A word that was read, and its image's size in px."""

    width: int
    height: int
    reading: Reading


NoWord = ImageError | PhotoFound | CostlyImage
"""An image that is not read among words: it cannot be opened, has the size of a whole photo, or costs too much."""


@dataclass
class _Request:
    """One request: how long its images took to open, s."""

    opening: float = 0.0


class _Waiting(NamedTuple):
    asked: WordAsked
    request: _Request
    loop: asyncio.AbstractEventLoop
    answer: "asyncio.Future[ReadWord]"


class WordLane:
    """Reads words for many requests at once.

    Args:
        threads: that read.
        pixels: the most of an image.
        told: called with the number of images that were read together.
    """

    def __init__(self, threads: int, pixels: int, told: Callable[[int], object]) -> None:
        self._images = ServedImages(pixels, quick=True)
        self._turn = threading.Lock()  # to open an image
        self._told = told
        self._waiting: deque[_Waiting] = deque()
        self._changed = threading.Condition()
        self._idle = 0  # threads that have nothing to read
        self._started = False
        self._threads = [threading.Thread(target=self._work, name=f"words-{n}", daemon=True) for n in range(threads)]

    def start(self) -> None:
        """Start the threads and the child that opens images, which the first images else do."""
        with self._changed:
            if not self._started:
                self._started = True
                self._images.start()
                for thread in self._threads:
                    thread.start()

    def close(self) -> None:
        """End the child; nothing is read any more."""
        self._images.close()

    async def read(self, asked: Sequence[WordAsked]) -> list[ReadWord | NoWord]:
        """Read one request's images, in their order; what is none to be read here is returned as the exception."""
        if not self._started:
            await asyncio.to_thread(self.start)
        loop = asyncio.get_running_loop()
        request = _Request()
        waiting = [_Waiting(one, request, loop, loop.create_future()) for one in asked]
        with self._changed:
            self._waiting.extend(waiting)
            self._changed.notify()
        answers = await asyncio.gather(*(one.answer for one in waiting), return_exceptions=True)
        for answer in answers:
            if isinstance(answer, BaseException) and not isinstance(answer, NoWord):
                raise answer
        return answers  # pyright: ignore[reportReturnType]

    def _work(self) -> None:
        while True:
            if lot := self._take():
                self._told(len(lot))
                self._read(lot)

    def _take(self) -> list[_Waiting]:
        """Return what is to be read together, a share that leaves as much to each other thread that has nothing to do.

        It is empty where another thread was faster.
        """
        with self._changed:
            self._idle += 1
            while not self._waiting:
                self._changed.wait()
            until = time.monotonic() + _WINDOW
            while 0 < len(self._waiting) < BATCH and (left := until - time.monotonic()) > 0:
                self._changed.wait(left)
            share = math.ceil(len(self._waiting) / self._idle)
            self._idle -= 1
            lot = [self._waiting.popleft() for _ in range(min(share, BATCH))]
            if self._waiting:
                self._changed.notify()
            return lot

    def _read(self, lot: Sequence[_Waiting]) -> None:
        opened: list[tuple[_Waiting, Image.Image]] = []
        for one in lot:
            try:
                opened.append((one, self._open(one)))
            except Exception as error:  # also a fault of ours must not end the thread: whoever waits is told
                _settle([(one, error)])
            if sum(image.width * image.height for _, image in opened) >= _PIXELS:
                self._read_opened(opened)
                opened = []
        self._read_opened(opened)

    def _read_opened(self, opened: Sequence[tuple[_Waiting, Image.Image]]) -> None:
        groups: defaultdict[tuple[int, int], list[tuple[_Waiting, Image.Image]]] = defaultdict(list)
        for one, image in opened:
            groups[id(one.asked.reader), one.asked.beam].append((one, image))
        for (_, beam), group in groups.items():
            try:
                readings = group[0][0].asked.reader.read_many([image for _, image in group], beam)
            except Exception as error:
                _settle([(one, error) for one, _ in group])
            else:
                pairs = zip(group, readings, strict=True)
                _settle([(one, ReadWord(*image.size, reading)) for (one, image), reading in pairs])

    def _open(self, one: _Waiting) -> Image.Image:
        """Open an image, unless those of its request have taken their time: threads take turns with one child."""
        with self._turn:
            if one.request.opening >= _OPENING:
                raise CostlyImage
            began = time.monotonic()
            try:
                return self._images.open_any(one.asked.content, one.asked.photos)
            finally:
                one.request.opening += time.monotonic() - began


def _settle(answers: Sequence[tuple[_Waiting, ReadWord | Exception]]) -> None:
    """Hand answers over to the event loops of those who wait."""
    by_loop: defaultdict[asyncio.AbstractEventLoop, list[tuple[_Waiting, ReadWord | Exception]]] = defaultdict(list)
    for one, answer in answers:
        by_loop[one.loop].append((one, answer))
    for loop, own in by_loop.items():
        loop.call_soon_threadsafe(_hand_over, own)


def _hand_over(answers: Sequence[tuple[_Waiting, ReadWord | Exception]]) -> None:
    for one, answer in answers:
        if one.answer.done():  # its request was cancelled
            continue
        if isinstance(answer, Exception):
            one.answer.set_exception(answer)
        else:
            one.answer.set_result(answer)
