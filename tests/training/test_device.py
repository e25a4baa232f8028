"""Number formats and memory, with and without a GPU; the driver's answers are stated."""

from types import SimpleNamespace

import pytest

from engine.training import device

USED = {0: 1, 3: 3, "GPU-7a": 20}


@pytest.mark.parametrize(("major", "wanted"), [(7, "float32"), (8, "bfloat16"), (9, "bfloat16")])
def test_auto_takes_bfloat16_where_a_gpu_has_it(monkeypatch: pytest.MonkeyPatch, major: int, wanted: str):
    monkeypatch.setattr(device, "_handle", lambda gpu: gpu)
    monkeypatch.setattr(device.pynvml, "nvmlDeviceGetCudaComputeCapability", lambda handle: (major, 0))
    assert device.precision_for("auto", (0,)) == wanted


@pytest.mark.parametrize(
    ("flags", "wanted"),
    [("fpu avx2 fma", "float32"), ("avx512f avx512_bf16", "bfloat16"), ("amx_bf16 amx_tile", "bfloat16")],
)
def test_auto_takes_bfloat16_where_a_cpu_has_it(monkeypatch: pytest.MonkeyPatch, tmp_path, flags: str, wanted: str):
    (tmp_path / "cpuinfo").write_text(f"flags : {flags}\n")
    monkeypatch.setattr(device, "Path", lambda _: tmp_path / "cpuinfo")
    assert device.precision_for("auto", ()) == wanted


def test_a_wish_is_granted():
    assert device.precision_for("bfloat16", ()) == "bfloat16"
    assert device.precision_for("float32", ()) == "float32"


def test_memory_is_that_of_the_process_or_of_the_gpus(monkeypatch: pytest.MonkeyPatch):
    assert device.memory_bytes(()) > 10_000_000
    assert device.free_bytes(()) > 0
    monkeypatch.setattr(device, "_handle", lambda gpu: gpu)
    monkeypatch.setattr(device.pynvml, "nvmlDeviceGetMemoryInfo", lambda handle: SimpleNamespace(used=5, free=80))
    assert device.memory_bytes((0, 1)) == 10
    assert device.free_bytes((0, 1)) == 160  # however little the host has left


def test_the_environment_is_set_but_not_overruled(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("TF_FORCE_GPU_ALLOW_GROWTH", "false")
    monkeypatch.delenv("XLA_PYTHON_CLIENT_PREALLOCATE", raising=False)
    monkeypatch.delenv("TF_CPP_MIN_LOG_LEVEL", raising=False)
    device.prepare_environment("cpu")
    assert device.os.environ["TF_FORCE_GPU_ALLOW_GROWTH"] == "false"
    assert device.os.environ["XLA_PYTHON_CLIENT_PREALLOCATE"] == "false"


@pytest.mark.parametrize(("sets", "taken"), [(["AVX2"], "1"), (["AVX2", "AVX-512"], "1"), (["NEON"], None)])
def test_processors_of_intels_kind_learn_by_onednn(sets: list[str], taken: str | None, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(device, "instruction_sets", lambda: sets)
    monkeypatch.setattr(device.os, "environ", {})
    device.prepare_environment("cpu")
    assert device.os.environ.get("TF_ENABLE_ONEDNN_OPTS") == taken
    monkeypatch.setattr(device.os, "environ", {"TF_ENABLE_ONEDNN_OPTS": "0"})
    device.prepare_environment("cpu")
    assert device.os.environ["TF_ENABLE_ONEDNN_OPTS"] == "0"


def test_several_gpus_are_driven_by_jax_unless_told_otherwise(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("KERAS_BACKEND", raising=False)
    device.prepare_environment("gpu:0")
    assert "KERAS_BACKEND" not in device.os.environ
    device.prepare_environment("gpu:0,1")
    assert device.os.environ["KERAS_BACKEND"] == "jax"


def test_gpus_that_a_cluster_granted_by_uuid_are_those_that_are_measured(monkeypatch: pytest.MonkeyPatch):
    def known(uuid: str) -> str:
        if uuid != "GPU-7a":
            raise device.pynvml.NVMLError(device.pynvml.NVML_ERROR_NOT_FOUND)
        return uuid

    monkeypatch.setattr(device.pynvml, "nvmlInit", lambda: None)
    monkeypatch.setattr(device.pynvml, "nvmlDeviceGetHandleByIndex", lambda number: number)
    monkeypatch.setattr(device.pynvml, "nvmlDeviceGetHandleByUUID", known)
    monkeypatch.setattr(device.pynvml, "nvmlDeviceGetMemoryInfo", lambda handle: SimpleNamespace(used=USED[handle]))
    for granted, gpus, used in [("GPU-0b,GPU-7a", (1,), 20), ("GPU-0b", (0,), 1), ("3", (3,), 3), ("", (0,), 1)]:
        monkeypatch.setenv("CUDA_VISIBLE_DEVICES", granted)
        assert device.memory_bytes(gpus) == used
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "MIG-1c")  # the driver may not tell what a slice can do
    assert device.precision_for("auto", (0,)) == "bfloat16"


def test_gpus_work_as_much_as_their_mean(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(device, "_handle", lambda gpu: gpu)
    rates = {0: SimpleNamespace(gpu=100), 1: SimpleNamespace(gpu=50)}
    monkeypatch.setattr(device.pynvml, "nvmlDeviceGetUtilizationRates", rates.__getitem__)
    assert device.gpu_share((0, 1)) == 0.75
    assert device.gpu_share(()) is None


def test_a_gpu_that_does_not_tell_how_much_it_works_is_no_fault(monkeypatch: pytest.MonkeyPatch):
    def refuse(handle: object) -> None:
        raise device.pynvml.NVMLError(device.pynvml.NVML_ERROR_NOT_SUPPORTED)

    monkeypatch.setattr(device, "_handle", lambda gpu: gpu)
    monkeypatch.setattr(device.pynvml, "nvmlDeviceGetUtilizationRates", refuse)
    assert device.gpu_share((0,)) is None
