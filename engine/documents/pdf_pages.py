"""Pages of PDF files as images, drawn by PDFium in a child process with limits on memory and time.

The file goes into the child once; pages come out one by one, so that a file of a thousand pages takes no more memory
here than one of a single page. A page that crashes the child or takes too long is told, and the others are still drawn.
"""

import struct
from collections.abc import Iterator
from types import TracebackType
from typing import TYPE_CHECKING, NamedTuple, Self

from PIL import Image

from engine.errors import SourceError
from engine.formatting import count
from glyphlab_read.sandbox import Sandbox, SandboxError, serve

if TYPE_CHECKING:
    import pypdfium2

MAX_PDF_BYTES = 200_000_000
MAX_PDF_PAGES = 2_000
PDF_DPI = 200.0
"""Pixels per inch at which pages are drawn, unless they would be larger than an image may be."""

_MAX_PIXELS, _MAX_SIDE = 24_950_000, 8190  # PDFium rounds both sides up, and images of 25 million and 8192 are opened
_LEAST_DPI = 20.0
_MEMORY_LIMIT = 1_500_000_000  # bytes of address space
_TIMEOUT = 30.0  # s, for a page
_POINTS = 72.0  # per inch

_OPEN, _DRAW = b"o", b"d"
_DONE, _REFUSED = range(2)
_COUNT = struct.Struct("<I")
_PAGE = struct.Struct("<If")  # number from 0, and pixels per inch
_PICTURE = struct.Struct("<IIf")  # width, height, pixels per inch, before the grey or RGB pixels


class PdfPage(NamedTuple):
    """A page that was drawn: its RGB image and the pixels per inch that it was drawn at."""

    image: Image.Image
    dpi: float


class PdfFile:
    """An open PDF file; close it, or use it in a `with`.

    Args:
        content: the file's bytes.
        name: of the file, for messages.

    Attributes:
        pages: how many there are.

    Raises:
        SourceError: it is too large, damaged, locked by a password, without pages, or has too many.
    """

    def __init__(self, content: bytes, name: str) -> None:
        self._content, self._name = content, name
        if len(content) > MAX_PDF_BYTES:
            raise SourceError(
                f"{name!r} has {len(content) / 1e6:.0f} MB; PDF files of at most {MAX_PDF_BYTES // 10**6} MB are "
                "opened. Split it, or make its pictures smaller."
            )
        self._child = Sandbox("engine.documents.pdf_pages", _TIMEOUT)
        try:
            self.pages = self._open()
        except SourceError:
            self.close()
            raise
        if self.pages > MAX_PDF_PAGES:
            self.close()
            raise SourceError(
                f"{name!r} has {count(self.pages, 'pages')}; at most {count(MAX_PDF_PAGES)} are read at once. Split it."
            )

    def draw(self, number: int, dpi: float = PDF_DPI) -> PdfPage:
        """Return a page by its number from 1.

        Raises:
            SourceError: it cannot be drawn within the limits; other pages still can.
        """
        request, what = _DRAW + _PAGE.pack(number - 1, dpi), f"Page {number} of {self._name!r}"
        answer = self._ask(request, what)
        if not answer:  # a new child is there, after one that died of another page
            self._open()
            answer = self._ask(request, what)
        width, height, drawn_at = _PICTURE.unpack_from(answer)
        return PdfPage(Image.frombytes("RGB", (width, height), memoryview(answer)[_PICTURE.size :]), drawn_at)

    def drawn(self, dpi: float = PDF_DPI) -> Iterator[Image.Image]:
        """Yield the images of all pages. Raises SourceError."""
        return (self.draw(number, dpi).image for number in range(1, self.pages + 1))

    def close(self) -> None:
        """End the child."""
        self._child.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _open(self) -> int:
        return _COUNT.unpack(self._ask(_OPEN + self._content, repr(self._name)))[0]

    def _ask(self, request: bytes, what: str) -> bytes:
        try:
            kind, answer = self._child.ask(request)
        except SandboxError:
            raise SourceError(
                f"{what} took over {_TIMEOUT:.0f} s or over {_MEMORY_LIMIT / 1e9:.1f} GB of memory to open, so it was "
                "cancelled. Save it again with simpler pages, or as pictures."
            ) from None
        if kind == _REFUSED:
            raise SourceError(f"{what} {answer.decode()}")
        return answer


class _Server:
    """The child's side: one open file at a time; nothing is drawn of none."""

    def __init__(self) -> None:
        self._file: pypdfium2.PdfDocument | None = None

    def answer(self, request: bytes) -> tuple[int, bytes]:
        kind, content = request[:1], request[1:]
        # On malicious bytes PDFium's wrapper raises errors of several types; each means that the file is not valid.
        try:
            return (_DONE, self._opened(content)) if kind == _OPEN else (_DONE, self._drawn(*_PAGE.unpack(content)))
        except MemoryError:
            return _REFUSED, b"needs too much memory. Save it again with simpler pages, or as pictures."
        except Exception as error:
            return _REFUSED, _reason(str(error), of_page=kind == _DRAW).encode()

    def _opened(self, content: bytes) -> bytes:
        import pypdfium2  # in the child alone

        self._file = pypdfium2.PdfDocument(content)
        if not len(self._file):
            raise ValueError("no pages")
        return _COUNT.pack(len(self._file))

    def _drawn(self, number: int, dpi: float) -> bytes:
        if self._file is None:
            return b""
        page = self._file[number]
        width, height = page.get_size()
        area = max(width, 1.0) * max(height, 1.0) / _POINTS**2  # square inches
        dpi = min(dpi, (_MAX_PIXELS / area) ** 0.5, _MAX_SIDE * _POINTS / max(width, height, 1.0))
        if dpi < _LEAST_DPI:
            raise ValueError("too large")
        drawn = page.render(scale=dpi / _POINTS)  # pyright: ignore[reportArgumentType]  annotated by its default, 1
        image = drawn.to_pil().convert("RGB")
        page.close()
        return _PICTURE.pack(*image.size, dpi) + image.tobytes()


def _reason(error: str, of_page: bool) -> str:
    """Return what is wrong with a file or one of its pages and what to do, from PDFium's words."""
    if "password" in error.lower():
        return "is locked by a password. Save it without one, then try again."
    if error == "no pages":
        return "holds no pages. Choose another file."
    if error == "too large":
        return "is so large a page that its text would not be seen. Crop it, or save it as pictures."
    if of_page:
        return "is damaged and cannot be drawn. Save the file again, then try again."
    return "is no PDF file that can be opened: it is damaged or cut short. Save it again, then try again."


if __name__ == "__main__":
    serve(_Server().answer, _MEMORY_LIMIT, _TIMEOUT)
