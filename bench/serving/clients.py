"""Clients of a server of readers, in one event loop: requests are bytes made beforehand, so that they cost little."""

import asyncio
import json
import time
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple, TypeVar

from bench.browser import HOST

Result = TypeVar("Result")


def in_own_loop(task: Coroutine[Any, Any, Result]) -> Result:
    """Run a task in a thread of its own, whose loop is nobody else's, and return its result."""
    with ThreadPoolExecutor(1) as aside:
        return aside.submit(asyncio.run, task).result()


class Answer(NamedTuple):
    """An answer, and how long it took in s."""

    status: int
    headers: dict[str, str]
    body: bytes
    seconds: float

    def json(self) -> Any:
        """Return its body."""
        return json.loads(self.body)


class Refused(Exception):
    """A connection that was not accepted: the server had stopped to listen."""


class Line:
    """One connection that is kept, and opened again when the server ends it."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, request: bytes) -> Answer:
        """Send a request and return its answer.

        Raises:
            Refused: nobody listens.
            EOFError, OSError: the server ended the connection without an answer.
        """
        began = time.perf_counter()
        if self._streams is None:
            try:
                self._streams = await asyncio.open_connection(HOST, self._port)
            except OSError:
                raise Refused from None
        reader, writer = self._streams
        writer.write(request)
        try:
            status, headers, body = await read_answer(reader)
        except (EOFError, OSError):
            self.close()
            raise
        if headers.get("connection") == "close":
            self.close()
        return Answer(status, headers, body, time.perf_counter() - began)

    def close(self) -> None:
        """End the connection."""
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None


async def read_answer(reader: asyncio.StreamReader) -> tuple[int, dict[str, str], bytes]:
    """Return status, headers and body of one answer. Raises EOFError (IncompleteReadError) where it is cut."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)}
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    return int(head[0].split()[1]), headers, body


def post(body: bytes, kind: str = "image/jpeg", query: str = "", **headers: str) -> bytes:
    """Return the bytes of a request to read."""
    more = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    head = f"POST /v1/read{query} HTTP/1.1\r\nHost: {HOST}\r\nContent-Type: {kind}\r\n{more}"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


def get(path: str, **headers: str) -> bytes:
    """Return the bytes of a request for something."""
    more = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    return f"GET {path} HTTP/1.1\r\nHost: {HOST}\r\n{more}\r\n".encode()


def ask_all(port: int, requests: Sequence[bytes], clients: int) -> list[Answer]:
    """Return the answers to requests in their order, asked by so many clients at once, each on its own line."""
    answers: dict[int, Answer] = {}
    numbers = iter(range(len(requests)))

    async def client() -> None:
        line = Line(port)
        for number in numbers:
            answers[number] = await line.ask(requests[number])
        line.close()

    async def all_clients() -> None:
        await asyncio.gather(*(client() for _ in range(clients)))

    in_own_loop(all_clients())
    return [answers[number] for number in range(len(requests))]


class Tally(NamedTuple):
    """What became of requests while a server closed: answered, not accepted, and lost."""

    answered: int
    refused: int
    lost: int


def ask_until_closed(port: int, request: bytes, clients: int, seconds: float, close: Callable[[], object]) -> Tally:
    """Ask on many lines, close the server after so many seconds, and go on until it listens no more."""
    counts = {"answered": 0, "refused": 0, "lost": 0}

    async def client() -> None:
        line = Line(port)
        while True:
            try:
                answer = await line.ask(request)
            except Refused:
                counts["refused"] += 1
                return
            except (EOFError, OSError):
                counts["lost"] += 1
                return
            counts["answered"] += answer.status == 200

    async def all_clients() -> None:
        asking = asyncio.gather(*(client() for _ in range(clients)))
        await asyncio.sleep(seconds)
        close()
        await asking

    in_own_loop(all_clients())
    return Tally(**counts)
