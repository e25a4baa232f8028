"""Requests that are none, by a seed: damaged images, wrong types, forms that are cut, heads and bodies that lie."""

import random
import zlib
from collections.abc import Callable, Sequence
from struct import pack

from bench.serving.clients import post

_BOUNDARY = "Zm9ybQ"
_FORM = f"multipart/form-data; boundary={_BOUNDARY}"
_TYPES = ("text/html", "application/json", "image/gif", "image/svg+xml", "", "a" * 200, "multipart/mixed; boundary=x")


def malformed(count: int, images: Sequence[bytes], seed: int = 1) -> list[bytes]:
    """Return requests, each to be refused."""
    rng = random.Random(seed)
    kinds = (_flipped, _cut, _noise, _wrong_type, _bomb, _wrong_form, _wrong_setting)
    return [rng.choice(kinds)(rng, rng.choice(images)) for _ in range(count)]


def broken_lines(images: Sequence[bytes]) -> list[tuple[str, bytes, bool]]:
    """Return what no HTTP client sends: a name, bytes, and whether the line is then half closed."""
    whole = post(images[0], "image/png")
    return [
        ("a body cut short", whole[:-20], True),
        ("a slow body", whole[:-20], False),
        ("a slow head", whole[:30], False),
        ("a head of 1 MB", b"POST /v1/read HTTP/1.1\r\nX: " + b"x" * 1_000_000, False),
        ("a length that is none", whole.replace(b"Content-Length: ", b"Content-Length: -"), False),
        ("no HTTP", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", False),
        ("a body of 100 MB", post(b"x" * 100_000_000, "image/png"), False),
    ]


def _flipped(rng: random.Random, image: bytes) -> bytes:
    """Return an image of which no part is left as it was behind the first bytes."""
    keep = rng.randrange(4, 40)
    return post(image[:keep] + rng.randbytes(len(image) - keep), "image/png")


def _cut(rng: random.Random, image: bytes) -> bytes:
    return post(image[: rng.randrange(1, len(image) // 3)], rng.choice(("image/png", "application/octet-stream")))


def _noise(rng: random.Random, _: bytes) -> bytes:
    return post(rng.randbytes(rng.randrange(0, 3000)), "image/jpeg")


def _wrong_type(rng: random.Random, image: bytes) -> bytes:
    return post(image, rng.choice(_TYPES))


def _bomb(rng: random.Random, _: bytes) -> bytes:
    """Return a small PNG that claims to be large, its pixels all there for some."""
    side = rng.choice((4000, 9000, 60_000, 2**31 - 1))
    header = pack(">IIBBBBB", side, side, 8, rng.choice((0, 2, 6)), 0, 0, 0)
    pixels = zlib.compress(bytes(1_000_000))
    chunks = b"".join(_chunk(kind, content) for kind, content in ((b"IHDR", header), (b"IDAT", pixels), (b"IEND", b"")))
    return post(b"\x89PNG\r\n\x1a\n" + chunks, "image/png")


def _chunk(kind: bytes, content: bytes) -> bytes:
    return pack(">I", len(content)) + kind + content + pack(">I", zlib.crc32(kind + content))


def _wrong_form(rng: random.Random, image: bytes) -> bytes:
    part = f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="image"; filename="a"\r\n\r\n'.encode() + image
    whole = part + f"\r\n--{_BOUNDARY}--\r\n".encode()
    changes: tuple[Callable[[], bytes], ...] = (
        lambda: whole[: rng.randrange(len(whole) - len(_BOUNDARY))],
        lambda: whole.replace(b'name="image"', b'name="file"'),
        lambda: whole.replace(b"form-data", b"form-data" + b"x" * 5000),
        lambda: (part + b"\r\n") * 40 + f"--{_BOUNDARY}--\r\n".encode(),
        lambda: b"",
    )
    return post(rng.choice(changes)(), _FORM)


def _wrong_setting(rng: random.Random, image: bytes) -> bytes:
    queries = ("?beam=99", "?beam=-1", "?beam=x", "?kind=page", "?model=other", "?a=b", "?beam=1&beam=2", "?kind=%00")
    return post(image, "image/png", rng.choice(queries))
