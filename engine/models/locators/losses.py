"""Losses of locators: cross-entropy and Dice per map, over the pixels that count.

Targets are uint8 (N, h, w, 2 M): M masks of 0 and 1, then M masks of the pixels that count. Sums run over the whole
batch, so that scenes without text count as others do. Legend: N images, h rows, w columns, M maps.
"""

from typing import Any

import keras

from engine.config.train import Loss, Negatives

ops: Any = keras.ops  # it declares no return types

WEIGHTS = {"kernel": 1.0, "region": 0.5, "line": 0.5}
"""Weight of each map in the loss."""

_BCE = 2.0  # beside Dice
_GAP = 4.0  # more weight of the pixels between two words of a line: few, and all that keeps the words apart
_NEGATIVES = 4.0  # a pixel of text weighs as much as so many without
_SMOOTH = 2000.0  # px; keeps a batch without text from counting in full
_HARD = 3  # hard negatives for each pixel of text
_HARD_LEAST = 2000  # of a batch, so that scenes without text teach
_DICE_SMOOTH = 1.0


def locator_loss(targets: Any, logits: Any, maps: tuple[str, ...], loss: Loss, negatives: Negatives) -> Any:
    """Return the batch's loss, a float32 scalar.

    Args:
        targets: uint8 (N, h, w, 2 M).
        logits: float32 (N, h, w, M).
        maps: their names.
        loss: bce, dice, or both.
        negatives: of the cross-entropy.
    """
    count = len(maps)
    truth, valid = (ops.cast(part, "float32") for part in (targets[..., :count], targets[..., count:]))
    named = {name: truth[..., number] for number, name in enumerate(maps)}
    gaps = named["line"] * (1.0 - named["kernel"]) if {"line", "kernel"} <= set(maps) else None
    total = 0.0
    for number, name in enumerate(maps):
        parts = (truth[..., number], valid[..., number], logits[..., number])
        if loss != "dice":
            scale = _BCE if loss == "both" else 1.0
            weights = 1.0 + _GAP * gaps if name == "kernel" and gaps is not None else 1.0
            total += WEIGHTS[name] * scale * _cross_entropy(*parts, weights, negatives)
        if loss != "bce":
            total += WEIGHTS[name] * _dice(*parts)
    return total


def _cross_entropy(truth: Any, valid: Any, logits: Any, weights: Any, negatives: Negatives) -> Any:
    """Return the cross-entropy with one joint divisor: apart, few pixels of text would grow fat kernels.

    `weights`, float32 (N, h, w) or one number, multiply that of each pixel (Ronneberger et al. 2015, "U-Net", 3).
    """
    losses = weights * (ops.maximum(logits, 0.0) - logits * truth + ops.log1p(ops.exp(-ops.abs(logits))))
    positive, negative = truth * valid, (1.0 - truth) * valid
    pixels = ops.sum(positive)
    if negatives == "hard":
        losses_without = ops.reshape(losses * negative, (-1,))
        most = ops.shape(losses_without)[0] // 8
        hardest, _ = ops.top_k(losses_without, most)
        wanted = ops.maximum(_HARD * pixels, float(_HARD_LEAST))
        taken = ops.cast(ops.arange(most), "float32") < wanted
        kept = ops.minimum(wanted, float(most) if isinstance(most, int) else ops.cast(most, "float32"))
        return (ops.sum(losses * positive) + ops.sum(hardest * ops.cast(taken, "float32"))) / (pixels + kept)
    return ops.sum(losses * (positive + negative)) / (_NEGATIVES * pixels + _SMOOTH)


def _dice(truth: Any, valid: Any, logits: Any) -> Any:
    """Return 1 - Dice over the batch (Milletari et al. 2016, "V-Net", 3)."""
    found = ops.sigmoid(logits) * valid
    truth = truth * valid
    shared, all_of_it = ops.sum(found * truth), ops.sum(found) + ops.sum(truth)
    return 1.0 - (2.0 * shared + _DICE_SMOOTH) / (all_of_it + _DICE_SMOOTH)
