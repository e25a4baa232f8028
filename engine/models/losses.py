"""Losses of the decoders: CTC and cross-entropy, the negative log probability of the truth, in nats.

Both are summed over an image's characters and divided by the batch's characters, so that the plotted loss is in nats
per character, exp(loss) is its perplexity, and batches merge by their counts. Legend: N images, T time steps, L
characters, K classes. This module knows no charset.
"""

from typing import Any

import keras
import numpy as np
import numpy.typing as npt

from engine.config.reader import Decoder

ops: Any = keras.ops  # it declares no return types

PAD = -1
"""Fills the labels where a text is shorter than the longest of its batch."""


def encode_targets(
    texts: list[npt.NDArray[np.int32]], frames: npt.NDArray[np.int32], least: int = 1, multiple: int = 8
) -> npt.NDArray[np.int32]:
    """Put labels into one array.

    Args:
        texts: classes of each image's characters.
        frames: time steps that lie over each image, int32 (N,); CTC ignores the others.
        least: L is at least this.
        multiple: L is rounded up to it; both so that few shapes occur, since each is compiled.

    Returns:
        int32 (N, 1 + L): the frames, then the classes, padded with PAD.
    """
    longest = -(-max(least, *(len(text) for text in texts)) // multiple) * multiple
    targets = np.full((len(texts), 1 + longest), PAD, dtype=np.int32)
    targets[:, 0] = frames
    for row, text in zip(targets, texts, strict=True):
        row[1 : 1 + len(text)] = text
    return targets


def teacher_tokens(targets: npt.NDArray[np.int32], end: int) -> npt.NDArray[np.int32]:
    """Return the attention decoder's input under teacher forcing: start token and characters, int32 (N, L + 1)."""
    tokens = np.where(targets == PAD, end, targets)
    tokens[:, 0] = end
    return tokens.astype(np.int32)


def loss_count(decoder: Decoder, lengths: Any) -> Any:
    """Return the divisor of a loss: the characters, and for attention the end token of each text, too."""
    return lengths + 1 if decoder == "attention" else lengths


def summed_loss(decoder: Decoder, targets: Any, logits: Any, smoothing: float = 0.0) -> tuple[Any, Any]:
    """Return the summed loss of each image and its divisor, float32 (N,) both.

    Args:
        decoder: "ctc" or "attention".
        targets: int32 (N, 1 + L) as `encode_targets` makes them.
        logits: float32, (N, T, K) for CTC, (N, L + 1, K) for attention.
        smoothing: share of the truth that attention's loss spreads evenly over all classes, 0…1 (Szegedy et al. 2015);
            CTC, whose truth is a sum over paths, ignores it. The plotted loss and its perplexity have none.
    """
    labels = targets[:, 1:]
    lengths = ops.sum(ops.cast(ops.not_equal(labels, PAD), "int32"), axis=1)
    if decoder == "ctc":
        sums = _ctc(labels, lengths, targets[:, 0], logits)
    else:
        sums = _attention(labels, lengths, logits, smoothing)
    return sums, ops.cast(loss_count(decoder, lengths), "float32")


def mean_loss(decoder: Decoder, targets: Any, logits: Any, smoothing: float = 0.0) -> Any:
    """Return the batch's loss in nats per character, a float32 scalar; arguments as for `summed_loss`."""
    sums, counts = summed_loss(decoder, targets, logits, smoothing)
    return ops.sum(sums) / ops.maximum(ops.sum(counts), 1.0)


def _ctc(labels: Any, lengths: Any, frames: Any, logits: Any) -> Any:
    if keras.backend.backend() == "tensorflow":
        from engine.models.tensorflow_kernels import ctc_loss  # the package is only there with its backend

        return ctc_loss(labels, frames, logits)
    blank = logits.shape[-1] - 1
    return ops.ctc_loss(ops.maximum(labels, 0), logits, lengths, frames, mask_index=blank)


def _attention(labels: Any, lengths: Any, logits: Any, smoothing: float) -> Any:
    """Cross-entropy over the L characters and the end token; steps after it do not count."""
    end = logits.shape[-1] - 1
    places = ops.arange(ops.shape(logits)[1])[None, :]
    padded = ops.pad(labels, [[0, 0], [0, 1]], constant_values=PAD)
    wanted = ops.where(ops.equal(padded, PAD), end, padded)
    losses = ops.sparse_categorical_crossentropy(wanted, logits, from_logits=True)
    if smoothing:
        spread = -ops.mean(ops.log_softmax(logits, axis=-1), axis=-1)
        losses = (1.0 - smoothing) * losses + smoothing * spread
    return ops.sum(losses * ops.cast(places <= lengths[:, None], "float32"), axis=1)
