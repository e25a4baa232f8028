"""Where nothing can be written: workspaces that are none, full disks, and terminals that lack the letters."""

import io
import resource
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.cli.main import main
from engine.config.generate import GenerateConfig
from engine.errors import SpaceError
from engine.jobs import launch, paths
from engine.jobs.control import child_environment
from engine.jobs.exit_reasons import write_exit
from engine.workspace import COLLECTIONS, Workspace
from glyphlab_read.processes import import_path
from tests.helpers.labs import MakeFolder
from tests.helpers.sources import png, zipped

ROOT = Path(__file__).parents[2]
Capture = pytest.CaptureFixture[str]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "file"
    path.write_text("not a folder")
    return path


COMMANDS = [
    *(f"{collection} list" for collection in COLLECTIONS),
    "runs show",
    "runs stop",
    "runs restore",
    "generate --images 20 --validation 0 --test 0",
    "generate-scenes --images 20",
    "import --path x",
    "import --look --path x",
    "import --upload {zip}",
    "train --dataset x",
    "evaluate --folder .",
    "transcribe --path .",
    "export --dataset latest",
    "read --run latest x.png",
]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_says_in_one_sentence_that_a_workspace_is_no_folder(file: Path, capsys: Capture, command: str):
    words = command.replace("{zip}", str(ROOT / "README.md")).split()
    assert main([*words, "--workspace", str(file)]) == 2
    told = capsys.readouterr().err
    assert f"The workspace '{file}' cannot be written (it is no folder)" in told
    assert "GLYPHLAB_WORKSPACE" in told
    assert told.count("\n") == 1


@pytest.mark.parametrize("place", ["{file}/below", "/proc/nowhere", "/sys/kernel/mine", "{folder}/" + "x" * 300])
def test_a_workspace_whose_folder_cannot_be_made_is_told_alike(file: Path, tmp_path: Path, capsys: Capture, place: str):
    place = place.format(file=file, folder=tmp_path)
    assert main(["datasets", "list", "--workspace", place]) == 2
    assert capsys.readouterr().err.startswith(f"The workspace '{place}' cannot be written (")


@pytest.mark.parametrize(
    ("part", "command"),
    [("datasets", "generate --images 20"), ("uploads", "import --upload {zip}"), ("runs", "train --dataset letters")],
)
def test_a_workspace_of_which_a_part_cannot_be_written_is_told_alike(
    workspace: Workspace, tmp_path: Path, make_folder: MakeFolder, capsys: Capture, part: str, command: str
):
    (tmp_path / "a.zip").write_bytes(zipped({"word_1.png": png(1)}))
    if part == "runs":
        make_folder("finished", name="letters")
    workspace.root.mkdir(parents=True, exist_ok=True)
    (workspace.root / part).symlink_to("/sys")  # it is there, and nobody can make a thing in it
    words = command.replace("{zip}", str(tmp_path / "a.zip")).split()
    assert main([*words, "--workspace", str(workspace.root)]) == 2
    assert capsys.readouterr().err.startswith(f"The workspace '{workspace.root}' cannot be written (")


@pytest.fixture
def tiny_files() -> Iterator[None]:
    """A limit of 20 kB on files, as if the disk had no more."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_job_whose_end_would_find_no_room_is_not_begun(workspace: Workspace, capsys: Capture, tiny_files: None):
    with pytest.raises(SpaceError, match="takes no file as large"):
        launch(workspace, "generate", GenerateConfig())
    assert list(workspace.collection("datasets").iterdir()) == []
    assert main(["generate", "--workspace", str(workspace.root)]) == 2
    assert capsys.readouterr().err.startswith("The disk of")


def test_the_reserve_is_given_back_for_the_end(workspace: Workspace, make_folder: MakeFolder):
    job = make_folder()
    (job / paths.RESERVE).write_bytes(bytes(100))
    write_exit(job, "no_space", "full", 1)
    assert (job / paths.EXIT).is_file()
    assert not (job / paths.RESERVE).exists()


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252", "utf-8"])
def test_a_terminal_of_any_encoding_takes_every_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, encoding: str, workspace: Workspace
):
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding=encoding) for _ in range(2))
    monkeypatch.setattr(sys, "stdout", out)
    monkeypatch.setattr(sys, "stderr", err)
    assert main(["generate", "--seed", "空\udcff·", "--workspace", str(workspace.root)]) == 2
    err.seek(0)
    told = err.read()
    assert "seed" in told
    assert ("空" in told) == (encoding == "utf-8")


def test_the_engine_answers_a_terminal_in_ascii():
    """A child: only a fresh interpreter takes its streams' encoding from the environment. Half a second."""
    environment = {**child_environment({"PATH": "/usr/bin"}), **import_path("engine")}
    environment |= {"PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii"}
    command = [sys.executable, "-m", "engine", "datasets", "show", "空·", "--workspace", "/proc/空"]
    ended = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=False)
    assert (ended.returncode, ended.stdout) == (2, b"")
    assert ended.stderr.startswith(b"The workspace '/proc/?' cannot be written")
