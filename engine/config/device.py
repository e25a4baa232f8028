"""Ids of devices: "cpu", "gpu:0", or "gpu:0,1" for two GPUs that work on one job together.

This module knows no machine; `engine.jobs.devices` lists the devices there are.
"""

from collections.abc import Iterable

CPU = "cpu"
_GPU = "gpu:"

PATTERN = rf"^(auto|{CPU}|{_GPU}\d{{1,2}}(,\d{{1,2}}){{0,15}})$"
"""Devices that a config may name; auto is a GPU if there is one."""


def gpu_numbers(device: str | None) -> tuple[int, ...]:
    """Return the driver's numbers of the GPUs of an id; empty for the CPU, or for no device."""
    given = device or CPU
    return tuple(map(int, given.removeprefix(_GPU).split(","))) if given.startswith(_GPU) else ()


def gpu_id(numbers: Iterable[int]) -> str:
    """Return the id of these GPUs together."""
    return _GPU + ",".join(map(str, numbers))
