"""The line about the machine names its instruction sets and gives a rate with its unit."""

import re

import pytest

from bench.machine import print_machine
from engine.machine import read_cpu_info


def test_instruction_sets_are_read_from_their_flags():
    text = "processor : 0\nmodel name : Some Xeon\nflags : fpu avx2 avx512f avx512_bf16 amx_tile amx_bf16\n"
    assert read_cpu_info(text) == ("Some Xeon", ["AVX2", "AVX-512", "bfloat16", "AMX"])
    assert read_cpu_info("Features : fp asimd\n") == ("unknown processor", ["NEON"])
    assert read_cpu_info("") == ("unknown processor", [])


def test_the_line_gives_the_peak_of_matrix_multiplication(capsys: pytest.CaptureFixture[str]):
    print_machine()
    pattern = r"^Machine: .+ cores, .+; matrix multiplication [\d,]+ GFLOP/s in float32"
    assert re.search(pattern, capsys.readouterr().out)
