"""Images that were prepared once, kept in memory as far as a share of what is free allows."""

from collections.abc import Callable
from typing import Generic, Protocol, TypeVar

from engine.machine import available_memory

_SHARE = 0.25  # of the memory that is free at the start


class _Sized(Protocol):
    @property
    def nbytes(self) -> int: ...


Kept = TypeVar("Kept", bound=_Sized)


class ImageCache(Generic[Kept]):
    """Images by number; several threads may use it."""

    def __init__(self) -> None:
        self._kept: dict[int, Kept] = {}
        self._room = int(available_memory() * _SHARE)

    def get(self, number: int, make: Callable[[int], Kept]) -> Kept:
        """Return an image, made where it is not kept."""
        found = self._kept.get(number)
        if found is None:
            found = make(number)
            if self._room > found.nbytes:
                self._room -= found.nbytes
                self._kept[number] = found
        return found
