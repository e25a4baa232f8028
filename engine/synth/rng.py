"""Named random streams: each setting of a sample draws from its own, so that changing one leaves the others alone."""

import threading
from collections.abc import Callable
from hashlib import blake2b
from random import Random
from typing import Any

from engine.config.distributions import Weights

Rng = Callable[[str], Random]
"""Gives a random stream by the name of what it decides, such as `skew`."""

_CACHED = 64  # streams of a thread that are seeded again instead of made again
_HASH_BITS = 512
_thread = threading.local()


class RandomStream(Random):
    """Random generator seeded by a text: hashes of the text and a counter, bit after bit.

    Most settings take a number or two, for which Python's own generator first fills 20,000 bits of state; this one
    takes a tenth of the time and is as uniform, but not for cryptography. Its state can neither be read nor set.
    """

    def seed(self, a: object = 0, version: int = 2) -> None:  # the signature is Random's
        """Start over under a text."""
        self._name = str(a).encode()
        self._counter = self._left = self._bits = 0

    def getrandbits(self, k: int, /) -> int:
        """Return an integer of `k` bits."""
        while self._left < k:
            block = blake2b(self._name, salt=self._counter.to_bytes(16, "little")).digest()
            self._bits |= int.from_bytes(block, "little") << self._left
            self._counter += 1
            self._left += _HASH_BITS
        bits = self._bits & ((1 << k) - 1)
        self._bits >>= k
        self._left -= k
        return bits

    def random(self) -> float:
        """Return a number from 0 to 1, without 1 itself."""
        return self.getrandbits(53) * 2**-53


def rng_for(key: str) -> Rng:
    """Return the random streams of what `key` names, such as a sample; one is valid until its name is asked for again.

    Streams are cached per thread, so those of another key reuse them, too.
    """
    cached: dict[str, RandomStream] = _thread.__dict__.setdefault("cached", {})

    def rng(name: str) -> RandomStream:
        stream = cached.get(name)
        if stream is None:
            stream = RandomStream(0)
            if len(cached) < _CACHED:
                cached[name] = stream
        stream.seed(f"{key}/{name}")
        return stream

    return rng


def draw_choice(weights: Weights, rng: Rng, name: str) -> Any:
    """Draw one of the choices of a weighted config; no random number is taken where only one has a weight."""
    choices, cumulative = weights.choices
    return choices[0] if len(choices) == 1 else rng(name).choices(choices, cum_weights=cumulative)[0]


def draw_int(span: int | tuple[int, int], rng: Rng, name: str) -> int:
    """Draw an integer of a range, both ends included; a single number is returned as it is."""
    return rng(name).randint(*span) if isinstance(span, tuple) else span


def draw_float(span: float | tuple[float, float], rng: Rng, name: str) -> float:
    """Draw a number of a range; a single number is returned as it is."""
    return rng(name).uniform(*span) if isinstance(span, tuple) else span


def draw_bool(share: float, rng: Rng, name: str) -> bool:
    """Draw True for a share of the samples; no random number is taken where it is all or none."""
    return share >= 1 or (share > 0 and rng(name).random() < share)
