"""People whose browsers are on machines of their own: sessions that ask the server what browsers ask, and draw nothing.

A `Person` speaks Streamlit's protocol over a WebSocket: it opens a page, changes pages, keeps what it was sent, and
lets live parts refresh as often as the server asks a browser to. It types nothing and fetches no pictures.
"""

import asyncio
import itertools
import random
import threading
import time
from collections.abc import Coroutine, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Self, TypeVar

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect

from bench.browser import Server

_PATIENCE = 60.0  # seconds until a page that does not come is an error
_LARGEST = 50_000_000  # bytes of one message

T = TypeVar("T")


class Person:
    """One session. All methods belong to one event loop.

    Attributes:
        refreshes: runs of live parts that the server has finished.
    """

    def __init__(self, socket: ClientConnection) -> None:
        self.refreshes = 0
        self._socket = socket
        self._page, self._query = "", ""
        self._pages: dict[str, str] = {}  # its script's hash by the end of its address
        self._cached: set[str] = set()
        self._clocks: dict[str, asyncio.Task[None]] = {}
        self._whole = asyncio.Event()
        self._reader = asyncio.create_task(self._read())

    @classmethod
    async def at(cls, server: Server) -> Self:
        """Open Home."""
        address = f"{server.url.replace('http', 'ws')}/_stcore/stream"
        protocols: list[Any] = ["streamlit", "PLACEHOLDER_AUTH_TOKEN"]
        person = cls(await connect(address, origin=server.url, subprotocols=protocols, max_size=_LARGEST))  # pyright: ignore
        await person.go("")
        return person

    async def go(self, page: str) -> float:
        """Change to a page (the end of its address); return the seconds until the server has sent it whole."""
        self._stop_clocks()
        self._page, self._query = self._pages.get(page, ""), ""
        self._whole.clear()
        began = time.perf_counter()
        await self._ask()
        await asyncio.wait_for(self._whole.wait(), _PATIENCE)
        return time.perf_counter() - began

    async def leave(self) -> None:
        """Close the page."""
        self._stop_clocks()
        await self._socket.close()  # while messages are still taken in: the server's farewell comes after them
        self._reader.cancel()

    async def _ask(self, fragment: str = "") -> None:
        message = BackMsg()
        asked = message.rerun_script
        asked.query_string, asked.page_script_hash, asked.fragment_id = self._query, self._page, fragment
        asked.is_auto_rerun = bool(fragment)
        asked.cached_message_hashes.extend(self._cached)
        await self._socket.send(message.SerializeToString())

    async def _read(self) -> None:
        async for data in self._socket:
            self._hear(ForwardMsg.FromString(data if isinstance(data, bytes) else data.encode()))

    def _hear(self, message: ForwardMsg) -> None:
        if message.metadata.cacheable:
            self._cached.add(message.hash)
        match message.WhichOneof("type"):
            case "navigation":
                pages = message.navigation.app_pages
                self._pages = {"" if page.is_default else page.url_pathname: page.page_script_hash for page in pages}
                self._page = message.navigation.page_script_hash
            case "new_session" if not message.metadata.run.fragment_ids:
                self._stop_clocks()
            case "page_info_changed":
                self._query = message.page_info_changed.query_string
            case "auto_rerun":
                self._set_clock(message.auto_rerun.fragment_id, message.auto_rerun.interval)
            case "stop_auto_rerun":
                self._stop_clocks(message.stop_auto_rerun.fragment_ids)
            case "script_finished" if message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY:
                self._whole.set()
            case "script_finished" if message.script_finished == ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY:
                self.refreshes += 1

    def _set_clock(self, fragment: str, seconds: float) -> None:
        async def tick() -> None:
            while True:
                await asyncio.sleep(seconds)
                await self._ask(fragment)

        if fragment not in self._clocks:
            self._clocks[fragment] = asyncio.create_task(tick())

    def _stop_clocks(self, fragments: Any = None) -> None:
        for fragment in list(self._clocks if fragments is None else fragments):
            if fragment in self._clocks:
                self._clocks.pop(fragment).cancel()


@contextmanager
def crowd(server: Server, number: int, pages: Sequence[str], pause: float) -> Iterator[list[float]]:
    """Let so many people wander over the pages, each changing every `pause` seconds, while the block runs.

    Yields the seconds that their changes took so far. They live in a thread of their own.
    """
    took: list[float] = []
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True, name="people")
    thread.start()
    people = [_in(loop, Person.at(server)) for _ in range(number)]
    walks = [asyncio.run_coroutine_threadsafe(_wander(one, pages, pause, took), loop) for one in people]
    try:
        yield took
        for walk in walks:
            if walk.done():
                walk.result()  # raises what ended it
    finally:
        for walk, person in zip(walks, people, strict=True):
            walk.cancel()
            _in(loop, person.leave())
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def _in(loop: asyncio.AbstractEventLoop, task: Coroutine[Any, Any, T]) -> T:
    return asyncio.run_coroutine_threadsafe(task, loop).result()


async def _wander(person: Person, pages: Sequence[str], pause: float, took: list[float]) -> None:
    await asyncio.sleep(random.uniform(0, pause))
    for page in itertools.cycle(random.sample(pages, len(pages))):
        took.append(await person.go(page))
        await asyncio.sleep(pause)
