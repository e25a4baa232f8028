"""The machine that figures were measured on: `python -m bench.machine` prints its processor in one line.

The line holds the model, the cores, the instruction sets that neural networks gain from, and the measured peak of a
matrix multiplication, in billions of operations per second (GFLOP/s), on all cores together. Other commands print it
beside their figures, since machines differ. GPUs are left out.
"""

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from engine.machine import instruction_sets, processor

_SIZE, _REPEATS = 1536, 8


def print_machine() -> None:
    """Print the line, measured in a process of its own, which hides GPUs and gives its memory back."""
    environment = {**os.environ, "CUDA_VISIBLE_DEVICES": "", "TF_CPP_MIN_LOG_LEVEL": "3"}
    command = [sys.executable, "-m", "bench.machine"]
    output = subprocess.check_output(command, cwd=Path(__file__).parents[1], env=environment, text=True)
    print(output, flush=True)


def describe() -> str:
    """Return the line."""
    types = ["float32", *(["bfloat16"] if "bfloat16" in instruction_sets() else [])]
    peaks = ", ".join(f"{matmul_gflops(dtype):,.0f} GFLOP/s in {dtype}" for dtype in types)
    return f"Machine: {processor()}; matrix multiplication {peaks}"


def matmul_gflops(dtype: str) -> float:
    """Return the best rate of several multiplications of two square matrices, by the library that trains."""
    import keras

    square: Any = keras.ops.cast(keras.random.normal((_SIZE, _SIZE), seed=0), dtype)
    best = float("inf")
    for _ in range(_REPEATS):
        started = time.perf_counter()
        product: Any = keras.ops.matmul(square, square)
        keras.ops.convert_to_numpy(product[:1, :1])  # waits for the product
        best = min(best, time.perf_counter() - started)
    return 2 * _SIZE**3 / best / 1e9


if __name__ == "__main__":
    print(describe())
