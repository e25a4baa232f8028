"""Throws that settle a setting. Each decision has dice of its own, so that changing one leaves the others alone."""

import threading
from collections.abc import Callable
from hashlib import blake2b
from random import Random
from typing import Any

from engine.config.weights import Weights

Rng = Callable[[str], Random]
"""Gives the dice of a decision by its name."""

_KEPT = 64  # dice of a thread that are used again instead of made anew
_BLOCK = 512  # bits that one hash gives
_own = threading.local()


class RandomStream(Random):
    """Dice named by a text: hashes of the name and a count, bit after bit.

    Most decisions take a number or two, for which Python's own generator first fills 20,000 bits of state; these dice
    take a tenth of the time and are as fair, but for no secrets. They cannot be saved or set back.
    """

    def seed(self, a: object = 0, version: int = 2) -> None:  # the signature is Random's
        """Begin anew under a name."""
        self._name = str(a).encode()
        self._hashed = self._left = self._bits = 0

    def getrandbits(self, k: int, /) -> int:
        """Return a whole number of `k` bits."""
        while self._left < k:
            block = blake2b(self._name, salt=self._hashed.to_bytes(16, "little")).digest()
            self._bits |= int.from_bytes(block, "little") << self._left
            self._hashed += 1
            self._left += _BLOCK
        bits = self._bits & ((1 << k) - 1)
        self._bits >>= k
        self._left -= k
        return bits

    def random(self) -> float:
        """Return a number from 0 to 1, without 1 itself."""
        return self.getrandbits(53) * 2**-53


def rng_for(key: str) -> Rng:
    """Return dice for each decision of what `key` names; those of a decision last until they are asked for again."""
    kept: dict[str, RandomStream] = _own.__dict__.setdefault("kept", {})

    def dice(decision: str) -> RandomStream:
        throw = kept.get(decision)
        if throw is None:
            throw = RandomStream(0)
            if len(kept) < _KEPT:
                kept[decision] = throw
        throw.seed(f"{key}/{decision}")
        return throw

    return dice


def one_of(weights: Weights, dice: Rng, name: str) -> Any:
    """Return one of the choices that a weighted config declares; nothing is thrown where only one has a weight."""
    names, sums = weights.choices
    return names[0] if len(names) == 1 else dice(name).choices(names, cum_weights=sums)[0]


def whole(span: int | tuple[int, int], dice: Rng, name: str) -> int:
    """Return a whole number of a span; nothing is thrown for a single number."""
    return dice(name).randint(*span) if isinstance(span, tuple) else span


def between(span: float | tuple[float, float], dice: Rng, name: str) -> float:
    """Return a number of a span; nothing is thrown for a single number."""
    return dice(name).uniform(*span) if isinstance(span, tuple) else span


def happens(share: float, dice: Rng, name: str) -> bool:
    """Throw for what is done to a share of the samples; nothing is thrown where it is all or none."""
    return share >= 1 or (share > 0 and dice(name).random() < share)
