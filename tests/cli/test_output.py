"""Where a command cannot write its file: one sentence, before the work."""

from pathlib import Path

import pytest

from engine.cli.main import main
from engine.cli.output import write_output
from engine.errors import ConfigError
from engine.workspace import Workspace


@pytest.mark.parametrize(
    ("output", "why"),
    [
        ("{folder}/none/table.csv", "there is no folder"),
        ("{folder}", "it is there and is no file"),
        ("{folder}/device", "it is there and is no file"),  # a device would be replaced
        ("/proc/table.csv", ""),  # nobody may write there, and to root the kernel says so only when it is tried
        ("{folder}/" + "x" * 300, "File name too long"),
    ],
)
def test_a_file_that_cannot_be_written_is_told_in_one_sentence(tmp_path: Path, output: str, why: str):
    (tmp_path / "device").symlink_to("/dev/null")
    with pytest.raises(ConfigError, match=rf"cannot be written \({why}.*\)\. Name another by --output\.$"):
        write_output(Path(output.format(folder=tmp_path)), b"table")
    assert [path.name for path in tmp_path.iterdir()] == ["device"]


def test_a_file_that_was_not_named_is_kept(tmp_path: Path):
    there = tmp_path / "table.csv"
    there.write_bytes(b"mine")
    with pytest.raises(ConfigError, match=r"table\.csv' is there already.* Name another file by --output"):
        write_output(there, b"table", replace=False)
    assert there.read_bytes() == b"mine"
    write_output(there, b"table")
    assert there.read_bytes() == b"table"


@pytest.mark.parametrize("command", ["read page.png --format pdf", "export-model starter"])
def test_a_command_that_works_for_long_looks_first(
    workspace: Workspace, tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str
):
    assert main([*command.split(), "--output", str(tmp_path / "none" / "file")]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith(f"'{tmp_path}/none/file' cannot be written (there is no folder")
    assert told.err.count("\n") == 1
