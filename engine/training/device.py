"""The device a run learns on: what must be set before Keras is imported, its number format, its memory.

The runner has hidden the other GPUs by then. This module imports no learning library; whether the backend can drive
the GPU, `engine.training.learner` finds out.
"""

import logging
import os
from pathlib import Path
from typing import Any, Literal

import psutil
import pynvml

from engine.config.training import Precision

_AMPERE = 8  # first GPUs whose tensor cores take bfloat16


def prepare_environment() -> None:
    """Let GPU memory grow as needed, keep sums in one order so that a resumed run is exact, and keep the log quiet."""
    os.environ.setdefault("TF_FORCE_GPU_ALLOW_GROWTH", "true")
    os.environ.setdefault("XLA_PYTHON_CLIENT_PREALLOCATE", "false")
    os.environ.setdefault("TF_DETERMINISTIC_OPS", "1")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    logging.getLogger("tensorflow").setLevel(logging.ERROR)


def gpu_index(device: str | None) -> int | None:
    """Return the driver's number of a device id such as "gpu:0"; None for the CPU."""
    return int(device.removeprefix("gpu:")) if device and device.startswith("gpu:") else None


def precision_for(wanted: Precision, gpu: int | None) -> Literal["float32", "bfloat16"]:
    """Return the number format to compute in.

    Args:
        wanted: the config's; "auto" takes bfloat16 where the device computes in it natively.
        gpu: the driver's number of the GPU that is used, None for the CPU.
    """
    if wanted != "auto":
        return wanted
    native = _cpu_has_bfloat16() if gpu is None else _gpu_has_bfloat16(gpu)
    return "bfloat16" if native else "float32"


def memory_bytes(gpu: int | None) -> int:
    """Return the bytes in use: of the GPU's memory, or of this process on the CPU."""
    if gpu is None:
        return psutil.Process().memory_info().rss
    return int(pynvml.nvmlDeviceGetMemoryInfo(_handle(gpu)).used)


def gpu_share(gpu: int | None) -> float | None:
    """Return the share of the last moments in which a GPU worked, 0…1; None on the CPU."""
    return None if gpu is None else int(pynvml.nvmlDeviceGetUtilizationRates(_handle(gpu)).gpu) / 100


def _gpu_has_bfloat16(gpu: int) -> bool:
    major, _ = pynvml.nvmlDeviceGetCudaComputeCapability(_handle(gpu))
    return major >= _AMPERE


def _handle(gpu: int) -> Any:
    pynvml.nvmlInit()
    return pynvml.nvmlDeviceGetHandleByIndex(gpu)


def _cpu_has_bfloat16() -> bool:
    try:
        words = Path("/proc/cpuinfo").read_text().split()
    except OSError:
        return False
    return "amx_bf16" in words or "avx512_bf16" in words
