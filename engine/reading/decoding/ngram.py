"""Which texts are likely: a model of characters in their order, learned from texts, kept in the bundle, used by CTC.

P(c | context) is interpolated over contexts of 0 to 6 characters (Witten and Bell 1991, as in Chen and Goodman 1998,
section 2.4): what followed a context counts by how often it did, and the rest of the probability goes by the context
that is one character shorter. Legend: K characters of the charset; class K is the end of the text. This module reads no
image and learns nothing: see `engine.training.ngram`.
"""

import io
import zipfile
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from engine.errors import BundleError

ORDER = 7
"""Characters that are looked at: six before, and the one in question."""

_MIX = 0x9E3779B1  # odd, so that no two contexts of one character share a hash
_STEP = 1 / 16  # nats between two levels of a logarithm, of which a byte holds 256
_LENGTH_REWARD = 2.0  # nats a character: else the likeliest text would be the shortest
_CACHE_BYTES = 16 << 20


class Level(NamedTuple):
    """What followed the contexts of one length.

    Attributes:
        keys: hashes of the C contexts, uint32 (C,), rising.
        counts: how many classes followed each, uint16 (C,).
        rests: minus the logarithm of the probability of all others, in sixteenths of a nat, uint8 (C,).
        classes: those that followed, context after context, uint16 (E,).
        shares: minus the logarithm of the probability of each, likewise, uint8 (E,).
    """

    keys: npt.NDArray[np.uint32]
    counts: npt.NDArray[np.uint16]
    rests: npt.NDArray[np.uint8]
    classes: npt.NDArray[np.uint16]
    shares: npt.NDArray[np.uint8]


def quantised(probabilities: npt.NDArray[np.floating]) -> npt.NDArray[np.uint8]:
    """Return minus logarithms in sixteenths of a nat, as a `Level` holds them."""
    return np.clip(np.round(-np.log(probabilities) / _STEP), 0, 255).astype(np.uint8)


def extended(hashes: npt.NDArray[np.uint32], codes: npt.NDArray[np.uint32], length: int) -> npt.NDArray[np.uint32]:
    """Return the hashes of contexts that are one character longer.

    Args:
        hashes: of contexts of `length` characters, uint32 (S,).
        codes: of the characters before these, uint32 (S,): class + 1, or K + 1 for the start of the text.
        length: from 0.
    """
    return hashes + codes * np.uint32(pow(_MIX, length, 1 << 32))


class NgramModel:
    """Says how likely each next character of a text is.

    Args:
        levels: by the length of the context, from 0.
        characters: K.
        weight: how much it counts beside what the image shows, 0…1.
    """

    def __init__(self, levels: Sequence[Level], characters: int, weight: float) -> None:
        self._levels = [(level, np.concatenate([[0], np.cumsum(level.counts, dtype=np.int64)])) for level in levels]
        self._characters, self.weight = characters, weight
        room = max(256, _CACHE_BYTES // (4 * (characters + 1)))
        # Bound to the object, so that they go with it.
        self._probabilities = lru_cache(room)(self._interpolated)
        self.rewards = lru_cache(room)(self._weighted)

    def probabilities(self, text: tuple[int, ...]) -> npt.NDArray[np.float32]:
        """Return the probability of each class after `text`, its end included: float32 (K + 1,), which sums to 1."""
        return self._probabilities(self._context(text))

    def reward(self, text: tuple[int, ...]) -> float:
        """Return what a whole text adds to its score, in nats."""
        return float(sum(self.rewards(text[:place])[id] for place, id in enumerate((*text, self._characters))))

    def _weighted(self, text: tuple[int, ...]) -> npt.NDArray[np.float32]:
        """Return what each class adds to the score of a text, in nats, float32 (K + 1,), the end of the text last.

        A text's score is log P(text | image) + weight · (log P(text) + 2 · its length).
        """
        rewards = np.log(self.probabilities(text))
        rewards[: self._characters] += _LENGTH_REWARD
        return np.float32(self.weight) * rewards

    def _context(self, text: tuple[int, ...]) -> tuple[int, ...]:
        codes = (self._characters + 1, *(id + 1 for id in text))
        return codes[max(0, len(codes) - len(self._levels) + 1) :]

    def _interpolated(self, context: tuple[int, ...]) -> npt.NDArray[np.float32]:
        shorter = self._probabilities(context[1:]) if context else np.full(self._characters + 1, 1, np.float32)
        if not context:
            shorter /= self._characters + 1
        level, starts = self._levels[len(context)]
        key = sum(code * pow(_MIX, place, 1 << 32) for place, code in enumerate(reversed(context))) % (1 << 32)
        place = int(np.searchsorted(level.keys, np.uint32(key)))
        if place == len(level.keys) or level.keys[place] != key:
            return shorter
        own = slice(starts[place], starts[place + 1])
        found = shorter * np.exp(-_STEP * np.float32(level.rests[place]))
        found[level.classes[own]] += np.exp(-_STEP * level.shares[own].astype(np.float32))
        return found / found.sum()

    def to_bytes(self) -> bytes:
        """Return it as a compressed npz archive, keys as differences, which pack better."""
        arrays = {
            f"{name}_{length}": np.diff(array, prepend=array.dtype.type(0)) if name == "keys" else array
            for length, (level, _) in enumerate(self._levels)
            for name, array in level._asdict().items()
        }
        target = io.BytesIO()
        np.savez_compressed(target, allow_pickle=False, **arrays)
        return target.getvalue()

    @classmethod
    def from_bytes(cls, content: bytes, characters: int, weight: float) -> "NgramModel":
        """Read what `to_bytes` wrote; K and the weight stand in the bundle's manifest.

        Raises:
            BundleError: it is damaged, or of another charset.
        """
        try:
            with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
                lengths = range(len(arrays.files) // len(Level._fields))
                levels = [Level(*(arrays[f"{name}_{length}"] for name in Level._fields)) for length in lengths]
        except (OSError, EOFError, ValueError, KeyError, zipfile.BadZipFile) as error:
            raise BundleError(f"language.npz is damaged ({error}). Export the run again.") from None
        levels = [level._replace(keys=np.cumsum(level.keys, dtype=np.uint32)) for level in levels]
        if not levels or any(not _whole(level, characters) for level in levels):
            raise BundleError("language.npz does not fit the charset of its bundle. Export the run again.")
        return cls(levels, characters, weight)


def _whole(level: Level, characters: int) -> bool:
    same = len(level.keys) == len(level.counts) == len(level.rests)
    entries = len(level.classes) == len(level.shares) == int(level.counts.sum(dtype=np.int64))
    return same and entries and (not len(level.classes) or int(level.classes.max()) <= characters)
