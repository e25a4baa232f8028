"""Servers of buckets on this machine: moto's of S3, and as much of Google's as whole files take."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from urllib.parse import parse_qs, unquote, urlsplit

import boto3
import pytest
from moto.server import ThreadedMotoServer

from tests.helpers.http_server import Answer, serving

_MADE = "2026-11-01T00:00:00.000Z"


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    running = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    running.start()
    host, port = running.get_host_and_port()
    yield f"http://{host}:{port}"
    running.stop()


@pytest.fixture
def bucket(server: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """An empty bucket; who may use it, and where it is, the environment says."""
    for name, value in {
        "AWS_ENDPOINT_URL": server,
        "AWS_ACCESS_KEY_ID": "id",
        "AWS_SECRET_ACCESS_KEY": "hush-hush",
        "AWS_DEFAULT_REGION": "us-east-1",
    }.items():
        monkeypatch.setenv(name, value)
    client = boto3.client("s3")
    client.create_bucket(Bucket="lab")
    yield "lab"
    for each in client.list_objects_v2(Bucket="lab").get("Contents", ()):
        client.delete_object(Bucket="lab", Key=each["Key"])
    client.delete_bucket(Bucket="lab")
    client.close()


def put(bucket: str, key: str, content: bytes) -> None:
    client = boto3.client("s3")
    client.put_object(Bucket=bucket, Key=key, Body=content)
    client.close()


class GoogleBucket:
    """The bucket `lab` of a server of Google Cloud Storage.

    Attributes:
        objects: by name.
        address: of the server.
    """

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        self.address = ""
        self._sent = "", b""

    def answer(self, method: str, path: str, headers: Mapping[str, str], content: bytes) -> Answer:
        """Answer one request."""
        parts, asked = urlsplit(path), parse_qs(urlsplit(path).query)
        name = unquote(parts.path.partition("/b/lab/o/")[2])
        if method == "POST" and "uploadType" in asked:
            self._sent = asked["name"][0], b""
            return 200, {"Location": f"{self.address}/session"}, b"{}"
        if method == "POST":
            return self._take(headers["Content-Range"], content)
        if not name:
            found = [self._about(key) for key in sorted(self.objects) if key.startswith(asked["prefix"][0])]
            return as_json({"items": found} if found else {})
        if name not in self.objects:
            return 404, {}, b'{"error": {"code": 404, "message": "none"}}'
        if not parts.path.startswith("/download"):
            return as_json(self._about(name))
        first, _, last = headers.get("Range", "bytes=0-").removeprefix("bytes=").partition("-")
        return 206, {}, self.objects[name][int(first) : int(last) + 1 if last else None]

    def _take(self, place: str, content: bytes) -> Answer:
        """Take a part of an upload; the last one says how many bytes there are."""
        name, before = self._sent
        self._sent = name, before + content
        if place.endswith("/*"):
            return 308, {"Range": f"bytes=0-{len(before + content) - 1}"}, b""
        self.objects[name] = before + content
        return as_json(self._about(name))

    def _about(self, name: str) -> dict[str, str]:
        link = f"{self.address}/download/storage/v1/b/lab/o/{name}?alt=media"
        own = {"name": name, "bucket": "lab", "size": str(len(self.objects[name])), "generation": "1"}
        return {**own, "mediaLink": link, "timeCreated": _MADE, "updated": _MADE, "kind": "storage#object"}


def as_json(value: object) -> Answer:
    return 200, {"Content-Type": "application/json"}, json.dumps(value).encode()


@contextmanager
def google() -> Iterator[GoogleBucket]:
    """Start a server of Google Cloud Storage on this machine for the length of a block."""
    bucket = GoogleBucket()
    with serving(bucket.answer) as bucket.address:
        yield bucket
