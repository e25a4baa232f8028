"""Commands that people are told to run start the Python that runs, where no environment is active, too."""

import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from engine import commands
from engine.commands import engine_command, install_command, python_command


def test_a_command_of_ours_runs_as_it_stands_in_the_folder_without_an_environment():
    printed = subprocess.run(
        f"{python_command()} -c 'import sys; print(sys.prefix)'",
        shell=True,
        cwd=Path(commands.__file__).parent.parent,
        env={"PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert Path(printed.strip()).samefile(sys.prefix)


def test_the_python_of_the_folder_s_environment_goes_before_the_path_and_that_before_a_whole_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    monkeypatch.setattr(commands, "_ROOT", tmp_path)
    monkeypatch.setattr(sys, "prefix", str(tmp_path / ".venv"))
    assert engine_command("train --name x") == ".venv/bin/python -m engine train --name x"
    assert install_command("ray") == ".venv/bin/python -m pip install -r requirements-ray.txt"
    other = tmp_path / "an other" / "bin" / "python"
    other.parent.mkdir(parents=True)
    other.touch(mode=0o700)
    monkeypatch.setattr(sys, "prefix", str(other.parent.parent))
    monkeypatch.setattr(sys, "executable", str(other))
    monkeypatch.setenv("PATH", str(other.parent))
    assert engine_command() == "python -m engine"
    monkeypatch.setenv("PATH", "/usr/bin")
    assert shlex.split(engine_command()) == [str(other), "-m", "engine"]
