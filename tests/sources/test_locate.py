"""Only what lies below a data root can be imported, and uploads come and go as a whole."""

import io
import os
import time
from pathlib import Path

import pytest

from engine.config.importing import ImportConfig
from engine.errors import SourceError
from engine.sources.locate import DATA_ROOT, data_roots, discard, locate, opened, places, receive, uploads
from engine.workspace import Workspace, new_id
from tests.helpers.sources import save_files, zipped

GOOD = zipped({"a_1.png": b"x"})


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data root that the server's owner has named, with a neighbour that is none."""
    save_files(tmp_path / "secret", {"key.png": "k"})
    root = save_files(
        tmp_path / "data", {"mine/a.png": "a", "mine/deep/er/b.png": "b", "all.zip": GOOD, "notes.txt": ""}
    )
    (root / "out").symlink_to(tmp_path / "secret")
    monkeypatch.setenv(DATA_ROOT, str(root))
    return root


def test_the_imports_folder_is_always_a_root(workspace: Workspace, monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.delenv(DATA_ROOT, raising=False)
    assert data_roots(workspace) == [workspace.imports.resolve()]
    monkeypatch.setenv(DATA_ROOT, os.pathsep.join([str(tmp_path), str(tmp_path / "gone")]))
    assert data_roots(workspace) == [workspace.imports.resolve(), tmp_path]


@pytest.mark.parametrize("path", ["mine", "mine/deep", "all.zip"])
def test_what_lies_below_a_root_is_found_relative_and_absolute(workspace: Workspace, root: Path, path: str):
    assert locate(workspace, path) == (root / path).resolve()
    assert locate(workspace, str(root / path)) == (root / path).resolve()


@pytest.mark.parametrize(
    "path",
    [
        "../secret",
        "mine/../../secret",
        "out",
        "out/key.png",
        "/etc/passwd",
        "/",
        "~",
        "gone",
        "mine\0",
        "..",
        "file:///etc",
    ],
)
def test_nothing_else_is_found(workspace: Workspace, root: Path, path: str):
    with pytest.raises(SourceError, match="below a data root"):
        locate(workspace, path)


def test_folders_and_zip_files_are_offered_and_no_links(workspace: Workspace, root: Path):
    titles = {place.title: place.kind for place in places(workspace)}
    assert titles == {
        "data": "folder",
        "data / all.zip": "zip",
        "data / mine": "folder",
        "data / mine / deep": "folder",
    }
    for place in places(workspace):
        assert locate(workspace, place.path)


def test_a_folder_and_a_zip_file_open_alike(workspace: Workspace, root: Path):
    for path, name in (("mine", "a.png"), ("all.zip", "a_1.png")):
        with opened(workspace, ImportConfig(path=path)) as tree:
            assert tree.members[0].name == name
    with pytest.raises(SourceError, match="no zip file"), opened(workspace, ImportConfig(path="notes.txt")):
        pass


def test_an_upload_is_kept_under_its_id_alone(workspace: Workspace):
    upload = receive(workspace, io.BytesIO(GOOD), "../../evil\0name.zip")
    assert sorted(os.listdir(workspace.uploads / upload.id)) == ["archive.zip", "upload.json"]
    assert os.listdir(workspace.uploads) == [upload.id]
    assert "/" not in upload.name
    assert uploads(workspace) == [upload]
    with opened(workspace, ImportConfig(upload=upload.id)) as tree:
        assert tree.title == upload.name
        assert len(tree.members) == 1
    discard(workspace, upload.id)
    assert uploads(workspace) == []
    with pytest.raises(SourceError, match="Upload it again"), opened(workspace, ImportConfig(upload=upload.id)):
        pass


@pytest.mark.parametrize("content", [b"", b"no zip", zipped({"a": bytes(5_000_000)})])
def test_nothing_of_a_refused_upload_is_left(workspace: Workspace, content: bytes):
    with pytest.raises(SourceError):
        receive(workspace, io.BytesIO(content), "a.zip")
    assert os.listdir(workspace.uploads) == []


def test_nothing_of_an_upload_that_broke_off_is_left(workspace: Workspace):
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            raise ConnectionError

    with pytest.raises(ConnectionError):
        receive(workspace, Broken(), "a.zip")
    assert os.listdir(workspace.uploads) == []


def test_an_upload_over_the_limit_stops_at_the_limit(workspace: Workspace, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("engine.sources.locate.MAX_BYTES", 3_000_000)
    stream = io.BytesIO(bytes(10_000_000))
    with pytest.raises(SourceError, match="over 3 MB"):
        receive(workspace, stream, "a.zip")
    assert stream.tell() < 5_000_000
    assert os.listdir(workspace.uploads) == []


def test_an_upload_that_proves_hostile_when_read_is_deleted(workspace: Workspace):
    lying = bytearray(zipped({"a_1.png": os.urandom(2000)}))
    lying[lying.index(b"PK\x01\x02") + 16] ^= 0xFF  # its checksum
    upload = receive(workspace, io.BytesIO(bytes(lying)), "a.zip")
    config, told = ImportConfig(upload=upload.id), "not what the archive says"
    with pytest.raises(SourceError, match=told), opened(workspace, config) as tree:
        tree.read("a_1.png", 10_000)
    assert os.listdir(workspace.uploads) == []


def test_uploads_that_nobody_imported_are_cleared_after_a_day(workspace: Workspace):
    old, new = (receive(workspace, io.BytesIO(GOOD), name) for name in ("old.zip", "new.zip"))
    yesterday = time.time() - 25 * 3600
    os.utime(workspace.uploads / old.id, (yesterday, yesterday))
    latest = receive(workspace, io.BytesIO(GOOD), "latest.zip")
    assert uploads(workspace) == [latest, new]


def test_discarding_takes_only_ids(workspace: Workspace, tmp_path: Path):
    save_files(tmp_path / "artifacts" / "datasets", {"x": "y"})
    discard(workspace, "../datasets")
    discard(workspace, new_id())
    assert (tmp_path / "artifacts" / "datasets" / "x").exists()
