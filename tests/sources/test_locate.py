"""Only what lies below a data root can be imported, and uploads come and go as a whole."""

import io
import os
import time
from pathlib import Path

import pytest

from engine.config.importing import ImportConfig
from engine.errors import SourceError
from engine.sources.locate import (
    DATA_ROOT,
    data_roots,
    delete_upload,
    list_sources,
    list_uploads,
    locate,
    open_source,
    save_loose_files,
    save_upload,
)
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
def test_files_below_a_root_are_found_relative_and_absolute(workspace: Workspace, root: Path, path: str):
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
    titles = {place.title: place.kind for place in list_sources(workspace)}
    assert titles == {
        "data": "folder",
        "data / all.zip": "zip",
        "data / mine": "folder",
        "data / mine / deep": "folder",
    }
    for place in list_sources(workspace):
        assert locate(workspace, place.path)


def test_a_folder_and_a_zip_file_open_alike(workspace: Workspace, root: Path):
    for path, name in (("mine", "a.png"), ("all.zip", "a_1.png")):
        with open_source(workspace, ImportConfig(path=path)) as tree:
            assert tree.members[0].name == name
    with pytest.raises(SourceError, match="no zip file"), open_source(workspace, ImportConfig(path="notes.txt")):
        pass


def test_an_upload_is_stored_under_its_id_only(workspace: Workspace):
    upload = save_upload(workspace, io.BytesIO(GOOD), "../../evil\0name.zip")
    assert sorted(os.listdir(workspace.uploads / upload.id)) == ["archive.zip", "upload.json"]
    assert os.listdir(workspace.uploads) == [upload.id]
    assert "/" not in upload.name
    assert list_uploads(workspace) == [upload]
    with open_source(workspace, ImportConfig(upload=upload.id)) as tree:
        assert tree.title == upload.name
        assert len(tree.members) == 1
    delete_upload(workspace, upload.id)
    assert list_uploads(workspace) == []
    with pytest.raises(SourceError, match="Upload it again"), open_source(workspace, ImportConfig(upload=upload.id)):
        pass


@pytest.mark.parametrize("content", [b"", b"no zip", zipped({"a": bytes(5_000_000)})])
def test_nothing_of_a_refused_upload_is_left(workspace: Workspace, content: bytes):
    with pytest.raises(SourceError):
        save_upload(workspace, io.BytesIO(content), "a.zip")
    assert os.listdir(workspace.uploads) == []


def test_nothing_of_an_interrupted_upload_is_left(workspace: Workspace):
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            raise ConnectionError

    with pytest.raises(ConnectionError):
        save_upload(workspace, Broken(), "a.zip")
    assert os.listdir(workspace.uploads) == []


def test_an_upload_over_the_limit_stops_at_the_limit(workspace: Workspace, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("engine.sources.locate.MAX_BYTES", 3_000_000)
    stream = io.BytesIO(bytes(10_000_000))
    with pytest.raises(SourceError, match="over 3 MB"):
        save_upload(workspace, stream, "a.zip")
    assert stream.tell() < 5_000_000
    assert os.listdir(workspace.uploads) == []


def test_an_upload_found_malicious_when_read_is_deleted(workspace: Workspace):
    lying = bytearray(zipped({"a_1.png": os.urandom(2000)}))
    lying[lying.index(b"PK\x01\x02") + 16] ^= 0xFF  # its checksum
    upload = save_upload(workspace, io.BytesIO(bytes(lying)), "a.zip")
    config, message = ImportConfig(upload=upload.id), "does not match the archive"
    with pytest.raises(SourceError, match=message), open_source(workspace, config) as tree:
        tree.read("a_1.png", 10_000)
    assert os.listdir(workspace.uploads) == []


def test_uploads_that_were_not_imported_are_deleted_after_a_day(workspace: Workspace):
    old, new = (save_upload(workspace, io.BytesIO(GOOD), name) for name in ("old.zip", "new.zip"))
    yesterday = time.time() - 25 * 3600
    os.utime(workspace.uploads / old.id, (yesterday, yesterday))
    latest = save_upload(workspace, io.BytesIO(GOOD), "latest.zip")
    assert list_uploads(workspace) == [latest, new]


def test_deleting_an_upload_accepts_only_ids(workspace: Workspace, tmp_path: Path):
    save_files(tmp_path / "artifacts" / "datasets", {"x": "y"})
    delete_upload(workspace, "../datasets")
    delete_upload(workspace, new_id())
    assert (tmp_path / "artifacts" / "datasets" / "x").exists()


def test_loose_files_are_kept_as_one_archive(workspace: Workspace):
    files = [(name, io.BytesIO(content)) for name, content in (("1.png", b"one"), ("../x/labels.csv", b"a,b\n"))]
    upload = save_loose_files(workspace, files)
    assert upload.name == "labels.csv and 1 more"
    with open_source(workspace, ImportConfig(upload=upload.id)) as tree:
        found = {member.name: tree.read(member.name, 99) for member in tree.members}
    assert found == {"1.png": b"one", "labels.csv": b"a,b\n"}
    assert [path.name for path in workspace.uploads.iterdir()] == [upload.id]


@pytest.mark.parametrize(
    ("names", "message"),
    [(["1.png", "1.png"], "2 of these files are called '1.png'.*zip file"), (["1.png", "a.ZIP"], "'a.ZIP' is among")],
)
def test_loose_files_that_cannot_be_told_apart_are_refused(workspace: Workspace, names: list[str], message: str):
    with pytest.raises(SourceError, match=message):
        save_loose_files(workspace, [(name, io.BytesIO(b"x")) for name in names])
    assert list_uploads(workspace) == []
