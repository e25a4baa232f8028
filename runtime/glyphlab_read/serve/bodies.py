"""Bodies of requests: the images that they bring, as parts of a form or as the body itself, within the limits.

Everything stays in memory; nothing is written to a disk. Images are not opened here.
"""

import asyncio
from collections.abc import AsyncIterator
from typing import NamedTuple

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import ClientDisconnect, Request

from glyphlab_read.formatting import cut
from glyphlab_read.serve.admission import Ticket, too_large
from glyphlab_read.serve.limits import ServerLimits
from glyphlab_read.serve.refusals import Refusal

IMAGE_TYPES = ("image/png", "image/jpeg", "image/webp", "image/bmp", "image/tiff")
RAW_TYPES = (*IMAGE_TYPES, "application/octet-stream")
FORM = "multipart/form-data"
FIELD = "image"
"""The name of the parts that hold images."""

_PART_HEADERS = 4_000  # bytes of one part's headers
_NAME = 200  # characters of a file's name that are kept


class SentImage(NamedTuple):
    """An image as it was sent; the name is what the client says, and is told back to it alone."""

    name: str
    content: bytes


async def uploads(request: Request, limits: ServerLimits, ticket: Ticket) -> list[SentImage]:
    """Return the images of a request.

    Raises:
        Refusal: the body is of another kind, damaged, too slow, over a limit, or holds no image.
    """
    kind, options = _kind(request)
    _check_length(request, limits)
    try:
        async with asyncio.timeout(limits.body_seconds):
            if kind == FORM:
                return await _form(_chunks(request, ticket), options.get(b"boundary", b""), limits)
            return [SentImage("", await _raw(_chunks(request, ticket), limits))]
    except TimeoutError:
        raise Refusal(
            408,
            "slow-body",
            f"The body took over {limits.body_seconds:g} s to arrive, {ticket.held:,} bytes until then. Send smaller "
            "images, or over a faster line.",
            {"Connection": "close"},
        ) from None
    except ClientDisconnect:
        raise Refusal(400, "cut-body", "The connection ended before the body did. Send it again.") from None


def _kind(request: Request) -> tuple[str, dict[bytes, bytes]]:
    given = request.headers.getlist("content-type")
    if len(given) == 1:
        kind, options = parse_options_header(given[0])
        name = kind.decode("latin-1").lower()
        if name == FORM or name in RAW_TYPES:
            return name, options
    told = f"Content-Type: {cut(', '.join(given), 80)!r} was given." if given else "No Content-Type was given."
    raise Refusal(
        415,
        "media-type",
        f"{told} Images are taken as {FORM} with parts named {FIELD}, or one as {', '.join(RAW_TYPES)}. Send one of "
        "these.",
        {"Accept-Post": ", ".join((FORM, *RAW_TYPES))},
    )


def _check_length(request: Request, limits: ServerLimits) -> None:
    length = request.headers.get("content-length", "")
    if length.isdecimal() and int(length[:20]) > limits.body_bytes:
        raise too_large(int(length[:20]), limits)


async def _chunks(request: Request, ticket: Ticket) -> AsyncIterator[bytes]:
    async for chunk in request.stream():
        ticket.hold(len(chunk))
        yield chunk


async def _raw(chunks: AsyncIterator[bytes], limits: ServerLimits) -> bytes:
    content = bytearray()
    async for chunk in chunks:
        content += chunk
        _check_image(len(content), "The image", limits)
    if not content:
        raise Refusal(422, "no-image", "The body is empty. Send the bytes of an image.")
    return bytes(content)


async def _form(chunks: AsyncIterator[bytes], boundary: bytes, limits: ServerLimits) -> list[SentImage]:
    parts = _Parts(limits)
    try:
        parser = MultipartParser(boundary, parts.callbacks())  # pyright: ignore[reportArgumentType]
        async for chunk in chunks:
            parser.write(chunk)
    except FormParserError as error:
        raise _damaged(str(error)) from None
    if not parts.ended:
        raise _damaged("its last boundary is missing")
    if not parts.found:
        raise Refusal(422, "no-image", f"The form holds no image. Send at least one part named {FIELD}.")
    return parts.found


def _damaged(why: str) -> Refusal:
    return Refusal(400, "damaged-form", f"The form is damaged or cut short: {cut(why, 200)}. Send it again.")


def _check_image(count: int, what: str, limits: ServerLimits) -> None:
    if count > limits.image_bytes:
        raise Refusal(
            413,
            "large-image",
            f"{what} has {count:,} bytes or more; at most {limits.image_bytes:,} are taken. Crop it or make it "
            "smaller.",
        )


class _Parts:
    """Collects the parts of a form as the parser finds them."""

    def __init__(self, limits: ServerLimits) -> None:
        self.found: list[SentImage] = []
        self.ended = False
        self._limits = limits
        self._header, self._value, self._content = bytearray(), bytearray(), bytearray()
        self._headers = 0
        self._disposition = b""

    def callbacks(self) -> dict[str, object]:
        return {
            "on_part_begin": self._begin,
            "on_header_field": self._add_header,
            "on_header_value": self._add_value,
            "on_header_end": self._end_header,
            "on_headers_finished": self._open,
            "on_part_data": self._add,
            "on_part_end": self._close,
            "on_end": self._end,
        }

    def _begin(self) -> None:
        if len(self.found) >= self._limits.images:
            most = self._limits.images
            raise Refusal(413, "many-images", f"The form holds over {most} images, the most of a request. Send fewer.")
        self._headers, self._disposition, self._content = 0, b"", bytearray()

    def _add_header(self, data: bytes, start: int, end: int) -> None:
        self._count_header(end - start)
        self._header += data[start:end]

    def _add_value(self, data: bytes, start: int, end: int) -> None:
        self._count_header(end - start)
        self._value += data[start:end]

    def _count_header(self, count: int) -> None:
        self._headers += count
        if self._headers > _PART_HEADERS:
            raise _damaged(f"a part has over {_PART_HEADERS:,} bytes of headers")

    def _end_header(self) -> None:
        if bytes(self._header).lower() == b"content-disposition":
            self._disposition = bytes(self._value)
        self._header, self._value = bytearray(), bytearray()

    def _open(self) -> None:
        _, options = parse_options_header(self._disposition)
        field = options.get(b"name", b"").decode("utf-8", "replace")
        if field != FIELD:
            raise Refusal(
                422,
                "unknown-field",
                f"The form has a part named {cut(field, 60)!r}; parts named {FIELD} are taken, and settings in the "
                "address. Rename it or leave it out.",
            )
        self._name = options.get(b"filename", b"").decode("utf-8", "replace")[:_NAME]

    def _add(self, data: bytes, start: int, end: int) -> None:
        self._content += data[start:end]
        _check_image(len(self._content), self._told(), self._limits)

    def _close(self) -> None:
        if not self._content:
            raise Refusal(422, "no-image", f"{self._told()} is empty. Send the bytes of an image, or leave it out.")
        self.found.append(SentImage(self._name, bytes(self._content)))

    def _end(self) -> None:
        self.ended = True

    def _told(self) -> str:
        return told(len(self.found), self._name)


def told(index: int, name: str) -> str:
    """Return how a message names an image of a request, by its number from 1 and its name."""
    return f"Image {index + 1} ({cut(name, 60)!r})" if name else f"Image {index + 1}"
