"""The devices that a job may run on: the CPU, and NVIDIA GPUs as the driver counts them.

Their ids are those of `engine.config.device`. This module loads no learning library and holds no device; a GPU that is
listed here is of use only where the learning library can drive it.
"""

import functools
import os
from dataclasses import dataclass

import psutil
import pynvml

from engine.config.device import CPU, gpu_id, gpu_numbers

GRANTED = "GLYPHLAB_GRANTED_DEVICE"
"""The variable that tells a worker on a node of a cluster which device it was granted."""


@dataclass(frozen=True)
class Device:
    """One device: its id, its display name, its memory in bytes."""

    id: str
    label: str
    memory_bytes: int


@functools.cache
def available_devices() -> list[Device]:
    """Return the CPU and every GPU, in the driver's order; cached for the process, since only a reboot changes them."""
    cores = len(os.sched_getaffinity(0))
    label = f"CPU, {cores} core{'s' if cores > 1 else ''}"
    return [Device(CPU, label, psutil.virtual_memory().total), *_gpus()]


def default_device() -> str:
    """Return the id of the device that "auto" stands for.

    That is what a cluster granted this process, else the first GPU where there is one, else the CPU.
    """
    return os.environ.get(GRANTED) or available_devices()[min(1, len(available_devices()) - 1)].id


def single_devices(device: str) -> tuple[str, ...]:
    """Return the ids of the devices that an id stands for, in its order: gpu:0 and gpu:1 for "gpu:0,1"."""
    return tuple(gpu_id([number]) for number in gpu_numbers(device)) or (device,)


def overlap(one: str | None, other: str | None) -> bool:
    """Say whether two jobs on these devices would need the same one."""
    return bool(one and other and {*single_devices(one)} & {*single_devices(other)})


def joint_devices() -> list[Device]:
    """Return all GPUs as one device; nothing where there are fewer than two."""
    gpus = [device for device in available_devices() if device.id != CPU]
    if len(gpus) < 2:
        return []
    together = gpu_id(number for gpu in gpus for number in gpu_numbers(gpu.id))
    return [Device(together, f"All {len(gpus)} GPUs together", sum(gpu.memory_bytes for gpu in gpus))]


def environment(device: str | None) -> dict[str, str]:
    """Return the variables that let a child see its devices and no other GPU."""
    visible = ",".join(map(str, gpu_numbers(device)))
    return {"CUDA_DEVICE_ORDER": "PCI_BUS_ID", "CUDA_VISIBLE_DEVICES": visible}


def _gpus() -> list[Device]:
    try:
        pynvml.nvmlInit()
    except pynvml.NVMLError:
        return []
    try:
        return [_gpu(index) for index in range(pynvml.nvmlDeviceGetCount())]
    except pynvml.NVMLError:
        return []
    finally:
        pynvml.nvmlShutdown()


def _gpu(index: int) -> Device:
    handle = pynvml.nvmlDeviceGetHandleByIndex(index)
    memory = int(pynvml.nvmlDeviceGetMemoryInfo(handle).total)
    return Device(gpu_id([index]), f"GPU {index}, {pynvml.nvmlDeviceGetName(handle)}", memory)
