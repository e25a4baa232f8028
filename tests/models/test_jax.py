"""The models and losses under KERAS_BACKEND=jax: the same tests, in a child process."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("jax")
HERE = Path(__file__).parent


# Compiling is all that takes time here: as little of it as may be, and no optimisation of what it gives.
FLAGS = (
    "--xla_backend_optimization_level=0 --xla_llvm_disable_expensive_passes=true "
    "--xla_force_host_platform_device_count=2"
)

OURS = "not resnet50 and not densenet121"  # keras.applications holds for its own on every backend, and compiles long


@pytest.mark.heavy
def test_jax_passes_the_same_tests():
    learner = HERE.parent / "training" / "test_learner.py"
    files = [
        HERE / "test_losses.py",
        HERE / "test_network.py",
        HERE.parent / "training" / "test_several.py",
        f"{learner}::test_a_twin_outlives_the_learners_next_step",
    ]
    child = subprocess.run(
        [sys.executable, "-m", "pytest", "--timeout=280", "-k", OURS, *map(str, files)],
        cwd=HERE.parent.parent,
        env={**os.environ, "KERAS_BACKEND": "jax", "XLA_FLAGS": FLAGS},
        capture_output=True,
        text=True,
        timeout=280,
    )
    assert child.returncode == 0, child.stdout[-4000:]
