"""The CPU is always there; GPUs are those the driver names; a child sees the one it was given."""

from types import SimpleNamespace

import pynvml
import pytest

from engine.jobs import devices
from engine.jobs.devices import available_devices, default_device, environment, joint_devices, overlap, single_devices


@pytest.fixture(autouse=True)
def _asked_anew():
    available_devices.cache_clear()
    yield
    available_devices.cache_clear()


def fail(*_: object) -> None:
    raise pynvml.NVMLError(pynvml.NVML_ERROR_LIBRARY_NOT_FOUND)


def test_without_a_driver_there_is_the_cpu(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(devices.pynvml, "nvmlInit", fail)
    [cpu] = available_devices()
    assert cpu.id == "cpu" == default_device()
    assert cpu.memory_bytes > 2**28
    assert "core" in cpu.label


def two_gpus(monkeypatch: pytest.MonkeyPatch) -> None:
    """Play a driver of two GPUs."""
    driver = {
        "nvmlInit": lambda: None,
        "nvmlShutdown": lambda: None,
        "nvmlDeviceGetCount": lambda: 2,
        "nvmlDeviceGetHandleByIndex": lambda index: index,
        "nvmlDeviceGetMemoryInfo": lambda index: SimpleNamespace(total=(index + 1) * 2**30),
        "nvmlDeviceGetName": lambda index: f"Model {index}",
    }
    for name, function in driver.items():
        monkeypatch.setattr(devices.pynvml, name, function)


def test_gpus_are_listed_in_the_driver_s_order_and_the_first_is_the_default(monkeypatch: pytest.MonkeyPatch):
    two_gpus(monkeypatch)
    assert [device.id for device in available_devices()] == ["cpu", "gpu:0", "gpu:1"]
    assert available_devices()[2].label == "GPU 1, Model 1"
    assert available_devices()[2].memory_bytes == 2 * 2**30
    assert default_device() == "gpu:0"


def test_a_driver_that_fails_half_way_counts_as_none(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(devices.pynvml, "nvmlInit", lambda: None)
    monkeypatch.setattr(devices.pynvml, "nvmlShutdown", lambda: None)
    monkeypatch.setattr(devices.pynvml, "nvmlDeviceGetCount", fail)
    assert default_device() == "cpu"


@pytest.mark.parametrize(
    ("device", "visible"), [(None, ""), ("cpu", ""), ("gpu:0", "0"), ("gpu:11", "11"), ("gpu:0,2", "0,2")]
)
def test_a_child_sees_its_device_only(device: str | None, visible: str):
    assert environment(device)["CUDA_VISIBLE_DEVICES"] == visible


def test_gpus_together_are_one_more_device_where_there_are_two(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(devices.pynvml, "nvmlInit", fail)
    assert joint_devices() == []
    available_devices.cache_clear()
    two_gpus(monkeypatch)
    [both] = joint_devices()
    assert (both.id, both.label, both.memory_bytes) == ("gpu:0,1", "All 2 GPUs together", 3 * 2**30)
    assert single_devices(both.id) == ("gpu:0", "gpu:1")


@pytest.mark.parametrize(
    ("one", "other", "shared"),
    [
        ("gpu:0,1", "gpu:1", True),
        ("gpu:0,1", "gpu:2", False),
        ("gpu:1", "gpu:11", False),
        ("cpu", "cpu", True),
        ("cpu", None, False),
        ("gpu:0,2", "gpu:1,2", True),
    ],
)
def test_jobs_that_share_a_device_wait_for_each_other(one: str, other: str | None, shared: bool):
    assert overlap(one, other) is shared
    assert overlap(other, one) is shared
