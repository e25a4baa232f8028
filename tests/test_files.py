"""Durable files: whole or not at all."""

import contextlib
import errno
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import files
from engine.errors import SpaceError
from engine.files import read_json, write_json
from glyphlab_read.parsing import canonical_json
from tests.helpers.damage import flipped

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(json_values)
def test_equal_values_have_equal_canonical_bytes(value):
    again = json.loads(canonical_json(value))
    assert canonical_json(again) == canonical_json(value)


def test_canonical_json_ignores_the_order_of_keys_and_refuses_nan():
    assert canonical_json({"b": 1, "a": 2}) == canonical_json({"a": 2, "b": 1})
    with pytest.raises(ValueError):
        canonical_json(float("nan"))


def test_write_replaces_whole_files_and_leaves_nothing_beside_them(tmp_path: Path):
    path = tmp_path / "state.json"
    files.write_json(path, {"step": 1})
    files.write_json(path, {"step": 2})
    assert files.read_json(path) == {"step": 2}
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("links", [True, False])
def test_a_file_that_is_there_is_not_replaced_by_a_new_one(tmp_path: Path, monkeypatch, links: bool):
    def refuse(source: Path, name: Path) -> None:
        raise OSError(errno.EPERM, "There are no hard links here")

    if not links:
        monkeypatch.setattr(os, "link", refuse)
    path = tmp_path / "exit.json"
    assert files.write_new(path, b"first")
    assert not files.write_new(path, b"second")
    assert path.read_bytes() == b"first"
    assert list(tmp_path.iterdir()) == [path]
    assert (files.is_there(path), files.is_there(tmp_path / "none" / "x")) == (True, False)


def test_a_full_disk_is_named_and_the_old_file_stays(tmp_path: Path):
    path = tmp_path / "state"
    files.write_bytes(path, b"old")
    # RLIMIT_FSIZE makes the kernel refuse the write just as a full disk does; it needs a process of its own.
    code = f"""
import pathlib, resource, signal
from engine import errors, files
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
try:
    files.write_bytes(pathlib.Path({str(path)!r}), b"x" * 5000)
except errors.SpaceError as error:
    assert "takes no file as large" in str(error) and "Raise the limit" in str(error), error
else:
    raise SystemExit("no error")
"""
    subprocess.run([sys.executable, "-c", code], check=True, timeout=30)
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("folder", ["checkpoints", "checkpoints/40", "checkpoints/.40.tmp", "checkpoints/40/.x.tmp"])
def test_a_limit_on_files_names_a_folder_that_people_know(tmp_path: Path, folder: str):
    (tmp_path / folder).mkdir(parents=True)
    words = r"The disk of 'checkpoints' takes no file as large .*Raise the limit on the size of files"
    with pytest.raises(SpaceError, match=words), files.space_errors(tmp_path / folder):
        raise OSError(errno.EFBIG, "File too large")


def test_other_faults_keep_their_own_name(tmp_path: Path):
    with pytest.raises(FileNotFoundError), files.space_errors(tmp_path):
        (tmp_path / "missing").read_bytes()


@pytest.mark.parametrize(
    ("code", "what", "remedy"),
    [
        (errno.ENOSPC, "is full", "Delete datasets"),
        (errno.EDQUOT, "quota", "Delete datasets"),
        (errno.EFBIG, "takes no file as large", "Raise the limit"),
    ],
)
def test_a_full_disk_a_quota_and_a_limit_on_files_are_told_apart(tmp_path: Path, code: int, what: str, remedy: str):
    with pytest.raises(SpaceError, match=what) as told, files.space_errors(tmp_path):
        raise OSError(code, os.strerror(code))
    assert remedy in str(told.value)


def test_a_folder_appears_complete_or_not_at_all(tmp_path: Path):
    final = tmp_path / "step-1"
    with pytest.raises(RuntimeError), files.new_folder(final) as folder:
        (folder / "weights").write_bytes(b"half")
        raise RuntimeError("killed in the middle")
    assert list(tmp_path.iterdir()) == []
    with files.new_folder(final) as folder:
        (folder / "weights").write_bytes(b"whole")
        assert not final.exists()
    assert (final / "weights").read_bytes() == b"whole"
    with pytest.raises(FileExistsError), files.new_folder(final):
        pass


def test_a_kill_while_a_folder_is_written_leaves_no_folder(tmp_path: Path):
    final = tmp_path / "step-1"
    code = f"""
import os, pathlib, signal
from engine import files
with files.new_folder(pathlib.Path({str(final)!r})) as folder:
    (folder / "weights").write_bytes(b"half")
    os.kill(os.getpid(), signal.SIGKILL)
"""
    child = subprocess.run([sys.executable, "-c", code], timeout=30)
    assert child.returncode == -signal.SIGKILL
    assert not final.exists()


def test_sha256_is_the_standard_one(tmp_path: Path):
    path = tmp_path / "abc"
    path.write_bytes(b"abc")
    assert files.sha256(path) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"  # FIPS 180-2, B.1


def test_work_that_would_not_fit_is_refused_with_the_space_it_needs_and_what_is_free(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=5_000_000))
    files.require_space(tmp_path, 5_000_000, "The export needs")
    with pytest.raises(SpaceError, match=r"The export needs about 6 MB and 5 MB are free\. Delete datasets"):
        files.require_space(tmp_path, 6_000_000, "The export needs")
    with pytest.raises(SpaceError, match=r"Make fewer, or delete datasets"):
        files.require_space(tmp_path, 6_000_000, "9 images need", "Make fewer")


OBJECTS = [{}, {"a": 1}, {"name": 'é"}', "list": [1, {"x": None}]}, {"crc": "00000000", "b": 0.5}]


@pytest.mark.parametrize("value", OBJECTS)
def test_no_flipped_bit_is_read_as_another_object(tmp_path: Path, value: dict[str, object]):
    path = tmp_path / "value.json"
    write_json(path, value)
    whole = path.read_bytes()
    assert read_json(path) == value
    for place in range(len(whole)):
        for bit in range(8):
            path.write_bytes(flipped(whole, place, bit))
            with contextlib.suppress(ValueError):
                assert read_json(path) == value, f"bit {bit} of byte {place}"


@pytest.mark.parametrize("value", OBJECTS)
def test_what_has_no_checksum_is_read_as_it_is(tmp_path: Path, value: dict[str, object]):
    path = tmp_path / "value.json"
    write_json(path, value, checksum=False)
    assert json.loads(path.read_bytes()) == value == read_json(path)


@pytest.mark.parametrize(
    "edit",
    [
        lambda text: text.replace("mine", "a longer name"),
        lambda text: text + "\n",
        lambda text: json.dumps(json.loads(text)),
        lambda text: json.dumps(json.loads(text) | {"name": "other"}, indent=4),
    ],
)
def test_who_edits_by_hand_need_not_know_of_the_checksum(tmp_path: Path, edit: Callable[[str], str]):
    path = tmp_path / "value.json"
    write_json(path, {"name": "mine", "tags": ["a"]})
    path.write_text(edit(path.read_text()))
    assert read_json(path)["tags"] == ["a"]


def test_an_edit_of_the_same_length_is_told_how_to_be_taken(tmp_path: Path):
    path = tmp_path / "value.json"
    write_json(path, {"name": "mine"})
    path.write_text(path.read_text().replace("mine", "ours"))
    with pytest.raises(ValueError, match="take out 'checksum'"):
        read_json(path)
