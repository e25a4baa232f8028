"""Refusals of a running server: each limit with its status, and a sentence that says value, rule and remedy."""

import asyncio
import json
import socket
import zlib
from io import BytesIO
from struct import pack

import jsonschema
import pytest
from PIL import Image

from bench.browser import HOST
from bench.serving.clients import ask_all, get, in_own_loop, post, read_answer
from bench.serving.server import ReaderServer, reader_server
from tests.runtime.serve.test_reading import BOUNDARY, FORM, PHOTO, WORD, ask, described, form

TOKEN = "a token of a test, long enough"


def chunk(kind: bytes, content: bytes) -> bytes:
    return pack(">I", len(content)) + kind + content + pack(">I", zlib.crc32(kind + content))


def bomb(width: int, height: int) -> bytes:
    """Return a PNG of a few bytes that says it has so many pixels."""
    header = chunk(b"IHDR", pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")


def animation() -> bytes:
    target = BytesIO()
    frames = [Image.new("RGB", (40, 20), colour) for colour in ("red", "blue")]
    frames[0].save(target, "WEBP", save_all=True, append_images=frames[1:])
    return target.getvalue()


REFUSED = [
    (post(b"no image", "image/png"), 422, "unreadable-image", ("no PNG", "Save it as PNG")),
    (post(WORD[:-200], "image/png"), 422, "unreadable-image", ("damaged or cut short", "try again")),
    (post(animation(), "image/webp"), 422, "unreadable-image", ("animation of 2 frames",)),
    (post(form(("a.png", WORD), ("b.png", b"x")), FORM), 422, "unreadable-image", ("Image 2 ('b.png')",)),
    (post(bomb(1200, 1000), "image/png"), 413, "large-image", ("1200 × 1000", "at most 1 million", "smaller")),
    (post(bomb(60_000, 60_000), "image/png"), 413, "large-image", ("25 million", "Crop")),
    (post(b"x" * 200_001, "image/png"), 413, "large-image", ("bytes or more", "200,000", "smaller")),
    (post(form(("a", b"x" * 200_001)), FORM), 413, "large-image", ("Image 1 ('a')", "200,000")),
    (post(b"x" * 300_001, "image/png"), 413, "large-body", ("300,001", "300,000", "Send fewer")),
    (post(form(*[("a.png", WORD)] * 4), FORM), 413, "many-images", ("over 3 images", "Send fewer")),
    (post(WORD, "text/html"), 415, "media-type", ("text/html", "multipart/form-data", "Send one")),
    (post(b'{"image": ""}', "application/json"), 415, "media-type", ("application/json",)),
    (post(b"", "image/png"), 422, "no-image", ("empty", "Send the bytes")),
    (post(f"--{BOUNDARY}--\r\n".encode(), FORM), 422, "no-image", ("holds no image",)),
    (post(form(("a.png", WORD))[:-40], FORM), 400, "damaged-form", ("cut short", "again")),
    (post(form(("a.png", WORD)), "multipart/form-data"), 400, "damaged-form", ("form is damaged",)),
    (post(form(("a.png", WORD)).replace(b'name="image"', b'name="file"'), FORM), 422, "unknown-field", ("'file'",)),
    (post(WORD, "image/png", "?beam=33"), 422, "setting", ("'33'", "0 (greedy) to 32", "Choose")),
    (post(WORD, "image/png", "?kind=page"), 422, "setting", ("'page'", "auto, word, photo")),
    (post(WORD, "image/png", "?beams=3"), 422, "setting", ("'beams'", "kind, beam, model")),
    (post(WORD, "image/png", "?beam=1&beam=2"), 422, "setting", ("twice",)),
    (post(WORD, "image/png", "?model=other"), 404, "unknown-model", ("'other'", "starter")),
    (post(PHOTO, "image/jpeg", "?beam=3"), 422, "beam-of-photo", ("beam=3", "kind=word")),
    (get("/v1/read"), 405, "method", ("GET", "POST")),
    (get("/nothing"), 404, "unknown-address", ("/nothing", "openapi.json")),
    (get("/").replace(HOST.encode(), b"evil.test"), 403, "foreign-host", ("evil.test", "localhost", "token")),
    (post(WORD, "image/png", Origin="http://evil.test"), 403, "foreign-page", ("evil.test", "token")),
]


@pytest.mark.parametrize("row", REFUSED, ids=[f"{row[1]}-{row[2]}" for row in REFUSED])
def test_what_is_refused_and_why(server: ReaderServer, row: tuple[bytes, int, str, tuple[str, ...]]):
    asked, status, code, words = row
    refused, alive = ask(server, asked, get("/healthz"))
    assert (refused.status, refused.json()["code"]) == (status, code)
    assert refused.headers["content-type"] == "application/problem+json"
    for word in words:
        assert word in refused.json()["detail"]
    assert alive.status == 200


def test_refusals_are_as_the_description_says(server: ReaderServer):
    refused = ask(server, *(row[0] for row in REFUSED))
    schema = described(server, "Problem")
    for answer in refused:
        jsonschema.validate(answer.json(), schema)


def spoken(server: ReaderServer, *pieces: bytes, end: bool = False) -> tuple[int, str]:
    """Send raw bytes, the last of them and then no more, and return the answer's status and code."""

    async def speak() -> tuple[int, str]:
        reader, writer = await asyncio.open_connection(HOST, server.port)
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
        if end:
            writer.write_eof()
        status, _, body = await read_answer(reader)
        writer.close()
        return status, json.loads(body).get("code", "")

    return in_own_loop(speak())


def test_slow_cut_and_endless_requests_are_answered(server: ReaderServer):
    head = post(WORD, "image/png")[:-50]
    assert spoken(server, head) == (408, "slow-body")
    assert spoken(server, head, end=True) == (400, "no-http")
    assert spoken(server, b"GET / HTTP/1.1\r\nHost: ") == (408, "slow-head")
    assert spoken(server, b"GET / HTTP/1.1\r\nX: " + b"x" * 20_000) == (400, "no-http")
    assert spoken(server, b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\r\n\r\n") == (400, "no-http")
    endless = b"".join([b"POST /v1/read HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: image/png\r\n"])
    chunks = b"Transfer-Encoding: chunked\r\n\r\n" + b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
    assert spoken(server, endless + chunks, *[b"10000\r\n" + b"x" * 0x10000 + b"\r\n"] * 3) == (413, "large-image")
    assert spoken(server, post(WORD, "image/png"), end=True)[0] == 200


def test_a_server_without_room_says_so_and_goes_on(server: ReaderServer):
    with reader_server("--requests", "2", "--locator", "none", "--threads", "1") as small:
        answers = ask_all(small.port, [post(WORD, "image/png")] * 60, clients=30)
        statuses = [answer.status for answer in answers]
        busy = next(answer for answer in answers if answer.status == 429)
        [photo, later] = ask_all(small.port, [post(PHOTO), post(WORD, "image/png")], 1)
    assert set(statuses) == {200, 429}
    assert (busy.headers["retry-after"], busy.json()["code"]) == ("1", "busy")
    assert "the most that this server takes" in busy.json()["detail"]
    assert (photo.status, photo.json()["code"]) == (422, "no-locator")
    assert later.status == 200


def test_a_token_opens_the_server_and_nothing_else_does():
    everywhere = ("--host", "0.0.0.0", "--locator", "none")
    with reader_server(*everywhere, environment={"GLYPHLAB_TOKEN": TOKEN}) as guarded:
        right, wrong = {"Authorization": f"Bearer {TOKEN}"}, {"Authorization": "Bearer guess"}
        host = {"X_Forwarded_Host": "lab.example.com"}
        asked = [
            post(WORD, "image/png", **right, **host),
            post(WORD, "image/png", **wrong),
            post(WORD, "image/png"),
            get("/metrics"),
            get("/metrics", **right),
            get("/v1/models"),
            get("/healthz"),
            get("/"),
        ]
        answers = ask_all(guarded.port, asked, 1)
    assert [answer.status for answer in answers] == [200, 401, 401, 401, 200, 401, 200, 200]
    assert answers[1].headers["www-authenticate"].startswith("Bearer")
    assert "Another token" in answers[1].json()["detail"]
    assert "Authorization: Bearer" in answers[2].json()["detail"]
    assert TOKEN not in answers[1].body.decode()


def test_the_port_of_another_program_is_told():
    with socket.socket() as taken:
        taken.bind((HOST, 0))
        taken.listen()
        with (
            pytest.raises(RuntimeError, match="ended by itself with 2"),
            reader_server("--port", str(taken.getsockname()[1]), "--locator", "none"),
        ):
            pass


def test_photos_wait_for_one_another_up_to_a_number():
    with reader_server("--photos", "2") as small:
        answers = ask_all(small.port, [post(PHOTO)] * 6, clients=6)
    assert {answer.status for answer in answers} == {200, 429}
    assert "photos or large images wait" in next(answer for answer in answers if answer.status == 429).json()["detail"]
