"""Admission: how many requests are worked on at once, and how many bytes of theirs are held. For one event loop."""

import contextlib
from collections.abc import Iterator

from glyphlab_read.serve.limits import ServerLimits
from glyphlab_read.serve.refusals import Refusal, busy


class Admission:
    """Counts what is going on, and refuses what would be too much."""

    def __init__(self, limits: ServerLimits) -> None:
        self.limits = limits
        self.requests = 0
        self.held = 0
        self.closing = False

    @contextlib.contextmanager
    def request(self) -> Iterator["Ticket"]:
        """Let one request in until the block ends. Raises Refusal where too many are in."""
        if self.requests >= self.limits.requests:
            raise busy(f"{self.requests} requests are being worked on, the most that this server takes at once.")
        self.requests += 1
        ticket = Ticket(self)
        try:
            yield ticket
        finally:
            self.requests -= 1
            self.held -= ticket.held


class Ticket:
    """A request that was let in, and the bytes it holds."""

    def __init__(self, admission: Admission) -> None:
        self._admission = admission
        self.held = 0

    def hold(self, count: int) -> None:
        """Count bytes that were received. Raises Refusal where the request, or all together, have too many."""
        limits = self._admission.limits
        if self.held + count > limits.body_bytes:
            raise too_large(self.held + count, limits)
        if self._admission.held + count > limits.held_bytes:
            raise busy(
                f"The requests that are being worked on hold {limits.held_bytes / 1e6:,.0f} MB, the most that this "
                "server takes at once."
            )
        self.held += count
        self._admission.held += count


def too_large(count: int, limits: ServerLimits) -> Refusal:
    """Return the refusal of a request with so many bytes, or more."""
    return Refusal(
        413,
        "large-body",
        f"The request has {count:,} bytes or more; at most {limits.body_bytes:,} are taken. Send fewer or smaller "
        "images.",
    )
