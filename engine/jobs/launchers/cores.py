"""Cores of a node for the worker of a job, where the cluster counts cores and assigns none, as Ray does.

Each worker marks the cores that it keeps to, for all workers of this machine, by names of sockets that the kernel
forgets with the process. Learning libraries start as many threads as there are cores that they may use.
"""

import contextlib
import os
import socket
from collections.abc import Iterator


@contextlib.contextmanager
def own_cores(number: int, mark: str = "glyphlab") -> Iterator[set[int]]:
    """Yield as many of this process's cores for the length of a block, first those that nobody has by the same mark."""
    own: list[int] = []
    taken: list[int] = []
    with contextlib.ExitStack() as marks:
        for core in sorted(os.sched_getaffinity(0)):
            if len(own) < number:
                (own if _take(f"{mark}/core/{core}", marks) else taken).append(core)
        yield {*own, *taken[: number - len(own)]}  # the cluster was told of more cores than there are


@contextlib.contextmanager
def kept_to(cores: set[int]) -> Iterator[None]:
    """Have the children that this thread starts in a block use these cores only."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def _take(name: str, marks: contextlib.ExitStack) -> bool:
    mark = marks.enter_context(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM))
    try:
        mark.bind(f"\0{name}")  # in the abstract namespace: no file is made
    except OSError:
        return False
    return True
