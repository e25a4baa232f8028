"""The machine that work is done on: its processor, as /proc/cpuinfo tells it, and the memory that is left to it."""

import os
from collections.abc import Iterator
from pathlib import Path

import psutil

CPU_INFO = Path("/proc/cpuinfo")
_INSTRUCTION_SETS = {
    "AVX2": {"avx2"},
    "AVX-512": {"avx512f"},
    "NEON": {"asimd"},
    "SVE": {"sve"},
    "bfloat16": {"avx512_bf16", "amx_bf16", "bf16"},
    "AMX": {"amx_tile"},
}
"""Those that neural networks gain from, with their flags, of x86 and ARM; one of them is enough."""

_GROUPS = Path("/proc/self/cgroup")
_MOUNTED = Path("/sys/fs/cgroup")
_MEMORY_FILES = {  # limit, use, and how memory.stat calls what files hold and gives back, of versions 2 and 1
    "": ("memory.max", "memory.current", "inactive_file"),
    "memory": ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"),
}


def available_memory(groups: Path = _GROUPS, mounted: Path = _MOUNTED) -> int:
    """Return the bytes that this process may still take: of what is free, and of what its control groups allow.

    A cluster and a container limit their work by control groups, beyond which the system kills it.

    Args:
        groups: the list of the process's control groups.
        mounted: where control groups are mounted.
    """
    return max(0, min([psutil.virtual_memory().available, *_allowed(groups, mounted)]))


def _allowed(groups: Path, mounted: Path) -> Iterator[int]:
    """Yield the bytes that each control group with a limit leaves, and each one around it."""
    lines = groups.read_text().splitlines() if groups.is_file() else []
    for controller, path in (line.split(":", 2)[1:] for line in lines):
        if controller not in _MEMORY_FILES:
            continue
        limit, use, given_back = _MEMORY_FILES[controller]
        inner = Path(path)
        for group in (inner, *inner.parents):  # in a container, its own group is mounted in place of the outermost
            folder = mounted / controller / group.relative_to("/")
            try:
                most = int((folder / limit).read_text())
                statistics = dict(line.split() for line in (folder / "memory.stat").read_text().splitlines())
                yield most - int((folder / use).read_text()) + int(statistics.get(given_back, 0))
            except (OSError, ValueError):  # there is no such group here, or no limit: "max"
                continue


def processor() -> str:
    """Return the processor in words: its model, the cores that this process may use, and its instruction sets."""
    model, sets = read_cpu_info(CPU_INFO.read_text() if CPU_INFO.is_file() else "")
    named = ", ".join(sets) or "no known instruction set"
    return f"{model}, {len(os.sched_getaffinity(0))} cores, {named}"


def instruction_sets() -> list[str]:
    """Return the names of the instruction sets that this processor has."""
    return read_cpu_info(CPU_INFO.read_text() if CPU_INFO.is_file() else "")[1]


def read_cpu_info(text: str) -> tuple[str, list[str]]:
    """Return the processor's model and the names of its instruction sets, from the text of /proc/cpuinfo."""
    lines = (line.partition(":") for line in text.splitlines())
    fields = {name.strip(): value.strip() for name, _, value in lines}
    flags = set(fields.get("flags", fields.get("Features", "")).split())
    sets = [name for name, any_of in _INSTRUCTION_SETS.items() if flags & any_of]
    return fields.get("model name", "unknown processor"), sets
