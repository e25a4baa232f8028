"""What goes to other machines: images and services that name what is there, and start what exists."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from bench.deploy import DEPLOY, ROOT, command_of, steps


@pytest.mark.parametrize("image", ["serve", "lab"])
def test_images_copy_what_is_there_and_run_as_nobody_special(image: str):
    file = DEPLOY / f"{image}.Dockerfile"
    for step in steps(file):
        if step.word == "COPY":
            assert (ROOT / step.rest.split()[0]).exists()
    users = [step.rest for step in steps(file) if step.word == "USER"]
    assert users
    assert users[-1] not in ("root", "0")
    assert any(step.word == "HEALTHCHECK" for step in steps(file))


def test_the_server_s_image_starts_a_command_that_the_package_has():
    program, *words = command_of(DEPLOY / "serve.Dockerfile")
    project = (ROOT / "runtime" / "pyproject.toml").read_text()
    assert f"\n{Path(program).name} = " in project
    assert words[:2] == ["--host", "0.0.0.0"]


def settings(service: str) -> dict[str, str]:
    """Return the settings of a service, each with the last value that it is given."""
    lines = (DEPLOY / f"{service}.service").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if re.match(r"\w+=", line))


def test_runs_of_the_lab_keep_their_processes_and_files_when_its_service_ends():
    lab = settings("glyphlab")
    assert (lab["KillMode"], lab["OOMPolicy"]) == ("process", "continue")
    assert lab.get("PrivateTmp", "no") == "no"  # its own /tmp would be removed under them


def test_the_server_s_service_allows_the_threads_of_a_large_machine():
    server = settings("glyphlab-serve")
    assert (server["Environment"], server["TasksMax"]) == ("OPENBLAS_NUM_THREADS=1", "256")


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd here")
@pytest.mark.parametrize("service", ["glyphlab-serve", "glyphlab"])
def test_services_are_such_as_systemd_takes(service: str, tmp_path: Path):
    text = (DEPLOY / f"{service}.service").read_text()
    (tmp_path / f"{service}.service").write_text(
        "\n".join("ExecStart=/bin/true" if line.startswith("ExecStart=") else line for line in text.splitlines())
    )
    checked = subprocess.run(
        ["systemd-analyze", "verify", str(tmp_path / f"{service}.service")], capture_output=True, text=True, check=False
    )
    assert service not in checked.stderr, checked.stderr
