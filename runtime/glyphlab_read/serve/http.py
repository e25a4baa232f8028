"""HTTP as uvicorn speaks it, with an end to slow heads, answers to what is no HTTP, and a close that loses nothing.

uvicorn waits for a request's head for ever, drops a client that has sent all it had to say, and on SIGTERM closes lines
on which the next request may be under way. Here a head has its time, a half-closed line its answer; and when the server
closes, it stops listening, tells each client with its next answer that the line ends, and closes idle ones after that.
"""

import asyncio
import contextlib
import json
from typing import Any

from uvicorn import Config, Server
from uvicorn.protocols.http.h11_impl import H11Protocol

from glyphlab_read.serve.admission import Admission
from glyphlab_read.serve.logs import log
from glyphlab_read.serve.refusals import MEDIA_TYPE, Refusal

_IDLE = 1.0  # s that a line may stay idle once the server closes
_GLANCE = 0.02  # s between two looks at it


class TimedProtocol(H11Protocol):
    """One connection; `head_seconds` is set by the server."""

    head_seconds = 10.0
    _head: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Begin to wait for a head."""
        super().connection_made(transport)
        self._head = self.loop.call_later(self.head_seconds, self._slow)

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no more."""
        super().connection_lost(exc)
        self._wait_no_more()

    def data_received(self, data: bytes) -> None:
        """Take what came; a head that has begun must end in time."""
        super().data_received(data)
        if not self._awaits_head():
            self._wait_no_more()
        elif self._head is None:
            self._head = self.loop.call_later(self.head_seconds, self._slow)

    def eof_received(self) -> bool:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Answer a client that sends no more: what it asked in full, or that its request is cut short."""
        if self._awaits_head():
            return False
        if self.cycle.more_body and not self.cycle.response_started:
            self.conn.receive_data(b"")
            self.handle_events()
        return True

    def send_400_response(self, msg: str) -> None:
        """Refuse what is no HTTP, or no whole request."""
        self._refuse(Refusal(400, "no-http", f"{msg} Heads have at most 16 kB, and a body the length that it says."))

    def _awaits_head(self) -> bool:
        return self.cycle is None or self.cycle.response_complete

    def _wait_no_more(self) -> None:
        if self._head is not None:
            self._head.cancel()
            self._head = None

    def _slow(self) -> None:
        self._head = None
        if not self.transport.is_closing() and self._awaits_head():
            self._refuse(
                Refusal(408, "slow-head", f"No whole head came within {self.head_seconds:g} s. Send it at once.")
            )

    def _refuse(self, refusal: Refusal) -> None:
        if self.cycle is not None and not self.cycle.response_complete:
            self.cycle.disconnected = True  # whatever it has to say comes too late
            self.cycle.message_event.set()
        body = json.dumps(refusal.plain()).encode()
        head = f"HTTP/1.1 {refusal.status} {refusal.plain()['title']}\r\ncontent-type: {MEDIA_TYPE}\r\n"
        self.transport.write(f"{head}content-length: {len(body)}\r\nconnection: close\r\n\r\n".encode() + body)
        self.transport.close()
        log("request", status=refusal.status, code=refusal.name, client=self.client and self.client[0])


class ClosingServer(Server):
    """uvicorn's server, which closes without losing a request."""

    def __init__(self, config: Config, admission: Admission) -> None:
        super().__init__(config)
        self._admission = admission

    async def shutdown(self, sockets: Any = None) -> None:
        """Listen no more, answer all that is on its way, then close."""
        log("closing", requests=self._admission.requests)
        self._admission.closing = True
        await self._listen_no_more()
        idle = 0.0
        while self.server_state.connections and idle < _IDLE and not self.force_exit:
            await asyncio.sleep(_GLANCE)
            idle = 0.0 if self.server_state.tasks else idle + _GLANCE
        await super().shutdown(sockets)
        log("closed", requests=self.server_state.total_requests)

    async def _listen_no_more(self) -> None:
        """Close the door, and let in who stands before it: the kernel has accepted their connections, we not yet."""
        loop = asyncio.get_running_loop()
        doors = [door.dup() for server in self.servers for door in server.sockets]
        for server in self.servers:
            server.close()
        waiting = []
        for door in doors:
            with door, contextlib.suppress(BlockingIOError):
                while True:
                    waiting.append(door.accept()[0])
        for line in waiting:
            line.setblocking(False)
            await loop.connect_accepted_socket(self._protocol, line)

    def _protocol(self) -> asyncio.Protocol:
        made: Any = self.config.http_protocol_class
        return made(config=self.config, server_state=self.server_state, app_state=self.lifespan.state)
