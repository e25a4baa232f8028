"""Throws that settle a setting. Each decision has dice of its own, so that changing one leaves the others alone."""

import threading
from collections.abc import Callable
from random import Random
from typing import Any

from engine.config.weights import Weights

Dice = Callable[[str], Random]
"""Gives the dice of a decision by its name."""

_KEPT = 64  # dice of a thread that are seeded again instead of made anew, which takes twice as long
_own = threading.local()


def dice_for(key: str) -> Dice:
    """Return dice for each decision of what `key` names; those of a decision are good until they are asked for again."""
    kept: dict[str, Random] = _own.__dict__.setdefault("kept", {})

    def dice(decision: str) -> Random:
        throw = kept.get(decision)
        if throw is None:
            throw = Random(0)
            if len(kept) < _KEPT:
                kept[decision] = throw
        throw.seed(f"{key}/{decision}")
        return throw

    return dice


def one_of(weights: Weights, dice: Dice, name: str) -> Any:
    """Return one of the choices that a weighted config declares; nothing is thrown where only one has a weight."""
    names, sums = weights.choices
    return names[0] if len(names) == 1 else dice(name).choices(names, cum_weights=sums)[0]


def whole(span: int | tuple[int, int], dice: Dice, name: str) -> int:
    """Return a whole number of a span; nothing is thrown for a single number."""
    return dice(name).randint(*span) if isinstance(span, tuple) else span


def between(span: float | tuple[float, float], dice: Dice, name: str) -> float:
    """Return a number of a span; nothing is thrown for a single number."""
    return dice(name).uniform(*span) if isinstance(span, tuple) else span


def happens(share: float, dice: Dice, name: str) -> bool:
    """Throw for what is done to a share of the samples; nothing is thrown where it is all or none."""
    return share >= 1 or (share > 0 and dice(name).random() < share)
