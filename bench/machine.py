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

CPU_INFO = Path("/proc/cpuinfo")
_INSTRUCTION_SETS = {
    "AVX2": {"avx2"},
    "AVX-512": {"avx512f"},
    "NEON": {"asimd"},
    "SVE": {"sve"},
    "bfloat16": {"avx512_bf16", "amx_bf16", "bf16"},
    "AMX": {"amx_tile"},
}
"""Their flags in /proc/cpuinfo, of x86 and ARM; one of them is enough."""
_SIZE, _REPEATS = 1536, 8


def print_machine() -> None:
    """Print the line, measured in a process of its own, which hides GPUs and gives its memory back."""
    environment = {**os.environ, "CUDA_VISIBLE_DEVICES": "", "TF_CPP_MIN_LOG_LEVEL": "3"}
    command = [sys.executable, "-m", "bench.machine"]
    output = subprocess.check_output(command, cwd=Path(__file__).parents[1], env=environment, text=True)
    print(output, flush=True)


def describe() -> str:
    """Return the line."""
    model, sets = read_cpu_info(CPU_INFO.read_text() if CPU_INFO.is_file() else "")
    types = ["float32", *(["bfloat16"] if "bfloat16" in sets else [])]
    peaks = ", ".join(f"{matmul_gflops(dtype):,.0f} GFLOP/s in {dtype}" for dtype in types)
    named = ", ".join(sets) or "no known instruction set"
    return f"Machine: {model}, {len(os.sched_getaffinity(0))} cores, {named}; matrix multiplication {peaks}"


def read_cpu_info(text: str) -> tuple[str, list[str]]:
    """Return the processor's model and the names of its instruction sets, from the text of /proc/cpuinfo."""
    lines = (line.partition(":") for line in text.splitlines())
    fields = {name.strip(): value.strip() for name, _, value in lines}
    flags = set(fields.get("flags", fields.get("Features", "")).split())
    sets = [name for name, any_of in _INSTRUCTION_SETS.items() if flags & any_of]
    return fields.get("model name", "unknown processor"), sets


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
