"""The device a run learns on: what must be set before Keras is imported, its number format, its memory.

The runner has hidden the other GPUs by then. GPUs are given by the driver's numbers, those that a cluster granted by
UUIDs by their places, none for the CPU. This module imports no learning library; whether the backend can drive the
GPUs, `engine.training.trainer` finds out.
"""

import contextlib
import logging
import os
from pathlib import Path
from typing import Any, Literal

import psutil
import pynvml

from engine.config.device import gpu_numbers
from engine.config.run import Precision
from engine.jobs.devices import default_device
from engine.machine import available_memory, instruction_sets

Gpus = tuple[int, ...]

_AMPERE = 8  # first GPUs whose tensor cores take bfloat16
_SLICE = "MIG-"  # begins the UUID of a slice of a GPU


def prepare_environment(device: str) -> None:
    """Let GPU memory grow as needed, keep sums in one order so that a resumed run is exact, and keep the log quiet.

    TensorFlow takes oneDNN's kernels by itself only where the processor has AVX-512 with VNNI; with AVX2 alone a step
    of the starter's network takes a sixth to a third less by them as well (`python -m bench.training_profile`).
    Several GPUs are driven by JAX, because Keras shares no batch among those of TensorFlow.
    """
    if len(gpu_numbers(default_device() if device == "auto" else device)) > 1:
        os.environ.setdefault("KERAS_BACKEND", "jax")
    os.environ.setdefault("TF_FORCE_GPU_ALLOW_GROWTH", "true")
    os.environ.setdefault("XLA_PYTHON_CLIENT_PREALLOCATE", "false")
    os.environ.setdefault("TF_DETERMINISTIC_OPS", "1")
    if "AVX2" in instruction_sets():
        os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    logging.getLogger("tensorflow").setLevel(logging.ERROR)


def precision_for(wanted: Precision, gpus: Gpus) -> Literal["float32", "bfloat16"]:
    """Return the number format to compute in.

    Args:
        wanted: the config's; "auto" takes bfloat16 where the device computes in it natively.
        gpus: those that are used.
    """
    if wanted != "auto":
        return wanted
    native = all(map(_gpu_has_bfloat16, gpus)) if gpus else _cpu_has_bfloat16()
    return "bfloat16" if native else "float32"


def memory_bytes(gpus: Gpus) -> int:
    """Return the bytes in use: of the GPUs' memory together, or of this process on the CPU."""
    if not gpus:
        return psutil.Process().memory_info().rss
    return sum(int(pynvml.nvmlDeviceGetMemoryInfo(_handle(gpu)).used) for gpu in gpus)


def free_bytes(gpus: Gpus) -> int:
    """Return the bytes that are left: of the GPUs' memory together, or of what this process may take on the CPU."""
    if not gpus:
        return available_memory()
    return sum(int(pynvml.nvmlDeviceGetMemoryInfo(_handle(gpu)).free) for gpu in gpus)


def gpu_share(gpus: Gpus) -> float | None:
    """Return the share of the last moments in which the GPUs worked, 0…1, their mean; None where nobody can tell.

    The driver does not tell it of a slice of a GPU (MIG).
    """
    try:
        shares = [int(pynvml.nvmlDeviceGetUtilizationRates(_handle(gpu)).gpu) / 100 for gpu in gpus]
    except pynvml.NVMLError:
        return None
    return sum(shares) / len(shares) if shares else None


def _gpu_has_bfloat16(gpu: int) -> bool:
    if _uuid(gpu).startswith(_SLICE):  # the driver may not tell it of a slice; only GPUs since Ampere have any
        return True
    major, _ = pynvml.nvmlDeviceGetCudaComputeCapability(_handle(gpu))
    return major >= _AMPERE


def _handle(gpu: int) -> Any:
    pynvml.nvmlInit()
    with contextlib.suppress(pynvml.NVMLError):  # CUDA takes the beginning of one, too
        if uuid := _uuid(gpu):
            return pynvml.nvmlDeviceGetHandleByUUID(uuid)
    return pynvml.nvmlDeviceGetHandleByIndex(gpu)


def _uuid(gpu: int) -> str:
    """Return the UUID by which a cluster granted a GPU, which is a place in its list then; empty for a number."""
    granted = os.environ.get("CUDA_VISIBLE_DEVICES", "").split(",")
    return granted[gpu] if gpu < len(granted) and not granted[gpu].isdecimal() else ""


def _cpu_has_bfloat16() -> bool:
    try:
        words = Path("/proc/cpuinfo").read_text().split()
    except OSError:
        return False
    return "amx_bf16" in words or "avx512_bf16" in words
