"""Parts that differ by backend, with JAX in a child process: losses, learning, reading, copies for export."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("jax")
HERE = Path(__file__).parent


# Compiling is all that takes time here: as little of it as may be, and no optimisation of what it gives.
FLAGS = (
    "--xla_backend_optimization_level=0 --xla_llvm_disable_expensive_passes=true --xla_cpu_use_fusion_emitters=false "
    "--xla_force_host_platform_device_count=2"
)

# keras.applications holds for its own on every backend, and compiles long. test_several.py teaches the light encoder.
# Sizes, counts and configs are traced by Keras alike.
ELSEWHERE = "keras_applications or (learns and light) or legal_size or survive or stays_small"


@pytest.mark.heavy
@pytest.mark.timeout(600)
def test_jax_computes_learns_and_reads_likewise():
    trainer = HERE.parent / "training" / "test_trainer.py"
    files = [
        HERE / "test_losses.py",
        HERE / "test_network.py",
        HERE.parent / "training" / "test_several.py",
        f"{trainer}::test_a_twin_outlives_the_learners_next_step",
    ]
    child = subprocess.run(
        [sys.executable, "-m", "pytest", "--timeout=580", "-k", f"not ({ELSEWHERE})", *map(str, files)],
        cwd=HERE.parent.parent,
        env={**os.environ, "KERAS_BACKEND": "jax", "XLA_FLAGS": FLAGS},
        capture_output=True,
        text=True,
        timeout=580,
    )
    assert child.returncode == 0, child.stdout[-4000:]
