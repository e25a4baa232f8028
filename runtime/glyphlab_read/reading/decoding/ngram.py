"""Character n-gram model: the probability of each next character of a text, kept in a bundle, used by CTC decoding.

P(c | context) is interpolated over contexts of 0 to 6 characters (Witten and Bell 1991, as in Chen and Goodman 1998,
section 2.4): a class that followed a context counts by how often it did, and the remaining probability backs off to the
context that is one character shorter. Legend: K characters of the charset; class K is the end of the text. This module
learns nothing: see `engine.training.ngram`.
"""

import copy
import io
import math
import operator
import tokenize
import zipfile
import zlib
from collections.abc import Sequence
from functools import lru_cache
from typing import IO, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from glyphlab_read.errors import BundleError

ORDER = 7
"""n: six characters of context, and the one predicted."""

LENGTH_BONUS = 3.0
"""Nats that each character of a text adds to its score: without any the shortest text would win."""

_HASH_FACTOR = 0x9E3779B1  # odd, so that no two contexts of one character share a hash
_QUANTUM = 1 / 16  # nats between two of the 256 values of a quantised logarithm
_PROBS = np.exp(-_QUANTUM * np.arange(256, dtype=np.float32))  # that these values stand for
_FACTORS = tuple(pow(_HASH_FACTOR, place, 1 << 32) for place in range(ORDER))  # of a context's codes, the last first
_LEAST_PROB = 1e-30  # of a class, however often the levels back off: single precision may reach 0
_CACHE_BYTES = 8 << 20  # of contexts' probabilities; more saves no time
_ENTRY_BYTES = 400  # of an entry beside its numbers
_MAX_BYTES = 256_000_000  # of all arrays; those of 400,000 texts have 10 million
_KINDS = ("<u4", "<u2", "|u1")


class Level(NamedTuple):
    """The classes that followed the contexts of one length.

    Attributes:
        keys: hashes of the C contexts, uint32 (C,), rising.
        counts: number of classes that followed each, uint16 (C,).
        backoff: probability of all other classes, quantised, uint8 (C,).
        classes: the classes that followed, context after context, uint16 (E,).
        probs: probability of each of these, quantised, uint8 (E,).
    """

    keys: npt.NDArray[np.uint32]
    counts: npt.NDArray[np.uint16]
    backoff: npt.NDArray[np.uint8]
    classes: npt.NDArray[np.uint16]
    probs: npt.NDArray[np.uint8]


_FILE_KEYS = ("keys", "counts", "rests", "classes", "shares")
"""The names of a level's arrays in language.npz, in the order of its fields; the format is fixed."""


def quantise(probs: npt.NDArray[np.floating]) -> npt.NDArray[np.uint8]:
    """Return negative log probabilities in sixteenths of a nat, as a `Level` holds them."""
    return np.clip(np.round(-np.log(probs) / _QUANTUM), 0, 255).astype(np.uint8)


def extend_hashes(hashes: npt.NDArray[np.uint32], codes: npt.NDArray[np.uint32], length: int) -> npt.NDArray[np.uint32]:
    """Return the hashes of the contexts one character longer.

    Args:
        hashes: of contexts of `length` characters, uint32 (S,).
        codes: of the characters before these, uint32 (S,): class + 1, or K + 1 for the start of the text.
        length: from 0.
    """
    return hashes + codes * np.uint32(_FACTORS[length])


class NgramModel:
    """The probability of each next character of a text.

    A text's score is P(text | image) · (P(text) · e^(length_bonus · its length)) ^ weight.

    Args:
        levels: by the length of the context, from 0.
        characters: K.
        weight: how much it counts beside the image, 0…1.
        length_bonus: for each character, nats.
    """

    def __init__(
        self, levels: Sequence[Level], characters: int, weight: float, length_bonus: float = LENGTH_BONUS
    ) -> None:
        self._levels = [(level, np.concatenate([[0], np.cumsum(level.counts, dtype=np.int64)])) for level in levels]
        self._longest = len(levels) - 1  # context
        self._characters, self.weight, self.length_bonus = characters, weight, length_bonus
        self.largest_factor = math.exp(weight * length_bonus)  # of a character that is certain to follow
        entries = max(256, _CACHE_BYTES // (4 * (characters + 1) + _ENTRY_BYTES))
        self._interpolate = lru_cache(entries)(self._interpolate)  # bound to the object, so that it goes with it

    def weighing(self, weight: float) -> "NgramModel":
        """Return the same model with another weight; both share their levels and what was asked of them."""
        other = copy.copy(self)
        other.weight, other.largest_factor = weight, math.exp(weight * self.length_bonus)
        return other

    def probabilities(self, text: tuple[int, ...]) -> npt.NDArray[np.float32]:
        """Return the probability of each class after `text`, its end included: float32 (K + 1,), which sums to 1."""
        context = [id + 1 for id in text[max(0, len(text) - self._longest) :]]
        return self._interpolate((self._characters + 1, *context) if len(text) < self._longest else tuple(context))

    def factor(self, following: npt.NDArray[np.float32], id: int) -> float:
        """Return what a class multiplies the score of a text by, given the `probabilities` after the text."""
        factor = max(following.item(id), _LEAST_PROB) ** self.weight
        return factor if id == self._characters else factor * self.largest_factor

    def text_score(self, text: tuple[int, ...]) -> float:
        """Return the logarithm of all factors of a whole text, its end included."""
        whole = (*text, self._characters)
        return math.fsum(math.log(self.factor(self.probabilities(text[:n]), id)) for n, id in enumerate(whole))

    def end_factor(self, text: tuple[int, ...]) -> float:
        """Return the factor of the end after a text."""
        return self.factor(self.probabilities(text), self._characters)

    def _interpolate(self, context: tuple[int, ...]) -> npt.NDArray[np.float32]:
        """Return the probabilities after the codes of a context (see `extend_hashes`)."""
        shorter = self._interpolate(context[1:]) if context else np.full(self._characters + 1, 1, np.float32)
        if not context:
            shorter /= self._characters + 1
        level, starts = self._levels[len(context)]
        key = sum(map(operator.mul, reversed(context), _FACTORS)) % (1 << 32)
        place = int(level.keys.searchsorted(np.uint32(key)))
        if place == len(level.keys) or level.keys[place] != key:
            return shorter
        own = slice(starts[place], starts[place + 1])
        probs = shorter * _PROBS[level.backoff[place]]
        probs[level.classes[own]] += _PROBS[level.probs[own]]
        return probs / probs.sum()

    def to_bytes(self) -> bytes:
        """Return the model as a compressed npz archive, keys as differences, which pack better."""
        arrays = {
            f"{name}_{length}": np.diff(array, prepend=array.dtype.type(0)) if name == "keys" else array
            for length, (level, _) in enumerate(self._levels)
            for name, array in zip(_FILE_KEYS, level, strict=True)
        }
        target = io.BytesIO()
        np.savez_compressed(target, allow_pickle=False, **arrays)
        return target.getvalue()

    @classmethod
    def from_bytes(
        cls, content: bytes, characters: int, weight: float, length_bonus: float = LENGTH_BONUS
    ) -> "NgramModel":
        """Read the bytes that `to_bytes` returned; K, weight and bonus come from the bundle's manifest.

        Raises:
            BundleError: they are damaged, or of another charset.
        """
        try:
            _check_sizes(content)
            with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
                lengths = range(len(arrays.files) // len(_FILE_KEYS))
                levels = [Level(*(arrays[f"{name}_{length}"] for name in _FILE_KEYS)) for length in lengths]
        except (OSError, EOFError, ValueError, KeyError, RuntimeError, zipfile.BadZipFile, zlib.error) as error:
            raise BundleError(f"language.npz is damaged ({error}). Export the run again.") from None
        levels = [level._replace(keys=np.cumsum(level.keys, dtype=np.uint32)) for level in levels]
        if not levels or any(not _is_valid(level, characters) for level in levels):
            raise BundleError("language.npz does not fit the charset of its bundle. Export the run again.")
        return cls(levels, characters, weight, length_bonus)


def _check_sizes(content: bytes) -> None:
    """Add up the arrays of an npz archive by their headers, before any is unpacked. Raises as zipfile does."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = archive.infolist()
        if len(members) > ORDER * len(_FILE_KEYS):
            raise ValueError(f"{len(members)} arrays, of which there are {ORDER * len(_FILE_KEYS)} at most")
        total = 0
        for member in members:
            with archive.open(member) as file:
                shape, kind = _header(file)
            if kind.str not in _KINDS or len(shape) != 1 or shape[0] < 0:
                raise ValueError(f"an array of {kind.str[:20]} and shape {str(shape)[:40]}")
            total += kind.itemsize * shape[0]
        if total > _MAX_BYTES:
            raise ValueError(f"{total / 1e6:,.0f} MB unpacked, and {_MAX_BYTES / 1e6:,.0f} MB are the most")


def _header(file: IO[bytes]) -> tuple[tuple[int, ...], "np.dtype[Any]"]:
    """Read an array's shape and type. Raises ValueError."""
    if np.lib.format.read_magic(file) != (1, 0):  # later ones allow headers of 4 GB
        raise ValueError("an array of another format")
    try:
        shape, _, kind = np.lib.format.read_array_header_1_0(file)
    except (SyntaxError, tokenize.TokenError, RecursionError, MemoryError):
        raise ValueError("an array without a header that is one") from None
    return shape, kind


def _is_valid(level: Level, characters: int) -> bool:
    same = len(level.keys) == len(level.counts) == len(level.backoff)
    entries = len(level.classes) == len(level.probs) == int(level.counts.sum(dtype=np.int64))
    return same and entries and (not len(level.classes) or int(level.classes.max()) <= characters)
