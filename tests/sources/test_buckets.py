"""Buckets: a real S3 server of moto's on this machine, spoken to through fsspec."""

import io
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import boto3
import pytest

from engine.cli.main import main
from engine.config.exporting import ExportConfig
from engine.config.importing import SourceConfig
from engine.errors import SourceError
from engine.jobs import paths
from engine.jobs.control import child_environment
from engine.sources import buckets
from engine.sources.buckets import fetch, parse_address, send
from engine.sources.locate import list_uploads, open_source
from engine.workspace import Workspace
from tests.dashboard import folders
from tests.helpers.bucket_server import bucket, google, put, server
from tests.helpers.sources import png, zipped

__all__ = ["bucket", "server"]

ROOT = Path(__file__).parents[2]


def test_an_archive_of_a_bucket_becomes_an_upload_with_progress(workspace: Workspace, bucket: str):
    content = zipped({"cat_1.png": png(1), "dog_2.png": png(2)})
    put(bucket, "words/set.zip", content)
    told: list[tuple[float, float | None, str]] = []
    upload = fetch(workspace, f"s3://{bucket}/words/set.zip", lambda *now: told.append(now))
    assert (upload.name, upload.bytes) == ("set.zip", len(content))
    assert told[-1] == (len(content) / 1e6, len(content) / 1e6, "MB")
    with open_source(workspace, SourceConfig(upload=upload.id)) as tree:
        assert sorted(member.name for member in tree.members) == ["cat_1.png", "dog_2.png"]


def test_a_folder_of_a_bucket_comes_packed_with_its_names(workspace: Workspace, bucket: str):
    for name in ("a/cat_1.png", "a/b/dog_2.png", "ab/other_3.png"):
        put(bucket, f"words/{name}", png(1))
    upload = fetch(workspace, f"s3://{bucket}/words/a/")
    with open_source(workspace, SourceConfig(upload=upload.id)) as tree:
        assert sorted(member.name for member in tree.members) == ["b/dog_2.png", "cat_1.png"]


def test_what_is_exported_is_put_there_whole_once_and_under_its_own_name_below_a_folder(
    workspace: Workspace, bucket: str, tmp_path: Path
):
    file = tmp_path / "words.zip"
    file.write_bytes(os.urandom(12_000_000))  # several parts
    told: list[float] = []
    assert (
        send(file, f"s3://{bucket}/out/", lambda done, total, unit: told.append(done)) == f"s3://{bucket}/out/words.zip"
    )
    client = boto3.client("s3")
    assert client.get_object(Bucket=bucket, Key="out/words.zip")["Body"].read() == file.read_bytes()
    client.close()
    assert told
    assert told == sorted(told)
    with pytest.raises(SourceError, match="is there already, and nothing is replaced"):
        send(file, f"s3://{bucket}/out/words.zip")


def test_what_breaks_off_leaves_nothing_there(workspace: Workspace, bucket: str, tmp_path: Path):
    file = tmp_path / "words.zip"
    file.write_bytes(os.urandom(12_000_000))

    def stop(done: float, total: float | None, unit: str) -> None:
        if done > 9:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        send(file, f"s3://{bucket}/words.zip", stop)
    client = boto3.client("s3")
    assert "Contents" not in client.list_objects_v2(Bucket=bucket)
    assert "Uploads" not in client.list_multipart_uploads(Bucket=bucket)
    client.close()


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("s3://lab/nothing.zip", "There is nothing at 's3://lab/nothing.zip'"),
        ("s3://nobody/words.zip", "There is nothing at 's3://nobody/words.zip'"),
        ("s3://lab/bad.zip", "no zip file"),
        ("s3:///words.zip", "is no address of a bucket"),
        ("s3://me:key@lab/words.zip", "is no address of a bucket"),
        ("s3://lab/../x.zip", "is no address of a bucket"),
        ("http://lab/words.zip", "is no address of a bucket"),
    ],
)
def test_what_cannot_be_fetched_is_told_and_leaves_nothing(workspace: Workspace, bucket: str, address: str, said: str):
    put(bucket, "bad.zip", b"not a zip file")
    with pytest.raises(SourceError) as fault:
        fetch(workspace, address)
    assert said in str(fault.value)
    assert "hush-hush" not in str(fault.value)
    assert list_uploads(workspace) == []


def test_limits_hold_before_anything_is_fetched(workspace: Workspace, bucket: str, monkeypatch: pytest.MonkeyPatch):
    put(bucket, "words/1.png", png(1))
    put(bucket, "words/2.png", png(1))
    monkeypatch.setattr(buckets, "_AT_ONCE", 0)  # so that fetching any would fail
    monkeypatch.setattr(buckets, "MAX_MEMBER_BYTES", 10)
    with pytest.raises(SourceError, match=r"holds '1\.png' of \d+ bytes, and 10 bytes are taken a file at most"):
        fetch(workspace, f"s3://{bucket}/words")
    monkeypatch.setattr(buckets, "MOST_FILES", 1)
    with pytest.raises(SourceError, match="holds 2 files, and 1 are taken at most"):
        fetch(workspace, f"s3://{bucket}/words")
    monkeypatch.setattr(buckets, "MAX_BYTES", 10)
    with pytest.raises(SourceError, match="and 10 bytes are taken at most"):
        fetch(workspace, f"s3://{bucket}/words/1.png")


def test_nobody_answering_is_told_with_what_to_check(
    workspace: Workspace, bucket: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    monkeypatch.setitem(buckets._OPTIONS, "s3", {"config_kwargs": {"retries": {"max_attempts": 0}}})
    with pytest.raises(SourceError, match="cannot be reached"):
        fetch(workspace, f"s3://{bucket}/words.zip")


@pytest.mark.filterwarnings("ignore:Sending a large body")  # gcsfs's own way with parts of 8 MB
def test_google_s_buckets_are_reached_alike(workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    file = tmp_path / "words.zip"
    file.write_bytes(zipped({f"{place}.png": os.urandom(1_000_000) for place in range(10)}))
    with google() as there:
        monkeypatch.setenv("STORAGE_EMULATOR_HOST", there.address)
        assert send(file, "gs://lab/out/") == "gs://lab/out/words.zip"
        assert there.objects == {"out/words.zip": file.read_bytes()}
        assert fetch(workspace, "gs://lab/out/words.zip").bytes == file.stat().st_size
        there.objects.update({"in/cat_1.png": png(1), "in/b/dog_2.png": png(2)})
        upload = fetch(workspace, "gs://lab/in/")
        with open_source(workspace, SourceConfig(upload=upload.id)) as tree:
            assert sorted(member.name for member in tree.members) == ["b/dog_2.png", "cat_1.png"]
        with pytest.raises(SourceError, match="There is nothing at"):
            fetch(workspace, "gs://lab/none.zip")


def test_a_missing_package_is_named_with_how_to_install_it(workspace: Workspace, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(buckets.LIBRARIES, "gs", "no_such_package")
    with pytest.raises(SourceError, match=r"needs the package no_such_package.*pip install -r requirements-cloud\.txt"):
        fetch(workspace, "gs://lab/words.zip")


def test_the_commands_fetch_from_a_bucket_and_send_to_one(
    workspace: Workspace, bucket: str, capsys: pytest.CaptureFixture[str]
):
    put(bucket, "set.zip", zipped({f"{name}_{place}.png": png(place) for place, name in enumerate(["cat", "dog"] * 6)}))
    assert main(["import", "--path", f"s3://{bucket}/set.zip", "--look"]) == 0
    [upload] = list_uploads(workspace)
    assert f"import it with --upload {upload.id}" in capsys.readouterr().out
    made = folders.job(workspace, "exports", "export", "words", ExportConfig(dataset="0" * 26), "finished")
    assert main(["send-export", "latest", "--to", f"s3://{bucket}/out/"]) == 2
    assert "has no archive. Export it again with --archive true" in capsys.readouterr().err
    (made.folder / paths.EXPORT_ARCHIVE).write_bytes(b"packed")
    assert main(["send-export", "latest", "--to", f"s3://{bucket}/out/"]) == 0
    assert f"s3://{bucket}/out/words.zip" in capsys.readouterr().out
    assert main(["export-model", "starter", "--examples", "0", "--output", f"s3://{bucket}/plates.zip"]) == 0
    client = boto3.client("s3")
    assert client.get_object(Bucket=bucket, Key="out/words.zip")["Body"].read() == b"packed"
    model = io.BytesIO(client.get_object(Bucket=bucket, Key="plates.zip")["Body"].read())
    client.close()
    assert "model.json" in zipfile.ZipFile(model).namelist()
    kept = [path.read_bytes() for path in workspace.root.rglob("*") if path.is_file()]
    assert not any(b"hush-hush" in content for content in kept)
    assert "AWS_SECRET_ACCESS_KEY" not in child_environment(os.environ)


def test_no_package_for_buckets_is_loaded_at_the_start():
    code = "import sys, engine.cli.main, engine.cli.direct, dashboard.common.source_picker, dashboard.common.buckets\n"
    code += "assert not {'fsspec', 's3fs', 'gcsfs', 'botocore'} & set(sys.modules)"
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"}
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment, check=True, timeout=120)


def test_addresses_are_taken_apart():
    assert parse_address(" s3://lab/words/set.zip ").path == "lab/words/set.zip"
    assert parse_address("gs://lab").name == "lab"
