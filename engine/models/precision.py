"""Number format in which the layers of a network compute."""

import contextlib
from collections.abc import Iterator
from typing import Literal

import keras


@contextlib.contextmanager
def computing_in(precision: Literal["float32", "bfloat16"]) -> Iterator[None]:
    """Have layers made inside compute in a number format; the weights are float32 in any case."""
    former = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_bfloat16" if precision == "bfloat16" else "float32")
    try:
        yield
    finally:
        keras.config.set_dtype_policy(former)
