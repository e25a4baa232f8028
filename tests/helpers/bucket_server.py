"""A real S3 server of moto's on this machine, and an empty bucket in it."""

from collections.abc import Iterator

import boto3
import pytest
from moto.server import ThreadedMotoServer


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
