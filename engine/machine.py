"""The processor that figures are measured on, as /proc/cpuinfo tells it."""

import os
from pathlib import Path

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
