"""The wheel in an environment that holds what it asks for and nothing else.

Its requirements are links to what is installed here, so that no index is needed: an import of anything that the wheel
does not ask for fails there as on a machine of somebody else's.
"""

import os
import subprocess
import sys
import venv
from importlib import metadata
from pathlib import Path
from shutil import copytree, ignore_patterns

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "dashboard" / "home" / "example_images"
HERE = {"opencv-python-headless": "opencv-python"}  # the same module, with windows

WORD = f"""
import importlib.util, sys
from glyphlab_read import Reader
unasked = "tensorflow", "keras", "streamlit", "pandas", "yaml", "psutil", "engine", "dashboard"
assert not [name for name in unasked if importlib.util.find_spec(name)]
print(Reader.open().read({str(EXAMPLES / "Pharmacy.png")!r}).text)
"""
PHOTO = f"""
from glyphlab_read import PageReader
print(PageReader.open().read({str(EXAMPLES / "signs.jpg")!r}).text)
"""


def pip(*arguments: str | Path) -> None:
    """Run pip as outside of a checkout: not with the path by which tests find this one."""
    outside = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", *arguments]
    subprocess.run(command, check=True, env=outside, timeout=120)


class Environment:
    """An environment without pip, into which distributions are linked one by one."""

    def __init__(self, folder: Path) -> None:
        venv.create(folder, with_pip=False)
        self.python = folder / "bin" / "python"
        [self.packages] = folder.glob("lib/python*/site-packages")

    def install(self, wheel: Path) -> None:
        """Install a wheel and nothing besides."""
        pip("--python", self.python, "install", "--quiet", "--no-deps", "--no-index", wheel)

    def link(self, extra: str = "") -> None:
        """Link what the wheel asks for, and what that asks for."""
        [own] = metadata.distributions(name="glyphlab-read", path=[str(self.packages)])
        waiting, seen = _required(own, extra), set()
        while waiting:
            name = waiting.pop()
            if name not in seen:
                seen.add(name)
                found = metadata.distribution(HERE.get(name, name))
                self._link_files(found)
                waiting |= _required(found)

    def run(self, code: str) -> subprocess.CompletedProcess[str]:
        """Run Python code there."""
        return subprocess.run([self.python, "-I", "-c", code], capture_output=True, text=True, timeout=120)

    def _link_files(self, found: metadata.Distribution) -> None:
        for top in {file.parts[0] for file in found.files or ()} - {"..", "__pycache__"}:
            if not (self.packages / top).exists():
                (self.packages / top).symlink_to(Path(str(found.locate_file(top))).resolve())


def _required(found: metadata.Distribution, extra: str = "") -> set[str]:
    asked = map(Requirement, found.requires or ())
    return {one.name for one in asked if one.marker is None or one.marker.evaluate({"extra": extra})}


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Environment:
    folder = tmp_path_factory.mktemp("wheel")
    left_out = ignore_patterns("__pycache__", "*.egg-info", "build")
    copytree(ROOT / "runtime", folder / "runtime", ignore=left_out)  # a build leaves files beside its sources
    pip("wheel", "--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", folder, folder / "runtime")
    made = Environment(folder / "environment")
    made.install(next(folder.glob("*.whl")))
    made.link()
    return made


def test_words_are_read_without_what_the_lab_needs(environment: Environment):
    ended = environment.run(WORD)
    assert (ended.stdout.strip(), ended.stderr) == ("Pharmacy", "")
    command = [environment.python.parent / "glyphlab-read", "starter", EXAMPLES / "Silver.png", "--format", "text"]
    assert subprocess.run(command, capture_output=True, text=True, timeout=120).stdout == "Silver\n"


def test_whole_photos_need_one_library_more_and_say_so(environment: Environment):
    assert "pip install opencv-python-headless" in environment.run(PHOTO).stderr
    environment.link("photos")
    ended = environment.run(PHOTO)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert "HEDONISM" in ended.stdout.splitlines()


def test_the_server_starts_from_the_wheel_and_its_extra(environment: Environment):
    environment.link("serve")
    command = [environment.python.parent / "glyphlab-serve", "--version"]
    assert subprocess.run(command, capture_output=True, text=True, timeout=120).stdout.startswith("glyphlab-serve ")


def test_the_wheel_holds_the_runtime_and_its_types_alone(environment: Environment):
    [own] = metadata.distributions(name="glyphlab-read", path=[str(environment.packages)])
    files = {str(file) for file in own.files or ()}
    assert {Path(file).parts[0] for file in files} <= {"glyphlab_read", f"glyphlab_read-{own.version}.dist-info", ".."}
    assert {
        "glyphlab_read/py.typed",
        "glyphlab_read/reading/starter/network.onnx",
        "glyphlab_read/serve/page/page.js",
    } <= files
    assert not [file for file in files if "test" in file]
