"""Muon: steps of momentum whose matrix is made orthogonal, so that rare directions are learned as fast as common ones.

Jordan et al. 2024 (kellerjordan.github.io/posts/muon), scaled as by Liu et al. 2025 (arXiv 2502.16982, section 2.2), so
that learning rate and weight decay mean what they mean for AdamW. Keras has it for plain matrices; here kernels of
convolutions, flattened, are matrices, too. This module decides no learning rate.
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
        precision: number format in which matrices are made orthogonal; exactness gains nothing here.
        **options: of `keras.optimizers.Optimizer`.
    """

    def __init__(self, learning_rate: float, weight_decay: float, precision: str, **options: Any) -> None:
        super().__init__(learning_rate, weight_decay=weight_decay, adam_weight_decay=weight_decay, **options)
        self._precision = precision

    def _should_use_adamw(self, variable: Any) -> bool:
        if len(variable.shape) < 2 or any(name in variable.path for name in _LEFT_OUT):
            return True
        return min(math.prod(variable.shape[:-1]), variable.shape[-1]) < _THINNEST

    def _muon_update_step(self, gradient: Any, variable: Any, lr: Any, m: Any) -> None:
        self.assign_add(m, ops.add(gradient, m * (self.momentum - 1)))
        ahead = ops.add(gradient, self.momentum * m)  # Nesterov's
        flat = ops.reshape(ahead, (-1, variable.shape[-1]))
        turned = self.zeropower_via_newtonschulz5(ops.cast(flat, self._precision), self.ns_steps)
        step = self.lr_adjust(lr * ops.cast(turned, variable.dtype))
        self.assign_sub(variable, ops.reshape(step, variable.shape))
