"""Muon: steps of momentum whose matrix is made orthogonal, so that rare directions are learned as fast as common ones.

Jordan et al. 2024 (kellerjordan.github.io/posts/muon), scaled as by Liu et al. 2025 (arXiv 2502.16982, section 2.2), so
that learning rate and weight decay mean what they mean for AdamW. Keras has it for plain matrices; here kernels of
convolutions, flattened, are matrices, too, and the iteration runs over their small Gram matrix, which takes a third of
the time. This module decides no learning rate.
"""

import math
from typing import Any

import keras
from keras import ops

_THINNEST = 16  # rows or columns; thinner matrices have too few directions to gain
_LEFT_OUT = ("embedding", "logits")  # parts of paths: a row a character, of which most are not seen in a step


class Muon(keras.optimizers.Muon):
    """Muon for kernels of dense, recurrent and convolutional layers, AdamW for all else and for what writes classes.

    Args:
        learning_rate, weight_decay: of both.
        **options: of `keras.optimizers.Optimizer`.
    """

    def __init__(self, learning_rate: float, weight_decay: float, **options: Any) -> None:
        super().__init__(learning_rate, weight_decay=weight_decay, adam_weight_decay=weight_decay, **options)

    def _should_use_adamw(self, variable: Any) -> bool:
        if len(variable.shape) < 2 or any(name in variable.path for name in _LEFT_OUT):
            return True
        return min(math.prod(variable.shape[:-1]), variable.shape[-1]) < _THINNEST

    def _muon_update_step(self, gradient: Any, variable: Any, lr: Any, m: Any) -> None:
        self.assign_add(m, ops.add(gradient, m * (self.momentum - 1)))
        ahead = ops.add(gradient, self.momentum * m)  # Nesterov's
        flat = ops.reshape(ahead, (-1, variable.shape[-1]))
        step = self.lr_adjust(lr * self.zeropower_via_newtonschulz5(flat, self.ns_steps))
        self.assign_sub(variable, ops.reshape(step, variable.shape))

    def zeropower_via_newtonschulz5(self, x: Any, steps: int) -> Any:
        """Return what Keras' method of this name does, float32 (R, C), for float32 `x` (R, C).

        Each iteration multiplies the matrix by a polynomial of A = x xᵀ (or xᵀ x, whichever is the smaller). All of
        these commute, so that A and their product Q can be followed alone, and the long matrix is multiplied once.
        """
        tall = x.shape[0] > x.shape[1]
        length: Any = ops.norm(x)
        x = x / (length + 1e-7)
        gram: Any = ops.matmul(ops.transpose(x), x) if tall else ops.matmul(x, ops.transpose(x))
        one: Any = ops.eye(gram.shape[0], dtype=gram.dtype)
        product = one
        for step in range(steps):
            squared: Any = ops.matmul(gram, gram)
            factor = self.muon_a * one + self.muon_b * gram + self.muon_c * squared
            product = ops.matmul(factor, product) if step else factor
            if step + 1 < steps:
                gram = ops.matmul(factor, ops.matmul(gram, factor))
        return ops.matmul(x, product) if tall else ops.matmul(product, x)
