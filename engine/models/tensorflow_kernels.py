"""TensorFlow's own kernels of what Keras writes as many operations, and its graphs for batches of any size.

The only module of the networks that names a backend; others import it where that backend runs.
"""

from collections.abc import Callable, Iterable
from typing import Any

import tensorflow as tf

_LOWEST = -60.0
"""Least logit below the highest of its time step. The kernel's probabilities are float32: lower ones would become 0,
and the loss infinite. A network that is surer of a wrong class than that still unlearns it."""


def ctc_loss(labels: Any, frames: Any, logits: Any) -> Any:
    """Return the summed CTC loss of each image, float32 (N,): 4 ms for 64 images of 40 time steps and 96 classes.

    Keras writes the recursion of Graves et al. 2006 (section 4.1) as a loop of operations, which takes 55 ms.

    Args:
        labels: int32 (N, L), each text's classes, then negative numbers.
        frames: time steps that count, int32 (N,); as many as the text needs, or its loss is 0.
        logits: float32 (N, T, K), the blank's last.
    """
    empty = tf.reduce_all(labels < 0, axis=1)  # the kernel refuses these, whose one path is all blanks
    written = (labels >= 0) | (empty[:, None] & (tf.range(tf.shape(labels)[1]) == 0))
    classes = tf.maximum(tf.boolean_mask(labels, written), 0)
    above = tf.stop_gradient(tf.reduce_max(logits, axis=-1, keepdims=True))
    logits = tf.maximum(logits - above, _LOWEST)
    texts = tf.SparseTensor(tf.where(written), classes, tf.shape(labels, tf.int64))
    sums = tf.compat.v1.nn.ctc_loss(texts, logits, frames, time_major=False, ignore_longer_outputs_than_inputs=True)
    blanks = tf.nn.log_softmax(logits)[:, :, -1] * tf.sequence_mask(frames, tf.shape(logits)[1], tf.float32)
    return tf.where(empty, -tf.reduce_sum(blanks, axis=1), sums)


def normalise_batch(images: Any, gamma: Any, beta: Any, epsilon: float) -> tuple[Any, Any, Any]:
    """Return a batch normalised over all but its channels, and its means and variances, float32 (C,).

    Keras computes both of mixed precision in float32, in a dozen passes over the images; the kernel takes two, so that
    a step of a locator takes half the time.

    Args:
        images: (N, H, W, C), float32 or bfloat16.
        gamma: factors (C,).
        beta: summands (C,).
        epsilon: added to the variances.
    """
    scale, offset = (tf.cast(weight, tf.float32) for weight in (gamma, beta))
    output, mean, variance, *_ = tf.raw_ops.FusedBatchNormV3(
        x=images, scale=scale, offset=offset, mean=[], variance=[], epsilon=epsilon, is_training=True
    )
    return output, mean, variance


def one_graph(step: Callable[[Any], Any], *signature: Any) -> Callable[[Iterable[Any]], Any]:
    """Return a model's step as one graph for batches of any size, to be called as Keras calls its own.

    Keras has one graph built for the sizes of the very first batch and another for all that differ. That takes twice
    the time, and the two round differently: a resumed run, which meets other sizes first, would end in other weights.

    Args:
        step: `train_step`, `test_step` or `predict_step` of a model.
        signature: the parts of a batch, in order, each with the shape (None where it varies) and dtype of its arrays.
    """
    specs = tf.nest.map_structure(lambda part: tf.TensorSpec(part.shape, part.dtype), signature)

    def on_batch(batch: Any) -> Any:
        return step(batch)

    graph = tf.function(on_batch, input_signature=[specs], autograph=False)

    def on_next(batches: Iterable[Any]) -> Any:
        return graph(tuple(part for part in next(iter(batches)) if part is not None))

    return on_next
